"""What stands beside, above and under the strips, and in the figures of Why and of the lesson, by hand."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from dashboard.drawing import lesson_strips, model_output, shown_strips
from dashboard.drawing.answers_row import answers_row
from dashboard.drawing.few_units import few_units
from dashboard.question.cell import Cell
from dashboard.question.shown import Shown
from dashboard.question.source import Source
from dashboard.reading.read import read
from dashboard.why import figures as why_figures
from lstm_core.plots.columns import Columns, whole
from lstm_core.plots.palette import look
from lstm_core.plots.sources import Sources

LOOK = look("teal", "light")


@pytest.mark.parametrize(
    ("labels", "column", "row"),
    [
        ([], 99, None),
        (["N"], 7.9, None),
        (["N", "V"], 8, (26, True, False)),
        # A letter is 7.4 pixels wide, an answer has 12 at its sides, and its probability takes 34.
        (["N", "V"], 7.4 + 46, (26, True, True)),
        (["N", "V"], 7.4 + 45.9, (26, True, False)),
        (["N", "NOUN"], 29.6 + 12, (26, True, False)),
        (["N", "NOUN"], 29.6 + 11.9, (30 + 20, False, False)),
        (["NOUN"], 29.6 + 46, (26, True, True)),
        (["x" * 30], 20, (110 + 20, False, False)),
    ],
)
def test_answers_are_level_where_they_have_room_and_upright_where_a_letter_has(labels, column, row):
    assert answers_row(labels, column) == row


def probabilities(values, gives="classes", labels=None, width=400.0, columns=None):
    values = torch.as_tensor(values)
    labels = labels or [f"l{n}" for n in range(values.shape[1])]
    model = SimpleNamespace(labels=labels, gives=gives)
    return model_output.probabilities(values, model, LOOK, width, columns or whole(len(values)), None)


def test_the_twelve_likeliest_labels_have_a_row_in_their_own_order():
    values = np.full((3, 14), 0.01)
    values[1, [0, 13]] = 0.001, 0.9
    values[:, 5] = 0.002
    values[:, 0] = 0.003
    extra = probabilities(values)
    shown = [n for n in range(14) if n not in (0, 5)]
    assert [name["text"] for name in extra.labels] == [f"l{n}" for n in shown]
    [heatmap] = extra.figure["data"]
    np.testing.assert_allclose(heatmap["z"], values.T[shown], atol=1e-7)
    assert heatmap["customdata"][0] == ["l1"] * 3
    assert extra.question == "which one? (top 12 of 14)"
    layout = extra.figure["layout"]
    assert (layout["height"], layout["yaxis"]["range"], layout["xaxis"]["range"]) == (216, [11.5, -0.5], [-0.5, 2.5])
    assert (extra.title, extra.above, extra.folded) == ("class scores", False, True)
    twelve = probabilities(values[:, :12], "set")
    assert (twelve.title, twelve.question) == ("what is allowed", "what may come?")


def test_numbers_in_the_scores_have_room_in_columns_of_forty_pixels():
    assert "texttemplate" in probabilities(np.full((10, 2), 0.5), width=400.0).figure["data"][0]
    assert "texttemplate" not in probabilities(np.full((10, 2), 0.5), width=399.0).figure["data"][0]
    binned = probabilities(np.full((20, 2), 0.5), width=400.0, columns=Columns(0, 2, 10, 20))
    assert "texttemplate" in binned.figure["data"][0]
    assert binned.figure["data"][0]["customdata"][0] == ["l0"] * 10


def test_a_series_is_drawn_from_its_smallest_to_its_largest_value_each_column_in_its_colour():
    values = torch.tensor([[2.0, 7.0], [6.0, 7.0], [4.0, 7.0]])
    extra = model_output.numbers(values, ["<load>", "wind"], LOOK, 300, whole(3), (0.5, 2.5))
    load, wind = extra.figure["data"]
    assert (load["y"], load["customdata"], load["x"]) == ([0, 1, 0.5], [2, 6, 4], [0, 1, 2])
    assert wind["y"] == [0, 0, 0]
    assert load["line"]["color"] != wind["line"]["color"]
    assert [label["colour"] for label in extra.labels] == [line["line"]["color"] for line in (load, wind)]
    assert load["name"] == "&lt;load&gt;"
    layout = extra.figure["layout"]
    assert (layout["yaxis"]["range"], layout["xaxis"]["range"], layout["height"]) == ([-0.08, 1.08], [0.5, 2.5], 96)
    many = model_output.numbers(torch.rand(3, 13), [f"n{n}" for n in range(13)], LOOK, 300, whole(3), None)
    assert len(many.figure["data"]) == 12
    colours = [line["line"]["color"] for line in many.figure["data"][:5]]
    assert (len(set(colours[:4])), colours[4]) == (4, colours[0])


@pytest.mark.parametrize(("largest", "reach"), [(0.5, 1.0), (1.0, 1.0), (1.1, 2.0), (-7.0, 10.0)])
def test_the_scale_of_c_is_that_of_the_units_that_are_shown(largest, reach):
    trace = read(Source("a b c", hidden_dim=4, seed=int(abs(10 * largest)))).trace
    c = torch.full_like(trace.c, 0.25)
    c[0, 0, 1, 0, 2] = largest
    c[0, 0, 1, 0, 3] = 99.0
    c[0, 0, 0, 0, 0] = math.nan
    counted = replace(trace, c=c)
    trained = SimpleNamespace(model=object(), elsewhere=False)
    assert shown_strips.reach_of(trained, counted, {(0, 0): [0, 2]}) == reach
    assert shown_strips.reach_of(trained, counted) == 100.0
    assert shown_strips.reach_of(SimpleNamespace(model=None, elsewhere=True), counted) == 100.0
    assert shown_strips.reach_of(SimpleNamespace(model=None, elsewhere=False), counted) == 1.0


def test_a_layer_that_is_not_there_shows_all():
    trace = SimpleNamespace(c=SimpleNamespace(shape=(3, 2)))
    assert shown_strips.stacks_of(trace, Shown(layers="02")) == [(0, 0), (0, 1), (2, 0), (2, 1)]
    assert len(shown_strips.stacks_of(trace, Shown(layers="7"))) == 6
    assert [strip.quantity for strip in shown_strips.strips_of(Shown(quantities="hc"))] == ["c", "h"]


@pytest.mark.parametrize(("units", "shown"), [(16, None), (17, 9), (47, 10), (48, 11), (64, 12), (512, 12)])
def test_of_more_than_sixteen_units_some_are_shown(units, shown):
    reading = read(Source("a b c", hidden_dim=units))
    found = few_units(reading, reading.trace, Shown(top="active"))
    assert {len(rows) for rows in found.values()} == ({shown} if shown else set())
    pinned = few_units(reading, reading.trace, Shown(top="active", pin=Cell(0, 0, units - 1, 0)))
    assert all(units - 1 in rows and len(rows) == shown for rows in pinned.values())
    assert few_units(reading, reading.trace, Shown(top="all")) == {}
    assert few_units(reading, reading.trace, Shown(top="telling")) == {}


# Why.


def given(shares, steps=None):
    steps = list(range(len(shares))) if steps is None else steps
    return Sources([f"w{n}" for n in range(len(shares))], steps, steps, np.array(shares, dtype=float))


def test_a_memorys_curve_is_drawn_at_the_steps_that_are_sources_the_chosen_one_larger():
    sources = given([0.1, 0.2, 0.3], [-1, 1, 2])
    curve = np.array([0.5, 0.25, -0.75, 9.0])
    figure = why_figures.memory_sources(sources, curve, Cell(0, 0, 3, 2), LOOK, "light")
    words, bars, line = figure["data"]
    assert (line["x"], line["y"]) == ([1, 2], [0.25, -0.75])
    assert line["marker"]["size"] == [8, 12]
    assert figure["layout"]["yaxis2"]["title"]["text"] == "share in c of unit 3"
    layout = figure["layout"]
    assert layout["height"] == 26 + 200 + 154 + 38
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1] > layout["yaxis3"]["domain"][1]
    long = given([0.1] * 61)
    sizes = why_figures.memory_sources(long, np.zeros(61), Cell(0, 0, 3, 60), LOOK, "light")["data"][2]["marker"][
        "size"
    ]
    assert (set(sizes[:60]), sizes[60]) == ({4}, 12)
    assert words["name"] == "words"
    assert bars["name"] == "shares"


def scored(shares, without=None, first=False, rival="other"):
    score = SimpleNamespace(sources=given(shares, [-1, *range(len(shares) - 1)]), label="good", rival=rival)
    lost = None if without is None else np.array(without)
    return why_figures.score_sources(score, lost, first, Cell(0, 0, 0, 1), LOOK)


@pytest.mark.parametrize("first", [False, True])
def test_what_goes_without_a_word_is_the_lead_less_what_is_left(first):
    figure = scored([0.5, 1.0, 2.0], [math.nan, 3.0, 4.5], first)
    _, left, right = figure["data"]
    shares, erased = (right, left) if first else (left, right)
    assert (shares["y"], erased["y"]) == ([0.5, 1.0, 2.0], [None, 0.5, -1.0])
    assert (shares["meta"], erased["meta"]) == ("shares", "erased")
    assert erased["text"] == ["", "+0.50", "−1.00"]
    assert shares["customdata"] == [(-1, 3.5), (0, 3.0), (1, 4.5)]
    assert left["offset"] < right["offset"]
    # The legend shows a colour's own opacity, and no other.
    assert right["marker"]["color"] == LOOK.faint + "73"
    assert "opacity" not in right["marker"] | left["marker"]
    assert left["marker"]["color"][0] == LOOK.states[-1][1] or not first
    layout = figure["layout"]
    assert (layout["showlegend"], layout["margin"]["b"]) == (True, 34)
    # From −1 to 2, with a share of that range below and above.
    assert layout["yaxis2"]["range"] == pytest.approx([-1 - 0.48, 2 + 0.48])
    assert layout["yaxis2"]["title"]["text"] == "part of the lead of good"


def test_a_word_that_does_little_is_pale_where_its_share_is_large():
    little, none = scored([0.5, 1.0, 2.0], [math.nan, 3.45, 3.5], True)["data"][0]["marker"]["color"][1:]
    red, *_ = (int(part) for part in little[4:-1].split(","))
    paper, *_ = (int(part) for part in none[4:-1].split(","))
    assert abs(red - paper) < 20


def test_a_score_without_a_rival_is_a_score_and_few_words_have_two_numbers():
    plain = scored([0.5, 1.0], rival=None)
    assert plain["layout"]["yaxis2"]["title"]["text"] == "share in the score of good"
    assert (len(plain["data"]), plain["layout"]["margin"]["b"]) == (2, 8)
    assert "text" in scored([0.5] * 12, [0.1] * 12)["data"][1]
    assert "text" not in scored([0.5] * 13, [0.1] * 13)["data"][1]
    small = scored([0.005, 0.0049, 1.0], [1.0, 1.0, 1.0])["data"][1]["text"]
    assert small == ["+0.0050", "", "+1.00"]


def triangle(steps, step=1):
    values = np.tril(np.full((steps, steps + 1), -0.5), 1)
    return why_figures.triangle(values, [f"w{n}" for n in range(steps)], Cell(1, 1, 0, step), LOOK)


def test_a_triangle_has_a_row_a_step_a_column_a_source_and_a_frame_around_the_step():
    figure = triangle(3)
    [cells], layout = figure["data"], figure["layout"]
    assert (cells["x"], cells["y"], cells["meta"]) == ([-1, 0, 1, 2], [0, 1, 2], {"layer": 1, "direction": 1})
    assert np.isnan(cells["z"]).tolist() == [[False, False, True, True], [False, False, False, True], [False] * 4]
    assert (cells["zmin"], cells["zmax"]) == (-0.5, 0.5)
    [frame] = layout["shapes"]
    assert [frame[side] for side in ("x0", "x1", "y0", "y1")] == [-1.5, 2.5, 0.5, 1.5]
    assert (layout["xaxis"]["range"], layout["yaxis"]["range"]) == ([-1.5, 2.5], [2.5, -0.5])
    assert (layout["xaxis"]["tickvals"], layout["xaxis"]["ticktext"]) == ([-1, 0, 1, 2], ["start", "w0", "w1", "w2"])
    assert layout["yaxis"]["ticktext"] == ["w0", "w1", "w2"]
    assert layout["height"] - layout["margin"]["t"] == 188
    heights = [(figure := triangle(steps)["layout"])["height"] - figure["margin"]["t"] for steps in (7, 20, 21)]
    assert heights == [190, 528, 528]
    assert ["texttemplate" in triangle(steps)["data"][0] for steps in (10, 11)] == [True, False]
    assert [triangle(steps)["data"][0]["xgap"] for steps in (60, 61)] == [1, 0]


# The lesson.


def test_each_strip_of_the_lesson_has_its_letter_in_its_middle():
    trace = lstm_core.run(nn.LSTM(4, 3), torch.randn(4, 1, 4))
    figure = lesson_strips.cell(trace, list("abcd"), LOOK, 380)
    layout = figure["layout"]
    assert layout["margin"]["l"] == 30
    top = layout["margin"]["t"]
    inside = layout["height"] - 1 - top
    for number, note in enumerate(layout["annotations"], 1):
        low, high = layout[f"yaxis{'' if number == 1 else number}"]["domain"]
        assert note["y"] == pytest.approx((low + high) / 2, abs=1 / inside)
    named = lesson_strips.named_cell(trace, list("abcd"), LOOK, 600)["layout"]
    assert named["margin"]["l"] == 180
    assert named["width"] <= 600
    assert "forget gate" in named["annotations"][0]["text"]


def test_the_lessons_rows_fill_a_window_and_have_room_for_numbers():
    strips = lesson_strips.INPUTS
    heights = [lesson_strips._with_numbers(strips, {"x": [0] * x, "h": [0] * h}) for x, h in ((4, 3), (20, 4), (20, 5))]
    assert heights == [40 + 32 * 7 + 10, 558, None]


def test_the_scale_of_a_words_numbers_is_a_whole_number():
    for largest, reach in ((0.5, 1), (2.5, 3), (-3.0, 3)):
        x = torch.zeros(3, 1, 4)
        x[1, 0, 2] = largest
        figure = lesson_strips.inputs(lstm_core.run(nn.LSTM(4, 3), x), list("abc"), LOOK, 500)
        assert (figure["data"][0]["zmin"], figure["data"][0]["zmax"]) == (-reach, reach)


def test_up_to_twelve_classes_are_named_and_of_more_every_second():
    def named(count):
        figure = lesson_strips.scores(np.zeros((count, 2)), ["a", "b"], [f"c{n}" for n in range(count)], LOOK, 400)
        axis = figure["layout"]["yaxis"]
        return axis["tickvals"], axis["ticktext"]

    assert named(12) == (list(range(12)), [f"c{n}" for n in range(12)])
    assert named(13) == (list(range(0, 13, 2)), [f"c{n}" for n in range(0, 13, 2)])
