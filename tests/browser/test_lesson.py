"""The lesson, alive: its five parts, its numbers, its three ways, its Linear layer."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, TimeoutError, expect

import lstm_core
from lstm_core.models import lesson
from lstm_core.models.three_cells import three_cells

from .conftest import Visitors
from .reading import settled, trace_of, write
from .streamlit_page import asks

GIRAFFES = ["Giraffes", "in", "a", "field"]
Figures = list[dict[str, np.ndarray]]
# Streamlit sends numbers packed: what Plotly unpacked is what it drew.
DRAWN = """[...document.querySelectorAll('.js-plotly-plot')].map(plot => Object.fromEntries(
    (plot._fullData || []).map(({name, z}) => [name, [...z].map(row => [...row])])))"""
# A figure of the part before stays for some frames beside the new ones: it may hold the same numbers, and others.
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


def three(example: lesson.Lesson, same_start: bool = False) -> Figures:
    return [numbers(way, "ch") for way in lesson.three_ways(example, same_start)]


def of_words(trace: lstm_core.Trace) -> lesson.Lesson:
    """The words of the sentence as the lesson's inputs."""
    start = trace.h0[:, 0], trace.c0[:, 0]
    return lesson.Lesson(lstm_core.models.random_lstm(4, 3, 1, 2), trace.x, start, start)


def test_five_parts_follow_each_other(page: Page):
    page.get_by_role("link", name="Lesson").click()
    trace = trace_of()
    drawn(page, [{"x": trace.x[:, 0].T.numpy(), "h": trace.cells("h")}])
    expect(page.get_by_role("button", name="Back", exact=True)).to_be_disabled()
    following = page.get_by_role("button", name="Next", exact=True)
    following.click()
    drawn(page, [numbers(trace, "figcoh")])
    expect(page.get_by_text("Read a column from top to bottom")).to_contain_text("At “field”, unit 0 keeps 57%")
    following.click()
    drawn(page, three(of_words(trace)))
    for way, lines in enumerate([3, 0, 0]):
        expect(page.locator(".js-plotly-plot").nth(way).locator(".shapelayer path")).to_have_count(lines)
    asks(page, part="3")
    following.click()
    drawn(page, [{"probability": lesson.class_scores(trace, 4).probabilities.T.numpy()}])
    following.click()
    drawn(page, [numbers(cell, cell.quantities) for cell in three_cells(GIRAFFES)[:3]])
    expect(following).to_be_disabled()
    page.get_by_role("button", name="Back", exact=True).click()
    drawn(page, [{"probability": lesson.class_scores(trace, 4).probabilities.T.numpy()}])


def test_the_old_address_opens_what_its_links_were_about(blank: Page):
    blank.goto("/structure?all_three=so+it+goes&cell_units=4")
    cells = three_cells(["so", "it", "goes"], hidden_size=4)
    drawn(blank, [numbers(cell, cell.quantities) for cell in cells[:3]])
    assert urlsplit(blank.url).path == "/lesson"
    expect(blank.get_by_text(f"four blocks of weights ({cells.parameters[0]} parameters)")).to_be_visible()
    for number, letters in enumerate(["figcoh", "rznh", "h"]):
        plot = blank.locator(".js-plotly-plot").nth(number)
        expect(plot.locator(".annotation-text")).to_have_text(list(letters))
        expect(plot.locator(".xtick text")).to_have_text(["so", "it", "goes"])
    box = blank.get_by_role("textbox", name="Read by all three")
    box.fill("<b>They</b> saw the saw")
    box.press("Enter")
    asks(blank, all_three="<b>They</b> saw the saw")
    words = lstm_core.words("<b>They</b> saw the saw")
    drawn(blank, [numbers(cell, cell.quantities) for cell in three_cells(words, hidden_size=4)[:3]])


@pytest.fixture
def three_ways(blank: Page) -> Page:
    """The lesson's own random inputs, read in three ways."""
    blank.goto("/lesson?part=3&inputs=random")
    drawn(blank, three(lesson.lesson()))
    return blank


def test_the_numbers_that_the_lesson_prints_are_folded_below_the_pictures(three_ways: Page):
    first = three_ways.get_by_text("out  [-0.4372, 0.2583, 0.2947]").first
    expect(first).not_to_be_visible()
    for fold in three_ways.get_by_text("The numbers, as PyTorch prints them").all():
        fold.click()
    for printed in (
        "out  [-0.4372, 0.2583, 0.2947]",
        "cell [-0.7344, 0.6209, 0.4191]",
        "out  [-0.2007, -0.1559, 0.2489]",
        "cell [-0.4429, -0.2975, 0.3252]",
    ):
        expect(three_ways.get_by_text(printed).first).to_be_visible()


