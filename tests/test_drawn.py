"""Figures of the library hold what they say: in order, within bounds, with the sums and the names of their numbers."""

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import lstm_core
from lstm_core.plots import (
    columns,
    compared_strips,
    corpus_figures,
    gate_strips,
    labels,
    notebook_page,
    pictures,
    quiet_axes,
    remembering_figures,
    score_bars,
    share_bars,
    side_by_side_strips,
    sources,
)
from lstm_core.plots.as_plotly import beside
from lstm_core.plots.columns import Columns, round_up
from lstm_core.plots.palette import look
from lstm_core.plots.strips import STRIPS

LOOK = look("teal", "light")


# Columns.


@pytest.mark.parametrize(
    ("number", "next_one"), [(0.5, 2), (2, 2), (2.1, 5), (5, 5), (6, 10), (10, 10), (11, 20), (51, 100), (1000.5, 2000)]
)
def test_bins_are_of_the_next_round_number(number, next_one):
    assert round_up(number) == next_one


# Labels and words.


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.1, "+0.10"),
        (0.0999, "+0.100"),
        (-0.0512, "−0.051"),
        (0.00123, "+0.0012"),
        (1e-6, "+0.00"),
        (2e-6, "+0.0000020"),
        (0.0, "+0.00"),
        (-12.3456, "−12.35"),
    ],
)
def test_a_small_number_gets_more_places(value, said):
    assert labels.signed(value) == said


# Strips.


def test_a_stack_is_named_with_the_way_it_is_read():
    names = [gate_strips.stack_name(*place) for place in ((1, 2, 0), (2, 1, 0), (2, 1, 1))]
    assert names == ["layer 2", "layer 1 → reads from the left", "layer 1 ← reads from the right"]


@pytest.mark.parametrize(
    "tokens",
    [
        ["It", "is", "an", "incredulity"],
        lstm_core.words("it was the best of times it was the age of wisdom it was the epoch of belief and incredulity"),
        [f"word{step}" for step in range(1_001)],
    ],
    ids=["level", "slanted", "numbers"],
)
def test_the_last_words_end_inside_the_figure_and_the_columns_keep_their_width(tokens):
    figure, _ = gate_strips.memory({"c": np.zeros((2, len(tokens)))}, tokens, LOOK, 500, strips=STRIPS[3:4])
    layout = figure["layout"]
    axis, inside = layout["xaxis"], layout["width"] - layout["margin"]["r"]
    assert inside == min(500, round(len(tokens) * gate_strips.COLUMN_MOST))
    first, last = axis["range"]
    for step, text in zip(axis["tickvals"], axis["ticktext"], strict=True):
        middle = (step - first) / (last - first) * inside
        # The cosine of 60 degrees is a half, too.
        assert middle + labels.width_of(text) / 2 <= layout["width"]


# Side by side.


@pytest.mark.parametrize(("largest", "scale"), [(0.2, 1.0), (1.0, 1.0), (1.01, 2.0), (-7.0, 10.0)])
def test_a_memory_that_counts_has_a_round_scale(largest, scale):
    assert side_by_side_strips.scale_of([np.array([0.1]), np.array([largest, math.nan])]) == scale


@pytest.mark.parametrize(("reach", "first"), [(0.5, "+0.250"), (1.0, "+0.25")])
def test_differences_have_three_places_on_a_scale_below_one(reach, first):
    cells = {"c": np.full((2, 3), 0.25)}
    words = [("a",), ("b",), ("c",)]
    figure = side_by_side_strips.strips(cells, words, LOOK, (0, 0), reach, differ=True)
    [trace], [name] = figure["data"], figure["layout"]["annotations"]
    assert name["text"].startswith("cell state <i>c</i>, −")
    assert trace["text"][0][0] == first
    assert (trace["zmin"], trace["zmax"]) == (-reach, reach)


def test_pictures_side_by_side_begin_at_one_height_and_are_slanted_together():
    def picture(top, right, angle):
        return {"layout": {"height": 100 + top, "margin": {"t": top, "r": right}, "xaxis": {"tickangle": angle}}}

    for angles, common in (((0, -60), -60), ((0, 0), 0)):
        pictures_ = [picture(30, 0, angles[0]), picture(50, 28, angles[1])]
        one, other = (figure["layout"] for figure in side_by_side_strips.level(pictures_))
        assert one["margin"] == other["margin"] == {"t": 50, "r": 28}
        assert (one["height"], other["height"]) == (150, 150)
        assert one["xaxis"]["tickangle"] == other["xaxis"]["tickangle"] == common


