"""What stands before the picture on Memory's first screen? Seven controls, few Tab stops, and all else under View."""

import pytest
from playwright.sync_api import Page, expect

MODELS = ["tagger-sizes", "random", "python-chars", "series"]
NAME = "e => e.getAttribute('aria-label') || e.textContent.trim()"
BEFORE = """() => [...document.querySelectorAll(
    '.gatescope :is(input, select, textarea, summary, button)')].filter(part => part.checkVisibility() &&
    part.tabIndex === 0 && !part.disabled && !part.closest('.gs-topbar') &&
    part.getBoundingClientRect().bottom < document.querySelector('.gs-plot').getBoundingClientRect().top)"""


@pytest.mark.parametrize("model", MODELS)
def test_the_picture_is_reached_with_few_tab_stops_and_seven_controls_stand_beside_it(blank: Page, model: str):
    page = blank
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/?model={model}")
    expect(page.locator(".gs-plot .heatmaplayer").first).to_be_visible()
    if model == "tagger-sizes":
        sizes = ["input_dim", "hidden_dim", "n_layers"]
        # What the text may be stands in its box, and the time in the line of play.
        controls = ["Model", "Sentence", "examples", *sizes, "View", "Play", "Time step"]
        assert page.evaluate(f"() => ({BEFORE})().map({NAME})") == controls
    stops = []
    while not page.evaluate("!!document.activeElement.closest('.gs-heatmaps')"):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(f"({NAME})(document.activeElement)"))
        assert len(stops) <= 21, stops
    assert {"Model", "Sentence", "View", "Play", "Time step"} <= set(stops)


@pytest.mark.parametrize("place", ["app", "site"])
def test_every_menu_opens_inside_the_window(blank: Page, address: str, place: str):
    page = blank
    page.goto(f"{address if place == 'site' else '/'}?model=random&n_layers=2")
    page.wait_for_function("() => globalThis.gatescope?.heatmaps().length")
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for name in ("View", "examples", "Scenes", "Share", "Export"):
            page.get_by_text(name, exact=True).click()
            box = page.locator("details[open] > .gs-panel").bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
            page.get_by_text(name, exact=True).click()
