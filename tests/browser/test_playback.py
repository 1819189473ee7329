"""Time moves: step and scrub, and what is shown of the picture at each step."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitors
from .reading import painted, write

SHOWN = """() => [...document.querySelectorAll('.gs-plot')].map(plot => {
    const cover = plot.parentElement.querySelector('.gs-cover')
    if (cover.hidden) return plot.layout.xaxis.range[1] + 0.5
    const [first, last] = plot.layout.xaxis.range
    return Math.round(first + 0.5 + parseFloat(cover.style.left) / plot.layout.width * (last - first))
})"""


def shown(page: Page, columns: list[int]) -> None:
    page.wait_for_function(f"wanted => JSON.stringify(({SHOWN})()) === JSON.stringify(wanted)", arg=columns)


def test_scrubbing_and_stepping_show_the_columns_up_to_now_and_space_plays(page: Page):
    page.get_by_role("slider", name="n_layers").press("ArrowRight")
    write(page, "one two three four five")
    scrub = page.get_by_role("slider", name="Time step")
    scrub.fill("2")
    shown(page, [3, 3])
    scrub.press("ArrowRight")
    shown(page, [4, 4])
    scrub.press("ArrowLeft")
    shown(page, [3, 3])
    page.get_by_role("button", name="Step back").click()
    shown(page, [2, 2])
    page.get_by_role("button", name="Step forward").click()
    shown(page, [3, 3])
    # The newest column is framed, and what comes after it is covered.
    scrub.fill("1")
    shown(page, [2, 2])
    plot, now = page.locator(".gs-plot").first.bounding_box(), page.locator(".gs-now").first.bounding_box()
    column = plot["width"] / 5
    assert now["x"] == pytest.approx(plot["x"] + column, abs=3)
    assert now["width"] == pytest.approx(column, abs=4)
    cover = page.locator(".gs-cover").first.bounding_box()
    assert cover["y"] == pytest.approx(plot["y"], abs=1)
    assert cover["x"] == pytest.approx(plot["x"] + 2 * column, abs=2)
    # Space plays after a click on a cell, wherever the focus was.
    box = page.get_by_role("textbox", name="Sentence")
    box.focus()
    before = scrub.bounding_box()
    page.locator(".gs-plot").first.click(position={"x": 60, "y": 110})
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(box).to_have_value("one two three four five")
    # The row of playback stands still.
    assert scrub.bounding_box()["x"] == before["x"]


def test_a_first_visit_plays_once_slowly_and_ends_with_the_whole_picture(visitors: Visitors):
    page = visitors(storage_state=None)
    page.goto("/")
    page.locator(".gs-plot .heatmaplayer").first.wait_for()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    speed = page.get_by_role("combobox", name="Speed", include_hidden=True)
    expect(speed).to_have_value("0.5")
    expect(page.locator(".gs-story")).to_contain_text("“Giraffes”: unit")
    expect(page.locator(".gs-story")).to_contain_text("“field”: unit")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator(".gs-now-label")).to_have_text("all 4 steps")
    page.keyboard.press("a")
    expect(speed).to_have_value("1")
    page.reload()
    painted(page)
    expect(page.locator(".gs-answers [data-answer]")).to_have_count(4)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