@pytest.mark.parametrize("second", ["a", "b"])
def test_strips_side_by_side_are_as_high_as_alone_and_stay_where_they_are(second):
    """Names above and second words take room of their own."""
    cells, words = {strip.quantity: np.zeros((2, 2)) for strip in STRIPS}, [("a", second), ("c",)]
    alone, _ = gate_strips.memory(cells, ["a", "c"], LOOK, side_by_side_strips.THIRD, gap=24)
    figure = side_by_side_strips.strips(cells, words, LOOK, (0, 0), 1.0)
    rooms = [one["layout"]["margin"]["t"] for one in (alone, figure)]
    heights = [one["layout"]["height"] - room for one, room in zip((alone, figure), rooms, strict=True)]
    assert heights[0] == heights[1]
    assert rooms[1] - rooms[0] >= 20 + side_by_side_strips.SECOND_LINE
    assert len(figure["layout"]["annotations"]) == 6
    axes = [axis for name, axis in figure["layout"].items() if name.startswith(("xaxis", "yaxis"))]
    assert all(axis["fixedrange"] for axis in axes)
    assert figure["layout"]["xaxis"]["ticktext"] == [f"a<br>{second}", "c"]


def test_a_word_and_another_stand_over_their_column_in_the_order_of_the_two():
    class Two:
        tokens = (("a", "a"), ("b", "c"), (None, "d"), ("e", None))

    assert compared_strips.words_of(Two()) == (
        [("a",), ("b",), ("",), ("e",)],
        [("a",), ("c",), ("d",), ("",)],
        [("a",), ("b", "c"), ("d",), ("e",)],
    )


def test_figures_beside_each_other_have_their_own_axes_from_left_to_right():
    cells = {strip.quantity: np.zeros((2, 2)) for strip in STRIPS}
    one, _ = gate_strips.memory(cells, ["a", "b"], LOOK, 400)
    both = beside([one | {"layout": one["layout"] | {"annotations": [{"text": "n", "x": 0}]}}] * 3, gap=0.1)
    layout = both["layout"]
    domains = [layout[name]["domain"] for name in ("xaxis", "xaxis2", "xaxis3")]
    assert sum(right - left for left, right in domains) == pytest.approx(0.8)
    assert (
        [note["x"] for note in layout["annotations"]] == [left for left, _ in domains] == sorted(np.ravel(domains)[::2])
    )
    axes = [(trace["xaxis"], trace["yaxis"]) for trace in both["data"]]
    assert len(set(axes)) == 18
    for x, y in axes:
        assert layout[f"yaxis{y[1:]}"]["anchor"] == x
        matched = layout[f"yaxis{y[1:]}"].get("matches")
        assert matched is None or (x, matched) in axes


# Axes and rows.


@given(st.lists(st.floats(-9, 9), max_size=5), st.floats(0.05, 0.5), st.floats(0.05, 0.5))
def test_an_axis_of_values_has_room_below_and_above_and_holds_0(values, below, above):
    low, high = quiet_axes.value_axis(LOOK, np.array(values), below, above)["range"]
    least, most = min([0, *values]), max([0, *values])
    room = most - least or 1
    assert (least - low, high - most) == (pytest.approx(below * room), pytest.approx(above * room))


@given(st.lists(st.tuples(st.floats(1, 200), st.floats(0, 50)), min_size=1, max_size=5))
def test_rows_stand_one_under_the_other_with_their_space_above(heights):
    layout = {f"yaxis{number}": {} for number in range(len(heights))}
    quiet_axes.rows(layout, [(axis, *one) for axis, one in zip(layout, heights, strict=True)], {"t": 7, "b": 5})
    inside, top = sum(map(sum, heights)), 0.0
    for number, (height, free) in enumerate(heights):
        low, high = layout[f"yaxis{number}"]["domain"]
        assert (1 - high) * inside == pytest.approx(top + free, abs=1e-6)
        assert (high - low) * inside == pytest.approx(height, abs=1e-6)
        top += free + height
    assert layout["height"] == round(inside + 12)


# Memory of units.


def test_a_dot_stands_where_its_unit_is_shut_and_open():
    model = lstm_core.load_model("counter")
    trace = lstm_core.run(model.lstm, model.vectors(model.tokens("aaabbb")).detach())
    table = lstm_core.units(trace)
    for gate in "fio":
        figure = remembering_figures.saturation(table, gate, LOOK)
        go.Figure(figure)
        [dots] = figure["data"]
        values = trace.cells(gate)
        np.testing.assert_allclose(dots["x"], (values < 0.1).mean(1))
        np.testing.assert_allclose(dots["y"], (values > 0.9).mean(1))
        assert dots["customdata"] == [0, 1, 2, 3]


