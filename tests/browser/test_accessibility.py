"""axe-core finds no violation of WCAG 2.1 A or AA."""

from typing import Literal
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from .conftest import WIDE
from .streamlit_page import at_rest
from .test_colours_change import changed

# Of what is right, axe needs to describe no element.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(15, 21, 27)"}
INK = {"light": "#1b2733", "dark": "#e8edf2"}
# Streamlit's own key runs a page's script again: its answers are in the colours that the browser has by then.
AGAIN = """() => new Promise(done => {
    const app = document.querySelector('[data-test-script-state]')
    let runs = false
    new MutationObserver((_, looks) => {
        if (app.dataset.testScriptState !== 'notRunning') runs = true
        else if (runs) done(true) || looks.disconnect()
    }).observe(app, { attributes: true })
    const press = kind => document.body.dispatchEvent(new KeyboardEvent(kind, { key: 'r', keyCode: 82, bubbles: true }))
    press('keydown')
    press('keyup')
})"""
INKED = """ink => [...document.querySelectorAll('.js-plotly-plot')].every(({layout}) => layout?.font.color === ink)"""


def accessible(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    where = "() => `${location.search} ${matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'}`"
    assert found.violations_count == 0, f"{page.evaluate(where)} {page.viewport_size}\n{found.generate_report()}"


def still(page: Page) -> None:
    """Waits until what was just drawn has faded in."""
    page.locator("[data-test-script-state=notRunning]").first.wait_for()
    page.wait_for_function("() => document.getAnimations().every(({playState}) => playState !== 'running')")


def in_both_colours(page: Page) -> None:
    for scheme in ("dark", "light"):
        changed(page, scheme)
        still(page)
        accessible(page)


def test_the_main_page_is_accessible_with_everything_opened_and_for_long_texts(blank: Page):
    page = blank
    page.goto("/?model=random&n_layers=2&directions=2&quantities=fc&rows=similarity")
    expect(page.locator(".gs-plot .heatmaplayer")).to_have_count(4 * 2)
    page.locator(".gs-plot").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".gs-formula i")).to_have_count(4)
    for name in ("The sums", "All weights", "The numbers as a table", "The same in Python"):
        page.get_by_text(name).click()
    page.get_by_role("slider", name="Time step").fill("1")
    page.get_by_text("Export", exact=True).click()
    in_both_colours(page)
    page.goto("/?n_layers=2")
    page.get_by_label("Open a file").set_input_files(
        {"name": "long.txt", "mimeType": "text/plain", "buffer": b"one two " * 2000}
    )
    expect(page.locator(".gs-overview")).to_be_visible()
    in_both_colours(page)
    page.get_by_role("button", name="Close the file").click()
    page.get_by_role("combobox", name="Model").select_option("series")
    expect(page.locator(".gs-extra-labels > div").first).to_be_visible()
    in_both_colours(page)


