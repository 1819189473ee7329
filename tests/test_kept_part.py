"""A recording that keeps some quantities, units and steps of each call, for data that would not fit whole."""

import pytest
import torch
from test_trace import same
from torch import nn

import lstm_core
from lstm_core import LstmCoreError


def recorded(model, *inputs, **kept):
    with torch.no_grad(), lstm_core.record(model, **kept) as recording:
        for x in inputs:
            model(x)
    return recording


@pytest.mark.parametrize("make", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("steps", [None, -1, slice(-3, None), [0, 2, 3], range(-2, 0), torch.tensor([1, 4])])
def test_what_is_kept_is_that_part_of_the_whole(make, steps):
    model, x = make(4, 6, 2, bidirectional=True), torch.randn(5, 3, 4)
    quantities = tuple(lstm_core.run(model, x).quantities[-2:])
    part = recorded(model, x, keep=quantities, units=[5, 2], steps=steps, device="cpu").only
    same(part, lstm_core.run(model, x).sel(unit=[5, 2], time=steps).keep(*quantities))
    assert part.kept == quantities
    assert part.h.untyped_storage().nbytes() == part.h.nbytes


def test_what_is_kept_lies_on_the_device_that_was_asked_for():
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 2, 4)
    assert recorded(lstm, x, keep="h", device="meta").only.h.device.type == "meta"
    assert recorded(lstm, x, keep="h").only.h.device.type == "cpu"


def test_calls_kept_in_part_join_with_the_numbers_of_the_whole_run():
    lstm = nn.LSTM(4, 3)
    with torch.no_grad(), lstm_core.record(lstm, steps=slice(-2, None)) as recording, lstm_core.record(lstm) as whole:
        state = None
        for _ in range(3):
            _, state = lstm(torch.randn(5, 2, 4), state)
    part = recording.only
    assert part.coords["time"] == (3, 4, 8, 9, 13, 14)
    same(part, whole.only.sel(time=[3, 4, 8, 9, 13, 14]))
    assert part.resets == (2, 4)


def test_the_steps_of_a_cell_are_its_calls():
    cell, states = nn.LSTMCell(4, 3), []
    with torch.no_grad(), lstm_core.record(cell, steps=[1, 2, 5]) as recording, lstm_core.record(cell) as whole:
        state = None
        for _ in range(7):
            state = cell(torch.randn(2, 4), state)
            states.append(state)
    part = recording.only
    assert len(recording.calls[""]) == 3
    assert part.coords["time"] == (1, 2, 5)
    assert part.resets == (2,)
    # A state that was handed in is the module's own, and one that was recorded equal to it to rounding.
    expected = whole.only.sel(time=[1, 2, 5]).tensors()
    assert part.tensors().keys() == expected.keys()
    for name, tensor in part.tensors().items():
        torch.testing.assert_close(tensor, expected[name], msg=name)
    before, own = part.before("c")[0, 0, :, 0], torch.stack([states[n][1][0] for n in (0, 1, 4)])
    # The step before the second one is kept, so its state is the recorded one.
    assert torch.equal(before[[0, 2]], own[[0, 2]])
    torch.testing.assert_close(before, own)


@pytest.mark.parametrize("first", [0, 2])
def test_a_whole_cell_is_kept_in_one_piece(first):
    cell = nn.LSTMCell(4, 3)
    with torch.no_grad(), lstm_core.record(cell, steps=slice(first, None)) as recording:
        state = None
        for _ in range(6):
            state = cell(torch.randn(2, 4), state)
    assert recording.only.coords["time"] == tuple(range(first, 6))
    assert recording.only.resets == ()


REFUSED = {
    "no such quantity": (nn.LSTM, {"keep": ("f", "q")}, r"Expected some of i, f, g, o, c, h to keep .* got \['q'\]"),
    "no quantity": (nn.LSTM, {"keep": ("x",)}, r"Expected some of i, f, g, o, c, h to keep .* got \['x'\]"),
    "a gate of another kind": (nn.GRU, {"keep": "f"}, "Expected some of r, z, n, h to keep of a GRU"),
    "neither exact nor not": (nn.LSTM, {"exact": "no"}, "Expected exact=True or exact=False, got 'no'"),
    "in a graph": (nn.LSTM, {"keep": "f", "detach": False}, "Expected a whole trace with detach=False"),
    "from a cell's end": (nn.LSTMCell, {"steps": -1}, "Expected steps from 0 on for 'LSTMCell'"),
}


@pytest.mark.parametrize(("make", "asked", "said"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_kept_is_refused_before_anything_runs(make, asked, said):
    model = make(4, 3)
    with pytest.raises(LstmCoreError, match=said):
        lstm_core.record(model, **asked).__enter__()
    assert not model._forward_hooks


def test_a_call_with_none_of_the_steps_or_units_says_so():
    with pytest.raises(LstmCoreError, match=r"some of the steps \[7\], got one of 5 steps"):
        recorded(nn.LSTM(4, 3), torch.randn(5, 2, 4), steps=7)
    with pytest.raises(LstmCoreError, match="one or more unit numbers"):
        recorded(nn.LSTM(4, 3), torch.randn(5, 2, 4), units=3)


def test_a_hundred_batches_take_the_memory_of_what_is_kept():
    model, x = nn.LSTM(4, 64), torch.randn(5, 8, 4)
    traces = recorded(model, *[x] * 100, keep="f", units=[3], steps=-1).calls[""]
    storages = {
        t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for tr in traces for t in tr.tensors().values()
    }
    start = 2 * 8 * 4
    assert sum(storages.values()) <= 100 * (8 * 4 + 2 * start)
