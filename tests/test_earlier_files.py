"""Files of an earlier release open: one small file of each kind that it wrote, kept for good."""

from pathlib import Path

import pytest
import torch
from torch import nn

import lstm_core

RELEASES = sorted(path for path in (Path(__file__).parent / "earlier").iterdir() if path.is_dir())
X = torch.linspace(-1, 1, 8).reshape(4, 1, 2)


@pytest.fixture(params=RELEASES, ids=lambda folder: folder.name)
def release(request):
    return request.param


@pytest.mark.parametrize("name", ["trace.npz", "trace.safetensors"])
def test_a_trace_is_what_was_recorded(release, name):
    trace = lstm_core.load(release / name)
    again = lstm_core.run(lstm_core.models.random_lstm(2, 3, 1, seed=1), X)
    assert trace.tokens == [["Giraffes", "in", "a", "field"]]
    for quantity in "ifgoch":
        torch.testing.assert_close(getattr(trace, quantity), getattr(again, quantity))
    torch.testing.assert_close(trace.x, X)
    assert trace.max_error < 1e-6


def test_a_trace_of_a_gru_has_its_gates(release):
    trace = lstm_core.load(release / "gru.npz")
    before = torch.cat([torch.zeros(1, 1, 1, 1, 3), trace.h[:, :, :-1]], dim=2)
    torch.testing.assert_close(trace.h, (1 - trace.z) * trace.n + trace.z * before)


def test_a_saved_model_gives_the_answers_of_the_one_that_was_saved(release):
    saved, shipped = lstm_core.load_model(release / "model.safetensors"), lstm_core.load_model("counter")
    x = shipped.vectors(shipped.tokens("aaabbb"))
    torch.testing.assert_close(saved(saved.vectors(saved.tokens("aaabbb"))), shipped(x))
    assert saved.labels == shipped.labels


def test_both_checkpoints_hold_the_same_model(release):
    torch_file, other = (lstm_core.load_checkpoint(release / f"checkpoint.{end}") for end in ("pt", "safetensors"))
    assert torch_file.vocabulary == ("a", "b", "c", "d")
    total = 0.0
    for name in ("lstm", "emb", "fc"):
        one, two = ({**each.recurrent, **each.embeddings, **each.linears}[name] for each in (torch_file, other))
        assert isinstance(one, nn.LSTM | nn.Embedding | nn.Linear)
        for key, weight in one.state_dict().items():
            assert torch.equal(weight, two.state_dict()[key])
            total += weight.sum().item()
    assert total == pytest.approx(-5.887922, abs=1e-5)
