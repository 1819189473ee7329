"""axe-core finds no violation of WCAG 2.1 A or AA."""

from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .reading import settled
from .streamlit_page import at_rest
from .test_colours_change import changed

# Of what is right, axe needs to describe no element.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}


def accessible(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def still(page: Page) -> None:
    """Waits until what was just drawn has faded in."""
    page.locator("[data-test-script-state=notRunning]").first.wait_for()
    page.wait_for_function("() => document.getAnimations().every(({playState}) => playState !== 'running')")


@pytest.fixture(params=["light", "dark"])
def visitor(blank: Page, request: pytest.FixtureRequest) -> Page:
    blank.emulate_media(color_scheme=request.param)
    return blank


def in_both_colours(page: Page) -> None:
    for scheme in ("dark", "light"):
        changed(page, scheme)
        still(page)
        accessible(page)


def test_the_main_page_is_accessible_with_everything_opened_and_for_long_texts(blank: Page):
    page = blank
    page.goto("/?n_layers=2")
    settled(page)
    in_both_colours(page)
    page.locator(".gs-plot").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".gs-formula i")).to_have_count(4)
    for name in ("The sums", "All weights", "The numbers as a table", "The same in Python"):
        page.get_by_text(name).click()
    page.get_by_role("slider", name="Time step").fill("1")
    page.get_by_text("Export", exact=True).click()
    in_both_colours(page)
    page.goto("/?n_layers=2&directions=2&quantities=fc&rows=similarity")
    expect(page.locator(".gs-plot .heatmaplayer")).to_have_count(4 * 2)
    in_both_colours(page)
    page.get_by_label("Open a file").set_input_files(
        {"name": "long.txt", "mimeType": "text/plain", "buffer": b"one two " * 2000}
    )
    expect(page.locator(".gs-overview")).to_be_visible()
    in_both_colours(page)
    page.get_by_role("button", name="Close the file").click()
    page.get_by_role("combobox", name="Model").select_option("counter")
    page.get_by_text("All class scores").click()
    expect(page.locator(".gs-extra-labels > div")).to_have_count(3)
    in_both_colours(page)


def test_training_is_accessible(visitor: Page):
    visitor.goto("/open?how=train&task=counter&epochs=2")
    visitor.get_by_role("button", name="Train", exact=True).click()
    visitor.get_by_role("button", name="Open it on the Memory page").wait_for(timeout=120_000)
    expect(visitor.locator(".js-plotly-plot .heatmaplayer")).to_have_count(14)
    accessible(visitor)


@pytest.mark.parametrize("task", ["brackets", "grammar", "series"])
def test_what_there_is_to_learn_is_accessible(reader: Page, task: str):
    reader.goto(f"/open?how=train&task={task}")
    expect(reader.locator(".st-key-answers-right .js-plotly-plot")).to_be_visible()
    still(reader)
    accessible(reader)


@pytest.fixture(params=["wide", "phone"])
def reader(blank: Page, request: pytest.FixtureRequest) -> Page:
    """Light and wide, or dark and on a phone."""
    if request.param == "phone":
        blank.emulate_media(color_scheme="dark")
        blank.set_viewport_size({"width": 390, "height": 844})
    return blank


@pytest.mark.parametrize("more", [{}, {"holds": "w.1"}])
def test_the_drawer_is_accessible_with_a_path_over_c(reader: Page, more: dict[str, str]):
    query = {"sentence": "It is not a good film", "model": "sentiment", "pin": "0.16.5", "why": "1", "path": "2"}
    reader.goto("/?" + urlencode(query | more))
    reader.locator(".gs-path line").first.wait_for(state="attached")
    accessible(reader)


def test_units_are_accessible(reader: Page):
    reader.goto("/units?model=python-chars")
    expect(reader.get_by_role("heading", name="Unit 48 knows that it is inside quotes.")).to_be_visible()
    expect(reader.get_by_role("list", name="Strongest moments").get_by_role("button")).to_have_count(5)
    at_rest(reader)
    accessible(reader)
    reader.get_by_role("radio", name="in a corpus").click()
    expect(reader.get_by_role("button", name="Moment 5 of unit 48")).to_be_visible()
    at_rest(reader)
    accessible(reader)


def test_what_takes_long_is_accessible_while_it_runs(reader: Page):
    reader.goto("/units?model=python-chars&where=corpus&size=1000000")
    expect(reader.get_by_role("progressbar")).to_be_visible()
    expect(reader.get_by_role("button", name="Cancel")).to_be_visible()
    accessible(reader)


def test_words_that_are_searched_are_accessible(reader: Page):
    reader.goto("/?model=tagger&sentence=The+old+man+the+boat&brush=1-2")
    expect(reader.get_by_role("group", name="Selected words")).to_be_visible()
    reader.get_by_role("button", name="Where else?").click()
    expect(reader.get_by_role("heading", name="Where else?")).to_be_visible()
    expect(reader.get_by_role("combobox", name="Model")).to_be_visible()
    at_rest(reader)
    accessible(reader)


@pytest.mark.parametrize("asked", ["model=tagger", "model=series", "model=tagger-sizes&hidden_dim_b=16"])
def test_two_readings_are_accessible(visitor: Page, asked: str):
    visitor.goto(f"/compare?{asked}")
    expect(visitor.locator(".gs-two-table")).to_be_visible()
    still(visitor)
    accessible(visitor)


@pytest.mark.parametrize("asked", ["part=1", "part=2", "part=3", "part=4", "part=5", "cells=50"])
def test_each_part_of_the_lesson_is_accessible(visitor: Page, asked: str):
    visitor.goto(f"/lesson?{asked}")
    expect(visitor.locator(".gs-cell").first).to_be_visible()
    still(visitor)
    accessible(visitor)
