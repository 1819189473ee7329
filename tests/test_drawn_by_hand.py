"""Where figures put things, by hand: at which pixel, in which order, up to which bound, on which side."""

import math

import numpy as np
import pandas as pd
import pytest

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
    step_axis,
    tracking_figures,
)
from lstm_core.plots.as_plotly import as_plotly, beside
from lstm_core.plots.columns import LEAST_BINS, LEAST_STEPS, MOST_BYTES, Columns, fit, round_up, whole
from lstm_core.plots.palette import look
from lstm_core.plots.strips import STRIPS

LOOK = look("teal", "light")


# Columns.


@pytest.mark.parametrize(
    ("number", "next_one"), [(0.5, 2), (2, 2), (2.1, 5), (5, 5), (6, 10), (10, 10), (11, 20), (51, 100), (1000.5, 2000)]
)
def test_bins_are_of_the_next_round_number(number, next_one):
    assert round_up(number) == next_one


def test_steps_are_columns_while_each_has_a_pixel():
    assert fit(500, 500, 1, None) == whole(500)
    assert fit(501, 500, 1, None) == Columns(0, 2, 251, 501)
    # A zoom: the steps in sight, and half as many to both sides.
    assert fit(10_000, 500, 1, (99.6, 199.4)) == Columns(50, 1, 200, 10_000)
    assert fit(10_000, 500, 1, (0.0, 9.0)) == Columns(0, 1, 15, 10_000)
    assert fit(10_000, 500, 1, (9_990.0, 9_999.0)) == Columns(9_985, 1, 15, 10_000)
    # In bins that begin at a round number.
    assert fit(10_000, 500, 1, (1_003.0, 2_999.0)) == Columns(1_000, 5, 400, 10_000)
    assert fit(10, 500, 1, (20.0, 30.0)) == whole(10)
    assert fit(1_000, 500, 1, (700.0, 700.0)) == Columns(699, 1, 3, 1_000)


