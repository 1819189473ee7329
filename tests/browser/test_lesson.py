"""The lesson, alive: its five parts, its numbers, its three ways, its Linear layer."""

import re
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, TimeoutError, expect

import lstm_core
from lstm_core.models import sizes, untrained

from .conftest import Visitors
from .reading import trace_of
from .streamlit_page import asks, at_rest

Figures = list[dict[str, np.ndarray]]
# What is drawn, by place: those of a layer begin with its first quantity.
DRAWN = """gatescope.heatmaps().reduce((places, {name, z}) => {
    if (!places.length || name in places.at(-1)) places.push({})
    places.at(-1)[name] = z
    return places
}, [])"""
# Rows of the part before stay for some frames beside the new ones: they may hold the same numbers, and others.
SAME = f"""wanted => {{
    const drawn = {DRAWN}, names = figure => Object.keys(figure).sort().join()
    const same = (row, other) => row.length === other.length && row.every((x, n) => Math.abs(x - other[n]) < 1e-6)
    return drawn.length === wanted.length && wanted.every((figure, n) => names(drawn[n]) === names(figure) &&
        Object.entries(figure).every(([name, z]) => drawn[n][name].length === z.length &&
            z.every((row, unit) => same(row, drawn[n][name][unit]))))
}}"""


def drawn(page: Page, wanted: Figures) -> None:
    """Waits until the page's figures show these numbers, by quantity."""
    with suppress(TimeoutError):
        page.wait_for_function(SAME, arg=[{name: z.tolist() for name, z in figure.items()} for figure in wanted])
    for seen, cells in zip(page.evaluate(DRAWN), wanted, strict=True):
        assert seen.keys() == cells.keys()
        for name, z in cells.items():
            np.testing.assert_allclose(seen[name], z, rtol=0, atol=1e-6, err_msg=name)


def numbers(trace: lstm_core.Trace, quantities: Sequence[str]) -> dict[str, np.ndarray]:
    return {quantity: trace.cells(quantity) for quantity in quantities}


@torch.no_grad()
def three(example: untrained.Lesson) -> Figures:
    """The lesson's own loop from its first state; a loop that carries its state from the second, and one call."""
    lstm, inputs, first, state = example
    at_once = lstm_core.run(lstm, inputs, state)
    with lstm_core.record(lstm) as reset:
        for one in inputs:
            lstm(one[None], first)
    with lstm_core.record(lstm) as carried:
        for one in inputs:
            _, state = lstm(one[None], state)
    return [numbers(way, "ch") for way in (reset.only, carried.only, at_once)]


def of_words(trace: lstm_core.Trace) -> untrained.Lesson:
    """The words of the sentence as the lesson's inputs."""
    start = trace.h0[:, 0], trace.c0[:, 0]
    return untrained.Lesson(lstm_core.models.random_lstm(4, 3, 1, 2), trace.x, start, start)


def test_the_parts_of_a_score_are_those_of_the_tagger(blank: Page):
    """Each unit's, or of many the three largest and the others together."""
    for units, others in ((3, ""), (4, ""), (16, " from 13 other units")):
        blank.goto(f"/lesson?part=4&input_dim=4&hidden_dim={units}&step=1")
        model = sizes.sized_tagger(4, units, 1)
        tokens = ["Giraffes", "in", "a", "field"]
        with torch.no_grad():
            scores = model.scores(lstm_core.run(model.lstm, model.vectors(tokens)))[1, 0]
        label, sure = model.labels[int(scores.argmax())], float(scores.softmax(-1).max())
        text = blank.get_by_text(f"At “in” the answer is {label}, {sure:.2f}. Its score is ").inner_text()
        score, *parts = [float(one.replace("−", "-")) for one in re.findall(r"[+−]\d+\.\d+", text)]
        assert others in text
        assert len(parts) == (4 if units == 3 else 5)
        assert score == pytest.approx(float(scores.max()), abs=0.006)
        assert score == pytest.approx(sum(parts), abs=0.03)


def named(page: Page, name: str) -> Locator:
    """A drawn cell by what it is of."""
    return page.get_by_role("group", name=name)


def test_five_parts_follow_each_other_each_with_the_drawn_cell(page: Page):
    page.get_by_role("link", name="Lesson").click()
    trace = trace_of()
    drawn(page, [{"x": trace.x[:, 0].T.numpy(), "h": trace.cells("h")}])
    expect(named(page, "The LSTM cell: unit 0 at “field”")).to_be_visible()
    expect(page.get_by_role("button", name="Back", exact=True)).to_be_disabled()
    following = page.get_by_role("button", name="Next", exact=True)
    following.click()
    expect(page.get_by_text("“field”: unit 0 keeps 57% of −0.55 and adds −0.33")).to_be_visible()
    # For some frames the cell of the part before stands beside the new one.
    expect(page.locator(".gs-cell")).to_have_count(1)
    expect(named(page, "The LSTM cell: unit 0 at “field”")).to_contain_text("−0.64")
    expect(page.locator(".gs-cell-unit")).to_have_text("unit 0")
    following.click()
    drawn(page, three(of_words(trace)))
    for way, lines in enumerate([3, 0, 0]):
        expect(page.locator(".gs-drawing").nth(way).locator(".gs-reset")).to_have_count(lines)
    expect(named(page, "The LSTM cell")).to_have_count(3)
    asks(page, part="3")
    following.click()
    expect(page.get_by_text("At “field” the answer is NOUN, 0.77.")).to_be_visible()
    following.click()
    # For some frames the cells of the part before stand beside the three new ones.
    for kind in ("LSTM", "GRU", "plain RNN"):
        expect(named(page, f"The {kind} cell")).to_have_count(1)
    expect(following).to_be_disabled()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_text("At “field” the answer is NOUN, 0.77.")).to_be_visible()