def wears(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Puts a page of Streamlit's own into the colours of a scheme."""
    at_rest(page)
    page.emulate_media(color_scheme=scheme)
    expect(page.locator(".stApp")).to_have_css("background-color", PAPER[scheme])
    page.wait_for_function(AGAIN)
    page.wait_for_function(INKED, arg=INK[scheme])
    still(page)


def wide_and_on_a_phone(page: Page) -> None:
    """A page of Streamlit's own is accessible light and wide, and dark and on a phone."""
    at_rest(page)
    still(page)
    accessible(page)
    page.set_viewport_size(PHONE)
    wears(page, "dark")
    accessible(page)


def test_training_is_accessible(blank: Page):
    blank.goto("/open?how=train&task=counter&epochs=2")
    blank.get_by_role("button", name="Train", exact=True).click()
    blank.get_by_role("button", name="Open on Memory").wait_for(timeout=120_000)
    expect(blank.locator(".gs-drawn .gs-drawing")).to_have_count(2)
    wide_and_on_a_phone(blank)


@pytest.mark.parametrize("task", ["grammar", "series"])
def test_what_there_is_to_learn_is_accessible(blank: Page, task: str):
    blank.goto(f"/open?how=train&task={task}")
    expect(blank.locator(".gs-training .gs-drawing")).to_have_count(2)
    wide_and_on_a_phone(blank)


@pytest.mark.parametrize("more", [{}, {"holds": "w.1"}])
def test_the_drawer_is_accessible_with_a_path_over_c(blank: Page, more: dict[str, str]):
    """Light and wide, and dark and on a phone."""
    query = {"sentence": "It is not a good film", "model": "sentiment", "pin": "0.16.5", "why": "1", "path": "2"}
    blank.goto("/?" + urlencode(query | more))
    blank.locator(".gs-path line").first.wait_for(state="attached")
    accessible(blank)
    blank.set_viewport_size(PHONE)
    changed(blank, "dark")
    blank.locator(".gs-path line").first.wait_for(state="attached")
    still(blank)
    accessible(blank)


def test_units_are_accessible(blank: Page):
    blank.goto("/units?model=counter")
    expect(blank.get_by_role("heading", name="Unit 1 counts how many more")).to_be_visible()
    expect(blank.get_by_role("list", name="Strongest moments").get_by_role("button")).to_have_count(5)
    wide_and_on_a_phone(blank)
    blank.get_by_role("radio", name="in a corpus").click()
    expect(blank.get_by_role("button", name="Moment 5 of unit 1")).to_be_visible()
    at_rest(blank)
    accessible(blank)
    blank.set_viewport_size(WIDE)
    wears(blank, "light")
    accessible(blank)


def test_what_takes_long_is_accessible_while_it_runs(blank: Page):
    blank.goto("/units?model=python-chars&where=corpus&size=1000000")
    for scheme, size in (("light", WIDE), ("dark", PHONE)):
        blank.emulate_media(color_scheme=scheme)
        blank.set_viewport_size(size)
        expect(blank.locator(".stApp")).to_have_css("background-color", PAPER[scheme])
        expect(blank.get_by_role("progressbar")).to_be_visible()
        expect(blank.get_by_role("button", name="Cancel")).to_be_visible()
        accessible(blank)


def test_words_that_are_searched_are_accessible(blank: Page):
    blank.goto("/?model=tagger&sentence=The+old+man+the+boat&brush=1-2")
    expect(blank.get_by_role("group", name="Selected words")).to_be_visible()
    blank.get_by_role("button", name="Where else?").click()
    expect(blank.get_by_role("heading", name="Where else?")).to_be_visible()
    expect(blank.get_by_role("combobox", name="Model")).to_be_visible()
    wide_and_on_a_phone(blank)


@pytest.mark.parametrize("asked", ["model=tagger", "model=series", "model=tagger-sizes&hidden_dim_b=16"])
def test_two_readings_are_accessible(blank: Page, asked: str):
    blank.goto(f"/compare?{asked}")
    expect(blank.locator(".gs-drawing").first).to_be_visible()
    wide_and_on_a_phone(blank)


def test_each_part_of_the_lesson_is_accessible(blank: Page):
    """In light from the first to cells that learned for fifty epochs, and back in dark."""
    blank.goto("/lesson?part=1")
    titles = ["Words become numbers", "One step at a time", "The state must be carried", "A Linear layer on top"]
    stages = [*((title, 0) for title in titles), ("LSTM, GRU, RNN", 0), ("LSTM, GRU, RNN", 1)]
    there, back = ["", *["Next"] * 4, "50"], ["", "none", *["Back"] * 4]
    for scheme, presses, shown in (("light", there, stages), ("dark", back, stages[::-1])):
        for press, (title, learned) in zip(presses, shown, strict=True):
            if press:
                role = "radio" if press in ("50", "none") else "button"
                blank.get_by_role(role, name=press, exact=True).click()
            else:
                wears(blank, scheme)
            expect(blank.get_by_role("heading", name=title, exact=True)).to_be_visible()
            expect(blank.get_by_role("heading", name="After “")).to_have_count(learned)
            expect(blank.locator(".gs-cell").first).to_be_visible()
            at_rest(blank)
            blank.wait_for_function(INKED, arg=INK[scheme])
            still(blank)
            accessible(blank)