def test_of_a_large_lstm_fewer_columns_are_sent_and_never_less_than_a_sentence():
    each = MOST_BYTES // 4
    assert fit(LEAST_STEPS, 900, each, None) == whole(LEAST_STEPS)
    assert fit(101, 900, each // 100, None).per == 2
    assert fit(100, 900, each // 100, None) == whole(100)
    assert fit(LEAST_STEPS + 1, 900, each, None) == Columns(0, 5, 13, LEAST_STEPS + 1)
    assert fit(LEAST_BINS * 5, 60, each, None) == Columns(0, 5, LEAST_BINS, LEAST_BINS * 5)
    # What is left of the room is shared by both sides.
    assert fit(10_000, 900, each // 100, (1_000.0, 1_079.0)) == Columns(990, 1, 100, 10_000)


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


def test_a_label_is_as_wide_as_its_letters():
    assert labels.width_of("ab") == pytest.approx(14.8)
    assert labels.width_of("字a") == pytest.approx(21.4)
    assert [labels.width_of(sign) for sign in "␣⏎→"] == [7.4] * 3
    assert labels.width_of("\u1100") == 14
    assert labels.width_of("\u10ff") == 7.4
    assert labels.label("a" * 18) == "a" * 18
    assert labels.label("a" * 19) == "a" * 17 + "…"


def axis_of(words, width):
    axis, height = step_axis.step_axis(words, width, -0.5, len(words) - 0.5)
    return axis["ticktext"], axis["tickangle"], height


def test_words_are_level_while_they_fit_then_slanted_then_positions():
    # A letter is 7.4 pixels wide, and 6 are free between two words.
    assert axis_of(["ab", "cd"], 2 * 20.8) == (["ab", "cd"], 0, 34)
    assert axis_of(["ab", "cd"], 2 * 20.7) == (["ab", "cd"], -60, 34 + int(14.8 * 0.87))
    assert axis_of(["ab", "cd"], 2 * 16)[0] == ["ab", "cd"]
    assert axis_of(["ab", "cd"], 2 * 15.9)[0] == ["0"]
    assert axis_of(["a"] * 4, 4 * 8) == (["a"] * 4, 0, 34)
    assert axis_of(["a"] * 100, 100 * 7.9)[0] == [str(step) for step in range(0, 100, 20)]
    assert axis_of(["a" * 99], 30)[2] == 34 + int((17 * 7.4 + 14) * 0.87)
    axis, height = step_axis.step_axis(["ab"], 99, -0.5, 0.5, below=10, letters=26)
    assert (axis["ticklabelstandoff"], height, axis["tickfont"]) == (16, 78, {"size": 26})


def test_columns_need_sixteen_pixels_each_and_a_scale_beside_them():
    assert [step_axis.least_width(number) for number in (0, 10)] == [64, 224]
    assert step_axis.column_name(1, ["a", "b", "c"], Columns(1, 1, 2, 3)) == "c"
    assert step_axis.column_name(1, [], Columns(1_000, 500, 2, 1_800)) == "steps 1,500 to 1,799"
    assert step_axis.column_name(0, [], Columns(1_000, 500, 2, 1_800)) == "steps 1,000 to 1,499"


# Strips.


def cells_of(units, steps=4):
    return {strip.quantity: np.zeros((units, steps)) for strip in STRIPS}


def test_rows_have_fifteen_pixels_until_all_strips_reach_their_most():
    heights = [spot.height for spot in gate_strips.place(STRIPS, cells_of(4), 30, 10, None)]
    # c has 1.7 times the height of the others.
    assert heights == [60, 60, 60, 102, 60, 60]
    assert [spot.height for spot in gate_strips.place(STRIPS, cells_of(1), 30, 10, None)] == [46, 46, 46, 78, 46, 46]
    many = [spot.height for spot in gate_strips.place(STRIPS, cells_of(20), 30, 10, None)]
    assert many == [round(830 / 6.7)] * 3 + [round(1.7 * 830 / 6.7)] + [round(830 / 6.7)] * 2
    assert {spot.height for spot in gate_strips.place(STRIPS, cells_of(300), 30, 10, None)} == {300}
    tops = [spot.top for spot in gate_strips.place(STRIPS, cells_of(4), 30, 10, None)]
    assert tops == [30, 100, 170, 240, 352, 422]
    filled = gate_strips.place(STRIPS, cells_of(4), 30, 10, 750)
    assert filled[-1].top + filled[-1].height == pytest.approx(750, abs=3)


def drawn_at(units=4, steps=4, width=400.0, **options):
    return gate_strips.memory(cells_of(units, steps), ["ab"] * steps, LOOK, width, **options)


def test_a_picture_is_no_wider_than_its_words_need_and_ends_with_its_cells():
    figure, places = drawn_at(width=1_000)
    layout = figure["layout"]
    assert layout["width"] == 4 * 112
    assert layout["height"] == places[-1].top + places[-1].height + 1
    assert layout["margin"] == {"l": 0, "r": 0, "t": places[0].top, "b": 1}
    assert drawn_at(width=1_000, fill=900)[0]["layout"]["width"] == 1_000
    axis = layout["xaxis"]
    assert (axis["range"], axis["minallowed"], axis["maxallowed"]) == ([-0.5, 3.5], -0.5, 3.5)
    assert layout["yaxis2"]["range"] == [3.5, -0.5]
    assert layout["yaxis"]["domain"][1] == 1
    assert layout["yaxis6"]["domain"][0] == 0
    assert ["matches" in layout[f"yaxis{n}"] for n in ("", 2, 6)] == [False, True, True]


@pytest.mark.parametrize(
    ("room", "numbers", "gaps"),
    [
        ((16, 40), True, (1, 1)),
        ((15.9, 40), False, (1, 1)),
        ((16, 39.9), False, (1, 1)),
        ((6, 7), False, (1, 0)),
        ((6.1, 6), False, (0, 1)),
        ((3.1, 6.1), False, (1, 0)),
        ((3, 9), False, (0, 0)),
    ],
)
def test_numbers_and_gaps_are_in_cells_that_have_room_for_them(room, numbers, gaps):
    for strip in STRIPS[:3]:
        trace = gate_strips.heatmap(strip, np.zeros((2, 3)), LOOK, 0, 0, room)
        assert ("texttemplate" in trace) == numbers
        assert (trace["xgap"], trace["ygap"]) == gaps
        if numbers:
            assert trace["texttemplate"] == ("%{z:+.2f}" if strip.quantity == "g" else "%{z:.2f}")
    large = gate_strips.heatmap(STRIPS[0], np.zeros((2, 3)), LOOK, 0, 0, (31, 99), letters=24)
    assert "texttemplate" not in large
    assert "texttemplate" in gate_strips.heatmap(STRIPS[0], np.zeros((2, 3)), LOOK, 0, 0, (32, 80), letters=24)


def test_a_stack_is_named_with_the_way_it_is_read():
    names = [gate_strips.stack_name(*place) for place in ((1, 2, 0), (2, 1, 0), (2, 1, 1))]
    assert names == ["layer 2", "layer 1 → reads from the left", "layer 1 ← reads from the right"]


# Side by side.


@pytest.mark.parametrize(("largest", "scale"), [(0.2, 1.0), (1.0, 1.0), (1.01, 2.0), (-7.0, 10.0)])
def test_a_memory_that_counts_has_a_round_scale(largest, scale):
    assert side_by_side_strips.scale_of([np.array([0.1]), np.array([largest, math.nan])]) == scale


def test_a_difference_that_rounds_to_nothing_is_nothing():
    values = np.array([[0.0004, -0.0005, math.nan, 0.25, -1.0]])
    assert side_by_side_strips._differences(values, 3) == [["0", "-0.001", "", "+0.250", "-1.000"]]
    assert side_by_side_strips._differences(values, 2) == [["0", "0", "", "+0.25", "-1.00"]]


@pytest.mark.parametrize(("reach", "first"), [(0.5, "+0.250"), (1.0, "+0.25")])
def test_differences_have_three_places_on_a_scale_below_one(reach, first):
    cells = {"c": np.full((2, 3), 0.25)}
    words = [("a",), ("b",), ("c",)]
    [trace] = side_by_side_strips.strips(cells, words, LOOK, (0, 0), reach, differ=True)["data"]
    assert trace["text"][0][0] == first
    assert (trace["zmin"], trace["zmax"]) == (-reach, reach)


def test_what_a_model_says_is_drawn_a_row_a_label_from_the_first():
    values = np.array([[0.1, 0.9], [0.8, 0.05], [0.1, 0.05]])
    words = [("a", "b"), ("c",)]
    figure = side_by_side_strips.said(values, ["x", "<y>", "z"], words, LOOK, (0.0, 1.0))
    [trace], layout = figure["data"], figure["layout"]
    np.testing.assert_allclose(trace["z"], values, atol=1e-7)
    assert trace["customdata"] == [["x", "x"], ["&lt;y&gt;"] * 2, ["z", "z"]]
    assert (trace["zmin"], trace["zmax"], layout["yaxis"]["ticktext"]) == (0, 1, ["x", "&lt;y&gt;", "z"])
    assert layout["height"] == layout["margin"]["t"] + 3 * 22 + 4
    assert layout["yaxis"]["domain"] == [0, 1]
    # Two words over a column take a line more.
    assert layout["xaxis"]["ticktext"] == ["a<br>b", "c"]
    one_line = side_by_side_strips.said(values, ["x", "y", "z"], [("a",), ("c",)], LOOK, (0.0, 1.0))["layout"]
    assert layout["margin"]["t"] == one_line["margin"]["t"] + 18
    few = side_by_side_strips.said(values[:1], ["x"], words, LOOK, (-1.0, 1.0))
    assert few["layout"]["height"] == few["layout"]["margin"]["t"] + 48 + 4
    assert few["data"][0]["colorscale"] == LOOK.states
    assert trace["colorscale"] == LOOK.gates


def test_pictures_side_by_side_begin_at_one_height_and_are_slanted_together():
    def picture(top, right, angle):
        return {"layout": {"height": 100 + top, "margin": {"t": top, "r": right}, "xaxis": {"tickangle": angle}}}

    for angles, common in (((0, -60), -60), ((0, 0), 0)):
        pictures_ = [picture(30, 0, angles[0]), picture(50, 28, angles[1])]
        one, other = (figure["layout"] for figure in side_by_side_strips.level(pictures_))
        assert one["margin"] == other["margin"] == {"t": 50, "r": 28}
        assert (one["height"], other["height"]) == (150, 150)
        assert one["xaxis"]["tickangle"] == other["xaxis"]["tickangle"] == common


def test_a_word_and_another_stand_over_their_column_in_the_order_of_the_two():
    class Two:
        tokens = (("a", "a"), ("b", "c"), (None, "d"), ("e", None))

    assert compared_strips.words_of(Two()) == (
        [("a",), ("b",), ("",), ("e",)],
        [("a",), ("c",), ("d",), ("",)],
        [("a",), ("b", "c"), ("d",), ("e",)],
    )


# Axes and rows.


@pytest.mark.parametrize(
    ("values", "ends"),
    [([1, 4], [-0.4, 4.8]), ([-4, -1], [-4.4, 0.8]), ([-1, 1], [-1.2, 1.4]), ([0, 0], [-0.1, 0.2]), ([], [-0.1, 0.2])],
)
def test_an_axis_of_values_has_room_below_and_above_and_holds_0(values, ends):
    axis = quiet_axes.value_axis(LOOK, np.array(values, dtype=float), 0.1, 0.2)
    assert axis["range"] == pytest.approx(ends)


def test_rows_stand_one_under_the_other_with_their_space_above():
    layout = {"yaxis": {}, "yaxis2": {}}
    quiet_axes.rows(layout, [("yaxis", 30, 0.0), ("yaxis2", 50, 20.0)], {"t": 7, "b": 5})
    assert layout["yaxis"]["domain"] == pytest.approx([0.7, 1])
    assert layout["yaxis2"]["domain"] == pytest.approx([0, 0.5])
    assert layout["height"] == 112


# Memory of units.


def lives(*half_lives, layers=1):
    rows = [{"layer": n % layers, "direction": 0, "unit": n, "half_life": life} for n, life in enumerate(half_lives)]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("life", "text"),
    [(math.inf, "∞"), (99.4, "99"), (99.9, "1e+02"), (100.0, "100"), (1_234.5, "1,234"), (0.123, "0.12")],
)
def test_a_half_life_over_its_bar_has_two_digits_or_is_whole(life, text):
    [bars] = remembering_figures.half_lives(lives(life), {(0, 0): [0]}, 5, LOOK, "light")["data"]
    assert bars["text"] == [text]


def test_the_axis_of_half_lives_holds_all_of_them_and_the_texts_length():
    def ends(steps, *half_lives):
        figure = remembering_figures.half_lives(
            lives(*half_lives), {(0, 0): list(range(len(half_lives)))}, steps, LOOK, "light"
        )
        low, high = figure["layout"]["yaxis"]["range"]
        top = (high + 0.12 * low) / 1.12
        return [round(10**low, 4), round(10**top, 3)]

    assert ends(5, 2.0, 90.0) == [round(2 / 1.8, 4), 162.0]
    assert ends(100, 2.0, 90.0) == [round(2 / 1.8, 4), 180.0]
    assert ends(1, 4.0, math.inf, 0.0) == [round(4 / 1.8, 4), 14.4]
    assert ends(1, math.inf) == [round(1 / 1.8, 4), 3.6]
    assert ends(1, 1e-9, 5.0) == [round(1e-3 / 1.8, 4), 9.0]


def test_up_to_sixteen_half_lives_are_written_and_up_to_thirty_two_units_numbered():
    def drawn(count):
        figure = remembering_figures.half_lives(lives(*[3.0] * count), {(0, 0): list(range(count))}, 5, LOOK, "light")
        return "text" in figure["data"][0], figure["layout"]["xaxis"]["ticktext"]

    assert drawn(16)[0]
    assert not drawn(17)[0]
    assert drawn(32)[1] == [str(unit) for unit in range(32)]
    assert drawn(33)[1] == [str(unit) for unit in range(0, 33, 2)]


def test_each_layer_has_its_row_its_name_and_a_line_at_the_texts_length():
    order = {(0, 0): [2, 0], (1, 0): [1, 3]}
    figure = remembering_figures.half_lives(lives(1.0, 2.0, 3.0, 4.0, layers=2), order, 1, LOOK, "light")
    first, second = figure["data"]
    assert (first["y"], second["y"]) == ([3.0, 1.0], [2.0, 4.0])
    assert (first["meta"], second["meta"]) == ({"layer": 0, "direction": 0}, {"layer": 1, "direction": 0})
    assert first["marker"]["color"] != second["marker"]["color"]
    layout = figure["layout"]
    assert [note["text"] for note in layout["annotations"]] == [
        "layer 0",
        "layer 1",
        "dotted: the length of the text, 1 step",
    ]
    assert [(line["yref"], line["y0"], line["y1"], line["x0"], line["x1"]) for line in layout["shapes"]] == [
        ("y", 1, 1, 0, 1),
        ("y2", 1, 1, 0, 1),
    ]
    assert [layout[axis]["title"]["text"] for axis in ("xaxis", "xaxis2")] == ["", "unit"]
    assert layout["height"] == 2 * 150 + 42 + 30 + 44
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1]
    one = remembering_figures.half_lives(lives(1.0), {(0, 0): [0]}, 1_234, LOOK, "light")["layout"]
    assert [note["text"] for note in one["annotations"]] == ["dotted: the length of the text, 1,234 steps"]
    assert one["height"] == 150 + 30 + 44


def test_dots_have_the_colour_of_their_layer_the_mark_of_their_direction_and_a_legend_where_several():
    rows = [{"layer": n // 2, "direction": n % 2, "unit": 0, "f_left": 0.1, "f_right": 0.2} for n in range(4)]
    figure = remembering_figures.saturation(pd.DataFrame(rows), "f", LOOK, "light")
    assert [dots["name"] for dots in figure["data"]] == ["layer 0 →", "layer 0 ←", "layer 1 →", "layer 1 ←"]
    marks = [dots["marker"] for dots in figure["data"]]
    assert marks[0]["color"] == marks[1]["color"] != marks[2]["color"]
    assert marks[0]["symbol"] == marks[2]["symbol"] != marks[1]["symbol"]
    # A full dot has an edge like the page; an open one is its edge.
    assert [mark["line"]["color"] == LOOK.paper for mark in marks] == [True, False, True, False]
    assert marks[1]["line"]["color"] == marks[1]["color"]
    assert (figure["layout"]["showlegend"], figure["layout"]["height"]) == (True, 326)
    one = remembering_figures.saturation(pd.DataFrame(rows[:1]), "f", LOOK, "light")
    assert (one["data"][0]["name"], one["layout"]["showlegend"], one["layout"]["height"]) == ("layer 0", False, 298)
    sizes = [
        remembering_figures.saturation(pd.DataFrame(rows[:1] * count), "f", LOOK, "light")["data"][0]["marker"]["size"]
        for count in (64, 65)
    ]
    assert sizes[0] > sizes[1]
    [line] = figure["layout"]["shapes"]
    assert [line[side] for side in ("x0", "x1", "y0", "y1")] == [0, 1, 1, 0]


# Scores, shares and curves.


def test_scores_stand_with_the_best_on_top_their_p_and_those_on_other_texts():
    facts = [("depth <", 0.0123), ("digit", math.nan)]
    figure = score_bars.score_bars(["c of 1", "h <2>"], ["R²", "R²"], np.array([0.9, 0.5]), None, facts, LOOK)
    [bars] = figure["data"]
    assert bars["customdata"] == [["depth &lt;", "p = 0.0123"], ["digit", "no p"]]
    assert (bars["x"], bars["y"]) == ([0.9, 0.5], [0, 1])
    layout = figure["layout"]
    assert layout["yaxis"]["range"] == [1.5, -0.5]
    assert layout["yaxis"]["ticktext"] == ["c of 1", "h &lt;2&gt;"]
    assert (layout["height"], layout["showlegend"], layout["xaxis"]["title"]["text"]) == (2 * 24 + 76, False, "R²")
    both = score_bars.score_bars(["a", "b"], ["R²", "AUC"], np.array([0.9, 0.5]), np.array([0.1, 0.2]), facts, LOOK)
    assert (both["data"][1]["x"], both["layout"]["showlegend"]) == ([0.1, 0.2], True)
    assert both["layout"]["xaxis"]["title"]["text"] == "R² or AUC"
    empty = score_bars.score_bars([], [], np.zeros(0), None, [], LOOK)
    assert empty["layout"]["height"] == 24 + 76


def given(shares, steps=None):
    steps = list(range(len(shares))) if steps is None else steps
    return sources.Sources([f"w{n}" for n in range(len(shares))], steps, steps, np.array(shares, dtype=float))


def test_a_share_is_coloured_by_its_part_of_the_largest_and_written_unless_it_is_next_to_nothing():
    figure = share_bars.shares(given([0.004, -1.0, 0.005, 0.5]), 1, LOOK, "c")
    words, bars = figure["data"]
    assert bars["text"] == ["", "−1.00", "+0.0050", "+0.50"]
    assert words["marker"]["color"] == bars["marker"]["color"]
    alone = share_bars.shares(given([0.0, 1.0]), 1, LOOK, "c")["data"][0]["marker"]["color"]
    assert bars["marker"]["color"][1] != alone[1]
    [nothing, _] = alone
    half = share_bars.shares(given([0.25, -0.5]), 0, LOOK, "c")["data"][0]["marker"]["color"][0]
    assert bars["marker"]["color"][3] == half != nothing
    assert figure["layout"]["xaxis"]["range"] == [-0.5, 3.5]
    [frame] = figure["layout"]["shapes"]
    assert (frame["x0"], frame["x1"]) == (0.5, 1.5)
    assert share_bars.shares(given([1.0, 2.0]), 7, LOOK, "c")["layout"]["shapes"] == []
    assert share_bars.shares(given([0.0, 0.0]), 0, LOOK, "c")["data"][1]["y"] == [0, 0]
    assert "text" in share_bars.shares(given([1.0] * 24), 0, LOOK, "c")["data"][1]
    assert "text" not in share_bars.shares(given([1.0] * 25), 0, LOOK, "c")["data"][1]
    # A number that has no room is left out, not shrunk.
    layout = share_bars.shares(given([1.0] * 24), 0, LOOK, "c")["layout"]
    assert layout["uniformtext"] == {"minsize": 12, "mode": "hide"}


def test_up_to_sixty_sources_have_their_words_more_have_round_positions_and_the_start_its_name():
    few = share_bars.shares(given([1.0] * 60, [-1, *range(59)]), 0, LOOK, "c")["layout"]["xaxis"]
    assert few["ticktext"] == [f"w{n}" for n in range(60)]
    many = given([1.0] * 61, [-1, *range(60)])
    shown = share_bars.shares(many, 0, LOOK, "c")["layout"]["xaxis"]
    assert shown["ticktext"] == ["w0", *(str(step) for step in range(0, 60, 5))]
    assert shown["tickvals"] == [-1, *range(0, 60, 5)]
    assert share_bars.labels_of(many) == 13


def test_of_a_long_text_the_steps_up_to_the_chosen_one_are_sources_and_a_few_after_it():
    assert sources.window(160, 3, 0) == range(160)
    assert sources.window(161, 150, 0) == range(1, 161)
    assert sources.window(500, 300, 0) == range(161, 321)
    assert sources.window(500, 499, 0) == range(340, 500)
    assert sources.window(500, 3, 0) == range(160)
    assert sources.window(500, 300, 1) == range(280, 440)
    assert sources.window(500, 3, 1) == range(160)
    assert sources.window(500, 499, 1) == range(340, 500)


@pytest.mark.parametrize("direction", [0, 1])
def test_what_is_too_far_away_is_one_source_and_all_sources_sum_to_the_number(direction):
    tokens = [str(step) for step in range(300)]
    values = np.arange(301) / 7
    step = 250 if direction == 0 else 50
    found = sources.sources_shown(values, tokens, step, direction, {"bias": 2.0})
    assert found.total == pytest.approx(values.sum() + 2)
    seen = sources.window(300, step, direction)
    names = ["bias", "start", "earlier"]
    if direction == 0:
        assert found.names[:4] == [*names, str(seen.start)]
        assert found.x[:4] == [seen.start - 3, seen.start - 2, seen.start - 1, seen.start]
        assert found.steps[:4] == [-1, -1, -1, seen.start]
    else:
        assert found.names[-4:] == [str(seen.stop - 1), *names[::-1]]
        assert found.x[-4:] == [seen.stop - 1, seen.stop, seen.stop + 1, seen.stop + 2]
        assert found.steps[-4:] == [seen.stop - 1, -1, -1, -1]
    both = sources.sources_shown(values, tokens, step, direction, both=True)
    assert ("elsewhere" in both.names, "earlier" in both.names) == (True, False)
    short = sources.sources_shown(values[:5], tokens[:4], 2, direction, both=True)
    assert sorted(short.names) == sorted(["start", *tokens[:4]])


def test_two_thousand_steps_are_drawn_and_up_to_eighty_have_a_mark():
    def drawn(steps, starts=()):
        curve = tracking_figures.Curve("c of unit 1", "c", np.linspace(-1, 1, steps))
        return tracking_figures.tracked([curve], np.arange(steps) % 2.0, "odd", ["ab"] * steps, starts, LOOK, "light")

    assert len(drawn(2_001)["data"][0]["x"]) == 2_000
    assert drawn(80)["data"][2]["mode"] == "lines+markers"
    assert drawn(81)["data"][2]["mode"] == "lines"
    # A sequence begins at 0 and one behind the last step: no gap is drawn there.
    assert [line["x0"] for line in drawn(5, (0, 2, 5))["layout"]["shapes"]] == [1.5, 1.5]
    layout = drawn(5)["layout"]
    assert layout["xaxis"]["range"] == [-0.5, 4.5]
    assert layout["height"] == 54 + 42 + 118 + 52 + 10
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1]
    assert layout["yaxis2"]["range"] == pytest.approx([-1.24, 1.24])
    assert layout["yaxis"]["range"] == [0, 1]


def test_a_curve_that_never_goes_below_0_has_less_room_there_and_single_letters_stay_level():
    def layout(values, tokens):
        curve = tracking_figures.Curve("c", "c", np.array(values))
        return tracking_figures.tracked([curve], np.arange(2.0), "p", tokens, [], LOOK, "light")["layout"]

    assert layout([0.0, 1.0], ["a", "b"])["yaxis2"]["range"] == pytest.approx([-0.06, 1.12])
    assert layout([0.0, 1.0], ["a", "b"])["xaxis"]["tickangle"] == 0
    assert layout([0.0, 1.0], ["a", "bc"])["xaxis"]["tickangle"] is None


def test_thirty_tokens_have_a_bar_of_their_mean_change_and_those_that_are_none_have_not():
    tokens = pd.DataFrame(
        {"token": [None, *(f"t{n}" for n in range(31))], "count": range(32), "c_change": np.arange(32.0)}
    )
    figure = corpus_figures.histogram_and_changes("c", np.array([0.0, 1.0, 3.0]), np.array([4, 6]), tokens, LOOK)
    bars, changes = figure["data"]
    assert (bars["x"], bars["width"], bars["customdata"]) == ([0.5, 2.0], [1.0, 2.0], [[0.0, 1.0], [1.0, 3.0]])
    assert changes["hovertext"] == [f"t{n}" for n in range(30)]
    assert (changes["x"], changes["y"]) == (list(range(30)), [float(n) for n in range(1, 31)])
    layout = figure["layout"]
    assert layout["xaxis2"]["range"] == [-0.5, 29.5]
    assert layout["height"] == 170 + 74 + 150 + 12 + 56
    assert layout["yaxis2"]["range"] == pytest.approx([-0.08 * 30, 1.08 * 30])
    alone = corpus_figures.histogram_and_changes("c", np.array([0.0, 1.0]), np.array([4]), tokens[:1], LOOK)
    assert (len(alone["data"]), alone["layout"]["height"]) == (1, 170 + 12 + 56)


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


def test_a_sheet_of_strips_has_a_letter_beside_each_and_the_words_below():
    strips = [still([[-1, 1], [1, -1]]), still([[1, 1]], letter="h")]
    sheet = pictures.sheet(strips, ["a", "b"], "#0000ff", "#00ff00").convert("RGB")
    # 22 pixels for the letters and 72 a column; 18 a row and 6 between strips, 20 for the words.
    assert sheet.size == (22 + 2 * 72, 36 + 6 + 18 + 20)
    seen = np.asarray(sheet).astype(int)
    assert [tuple(seen[y, x]) for y, x in ((0, 22), (0, 22 + 72), (18, 22), (35, 165), (42, 22))] == [
        (0, 0, 0),
        (255, 0, 0),
        (255, 0, 0),
        (0, 0, 0),
        (255, 0, 0),
    ]
    assert all(tuple(seen[y, x]) == (0, 255, 0) for y, x in ((36, 60), (41, 165), (60, 22), (79, 165), (0, 0)))

    def ink(top, bottom, left, right):
        rows, columns = np.nonzero((seen[top:bottom, left:right] == (0, 0, 255)).all(-1))
        return (top + rows.min(), top + rows.max(), left + columns.min(), left + columns.max()) if len(rows) else None

    for top, middle in ((0, 18), (42, 51)):
        high, low, left, right = ink(top, top + (36 if top == 0 else 18), 0, 22)
        assert abs((high + low) / 2 - middle) <= 4
        assert 4 <= left <= right < 22
    for n in range(2):
        *_, left, right = ink(60, 80, 22 + 72 * n, 22 + 72 * (n + 1))
        assert abs((left + right) / 2 - (22 + 72 * (n + 0.5))) <= 4
    assert ink(60, 80, 0, 22) is None
    without = pictures.sheet(strips, ["a word that is wider than its column", "b"], "#0000ff", "#00ff00").convert("RGB")
    assert not (np.asarray(without)[60:] == (0, 0, 255)).all(-1).any()


@pytest.mark.parametrize(
    ("units", "steps", "size"), [(1, 12, (22 + 12 * 72, 18)), (1, 13, (22 + 13 * 67, 18)), (60, 2_000, (2_022, 120))]
)
def test_cells_of_a_sheet_are_as_large_as_there_is_room(units, steps, size):
    sheet = pictures.sheet([still(np.zeros((units, steps)))], [], "#000000", "#ffffff")
    assert sheet.size == (size[0], size[1] + 20)


def page_of(steps, columns_, units=2, words=True):
    strips = STRIPS[:1]
    names = [f"w{n}" for n in range(steps)] if words else []
    cells = {"f": np.full((units, columns_.number), 0.25)}
    return notebook_page.page("head", "proof", "text", strips, cells, names, columns_, "note")


def test_up_to_fourteen_words_are_level_up_to_forty_stand_and_then_there_are_positions():
    assert "gs-down" not in page_of(14, whole(14)).split("</style>")[1]
    assert "gs-down" in page_of(15, whole(15)).split("</style>")[1]
    assert ">w39</span>" in page_of(40, whole(40))
    long = page_of(41, whole(41))
    assert ">w0</span>" not in long
    # Every sixth of 41 columns, each 18 pixels wide; the last one has what is left.
    spans = long.split("gs-faint'><span")[1].split("</div>")[0]
    assert [part.split(">")[1].split("<")[0] for part in spans.split("<span")] == [
        "0",
        "6",
        "12",
        "18",
        "24",
        "30",
        "36",
    ]
    widths = [int(part.split("width:")[1].split("px")[0]) for part in spans.split("<span")]
    assert widths == [6 * 18] * 6 + [5 * 18]
    bins = page_of(5_000, Columns(1_000, 100, 16, 5_000), words=False)
    assert ">1,200</span>" in bins


def test_a_picture_of_a_page_says_its_size_its_scale_and_its_range():
    page = page_of(4, whole(4))
    assert "forget gate f: 2 units by 4 columns, 0.25 to 0.25" in page
    assert "<span class='gs-faint'>0 to 1</span>" in page
    assert "style='width:224px;height:32px'" in page
    assert "height:120px" in page_of(4, whole(4), units=40)
    assert "height:96px" in page_of(4, whole(4), units=6)
    strips = notebook_page.drawn_strips(
        [strip for strip in STRIPS if strip.quantity in "gc"], {"g": np.array([[3.0]]), "c": np.array([[-3.0]])}
    )
    assert [(strip.low, strip.high) for strip in strips] == [(-1, 1), (-5.0, 5.0)]


def test_a_title_stands_above_its_figure_and_figures_beside_each_other_have_their_own_axes():
    figure = {"data": [], "layout": {"margin": {"t": 10, "l": 3}, "height": 100}}
    titled, plain = as_plotly(figure, "title"), as_plotly(figure)
    assert (titled.layout.margin.t, titled.layout.height, titled.layout.title.text) == (50, 140, "title")
    assert (plain.layout.margin.t, plain.layout.height, plain.layout.title.text) == (10, 100, None)
    one = drawn_at(2, 2)[0]
    one["layout"]["annotations"] = [{"text": "n", "x": 0}]
    both = beside([one, one, one], gap=0.1)
    layout = both["layout"]
    width = (1 - 0.2) / 3
    for number, name in enumerate(("xaxis", "xaxis2", "xaxis3")):
        left = number * (width + 0.1)
        assert layout[name]["domain"] == pytest.approx([left, left + width])
        assert layout["annotations"][number]["x"] == pytest.approx(left)
    assert [layout[name]["anchor"] for name in ("xaxis", "xaxis2", "xaxis3")] == ["y", "y7", "y13"]
    assert (layout["yaxis8"]["anchor"], layout["yaxis8"]["matches"]) == ("x2", "y7")
    assert [(trace["xaxis"], trace["yaxis"]) for trace in both["data"][5:8]] == [
        ("x", "y6"),
        ("x2", "y7"),
        ("x2", "y8"),
    ]


def test_a_column_takes_its_steps_and_ends_with_the_text():
    assert columns.Columns(10, 5, 3, 22).end == 22
    assert columns.Columns(10, 5, 2, 99).end == 20
