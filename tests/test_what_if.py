"""Before and after: what holding a gate does to a reading and to a metric."""

import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import LstmCoreError, effect, what_if


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.linear = nn.LSTM(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        return self.linear(self.lstm(x)[0])


def test_before_is_the_models_own_and_after_is_held():
    model, x = Tagger(), torch.randn(6, 1, 4)
    before, after = what_if(model, x, layer=0, units=[0, 2], gate="o", value=0.0, steps=[3])
    with torch.no_grad():
        assert torch.equal(before.output, model(x))
    held = after.recording["lstm"]
    assert not held.h[0, 0, 3, 0, [0, 2]].any()
    assert torch.equal(before.recording.only.c[:, :, :3], lstm_core.run(model.lstm, x).c[:, :, :3])
    torch.testing.assert_close(after.output[:3], before.output[:3])
    assert not torch.allclose(after.output[3:], before.output[3:])
    torch.testing.assert_close(after.output, model.linear(held.h[0, 0]))
    assert not after.output.requires_grad
    assert not model.lstm._forward_hooks


def test_each_unit_can_be_held_at_its_own_value():
    model, x = Tagger(), torch.randn(6, 1, 4)
    _, after = what_if(model, x, layer=0, units=[0, 1], gate="c", value=torch.tensor([0.25, -2.0]))
    assert after.recording.only.c[0, 0, :, 0, :2].unique(dim=0).tolist() == [[0.25, -2.0]]


def test_the_effect_is_the_metrics_mean_before_and_after():
    model, examples = Tagger(), [torch.randn(6, 1, 4) for _ in range(3)]

    def total(model, x):
        return model(x).sum().item()

    found = effect(model, iter(examples), total, layer=0, units=[0, 1, 2], gate="h", value=0.0)
    assert found.before == pytest.approx(sum(total(model, x) for x in examples) / 3, abs=1e-5)
    assert found.after == pytest.approx(6 * model.linear.bias.sum().item(), abs=1e-5)
    assert found.change == found.after - found.before


def test_one_of_several_lstms_is_asked_for_by_name():
    model = nn.ModuleDict({"a": nn.LSTM(4, 3), "b": nn.LSTM(4, 3)})
    with pytest.raises(LstmCoreError, match=r"\['a', 'b'\]"):
        what_if(model, None, layer=0, units=[0], gate="f", value=1.0)
    found = effect(
        model,
        [torch.randn(5, 1, 4)],
        lambda model, x: model["b"](x)[0].abs().sum().item(),
        0,
        [0, 1, 2],
        "h",
        0.0,
        name="b",
    )
    assert found.after == 0 < found.before


def test_without_examples_there_is_no_effect_to_speak_of():
    with pytest.raises(LstmCoreError, match="at least one held-out example"):
        effect(Tagger(), [], lambda *_: 0.0, layer=0, units=[0], gate="f", value=1.0)
