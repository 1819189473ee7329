"""What stands beside, above and under the strips, and in the figures of the lesson, by hand."""

import pytest
import torch
from torch import nn

import lstm_core
from gatescope.drawing import lesson_strips
from lstm_core.plots.palette import look

LOOK = look("teal", "light")


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
