"""Zoom is shared by all heatmaps and stays until a person ends it."""

import pytest
from playwright.sync_api import Page, expect

from .reading import settled, shows, trace_of, view, write

RANGES = """() => [...document.querySelectorAll('.gs-plot')].map(plot =>
    [...plot._fullLayout.xaxis.range, ...plot._fullLayout.yaxis.range])"""
EIGHT = "one two three four five six seven eight"


def ranges(page: Page) -> list[list[float]]:
    """What each layer has in sight: [first step, last step, lowest unit, highest unit]."""
    return page.evaluate(RANGES)


def in_sight(page: Page, layers: list[list[float]]) -> None:
    """Waits until each layer has this in sight, as near as a mouse can aim."""
    page.wait_for_function(
        f"layers => ({RANGES})().every((seen, n) => seen.every((edge, k) => Math.abs(edge - layers[n][k]) < 0.01))",
        arg=layers,
    )


def drag_a_box(page: Page) -> None:
    """Over the middle half of a strip's width and of its height, strip c of layer 0."""
    box = page.locator(".js-plotly-plot").first.locator(".nsewdrag").nth(3).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] * 3 / 4, box["y"] + box["height"] * 3 / 4)
    page.mouse.up()


@pytest.fixture
def whole(page: Page) -> list[float]:
    """The whole of a picture of eight words, two layers and four units."""
    page.get_by_role("slider", name="n_layers").press("ArrowRight")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    write(page, EIGHT)
    assert ranges(page) == [[-0.5, 7.5, 3.5, -0.5]] * 2
    return [-0.5, 7.5, 3.5, -0.5]


@pytest.fixture
def zoomed(page: Page, whole: list[float]) -> list[float]:
    """What is in sight after a box was drawn over the middle of one heatmap."""
    drag_a_box(page)
    page.wait_for_function(f"() => ({RANGES})().every(([first, last]) => last - first < 7)")
    seen = ranges(page)[0]
    assert seen != whole
    assert seen == pytest.approx([1.5, 5.5, 2.5, 0.5], abs=0.1)
    in_sight(page, [seen, seen])
    return seen


def test_a_box_zooms_all_heatmaps_until_a_double_click_also_when_the_seed_changes_and_a_drag_may_move_them(
    page: Page, whole: list[float], zoomed: list[float]
):
    in_sight(page, [zoomed, zoomed])
    for layer in (0, 1):
        expect(page.locator(".js-plotly-plot").nth(layer).locator(".xtick text")).to_have_text(EIGHT.split()[2:6])
    settled(page)
    page.get_by_role("spinbutton", name="seed").fill("7")
    shows(page, trace_of(EIGHT, hidden_dim=4, n_layers=2, seed=7))
    in_sight(page, [zoomed, zoomed])
    page.locator(".js-plotly-plot").nth(1).locator(".nsewdrag").first.dblclick()
    in_sight(page, [whole, whole])
    expect(page.locator(".js-plotly-plot").first.locator(".xtick text")).to_have_text(EIGHT.split())
    # A dragged picture moves when the mouse is set to move.
    drag_a_box(page)
    in_sight(page, [zoomed, zoomed])
    with view(page) as menu:
        mode = menu.get_by_role("button", name="Drag to move")
        mode.press("Enter")
        expect(mode).to_have_attribute("aria-pressed", "true")
    box = page.locator(".js-plotly-plot").first.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    first, last, *units = zoomed
    moved = [first + 1, last + 1, *units]
    in_sight(page, [moved, moved])