def test_memory_is_reset_in_the_first_way_only_and_the_difference_is_said(three_ways: Page):
    for way, lines in enumerate([4, 0, 0]):
        expect(three_ways.locator(".js-plotly-plot").nth(way).locator(".shapelayer path")).to_have_count(lines)
    steps = three_ways.evaluate("document.querySelector('.js-plotly-plot').layout.shapes.map(({x0}) => x0 + 0.5)")
    assert tuple(steps) == lesson.three_ways(lesson.lesson()).reset.resets
    gap = lesson.three_ways(lesson.lesson()).difference()
    said = three_ways.get_by_text("Carrying the state and reading all at once are the same computation")
    expect(said).to_contain_text("0.0" if gap == 0 else f"{gap:.0e}")
    colours = three_ways.evaluate(
        "() => [...document.querySelectorAll('.heatmap-label text')].map(text => getComputedStyle(text).fill)"
    )
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}


def test_dimensions_length_seed_and_start_are_another_example(three_ways: Page):
    three_ways.get_by_role("slider", name="input_dim").press("ArrowRight")
    drawn(three_ways, three(lesson.lesson(5)))
    three_ways.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    drawn(three_ways, three(lesson.lesson(5, 4)))
    three_ways.get_by_role("slider", name="seq_len").press("ArrowRight")
    drawn(three_ways, three(lesson.lesson(5, 4, steps=6)))
    seed = three_ways.get_by_role("spinbutton", name="seed")
    seed.fill("3")
    seed.press("Enter")
    drawn(three_ways, three(lesson.lesson(5, 4, steps=6, seed=3)))
    three_ways.get_by_text("Start all three from the same").click()
    drawn(three_ways, three(lesson.lesson(5, 4, steps=6, seed=3), same_start=True))


def test_class_scores_are_those_of_the_sentence_that_was_typed(blank: Page):
    blank.goto("/lesson?part=4")
    box = blank.get_by_role("textbox", name="Sentence")
    box.fill("<b>They</b> saw the saw")
    box.press("Enter")
    trace = trace_of("<b>They</b> saw the saw")
    drawn(blank, [{"probability": lesson.class_scores(trace, 4).probabilities.T.numpy()}])
    expect(blank.locator(".js-plotly-plot .xtick text")).to_have_text(trace.tokens[0])
    blank.get_by_role("slider", name="output_dim").press("ArrowRight")
    drawn(blank, [{"probability": lesson.class_scores(trace, 5).probabilities.T.numpy()}])
    expect(blank.get_by_text("class 4", exact=True)).to_be_visible()
    expect(blank.get_by_role("cell", name=f"({len(trace.x)}, 5)").first).to_be_visible()


WIDTHS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot =>
    [plot.layout.width, plot.clientWidth, plot.parentElement.clientWidth])"""


def test_charts_are_as_wide_as_their_place_and_no_wider_than_they_say(three_ways: Page):
    for width in (390, 2000, 1300):
        three_ways.set_viewport_size({"width": width, "height": 900})
        three_ways.wait_for_function(f"() => ({WIDTHS})().every(([drawn, here]) => drawn === here)")
        for drawn_width, _, place in three_ways.evaluate(WIDTHS):
            assert min(340, place) <= drawn_width <= min(560, place)


def test_the_sentence_is_still_there_after_a_visit_to_the_lesson(page: Page):
    write(page, "I am still here")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    settled(page)
    page.get_by_role("link", name="Lesson").click()
    trace = trace_of("I am still here", hidden_dim=4)
    drawn(page, [{"x": trace.x[:, 0].T.numpy(), "h": trace.cells("h")}])
    page.get_by_role("link", name="Memory").click()
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("I am still here")
    expect(page.get_by_role("slider", name="hidden_dim")).to_have_value("4")
    settled(page)


@pytest.mark.parametrize("part", [1, 2])
def test_on_a_phone_the_picture_begins_on_the_first_screen(visitors: Visitors, part: int):
    phone = visitors(viewport={"width": 390, "height": 844})
    phone.goto(f"/lesson?part={part}")
    expect(phone.locator(".js-plotly-plot .heatmaplayer").first).to_be_in_viewport(ratio=0.5)
    back, on = (phone.get_by_role("button", name=name, exact=True).bounding_box() for name in ("Back", "Next"))
    assert back["y"] == on["y"]
    assert back["x"] < on["x"]
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("part", "plots"), [(3, 3), (4, 1), (5, 3)])
def test_every_cell_of_the_lessons_pictures_says_its_number(page: Page, part: int, plots: int):
    page.goto(f"/lesson?part={part}")
    expect(page.locator(".js-plotly-plot")).to_have_count(plots)
    for plot in page.locator(".js-plotly-plot").all():
        plot.locator(".heatmaplayer").first.wait_for()
        cells = plot.evaluate("plot => plot._fullData.reduce((sum, {z}) => sum + z.length * z[0].length, 0)")
        expect(plot.locator(".heatmap-label")).to_have_count(cells)
