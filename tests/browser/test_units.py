"""What does each unit do, in this text or in a corpus? The page Units, as a person uses it."""

import re
from contextlib import suppress

import numpy as np
import pytest
from playwright.sync_api import Page, Position, expect

import lstm_core
from gatescope.unit_tables.asked import TAUGHT
from gatescope.unit_tables.corpus import texts_of
from lstm_core.plots.labels import signed

from .streamlit_page import asks, at_rest, link

FINDING = "Unit 1 counts how many more “a” than “b” have come."
PINNED_C = """() => {
    const plot = document.querySelector('.gs-plot'), c = plot.data.find(trace => trace.name === 'c')
    return [...c.z].map(row => [...row])
}"""


def numbers(page: Page) -> list[str]:
    """The units in the order of the list."""
    return page.locator(".gs-units-name b").all_text_contents()


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".gs-units-name").first.wait_for()
    at_rest(page)


@pytest.fixture
def units(blank: Page) -> Page:
    opened(blank, "/units?model=counter")
    expect(blank.get_by_role("heading", name=FINDING)).to_be_visible()
    return blank


@pytest.mark.parametrize("model", ["counter", "python-chars", "tagger-sizes"])
def test_the_finding_and_its_unit_are_on_the_first_screen(blank: Page, model: str):
    page = blank
    opened(page, f"/units?model={model}")
    finding = page.get_by_role("heading", name=re.compile(r"^Unit \d|^Without")).first
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for part in (finding, page.locator(".gs-open .gs-units-name")):
            expect(part).to_be_in_viewport(ratio=0.99)
        expect(page.locator(".gs-open .gs-units-number").last).to_be_in_viewport(ratio=0.9)
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def test_a_lecture_has_the_whole_list_in_its_window_and_arrows_step(blank: Page):
    page = blank
    opened(page, "/units?model=python-chars&present=1")
    for width, height in ((1024, 768), (1440, 900), (1920, 1080), (3840, 2160)):
        page.set_viewport_size({"width": width, "height": height})
        for part in (page.get_by_role("heading", name="Unit 48 knows"), page.locator(".gs-units")):
            expect(part).to_be_in_viewport(ratio=0.99)
        page.wait_for_function(
            """least => [...document.querySelectorAll(".gs-units :is(.gs-units-title, .gs-units-note, small)")]
                .every(text => parseFloat(getComputedStyle(text).fontSize) * text.currentCSSZoom >= least)""",
            arg=0.0199 * height,
        )
    second = numbers(page)[1]
    page.keyboard.press("ArrowRight")
    expect(page.locator(".gs-open .gs-units-name b")).to_have_text(second)
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".gs-open .gs-units-name b")).to_have_text("48")


def test_the_curve_is_the_memory_of_the_unfolded_unit_another_is_a_click_away_and_the_link_opens_it(units: Page):
    model = lstm_core.load_model("counter")
    text = "a" * 10 + "b" * 10
    c = lstm_core.run(model.lstm, model.vectors(model.tokens(text)).detach()).cells("c")[1]
    drawn = units.evaluate("() => document.querySelector('.gs-units').numbers()")
    own = [value for name, _, _, value in drawn if name == "c of unit 1"]
    np.testing.assert_allclose(own, c, rtol=1e-2, atol=1e-3)
    said = f"c of unit 1, from {signed(min(c), 1)} to {signed(max(c), 1)}"
    expect(units.get_by_role("img", name=said)).to_be_visible()
    assert units.locator(".gs-open .gs-units-truth rect").count() > 10
    expect(units.locator(".gs-open .gs-units-name b")).to_have_text("1")
    units.locator(".gs-units-name", has_text="time since").click()
    asks(units, unit="0.0")
    expect(units.locator(".gs-open .gs-units-name b")).to_have_text("0")
    expect(units.locator(".gs-open .gs-units-gate")).to_have_count(3)
    expect(units.get_by_role("heading", name="Unit 0", exact=True)).to_be_visible()
    units.get_by_text("How far back does it remember?").click()
    expect(units.get_by_text("More than 128 steps are needed")).to_be_visible()
    expect(units.get_by_role("img", name="begun at zero, begun after another text")).to_be_visible()
    link = units.url
    units.goto("about:blank")
    units.goto(link)
    expect(units.locator(".gs-open .gs-units-name b")).to_have_text("0")


