"""Two of anything: the page Compare, as a person uses it."""

import re
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, TimeoutError, expect

import lstm_core
from dashboard.cells.reading import three
from dashboard.cells.view import Cells
from dashboard.question.source import Source
from dashboard.reading.read import read

from .conftest import Visitors

C = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => (plot._fullData || [])
    .filter(trace => trace.name === 'c').map(trace => [...trace.z].map(row => [...row].map(z => z ?? NaN))))"""


def drawn(page: Page, a: Source, b: Source) -> None:
    """Waits until A, B and their difference are those of two views."""
    traces = read(a).trace, read(b).trace
    assert traces[0] is not None
    assert traces[1] is not None
    found = lstm_core.compare(*traces)
    wanted = [run["c"][0, 0].T for run in (found.a, found.b, found.differences)]
    same = f"""wanted => {{ const drawn = ({C})(); return drawn.length === 3 && drawn.every((z, n) =>
        z.length === wanted[n].length && z.every((row, unit) => row.length === wanted[n][unit].length &&
        row.every((value, k) => wanted[n][unit][k] === null ? isNaN(value)
            : Math.abs(value - wanted[n][unit][k]) < 1e-5))) }}"""
    asked = [[[None if np.isnan(value) else value for value in row] for row in z.tolist()] for z in wanted]
    with suppress(TimeoutError):
        page.wait_for_function(same, arg=asked)
    for seen, z in zip(page.evaluate(C), wanted, strict=True):
        np.testing.assert_allclose(np.array(seen, dtype=float), z, atol=1e-5)


def write(page: Page, name: str, text: str) -> None:
    box = page.get_by_role("textbox", name=name)
    box.fill(text)
    box.press("Enter")


@pytest.fixture
def compare(blank: Page) -> Page:
    """The page as it opens, from the menu."""
    blank.goto("/compare?model=random")
    drawn(blank, Source(), Source(sentence="Elephants in a field"))
    return blank


def test_two_sentences_are_compared_and_another_visitor_sees_the_same(compare: Page, visitors: Visitors):
    write(compare, "Sentence A", "the old dog ran")
    write(compare, "Sentence B", "the dog ran away")
    pair = Source(sentence="the old dog ran"), Source(sentence="the dog ran away")
    drawn(compare, *pair)
    said = compare.get_by_role("heading", name=re.compile("^The two differ most at"))
    expect(said).to_be_visible()
    expect(compare.get_by_text("2 of 5 columns have no partner")).to_be_visible()
    compare.wait_for_url(lambda url: dict(parse_qsl(urlsplit(url).query)).get("sentence_b") == "the dog ran away")
    other = visitors()
    other.goto(compare.url)
    drawn(other, *pair)
    expect(other.get_by_role("heading", name=re.compile("^The two differ most at"))).to_have_text(said.inner_text())


def test_the_same_text_by_another_seed(compare: Page):
    write(compare, "Sentence B", "Giraffes in a field")
    expect(compare.get_by_role("heading", name=re.compile("the same to the bit"))).to_be_visible()
    compare.get_by_role("button", name=re.compile("seed 2")).nth(1).click()
    seed = compare.get_by_role("spinbutton", name="seed B")
    seed.fill("7")
    seed.press("Enter")
    drawn(compare, Source(), Source(seed=7))


def test_memory_reset_at_each_step_is_set_against_all_at_once(compare: Page):
    write(compare, "Sentence B", "Giraffes in a field")
    compare.get_by_text("one step at a time, memory reset").nth(1).click()
    expect(compare.get_by_role("heading", name=re.compile("^The two differ most at"))).to_be_visible()
    compare.wait_for_url(re.compile("state_b=reset"))


def test_what_a_model_says_of_two_texts(blank: Page):
    blank.goto("/compare?" + urlencode({"sentence": "aaabbb", "model": "counter", "sentence_b": "aaaabbb"}))
    drawn(blank, Source(sentence="aaabbb", model="counter"), Source(sentence="aaaabbb", model="counter"))
    expect(blank.get_by_text("After the last step A says “end”")).to_be_visible()


def test_an_impossible_value_in_the_link_is_named(blank: Page):
    blank.goto("/compare?sentence=hello&seed_b=-1&layer=9")
    expect(blank.get_by_text("seed=-1 is not possible")).to_be_visible()
    expect(blank.get_by_text("There is no layer 9 here").first).to_be_visible()
    drawn(blank, Source(sentence="hello"), Source(sentence="hello"))


def test_two_epochs_of_a_model_that_was_just_trained_and_the_same_by_its_link(blank: Page, visitors: Visitors):
    blank.goto("/train?epochs=3")
    blank.get_by_role("button", name="Train", exact=True).click()
    blank.get_by_role("button", name="Compare two of its epochs").click()
    for title in ("A, untrained", "B, after epoch 3"):
        expect(blank.get_by_text(title, exact=True)).to_be_visible()
    expect(blank.get_by_role("heading", name=re.compile("^The two differ most at"))).to_be_visible()
    blank.get_by_role("slider", name="Epoch B").press("ArrowLeft")
    expect(blank.get_by_text("B, after epoch 2", exact=True)).to_be_visible()
    blank.wait_for_url(re.compile("epoch=0.*epoch_b=2"))
    blank.wait_for_function(f"() => ({C})().length === 3")
    other = visitors()
    other.goto(blank.url)
    other.wait_for_function(f"() => ({C})().length === 3")
    np.testing.assert_array_equal(other.evaluate(C), blank.evaluate(C))
    # Where the model is not, the link says so, and something is read.
    other.goto("/compare?model=own-elsewhere&epoch=0&epoch_b=2")
    expect(other.get_by_text("This model is no longer on the server, or never was")).to_be_visible()
    expect(other.get_by_role("heading", name=re.compile("the same to the bit"))).to_be_visible()


HIDDEN = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => (plot._fullData || [])
    .filter(trace => trace.type === 'heatmap' && trace.name === 'h').map(trace => [...trace.z].map(row => [...row])))"""


