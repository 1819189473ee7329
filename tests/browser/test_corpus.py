"""What does each unit do in a corpus, and where else? The page Corpus, and words selected on the page Memory."""

from contextlib import suppress

import numpy as np
import pytest
from playwright.sync_api import Page, Position, expect

import lstm_core
from dashboard.corpus.texts import texts_of
from dashboard.corpus.view import TAUGHT
from lstm_core.plots.labels import signed

from .conftest import Visitors
from .streamlit_page import asks, at_rest, choose, link

MODEL = "counter"
PINNED_C = """() => {
    const plot = document.querySelector('.gs-plot'), c = plot.data.find(trace => trace.name === 'c')
    return [...c.z].map(row => [...row])
}"""


@pytest.fixture(scope="module")
def scan() -> lstm_core.Scan:
    """The scan that the page makes of the counter."""
    model = lstm_core.load_model(MODEL)
    return lstm_core.scan(model, [piece.text for piece in texts_of(TAUGHT, model, 100_000).pieces], top=40)


def opened(page: Page, **query: str) -> None:
    page.goto("/corpus?" + "&".join(f"{name}={value}" for name, value in query.items()))
    expect(page.get_by_text("checked: matches PyTorch").first).to_be_visible()
    at_rest(page)


def test_a_strongest_moment_opens_on_memory_at_its_place(blank: Page, scan: lstm_core.Scan):
    opened(blank, model=MODEL, unit="0.1")
    best = scan.top(1, k=40)
    lines = blank.get_by_role("list", name="Strongest moments").get_by_role("button")
    expect(lines).to_have_count(8)
    shown = lines.locator(".gs-number").all_text_contents()
    assert shown[0] == signed(best["value"][0])
    assert set(shown) <= set(map(signed, best["value"]))
    assert lines.first.locator("mark").text_content() == best["token"][0]
    lines.first.click()
    blank.locator(".js-plotly-plot .heatmaplayer").first.wait_for()
    expect(blank.get_by_role("heading", name="Unit 1 at")).to_be_visible()
    asks(blank, model=MODEL, pin=f"0.1.{best['time'][0]}")
    c = np.array(blank.evaluate(PINNED_C))
    assert c.max() == pytest.approx(best["value"][0], abs=1e-4)
    blank.get_by_role("link", name="Corpus").click()
    expect(lines).to_have_count(8)
    asks(blank, unit="0.1", model=MODEL)


def test_a_unit_is_chosen_and_its_relatives_lead_on(blank: Page):
    opened(blank, model=MODEL)
    expect(blank.get_by_test_id("stDataFrame")).to_be_visible()
    choose(blank, "Unit", "Unit 2")
    expect(blank.get_by_role("heading", name="Unit 2")).to_be_visible()
    asks(blank, unit="0.2")
    expect(blank.locator(".js-plotly-plot .barlayer")).to_have_count(2)
    blank.get_by_role("button", name="Unit after").click()
    expect(blank.get_by_role("heading", name="Unit 3")).to_be_visible()
    # Until then the relatives are those of the unit before.
    at_rest(blank)
    relative = blank.get_by_role("button", name="r = ").first
    name = relative.inner_text().split(",")[0].capitalize()
    relative.click()
    expect(blank.get_by_role("heading", name=name)).to_be_visible()


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


def test_a_link_with_selected_words_shows_them_and_escape_lets_them_go(blank: Page):
    blank.goto("/?model=random&brush=1-2")
    selected = blank.get_by_role("group", name="Selected words")
    expect(selected).to_contain_text("“in … a”")
    blank.locator(".gs-plot").first.focus()
    blank.keyboard.press("Escape")
    expect(selected).to_be_hidden()
    blank.locator(".gs-plot").first.focus()
    blank.keyboard.press("ArrowRight")
    blank.keyboard.press("Shift+ArrowRight")
    expect(selected).to_contain_text("“Giraffes … in”")
    asks(blank, brush="0-1")


def test_a_file_that_is_no_text_is_a_sentence_and_the_work_is_still_there(blank: Page):
    opened(blank, model=MODEL)
    blank.get_by_role("button", name="Open a file").click()
    wrong = {"name": "wrong.txt", "mimeType": "text/plain", "buffer": b"\xff\xfe\x00\x01" * 50}
    blank.locator("input[type=file]").set_input_files(wrong)
    expect(blank.get_by_text("Expected a text in UTF-8, got wrong.txt")).to_be_visible()
    expect(blank.get_by_text("checked: matches PyTorch").first).to_be_visible()
    # What closes takes its input along: a file given to that one would be lost.
    at_rest(blank)
    blank.keyboard.press("Escape")
    expect(blank.locator("input[type=file]")).to_have_count(0)
    blank.get_by_role("button", name="Open a file").click()
    blank.locator("input[type=file]").set_input_files(
        {"name": "right.txt", "mimeType": "text/plain", "buffer": b"aaabbb\n" * 9}
    )
    expect(blank.get_by_text("right.txt · 1 text · 54 symbols").first).to_be_visible()
    assert "opened" not in link(blank)


def test_a_long_scan_shows_how_far_it_is_and_can_be_stopped(visitors: Visitors):
    page = visitors()
    page.goto("/corpus?model=python-chars&size=1000000&texts=library")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Scan Python’s standard library")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Model")).to_be_visible()