def test_the_notes_of_a_gates_dots_are_where_no_dot_can_be():
    """No gate is shut and open at once, so every dot is on the line from open to shut or below it."""
    table = lstm_core.units(lstm_core.run(nn.LSTM(4, 3), torch.ones(5, 1, 4)))
    layout = remembering_figures.saturation(table, "f", LOOK)["layout"]
    notes = layout["annotations"]
    assert [note["text"] for note in notes] == ["always open", "a switch", "always shut"]
    for note in notes:
        # It begins on the line, and lies above or right of it by more than half a dot.
        assert note["x"] + note["y"] == 1
        assert max(note.get("xshift", 0), note.get("yshift", 0)) > 6
        assert (note["xanchor"], note["yanchor"]) == ("left", "bottom")


def test_layers_and_directions_are_dots_of_their_own():
    table = lstm_core.units(lstm_core.run(nn.LSTM(4, 5, 2, bidirectional=True), torch.ones(5, 1, 4)))
    dots = remembering_figures.saturation(table, "f", LOOK)["data"]
    places = [(one["meta"]["layer"], one["meta"]["direction"]) for one in dots]
    assert places == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert [len(one["x"]) for one in dots] == [5] * 4


def test_dots_have_the_colour_of_their_layer_the_mark_of_their_direction_and_a_legend_where_several():
    rows = [{"layer": n // 2, "direction": n % 2, "unit": 0, "f_left": 0.1, "f_right": 0.2} for n in range(4)]
    figure = remembering_figures.saturation(pd.DataFrame(rows), "f", LOOK)
    assert [dots["name"] for dots in figure["data"]] == ["layer 0 →", "layer 0 ←", "layer 1 →", "layer 1 ←"]
    marks = [dots["marker"] for dots in figure["data"]]
    assert marks[0]["color"] == marks[1]["color"] != marks[2]["color"]
    assert marks[0]["symbol"] == marks[2]["symbol"] != marks[1]["symbol"]
    one = remembering_figures.saturation(pd.DataFrame(rows[:1]), "f", LOOK)
    assert (one["data"][0]["name"], one["layout"]["showlegend"]) == ("layer 0", False)
    assert figure["layout"]["showlegend"]


# Scores, shares and curves.


def test_scores_stand_with_the_best_on_top_their_p_and_those_on_other_texts():
    facts = [("depth <", 0.0123), ("digit", math.nan)]
    figure = score_bars.score_bars(["c of 1", "h <2>"], ["R²", "R²"], np.array([0.9, 0.5]), None, facts, LOOK)
    [bars], layout = figure["data"], figure["layout"]
    assert bars["customdata"] == [["depth &lt;", "p = 0.012"], ["digit", "can’t be told"]]
    assert [(note["y"], note["text"]) for note in layout["annotations"]] == [(0, "p = 0.012"), (1, "can’t be told")]
    assert (bars["x"], bars["y"], layout["shapes"]) == ([0.9, 0.5], [0, 1], [])
    assert bars["marker"]["color"][0] != bars["marker"]["color"][1]
    assert layout["yaxis"]["range"][0] > layout["yaxis"]["range"][1], "the first is on top"
    assert layout["yaxis"]["ticktext"] == ["c of 1", "h &lt;2&gt;"]
    both = score_bars.score_bars(["a", "b"], ["R²", "AUC"], np.array([0.9, 0.5]), np.array([0.1, 0.2]), facts, LOOK)
    assert (both["data"][1]["x"], both["layout"]["showlegend"]) == ([0.1, 0.2], True)
    assert both["layout"]["xaxis"]["title"]["text"] == "R² or AUC"
    [chance] = both["layout"]["shapes"]
    assert [chance[side] for side in ("x0", "x1", "y0", "y1")] == [0.5, 0.5, 0.5, 1.5], "R² has no such line"


def given_shares(shares, steps=None):
    steps = list(range(len(shares))) if steps is None else steps
    return sources.Sources([f"w{n}" for n in range(len(shares))], steps, steps, np.array(shares, dtype=float))


def test_a_share_is_coloured_by_its_part_of_the_largest_and_written_unless_it_is_next_to_nothing():
    figure = share_bars.shares(given_shares([0.004, -1.0, 0.005, 0.5]), 1, LOOK, "c")
    words, bars = figure["data"]
    assert bars["text"] == ["", "−1.00", "+0.0050", "+0.50"]
    assert words["marker"]["color"] == bars["marker"]["color"]
    other = share_bars.shares(given_shares([0.25, -0.5]), 0, LOOK, "c")["data"][0]["marker"]["color"]
    assert bars["marker"]["color"][3] == other[0] != other[1]
    [frame] = figure["layout"]["shapes"]
    assert (frame["x0"], frame["x1"]) == (0.5, 1.5)
    assert share_bars.shares(given_shares([1.0, 2.0]), 7, LOOK, "c")["layout"]["shapes"] == []
    assert share_bars.shares(given_shares([0.0, 0.0]), 0, LOOK, "c")["data"][1]["y"] == [0, 0]


def test_few_sources_have_their_words_more_have_round_positions_and_the_start_its_name():
    few = share_bars.shares(given_shares([1.0] * 60, [-1, *range(59)]), 0, LOOK, "c")["layout"]["xaxis"]
    assert few["ticktext"] == [f"w{n}" for n in range(60)]
    many = given_shares([1.0] * 61, [-1, *range(60)])
    shown = share_bars.shares(many, 0, LOOK, "c")["layout"]["xaxis"]
    assert shown["ticktext"] == ["w0", *(str(step) for step in range(0, 60, 5))]
    assert len(shown["tickvals"]) == len(shown["ticktext"])


@given(st.integers(1, 600), st.data(), st.sampled_from([0, 1]))
def test_all_sources_sum_to_the_number_and_the_chosen_step_is_one_of_them(steps, data, direction):
    step = data.draw(st.integers(0, steps - 1))
    values, tokens = np.arange(steps + 1) / 7, [str(n) for n in range(steps)]
    # What was read later has no part in it.
    values[1:][np.arange(steps) < step if direction else np.arange(steps) > step] = 0
    found = sources.sources_shown(values, tokens, step, direction)
    assert found.shares.sum() == pytest.approx(values.sum())
    assert sorted(found.x) == list(range(min(found.x), max(found.x) + 1))
    shown = [(name, place) for name, at, place in zip(found.names, found.steps, found.x, strict=True) if at >= 0]
    assert (str(step), step) in shown
    assert len(shown) == min(steps, sources.MOST)
    assert all(name == str(place) for name, place in shown)
    # A few steps after it, and all others before it in the order of reading.
    after = sum(place < step if direction else place > step for _, place in shown)
    assert after <= sources.AFTER or len(shown) - after < sources.MOST - sources.AFTER
    others = [name for name, at in zip(found.names, found.steps, strict=True) if at < 0]
    far = shown[-1][1] < steps - 1 if direction else shown[0][1] > 0
    wanted = ["start", *(["earlier"] if far else [])]
    assert others == (wanted[::-1] if direction else wanted)


def test_thirty_tokens_have_a_bar_of_their_mean_change_and_those_that_are_none_have_not():
    tokens = pd.DataFrame(
        {"token": [None, *(f"t{n}" for n in range(31))], "count": range(32), "c_change": np.arange(32.0)}
    )
    figure = corpus_figures.histogram_and_changes("c", np.array([0.0, 1.0, 3.0]), np.array([4, 6]), tokens, LOOK)
    bars, changes = figure["data"]
    assert (bars["x"], bars["width"], bars["y"]) == ([0.5, 2.0], [1.0, 2.0], [4, 6])
    assert changes["hovertext"] == [f"t{n}" for n in range(30)]
    assert (changes["x"], changes["y"]) == (list(range(30)), [float(n) for n in range(1, 31)])
    alone = corpus_figures.histogram_and_changes("c", np.array([0.0, 1.0]), np.array([4]), tokens[:1], LOOK)
    assert len(alone["data"]) == 1


# Still pictures.


def still(values, low=-1.0, high=1.0, letter="c"):
    return pictures.Strip(letter, np.array(values, dtype=float), low, high, ["#000000", "#ffffff", "#ff0000"])


def test_each_cell_of_a_still_picture_has_the_shade_of_its_value():
    image = pictures.cells(still([[-1, 0, 1], [-9, math.nan, 9]]))
    assert image.size == (3, 2)
    shades = np.asarray(image)
    assert shades.tolist() == [[0, 32, 63], [0, 64, 63]]
    seen = image.convert("RGB")
    assert [seen.getpixel((x, 0)) for x in (0, 2)] == [(0, 0, 0), (255, 0, 0)]
    assert min(seen.getpixel((1, 0))) > 245
    assert image.info["transparency"] == 64


@pytest.mark.parametrize(("words", "upright", "named"), [(14, False, True), (15, True, True), (41, False, False)])
def test_words_of_a_page_stand_upright_where_they_are_many_and_positions_take_their_place(words, upright, named):
    names, cells = [f"w{n}" for n in range(words)], {"f": np.full((2, words), 0.25)}
    page = notebook_page.page("head", "proof", "text", STRIPS[:1], cells, names, columns.whole(words), "note")
    assert "forget gate f: 2 units by " in page
    assert ("gs-down" in page.split("</style>")[1], ">w0</span>" in page) == (upright, named)


def test_a_column_takes_its_steps_and_ends_with_the_text():
    assert Columns(10, 5, 3, 22).end == 22
    assert Columns(10, 5, 2, 99).end == 20
