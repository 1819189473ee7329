"""Where did this memory come from, and what if? The page Why?, as a person uses it."""

import re
from contextlib import suppress
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, TimeoutError, expect

import lstm_core
from dashboard.question.source import Source
from dashboard.reading.read import read

from .conftest import Visitors
from .reading import write
from .streamlit_page import asks

COUNTER = Source(sentence="aaaabbbb", model="counter")
LINK = "/why?" + urlencode({"sentence": COUNTER.sentence, "model": "counter", "pin": "0.1.6"})
BARS = """() => { const plot = document.querySelector('.js-plotly-plot'); const bars = plot?._fullData?.[1]
    return bars && bars.name === 'shares' ? [...bars.y] : [] }"""
SAID = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => (plot._fullData || [])
    .filter(trace => trace.name === 'said').map(trace => [...trace.z].map(row => [...row])))"""


def bars(page: Page, shares: np.ndarray) -> None:
    """Waits until the bars are these shares."""
    wanted = shares.tolist()
    same = f"wanted => {{ const y = ({BARS})(); return y.length === wanted.length && " + (
        "y.every((value, n) => Math.abs(value - wanted[n]) < 1e-5) }"
    )
    with suppress(TimeoutError):
        page.wait_for_function(same, arg=wanted)
    np.testing.assert_allclose(page.evaluate(BARS), wanted, atol=1e-5)


def ledger(step: int, unit: int = 1) -> np.ndarray:
    """(source,), of the counter reading its text."""
    trace = read(COUNTER).trace
    assert trace is not None
    shares: np.ndarray = lstm_core.ledger(trace, step).cell[:, unit].numpy()
    return shares


@pytest.fixture
def why(blank: Page) -> Page:
    """The counter's counting unit at the third b."""
    blank.goto(LINK)
    bars(blank, ledger(6))
    return blank


def click_word(page: Page, column: int, row: int = 0) -> None:
    """Clicks a bar of the first picture: of its words (row 0) or its shares, by its number from the left."""
    bar = page.locator(".js-plotly-plot").first.locator(".barlayer .trace.bars").nth(row).locator(".point").nth(column)
    box = bar.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_click_on_a_word_opens_its_ledger_and_it_sums_to_the_shown_memory(why: Page):
    click_word(why, 1 + 3)
    bars(why, ledger(3))
    trace = read(COUNTER).trace
    assert trace is not None
    c = trace.c[0, 0, 3, 0, 1].item()
    assert sum(why.evaluate(BARS)) == pytest.approx(c, abs=1e-5)
    expect(why.get_by_text(f"add up to c = +{c:.4f}")).to_be_visible()
    expect(why.get_by_role("heading", name=re.compile(f"^Unit 1 holds c = \\+{c:.2f} at “a”"))).to_be_visible()
    asks(why, pin="0.1.3")


def test_a_click_on_a_bar_and_then_on_another(why: Page):
    click_word(why, 1 + 4, row=1)
    bars(why, ledger(4))
    click_word(why, 1 + 2)
    bars(why, ledger(2))
    asks(why, pin="0.1.2")


def test_beside_each_share_stands_what_goes_without_the_word_and_the_caption_says_what_a_share_leaves_out(blank: Page):
    source = Source(sentence="Giraffes in a field", model="tagger")
    blank.goto("/why?" + urlencode({"sentence": source.sentence, "model": "tagger", "pin": "0.0.3"}))
    found = """() => { for (const plot of document.querySelectorAll('.js-plotly-plot'))
        for (const trace of plot._fullData || []) if (trace.meta === 'erased') return [...trace.y] }"""
    blank.wait_for_function(found)
    reading = read(source)
    assert reading.model is not None
    assert reading.trace is not None
    scores = reading.model.scores(reading.trace)[3, 0]
    noun, rival = scores.topk(2).indices.tolist()
    lead = (scores[noun] - scores[rival]).item()
    gone = []
    for step in range(3):
        words = source.sentence.split()
        del words[step]
        without = reading.model.scores(lstm_core.run(reading.lstm, reading.model.vectors(words)))[2, 0]
        gone.append(lead - (without[noun] - without[rival]).item())
    np.testing.assert_allclose([y for y in blank.evaluate(found) if y is not None], gone, atol=1e-4)
    expect(blank.get_by_role("heading", name=re.compile("^The lead of “NOUN” over"))).to_be_visible()
    expect(blank.get_by_text("On held-out texts")).to_contain_text("have the sign of what goes without the word")


def test_the_step_can_be_moved_by_keyboard(why: Page):
    why.get_by_role("slider", name="Step").press("ArrowLeft")
    bars(why, ledger(5))
    asks(why, pin="0.1.5")


