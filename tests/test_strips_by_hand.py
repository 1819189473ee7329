"""What stands beside, above and under the strips, and in the figures of the lesson, by hand."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import lstm_core
from gatescope.drawing import lesson_strips, model_output, shown_strips
from gatescope.drawing.few_units import few_units
from gatescope.question.holds import Cell
from gatescope.question.view import Shown, Source
from gatescope.reading.read import read
from lstm_core.plots.columns import whole
from lstm_core.plots.palette import look

LOOK = look("teal", "light")


def said(values, gives="classes"):
    """The scores of a model that says these probabilities (step, label)."""
    values = torch.as_tensor(values)
    model = SimpleNamespace(labels=[f"l{n}" for n in range(values.shape[1])], gives=gives)
    reading = SimpleNamespace(model=model, series=None, probabilities=lambda: values)
    return model_output.scores_of(reading, whole(len(values)))


def test_the_twelve_likeliest_labels_have_a_row_in_their_own_order():
    values = np.full((3, 14), 0.01)
    values[1, [0, 13]] = 0.001, 0.9
    values[:, 5] = 0.002
    values[:, 0] = 0.003
    scores = said(values)
    shown = [n for n in range(14) if n not in (0, 5)]
    assert scores.labels == [f"l{n}" for n in shown]
    np.testing.assert_allclose(scores.z, values.T[shown], atol=1e-7)
    assert (scores.title, scores.question) == ("class probabilities", "which one? (top 12 of 14)")
    twelve = said(values[:, :12], "set")
    assert (twelve.title, twelve.question) == ("what is allowed", "what may come?")
    assert said(values, "value") is None


def test_a_series_is_told_with_the_ends_of_each_columns_scale():
    values = torch.tensor([[2.0, 7.0], [6.0, 7.0], [4.0, 7.0]])
    series = SimpleNamespace(values=values, names=["<load>", "wind"])
    reading = SimpleNamespace(model=None, series=series, probabilities=lambda: None)
    [found] = model_output.series_of(reading, whole(3))
    np.testing.assert_array_equal(found.values, values.T)
    assert (found.low, found.high, found.read, found.foreseen) == ([2, 7], [6, 7], True, None)
    assert found.names == ["<load>", "wind"]
    many = SimpleNamespace(values=torch.rand(3, 13), names=[f"n{n}" for n in range(13)])
    [found] = model_output.series_of(SimpleNamespace(model=None, series=many, probabilities=lambda: None), whole(3))
    assert len(found.values) == 12


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


@pytest.mark.parametrize(("units", "shown"), [(16, None), (17, 9), (47, 10), (48, 11), (64, 12), (512, 12)])
def test_of_more_than_sixteen_units_some_are_shown(units, shown):
    reading = read(Source("a b c", hidden_dim=units))
    found = few_units(reading, reading.trace, Shown(top="active"))
    assert {len(rows) for rows in found.values()} == ({shown} if shown else set())
    pinned = few_units(reading, reading.trace, Shown(top="active", pin=Cell(0, 0, units - 1, 0)))
    assert all(units - 1 in rows and len(rows) == shown for rows in pinned.values())
    assert few_units(reading, reading.trace, Shown(top="all")) == {}
    assert few_units(reading, reading.trace, Shown(top="telling")) == {}


# The lesson.


@pytest.mark.parametrize(("units", "named"), [(3, [0, 1, 2]), (60, list(range(0, 60, 2)))])
def test_a_row_has_the_number_of_its_unit_as_far_as_there_is_room(units, named):
    trace = lstm_core.run(nn.LSTM(4, units), torch.zeros(3, 1, 4))
    figure = lesson_strips.lettered({"c": trace.cells("c"), "h": trace.cells("h")}, list("abc"), LOOK, 500, fill=1100)
    axes = figure["layout"]["yaxis"], figure["layout"]["yaxis2"]
    assert axes[0]["tickvals"] == named
    for axis, heatmap in zip(axes, figure["data"], strict=True):
        apart = axis["tickvals"][1] - axis["tickvals"][0]
        high = (axis["domain"][1] - axis["domain"][0]) * figure["layout"]["height"]
        assert axis["showticklabels"]
        assert apart * high / len(heatmap["z"]) > 12


def test_the_scale_of_a_words_numbers_is_a_whole_number():
    for largest, reach in ((0.5, 1), (2.5, 3), (-3.0, 3)):
        x = torch.zeros(3, 1, 4)
        x[1, 0, 2] = largest
        figure = lesson_strips.inputs(lstm_core.run(nn.LSTM(4, 3), x), list("abc"), LOOK, 500)
        assert (figure["data"][0]["zmin"], figure["data"][0]["zmax"]) == (-reach, reach)
