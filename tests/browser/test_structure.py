"""The lesson, alive: its numbers, its three ways, its Linear layer."""

from contextlib import suppress

import numpy as np
import pytest
from playwright.sync_api import Page, TimeoutError, expect

import lstm_core
from lstm_core.models import lesson
from lstm_core.models.three_cells import ThreeCells, three_cells

from .reading import settled, trace_of, write

GIRAFFES = ["Giraffes", "in", "a", "field"]
# Streamlit sends numbers packed: what Plotly unpacked is what it drew.
DRAWN = """[...document.querySelectorAll('.js-plotly-plot')].map(plot => Object.fromEntries(
    (plot._fullData || []).map(({name, z}) => [name, [...z].map(row => [...row])])))"""
SAME = f"""wanted => {{
    const drawn = {DRAWN}
    return drawn.length === wanted.length && wanted.every((figure, n) => Object.entries(figure).every(([name, z]) =>
        drawn[n][name]?.length === z.length && z.every((row, unit) => row.length === drawn[n][name][unit].length &&
            row.every((value, step) => Math.abs(value - drawn[n][name][unit][step]) < 1e-6))))
}}"""


def drawn(
    page: Page,
    example: lesson.Lesson,
    trace: lstm_core.Trace,
    classes: int = 4,
    same_start: bool = False,
    cells: ThreeCells | None = None,
) -> None:
    """Waits until the three ways to read, the class scores and the three cells are those of lstm_core."""
    ways = lesson.three_ways(example, same_start)
    wanted = [{q: way.cells(q) for q in ("c", "h")} for way in ways]
    wanted.append({"probability": lesson.class_scores(trace, classes).probabilities.T.numpy()})
    wanted += [{q: cell.cells(q) for q in cell.quantities} for cell in (cells or three_cells(GIRAFFES))[:3]]
    figures = [{name: z.tolist() for name, z in figure.items()} for figure in wanted]
    with suppress(TimeoutError):
        page.wait_for_function(SAME, arg=figures)
    for seen, cells in zip(page.evaluate(DRAWN), wanted, strict=True):
        assert seen.keys() == cells.keys()
        for name, z in cells.items():
            np.testing.assert_allclose(seen[name], z, rtol=0, atol=1e-6, err_msg=name)


@pytest.fixture
def structure(page: Page) -> Page:
    """The Structure page, reached from the main page."""
    page.get_by_role("link", name="Structure").click()
    drawn(page, lesson.lesson(), trace_of())
    return page