def test_a_unit_turned_off_changes_the_prediction_and_the_link_opens_it_for_another_visitor(
    why: Page, visitors: Visitors
):
    why.get_by_role("button", name="Turn unit 1 off").click()
    said = why.get_by_role("heading", name=re.compile("^With the output gate o of unit 1 held at 0 at every step"))
    expect(said).to_contain_text("The prediction changes at")
    expect(why.get_by_text("On held-out texts (")).to_contain_text("from 100% to")
    asks(why, hold="o", pin="0.1.6")
    why.wait_for_function(f"() => ({SAID})().length === 3")
    before, after, difference = (np.array(z) for z in why.evaluate(SAID))
    model = lstm_core.load_model("counter")
    tokens = list(COUNTER.sentence)
    expected = [model.probabilities(model(model.vectors(tokens)))[:, 0].T.detach().numpy()]
    with lstm_core.intervene(model, "lstm", units=[1], gate="o", value=0.0):
        expected.append(model.probabilities(model(model.vectors(tokens)))[:, 0].T.detach().numpy())
    np.testing.assert_allclose(before, expected[0], atol=1e-5)
    np.testing.assert_allclose(after, expected[1], atol=1e-5)
    np.testing.assert_allclose(difference, expected[1] - expected[0], atol=1e-5)

    other = visitors()
    other.goto(why.url)
    expect(other.get_by_role("heading", name=re.compile("^With the output gate o of unit 1 held at 0"))).to_have_text(
        said.inner_text()
    )
    other.wait_for_function(f"() => ({SAID})().length === 3")
    np.testing.assert_array_equal(np.array(other.evaluate(SAID)[1]), after)
    bars(other, ledger(6))


def test_the_page_keeps_its_question_while_another_page_is_looked_at(why: Page):
    why.get_by_role("link", name="Lesson").click()
    why.get_by_text("The LSTM starts from").wait_for()
    why.get_by_role("link", name="Why?").click()
    bars(why, ledger(6))
    asks(why, pin="0.1.6", model="counter", sentence="aaaabbbb")


def test_the_menu_leads_on_with_what_is_on_screen_in_both_directions(page: Page):
    write(page, "The cat ran")
    page.get_by_role("link", name="Why?").click()
    asks(page, sentence="The cat ran", hidden_dim="3")
    page.get_by_role("heading", name="Why?").wait_for()
    page.locator(".barlayer .point").first.wait_for()
    page.get_by_role("textbox", name="Sentence").fill("The dog ran")
    page.get_by_role("textbox", name="Sentence").press("Enter")
    asks(page, sentence="The dog ran")
    page.get_by_role("link", name="Memory").click()
    page.locator(".gs-proof").wait_for()
    asks(page, sentence="The dog ran")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    asks(page, sentence="The dog ran", hidden_dim="4")
    page.get_by_role("link", name="Why?").click()
    asks(page, sentence="The dog ran", hidden_dim="4")


def test_the_menu_leads_on_too_where_the_visit_began_elsewhere(visitors: Visitors):
    page = visitors()
    page.goto("/?model=tagger&sentence=The+dog+runs")
    for closer in ("Units", "Why?"):
        page.locator(".gs-proof").wait_for()
        page.get_by_role("link", name=closer, exact=True).click()
        asks(page, model="tagger", sentence="The dog runs")
        page.get_by_role("heading", name=closer).wait_for()
        page.get_by_role("link", name="Memory").click()


def test_a_finger_finds_no_button_over_the_picture(visitors: Visitors):
    phone = visitors(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(LINK)
    bars(phone, ledger(6))
    expect(phone.locator(".modebar-btn")).to_have_count(0)


def test_going_back_in_the_browser_goes_back_in_the_question(why: Page):
    why.get_by_role("slider", name="Step").press("ArrowLeft")
    asks(why, pin="0.1.5")
    bars(why, ledger(5))
    why.go_back()
    bars(why, ledger(6))
    expect(why.get_by_role("slider", name="Step")).to_have_value("6")


def test_the_dimensions_are_the_links_and_each_can_be_changed_alone(blank: Page):
    blank.goto("/why?sentence=hello+there&hidden_dim=5&seed=9")
    blank.get_by_role("button", name="LSTM(4, 5, 1), seed 9").click()
    expect(blank.get_by_role("spinbutton", name="hidden_dim")).to_have_value("5")
    seed = blank.get_by_role("spinbutton", name="seed")
    seed.fill("3")
    seed.press("Enter")
    asks(blank, seed="3", hidden_dim="5", input_dim="4")


def test_what_is_typed_is_only_text(blank: Page):
    blank.goto("/why?" + urlencode({"sentence": "<img src=x onerror=alert(1)> ![y](http://example.org/z.png)"}))
    expect(blank.get_by_role("heading", name=re.compile("^Unit . holds c"))).to_be_visible()
    assert blank.locator("img[src='x'], img[src*='example']").count() == 0


def test_every_step_at_once_is_a_triangle_whose_rows_sum_to_the_memory(why: Page):
    why.get_by_text("Every step at once").click()
    found = """() => { for (const plot of document.querySelectorAll('.js-plotly-plot'))
        for (const trace of plot._fullData || []) if (trace.name === 'triangle')
            return [...trace.z].map(row => [...row].reduce((sum, value) => sum + (value || 0), 0)) }"""
    why.wait_for_function(found)
    trace = read(COUNTER).trace
    assert trace is not None
    np.testing.assert_allclose(why.evaluate(found), trace.cells("c")[1], atol=1e-5)


@pytest.mark.parametrize("button", ["Hold it", "Remove it"])
def test_a_change_that_turns_an_answer_is_tried_with_one_click_and_comes_into_sight(why: Page, button: str):
    why.get_by_role("button", name=button).click()
    said = why.get_by_role("heading", name=re.compile("^With(out)? "))
    expect(said).to_contain_text("The prediction changes at")
    expect(said).to_be_in_viewport()
