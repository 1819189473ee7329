"""From a sentence to a hundred thousand steps: bins, an overview, and single steps once zoomed."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

import lstm_core

from .reading import heatmaps, trace_of, traces, view, zoom

STEPS, SPIKE = 100_000, 71_234
WORDS = ["word"] * STEPS
WORDS[SPIKE] = "spike"
RANGE = "document.querySelector('.gs-plot').layout.xaxis.range"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.txt"
    path.write_text(" ".join(WORDS))
    return path


@pytest.fixture(scope="module")
def trace() -> lstm_core.Trace:
    return trace_of(" ".join(WORDS), hidden_dim=64)


@pytest.fixture
def long(blank: Page, text: Path) -> Page:
    """The page with a file of 100,000 words read by 64 units."""
    blank.goto("/?hidden_dim=64")
    blank.locator(".heatmaplayer").first.wait_for()
    blank.get_by_label("Open a file").set_input_files(text)
    expect(blank.locator(".gs-file")).to_contain_text("long.txt: 100,000 words")
    expect(blank.locator(".gs-overview")).to_be_visible()
    return blank


def zoom_to_the_spike(page: Page) -> None:
    zoom(page, x=[SPIKE - 5.5, SPIKE + 4.5])
    expect(page.locator(".gs-plot .xtick text")).to_have_text([*["word"] * 5, "spike", *["word"] * 4])


def test_the_overview_shows_the_spike_and_moves_what_is_in_sight_down_to_single_steps(
    long: Page, trace: lstm_core.Trace
):
    dark = """canvas => {
        const {width, height} = canvas, pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data
        return [...Array(width).keys()].map(x =>
            [...Array(height).keys()].filter(y => pixels[4 * (y * width + x) + 3] > 150).length) }"""
    heights = np.array(long.locator(".gs-overview canvas").evaluate(dark))
    # The first steps are a change too: from nothing.
    assert heights[5:].argmax() + 5 == SPIKE * len(heights) // STEPS
    strip = long.get_by_role("slider", name="Visible steps")
    box = strip.bounding_box()
    long.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + 20)
    long.wait_for_function(f"() => {{ const [a, b] = {RANGE}; return a > 20000 && b < 40000 }}")
    before = long.evaluate(RANGE)
    strip.press("ArrowRight")
    long.wait_for_function(f"before => {RANGE}[0] > before", arg=before[0])
    begin = long.evaluate(RANGE)
    long.mouse.move(box["x"] + box["width"] * 0.33, box["y"] + 20)
    long.mouse.down()
    long.mouse.move(box["x"] + box["width"] * 0.73, box["y"] + 20, steps=4)
    long.mouse.up()
    moved = begin[0] + 0.4 * STEPS
    long.wait_for_function(f"moved => Math.abs({RANGE}[0] - moved) < 300", arg=moved)
    # One view is less than a megabyte, and says that it is no link.
    with long.expect_response("**/gatescope/recording") as answered, view(long) as menu:
        menu.get_by_role("button", name="Zoom in").click()
    assert len(answered.value.body()) < 1_000_000
    expect(long.get_by_role("status")).to_contain_text("Files are not saved in links")
    zoom_to_the_spike(long)
    first = traces(long)[0]["x"][0]
    for (_, _, quantity), z in heatmaps(long).items():
        np.testing.assert_allclose(z, trace.cells(quantity)[:, first : first + z.shape[1]], atol=1e-6)
    strip = long.locator(".gs-plot .nsewdrag").nth(3)
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    long.mouse.click(box["x"] + box["width"] * 10.5 / 20, box["y"] + box["height"] * 5.5 / 64)
    expect(long.get_by_role("heading", name="Unit 5 at “spike”")).to_be_visible()
    written = trace.cells("c")[5, SPIKE]
    expect(long.locator(".gs-bar", has_text="c = kept")).to_contain_text(f"{abs(written):.3f}")


def test_while_a_long_text_is_read_a_bar_says_so(page: Page, text: Path):
    waiting: list[Route] = []
    page.route("**/gatescope/recording", lambda route: waiting.append(route))
    page.get_by_label("Open a file").set_input_files(text)
    bar = page.get_by_role("progressbar", name="Reading")
    expect(bar).to_be_visible()
    for route in waiting:
        route.continue_()
    page.unroute_all()
    expect(page.locator(".gs-file")).to_contain_text("long.txt: 100,000 words")
    expect(bar).to_be_hidden()