WIDTHS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot =>
    [plot.layout.width, plot.clientWidth, plot.parentElement.clientWidth])"""


def test_charts_are_as_wide_as_their_place_and_no_wider_than_they_say(structure: Page):
    for width in (390, 2000, 1300):
        structure.set_viewport_size({"width": width, "height": 900})
        structure.wait_for_function(f"() => ({WIDTHS})().every(([drawn, here]) => drawn === here)")
        for drawn_width, _, place in structure.evaluate(WIDTHS):
            assert drawn_width <= min(760, place)
            assert drawn_width >= min(380, place)


def test_numbers_in_cells_are_black_or_white(structure: Page):
    structure.locator(".heatmap-label text").first.wait_for()
    colours = structure.evaluate(
        "() => [...document.querySelectorAll('.heatmap-label text')].map(text => getComputedStyle(text).fill)"
    )
    assert set(colours) <= {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}


def test_the_numbers_that_the_lesson_prints_are_on_the_page(structure: Page):
    for numbers in (
        "out  [-0.4372, 0.2583, 0.2947]",
        "cell [-0.7344, 0.6209, 0.4191]",
        "out  [-0.2007, -0.1559, 0.2489]",
        "cell [-0.4429, -0.2975, 0.3252]",
    ):
        expect(structure.get_by_text(numbers).first).to_be_visible()


def test_memory_is_reset_in_the_first_way_only(structure: Page):
    for way, lines in enumerate([4, 0, 0, 0]):
        expect(structure.locator(".js-plotly-plot").nth(way).locator(".shapelayer path")).to_have_count(lines)
    steps = structure.evaluate("document.querySelector('.js-plotly-plot').layout.shapes.map(({x0}) => x0 + 0.5)")
    assert tuple(steps) == lesson.three_ways(lesson.lesson()).reset.resets


def test_why_the_first_way_differs_is_said_with_what_was_measured(structure: Page):
    gap = lesson.three_ways(lesson.lesson()).difference()
    said = structure.get_by_text("Carrying the state and reading all at once are the same computation")
    expect(said).to_contain_text("0.0" if gap == 0 else f"{gap:.0e}")


@pytest.mark.parametrize(("label", "argument"), [("input_dim", "input_size"), ("hidden_dim", "hidden_size")])
def test_a_dimension_moved_by_one_changes_all_three(structure: Page, label: str, argument: str):
    before = {"input_size": 4, "hidden_size": 3}[argument]
    structure.get_by_role("slider", name=label).press("ArrowRight")
    drawn(structure, lesson.lesson(**{argument: before + 1}), trace_of())


def test_another_length_and_another_seed_are_another_example(structure: Page):
    structure.get_by_role("slider", name="seq_len").press("ArrowRight")
    drawn(structure, lesson.lesson(steps=6), trace_of())
    seed = structure.get_by_role("spinbutton", name="seed")
    seed.fill("3")
    seed.press("Enter")
    drawn(structure, lesson.lesson(steps=6, seed=3), trace_of())


def test_all_three_can_start_from_the_same_state(structure: Page):
    structure.get_by_text("Start all three from the same").click()
    drawn(structure, lesson.lesson(), trace_of(), same_start=True)


def test_output_dim_is_the_number_of_classes(structure: Page):
    structure.get_by_role("slider", name="output_dim").press("ArrowRight")
    drawn(structure, lesson.lesson(), trace_of(), classes=5)
    expect(structure.get_by_text("class 4", exact=True)).to_be_visible()
    expect(structure.get_by_role("cell", name="(4, 5)").first).to_be_visible()


def test_class_scores_are_those_of_the_sentence_that_was_typed(structure: Page):
    box = structure.get_by_role("textbox", name="Sentence")
    box.fill("<b>They</b> saw the saw")
    box.press("Enter")
    trace = trace_of("<b>They</b> saw the saw")
    drawn(structure, lesson.lesson(), trace)
    expect(structure.locator(".js-plotly-plot").nth(3).locator(".xtick text")).to_have_text(trace.tokens[0])


def test_the_sentence_is_still_there_after_a_visit_to_the_lesson(page: Page):
    write(page, "I am still here")
    page.get_by_role("slider", name="hidden_dim").press("ArrowRight")
    settled(page)
    page.get_by_role("link", name="Structure").click()
    drawn(page, lesson.lesson(), trace_of())
    page.get_by_role("link", name="Memory").click()
    expect(page.get_by_role("textbox", name="Sentence")).to_have_value("I am still here")
    expect(page.get_by_role("slider", name="hidden_dim")).to_have_value("4")
    settled(page)


def test_an_lstm_a_gru_and_an_rnn_read_the_words_that_were_typed(structure: Page):
    box = structure.get_by_role("textbox", name="Read by all three")
    box.fill("<b>They</b> saw the saw")
    box.press("Enter")
    structure.get_by_role("slider", name="units of each").press("ArrowRight")
    words = lstm_core.words("<b>They</b> saw the saw")
    cells = three_cells(words, hidden_size=4)
    drawn(structure, lesson.lesson(), trace_of(), cells=cells)
    expect(structure.get_by_text(f"four blocks of weights ({cells.parameters[0]} parameters)")).to_be_visible()
    for number, letters in enumerate(["figcoh", "rznh", "h"], start=4):
        plot = structure.locator(".js-plotly-plot").nth(number)
        expect(plot.locator(".annotation-text")).to_have_text(list(letters))
        expect(plot.locator(".xtick text")).to_have_text(words)
    assert "cell_units=4" in structure.url
    assert "all_three=" in structure.url