def test_the_text_is_left_for_a_corpus_and_a_moment_opens_on_memory(units: Page):
    units.get_by_role("radio", name="in a corpus").click()
    asks(units, where="corpus")
    expect(units.get_by_role("textbox", name="Sentence")).to_be_disabled()
    expect(units.get_by_text("10,100 symbols").first).to_be_visible()
    expect(units.get_by_role("heading", name=FINDING)).to_be_visible()
    scan = lstm_core.scan(
        lstm_core.load_model("counter"),
        [piece.text for piece in texts_of(TAUGHT, lstm_core.load_model("counter"), 100_000).pieces],
        top=40,
    )
    best = scan.top(1, k=1)
    passage = units.get_by_role("button", name="Moment 1 of unit 1: ")
    expect(passage).to_have_attribute("aria-label", re.compile(re.escape(signed(best["value"][0]))))
    assert passage.locator("mark").text_content() == best["token"][0]
    passage.click()
    units.locator(".js-plotly-plot .heatmaplayer").first.wait_for()
    asks(units, model="counter", pin=f"0.1.{best['time'][0]}")
    c = np.array(units.evaluate(PINNED_C))
    assert c.max() == pytest.approx(best["value"][0], abs=1e-4)
    units.get_by_role("link", name="Units").click()
    expect(passage).to_be_visible()
    asks(units, where="corpus", model="counter")


def test_what_was_typed_is_text_and_nothing_else(blank: Page):
    blank.goto("/units?sentence=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+*b*+%24x%24&property=count+of+%3E")
    expect(blank.get_by_role("heading", name="tracks count of “>” best")).to_be_visible()
    blank.locator(".gs-units-letters").wait_for()
    assert blank.locator("img[src=x]").count() == 0


def test_words_selected_on_memory_are_found_elsewhere(blank: Page):
    text = "x = 'a quoted word'"
    blank.goto("/?model=python-chars&sentence=" + text.replace(" ", "+"))
    words = blank.locator(".gs-brush-words").first
    expect(words).to_be_visible()
    expect(blank.locator(".gs-plot .heatmaplayer").first).to_be_visible()

    def over(letter: int) -> Position:
        """Where a letter is now: the page may still move the words, and change their width."""
        box = words.bounding_box()
        assert box
        return {"x": (letter + 0.5) * box["width"] / len(text), "y": box["height"] / 2}

    selected = blank.get_by_role("group", name="Selected words")
    # Where the picture moves under the hand, as while a page is still arranged, the hand selects again.
    for _ in range(30):
        words.hover(position=over(6))
        blank.mouse.down()
        words.hover(position=over(12))
        blank.mouse.up()
        with suppress(AssertionError):
            expect(selected).to_contain_text("“␣ … d”", timeout=3_000)
            break
    asks(blank, brush="6-12")
    selected.get_by_role("button", name="Where else?").click()
    expect(blank.get_by_role("heading", name="Where else? On throughout “ quoted”")).to_be_visible()
    hits = blank.get_by_role("list", name="Hits").get_by_role("button")
    expect(hits).to_have_count(20)
    asked = link(blank)
    assert (asked["brush"], asked["model"], asked["sentence"]) == ("6-12", "python-chars", text)
    hits.first.click()
    blank.locator(".js-plotly-plot .heatmaplayer").first.wait_for()
    expect(blank.get_by_role("heading", name="Unit ")).to_be_visible()
    assert "pin" in link(blank)


def test_a_long_scan_shows_how_far_it_is_and_can_be_stopped(blank: Page):
    page = blank
    page.goto("/corpus?model=python-chars&size=1000000&texts=library")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Scan Python’s standard library")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Model")).to_be_visible()
