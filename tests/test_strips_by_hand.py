"""What stands beside, above and under the strips, by hand."""

import pytest
import torch
from torch import nn

import lstm_core
from gatescope.model_page import figures
from lstm_core.plots.palette import look

LOOK = look("teal", "light")


# Beside the strips.


@pytest.mark.parametrize(("units", "named"), [(3, [0, 1, 2]), (60, list(range(0, 60, 2)))])
def test_a_row_has_the_number_of_its_unit_as_far_as_there_is_room(units, named):
    trace = lstm_core.run(nn.LSTM(4, units), torch.zeros(3, 1, 4))
    figure = figures.lettered({"c": trace.cells("c"), "h": trace.cells("h")}, list("abc"), LOOK, 500, fill=1100)
    axes = figure["layout"]["yaxis"], figure["layout"]["yaxis2"]
    assert axes[0]["tickvals"] == named
    for axis, heatmap in zip(axes, figure["data"], strict=True):
        apart = axis["tickvals"][1] - axis["tickvals"][0]
        high = (axis["domain"][1] - axis["domain"][0]) * figure["layout"]["height"]
        assert axis["showticklabels"]
        assert apart * high / len(heatmap["z"]) > 12
