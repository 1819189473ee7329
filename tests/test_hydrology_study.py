"""The study of NeuralHydrology's models compares what is recorded with what a model returns; no package is needed."""

import pytest
import torch
from torch import nn

from studies.neuralhydrology import BASINS, DAYS, compared, drawn


class Custom(nn.Module):
    """A model that returns what CustomLSTM does: its states and its gates before their activation, each day."""

    def __init__(self, wrong=None):
        super().__init__()
        torch.manual_seed(0)
        self.x, self.h, self.wrong = nn.Linear(5, 12), nn.Linear(3, 12), wrong

    def forward(self, data):
        statics = data["x_s"].unsqueeze(1).expand(-1, DAYS, -1)
        days, said = torch.cat([*data["x_d"].values(), statics], -1).transpose(0, 1), []
        h = c = torch.zeros(BASINS, 3)
        for x in days:
            i, f, g, o = (self.x(x) + self.h(h)).chunk(4, -1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            said.append({"h_n": h, "c_n": c, "i": i, "f": f, "g": g, "o": o})
        pred = {key: torch.stack([day[key] for day in said], 1) for key in said[0]}
        if self.wrong:
            pred[self.wrong] = pred[self.wrong].roll(1, 1)
        return pred


def test_what_is_recorded_is_what_the_model_returns():
    [row] = compared("customlstm", Custom(), drawn())
    assert (row["module"], row["recorded as"], row["same"], row["days"]) == ("(the model)", "CellTrace", True, DAYS)
    assert row["where"].endswith("of test_hydrology_study.py")
    assert (row["c"], row["h"], row["max_error"]) == (0, 0, 0)
    assert all(row[gate] < 1e-6 for gate in "ifgo")


@pytest.mark.parametrize("wrong", ["c_n", "h_n", "f"])
def test_what_a_model_returns_of_another_day_is_seen(wrong):
    [row] = compared("customlstm", Custom(wrong), drawn())
    assert row[wrong[0]] > 0.01


def test_of_last_states_the_last_day_is_compared():
    class Last(Custom):
        def forward(self, data):
            return {key: value[:, -1:] for key, value in super().forward(data).items()}

    [row] = compared("cudalstm", Last(), drawn())
    assert (row["c"], row["h"]) == (0, 0)
    assert row["f"] < 1e-6
