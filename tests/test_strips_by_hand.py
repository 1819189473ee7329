"""What stands beside, above and under the strips, and in the figures of the lesson, by hand."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn

import lstm_core
from gatescope.drawing import lesson_strips
from gatescope.question.holds import Cell
from gatescope.question.view import Shown, Source
from gatescope.reading.read import read
from gatescope.recording import window
from gatescope.recording.window import few_units
from lstm_core.plots.palette import look

LOOK = look("teal", "light")


@pytest.mark.parametrize("largest", [0.5, 1.0, -7.0])
def test_c_goes_as_far_as_the_units_that_are_shown(largest):
    trace = read(Source("a b c", hidden_dim=4, seed=int(abs(10 * largest)))).trace
    c = torch.full_like(trace.c, 0.25)
    c[0, 0, 1, 0, 2] = largest
    c[0, 0, 1, 0, 3] = 99.0
    c[0, 0, 0, 0, 0] = math.nan
    counted = replace(trace, c=c)
    trained = SimpleNamespace(model=object(), elsewhere=False)
    assert window.largest_of(trained, counted, {(0, 0): [0, 2]}) == pytest.approx(abs(largest))
    assert window.largest_of(trained, counted, {}) == 99.0
    assert window.largest_of(SimpleNamespace(model=None, elsewhere=True), counted, {}) == 99.0
    assert window.largest_of(SimpleNamespace(model=None, elsewhere=False), counted, {}) == 1.0


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
