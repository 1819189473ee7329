"""Figures of the library hold what they say: in order, within bounds, with the sums and the names of their numbers."""

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lstm_core
from lstm_core.plots import (
    compared_strips,
    gate_strips,
    labels,
    remembering_figures,
    score_bars,
    share_bars,
    side_by_side_strips,
    sources,
)
from lstm_core.plots.palette import look

LOOK = look("teal", "light")


# Columns.


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


def test_a_word_and_another_stand_over_their_column_in_the_order_of_the_two():
    class Two:
        tokens = (("a", "a"), ("b", "c"), (None, "d"), ("e", None))

    assert compared_strips.words_of(Two()) == (
        [("a",), ("b",), ("",), ("e",)],
        [("a",), ("c",), ("d",), ("",)],
        [("a",), ("b", "c"), ("d",), ("e",)],
    )


# Axes and rows.


# Memory of units.


def test_a_dot_stands_where_its_unit_is_shut_and_open():
    model = lstm_core.load_model("counter")
    trace = lstm_core.run(model.lstm, model.vectors(model.tokens("aaabbb")).detach())
    table = lstm_core.units(trace)
    for gate in "fio":
        figure = remembering_figures.saturation(table, gate, LOOK, "light")
        go.Figure(figure)
        [dots] = figure["data"]
        values = trace.cells(gate)
        np.testing.assert_allclose(dots["x"], (values < 0.1).mean(1))
        np.testing.assert_allclose(dots["y"], (values > 0.9).mean(1))
        assert dots["customdata"] == [0, 1, 2, 3]


def test_dots_have_the_colour_of_their_layer_the_mark_of_their_direction_and_a_legend_where_several():
    rows = [{"layer": n // 2, "direction": n % 2, "unit": 0, "f_left": 0.1, "f_right": 0.2} for n in range(4)]
    figure = remembering_figures.saturation(pd.DataFrame(rows), "f", LOOK, "light")
    assert [dots["name"] for dots in figure["data"]] == ["layer 0 →", "layer 0 ←", "layer 1 →", "layer 1 ←"]
    marks = [dots["marker"] for dots in figure["data"]]
    assert marks[0]["color"] == marks[1]["color"] != marks[2]["color"]
    assert marks[0]["symbol"] == marks[2]["symbol"] != marks[1]["symbol"]
    one = remembering_figures.saturation(pd.DataFrame(rows[:1]), "f", LOOK, "light")
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


@given(st.integers(1, 600), st.data(), st.sampled_from([0, 1]), st.booleans())
def test_all_sources_sum_to_the_number_and_the_chosen_step_is_one_of_them(steps, data, direction, both):
    step = data.draw(st.integers(0, steps - 1))
    values, tokens = np.arange(steps + 1) / 7, [str(n) for n in range(steps)]
    if not both:
        # What was read later has no part in it.
        values[1:][np.arange(steps) < step if direction else np.arange(steps) > step] = 0
    found = sources.sources_shown(values, tokens, step, direction, {"bias": 2.0}, both)
    assert found.total == pytest.approx(values.sum() + 2)
    assert sorted(found.x) == list(range(min(found.x), max(found.x) + 1))
    shown = [(name, place) for name, at, place in zip(found.names, found.steps, found.x, strict=True) if at >= 0]
    assert (str(step), step) in shown
    assert len(shown) == min(steps, sources.MOST)
    assert all(name == str(place) for name, place in shown)
    # A few steps after it, and all others before it in the order of reading.
    after = sum(place < step if direction else place > step for _, place in shown)
    assert after <= sources.AFTER or len(shown) - after < sources.MOST - sources.AFTER
    others = [name for name, at in zip(found.names, found.steps, strict=True) if at < 0]
    far = steps > sources.MOST and (both or (shown[-1][1] < steps - 1 if direction else shown[0][1] > 0))
    wanted = ["bias", "start", *(["elsewhere" if both else "earlier"] if far else [])]
    assert others == (wanted[::-1] if direction else wanted)


# Still pictures.