def hidden(page: Page, asked: Cells) -> None:
    """Waits until h of all three is that of a view."""
    wanted = [kind.trace.cells("h") for kind in three(asked).kinds]
    same = f"""wanted => {{ const drawn = ({HIDDEN})(); return drawn.length === 3 && drawn.every((z, n) =>
        z.length === wanted[n].length && z.every((row, unit) => row.length === wanted[n][unit].length &&
        row.every((value, k) => Math.abs(value - wanted[n][unit][k]) < 1e-5))) }}"""
    with suppress(TimeoutError):
        page.wait_for_function(same, arg=[z.tolist() for z in wanted])
    for seen, z in zip(page.evaluate(HIDDEN), wanted, strict=True):
        np.testing.assert_allclose(np.array(seen), z, atol=1e-5)


def test_three_kinds_of_cell_read_the_same_and_are_asked_what_they_remember(compare: Page, visitors: Visitors):
    compare.get_by_text("LSTM, GRU and plain RNN").click()
    hidden(compare, Cells())
    write(compare, "Sentence", "one two three four five")
    hidden(compare, Cells(sentence="one two three four five"))
    expect(compare.get_by_role("heading", name=re.compile("^Trace of “one” left in h 4 words later"))).to_be_visible()
    compare.get_by_text("Two readings", exact=True).click()
    drawn(compare, Source(sentence="one two three four five"), Source(sentence="Elephants in a field"))
    compare.get_by_text("LSTM, GRU and plain RNN").click()
    hidden(compare, Cells(sentence="one two three four five"))
    compare.get_by_text("trained on copy, 10 epochs").click()
    compare.get_by_role("radio", name="d", exact=True).or_(compare.get_by_text("d", exact=True)).first.click()
    asked = Cells("10", first="d")
    hidden(compare, asked)
    said = compare.get_by_role("heading", name=re.compile("^After “d” and 20 dots"))
    expect(said).to_be_visible()
    compare.wait_for_url(re.compile("cells=10&first=d&gap=20&trained_seed=0"))
    expect(compare.get_by_role("heading", name=re.compile("^Right about every first symbol"))).to_be_visible()
    other = visitors()
    other.goto(compare.url)
    hidden(other, asked)
    expect(other.get_by_role("heading", name=re.compile("^After “d” and 20 dots"))).to_have_text(said.inner_text())


@pytest.mark.parametrize("link", ["/compare", "/compare?model=random", "/compare?cells=random", "/compare?cells=10"])
def test_a_phone_shows_a_picture_on_its_first_screen(visitors: Visitors, link: str):
    phone = visitors(viewport={"width": 390, "height": 844})
    phone.goto(link)
    picture = phone.locator(".js-plotly-plot .heatmaplayer, .gs-drawn-cell svg").first
    expect(picture).to_be_in_viewport(ratio=0.5)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