PRESENTED = """() => [...document.querySelectorAll('.stMainBlockContainer :is(p, svg.gs-cell, .gs-drawn, pre)')]
    .every(part => !part.checkVisibility() || part.getBoundingClientRect().bottom <= innerHeight)
    && document.querySelector('[data-testid=stMain]').scrollHeight <= innerHeight + 1"""

# Pixels of the screen, where the page is not magnified.
SMALLEST = """() => Math.min(...[...document.querySelectorAll('svg.gs-cell text')]
    .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""
# The share of its column that each cell takes.
SHARES = """() => [...document.querySelectorAll('svg.gs-cell')].map(cell =>
    cell.getBoundingClientRect().width / cell.closest('.gs-lesson-columns > div').getBoundingClientRect().width)"""


@pytest.mark.parametrize(
    ("link", "strips"),
    [
        *[("part=1", 1), ("part=2", 0), ("part=3", 3), ("part=3&inputs=random", 3), ("part=4", 1)],
        *[("part=5", None), ("cells=10", None)],
    ],
)
def test_a_part_fills_its_screen_also_in_a_lecture_and_on_a_phone_begins_on_the_first(
    blank: Page, link: str, strips: int | None
):
    """Every cell of its strips says its number; in the fifth part there is no room."""
    page = blank
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"/lesson?{link}")
    expect(page.locator(".gs-cell").first).to_be_in_viewport(ratio=0.9)
    at_rest(page)
    assert page.evaluate(SMALLEST) > 11
    without_scrolling = "(main => main.scrollHeight <= main.clientHeight)(document.querySelector('.stMain'))"
    # Random inputs have three more controls at the left.
    if "inputs" not in link:
        page.wait_for_function(without_scrolling)
    for cell in page.locator(".gs-cell").all():
        assert cell.bounding_box()["width"] >= 299.5
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator(".gs-cell").first).to_be_in_viewport(ratio=1)
    at_rest(page)
    assert page.evaluate(without_scrolling)
    page.set_viewport_size({"width": 1920, "height": 1080})
    for cell in page.locator(".gs-cell").all():
        assert cell.bounding_box()["width"] > 450
    assert page.evaluate(without_scrolling)
    if strips is not None:
        expect(page.locator(".gs-drawing")).to_have_count(strips)
        cells = page.evaluate("gatescope.heatmaps().reduce((sum, {shape: [rows, steps]}) => sum + rows * steps, 0)")
        expect(page.locator(".gs-drawing text").filter(has_text=re.compile(r"^[+−]?\d\.\d\d$"))).to_have_count(cells)
    page.keyboard.press("p")
    for width, height in ((1024, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        page.locator("html[data-gs-present]").wait_for(state="attached")
        page.wait_for_function(PRESENTED)
        assert min(page.evaluate(SHARES)) > 0.7
    page.keyboard.press("Escape")
    page.locator("html:not([data-gs-present])").wait_for(state="attached")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".gs-drawing, .gs-cell").first).to_be_in_viewport(ratio=0.5)
    at_rest(page)
    assert page.evaluate(SMALLEST) > 11
    back, on = (page.get_by_role("button", name=name, exact=True).bounding_box() for name in ("Back", "Next"))
    assert back["y"] == on["y"]
    assert back["x"] < on["x"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_way_to_the_next_part_is_always_there_and_covers_no_words(blank: Page):
    page = blank
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/lesson")
    following, last = (page.get_by_role("button", name=name) for name in ("Next", "See this cell on Memory"))
    expect(following).to_be_in_viewport(ratio=1)
    at_rest(page)
    page.locator(".stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    # Playwright clicks nothing that is covered.
    last.click(trial=True)
    assert last.bounding_box()["y"] + last.bounding_box()["height"] < following.bounding_box()["y"]
    following.click()
    expect(page.get_by_role("heading", name="One step at a time")).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("2 of 5")).to_be_in_viewport(ratio=1)


def test_a_finger_moves_a_wide_picture_sideways_and_the_page_down(visitors: Visitors):
    page = visitors(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/lesson?part=3&sentence=Giraffes+in+a+field+of+tall+green+grass+sleep+often")
    picture = page.locator(".gs-drawn").first
    picture.locator(".gs-drawing").wait_for()
    box, finger = picture.bounding_box(), page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [*points]})

    for dx, dy, moved in (
        (-15, 0, "document.querySelector('.gs-drawn').scrollLeft"),
        (0, -15, "document.querySelector('.stMain').scrollTop"),
    ):
        x, y = box["x"] + 250, box["y"] + 130
        touch("touchStart", {"x": x, "y": y})
        for step in range(1, 11):
            touch("touchMove", {"x": x + dx * step, "y": y + dy * step})
        touch("touchEnd")
        page.wait_for_function(f"{moved} > 50")
