"""Before and after: what holding a gate does to a reading and to a metric."""

import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError, effect, what_if


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.linear = nn.LSTM(4, 3), nn.Linear(3, 2)

    def forward(self, x):
        return self.linear(self.lstm(x)[0])


def test_before_is_the_models_own_and_after_is_held():
    model, x = Tagger(), torch.randn(6, 1, 4)
    before, after = what_if(model, x, hold=Hold("o", 0.0, units=[0, 2], steps=[3]))
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


def test_one_of_several_lstms_is_asked_for_by_name():
    model = nn.ModuleDict({"a": nn.LSTM(4, 3), "b": nn.LSTM(4, 3)})
    with pytest.raises(LstmCoreError, match=r"\['a', 'b'\]"):
        what_if(model, None, hold=Hold("f", 1.0))
    found = effect(
        model,
        [torch.randn(5, 1, 4)],
        lambda model, x: model["b"](x)[0].abs().sum().item(),
        hold=Hold("h", 0.0),
        name="b",
    )
    assert found.after == 0 < found.before


def test_without_examples_there_is_no_effect_to_speak_of():
    with pytest.raises(LstmCoreError, match="at least one held-out example"):
        effect(Tagger(), [], lambda *_: 0.0, hold=Hold("f", 1.0))


def test_an_effect_is_the_mean_over_examples_that_differ():
    lstm = nn.LSTM(2, 3)
    held_out = [torch.zeros(4, 1, 2), 3 * torch.ones(4, 1, 2), -torch.ones(4, 1, 2)]

    def size(lstm, x):
        return lstm(x)[0].abs().sum().item()

    sizes = [size(lstm, x) for x in held_out]
    with lstm_core.intervene(lstm, "", units=[0], gate="o", value=1.0):
        after = [size(lstm, x) for x in held_out]
    found = lstm_core.effect(lstm, held_out, size, hold=Hold("o", 1.0, units=[0]))
    assert found.before == pytest.approx(sum(sizes) / 3)
    assert found.after == pytest.approx(sum(after) / 3)
    assert found.change == found.after - found.before
    assert len({round(one, 6) for one in sizes}) == 3


class Translator(nn.Module):
    """Takes two sequences, one of them by name, as a seq2seq model does."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.GRU(4, 3), nn.GRU(5, 3)

    def forward(self, source, target, *, scale=1.0):
        _, state = self.encoder(source)
        return scale * self.decoder(target, state)[0]


def test_a_model_that_takes_several_inputs_is_asked_with_all_of_them():
    model, source, target = Translator(), torch.randn(6, 2, 4), torch.randn(3, 2, 5)
    before, after = what_if(model, source, target, scale=2.0, hold=Hold("h", 0.0, steps=[-1]), name="encoder")
    with torch.no_grad():
        assert torch.equal(before.output, model(source, target, scale=2.0))
        torch.testing.assert_close(after.output, 2 * model.decoder(target)[0])
    assert before.recording.names == ["encoder", "decoder"]
    torch.testing.assert_close(after.recording["encoder"].h[:, :, :-1], before.recording["encoder"].h[:, :, :-1])
    assert not after.recording["encoder"].h[:, :, -1].any()
