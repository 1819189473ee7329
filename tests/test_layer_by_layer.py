"""An `nn.LSTM` that runs its layers one by one: the same to the bit, and nothing of it stays."""

import copy
import threading

import pytest
import torch
from hypothesis import given, settings
from runs import runs
from test_equations import assert_same_bits
from torch import nn

import lstm_core
from lstm_core.recording.layers import below_the_last, layer_by_layer


@settings(max_examples=80)
@given(runs())
def test_outputs_and_gradients_are_the_modules_own_to_the_bit(run):
    assert_same_bits(outputs_and_gradients(run, recorded=True), outputs_and_gradients(run, recorded=False))


def outputs_and_gradients(run, recorded):
    with layer_by_layer(run.module) if recorded else torch.enable_grad():
        output, (h_n, c_n) = run.module(run.given, run.state)
    data = output.data if run.lengths else output
    loss = data.float().square().sum() + h_n.float().sum() + 2 * c_n.float().sum()
    return data, h_n, c_n, *torch.autograd.grad(loss, list(run.module.parameters()))


@settings(max_examples=100)
@given(runs(dtypes=("float64", "float32")))
def test_what_the_lower_layers_give_is_what_an_lstm_of_fewer_layers_gives(run):
    with torch.no_grad(), layer_by_layer(run.module):
        _, (_, c_n) = run.module(run.given, run.state)
        below = below_the_last(run.module, c_n)
    if run.module.num_layers == 1:
        assert below is None
        return
    lower = below.outputs
    shorter = nn.LSTM(**sizes(run.module, num_layers=run.module.num_layers - 1)).to(run.x.dtype)
    shorter.load_state_dict({name: run.module.state_dict()[name] for name in shorter.state_dict()})
    state = None if run.state is None else tuple(s[: -len(run.h0[0])] for s in run.state)
    with torch.no_grad():
        output, _ = shorter(run.given, state)
    output = output.data if run.lengths else output
    assert len(lower) == shorter.num_layers
    assert torch.equal(lower[-1].view_as(output), output)


def sizes(lstm, **changed):
    names = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "bidirectional", "proj_size")
    return {name: getattr(lstm, name) for name in names} | changed


def test_three_layers_in_both_directions_train_to_the_same_bits():
    lstm, x = nn.LSTM(4, 5, 3, bidirectional=True), torch.randn(7, 2, 4, requires_grad=True)

    def gradients():
        output, (h_n, c_n) = lstm(x)
        return torch.autograd.grad((output.square().sum() + (h_n * c_n).sum()), [x, *lstm.parameters()])

    plain = gradients()
    with lstm_core.record(lstm) as recording:
        recorded = gradients()
    assert all(map(torch.equal, plain, recorded))
    assert recording.only.max_error < 1e-6


def test_the_module_is_as_before_after_the_block_also_when_its_body_raises():
    lstm = nn.LSTM(4, 3, 3)
    before = set(vars(lstm))
    with lstm_core.record(lstm):
        assert set(vars(lstm)) == before | {"forward", "__getstate__", "__prepare_scriptable__"}
        lstm(torch.zeros(2, 1, 4))
    assert set(vars(lstm)) == before
    with pytest.raises(RuntimeError), lstm_core.record(lstm):
        lstm(torch.zeros(2, 1, 9))
    assert set(vars(lstm)) == before


@pytest.mark.parametrize("inner_first", [False, True])
def test_nested_blocks_leave_in_any_order(inner_first):
    lstm, x = nn.LSTM(4, 3, 3), torch.randn(5, 2, 4)
    expected = lstm_core.run(lstm, x)
    blocks = [lstm_core.record(lstm) for _ in range(2)]
    recordings = [block.__enter__() for block in blocks]
    with torch.no_grad():
        lstm(x)
    for block in reversed(blocks) if inner_first else blocks:
        assert "forward" in vars(lstm)
        block.__exit__(None, None, None)
    assert "forward" not in vars(lstm)
    for recording in recordings:
        assert torch.equal(recording.only.h, expected.h)


@pytest.mark.parametrize("record_outside", [True, False])
def test_an_intervention_in_a_lower_layer_reaches_the_trace(record_outside):
    lstm, x = nn.LSTM(4, 3, 3), torch.randn(5, 2, 4)
    hold = lstm_core.intervene(lstm, "", layer=1, units=[0], gate="c", value=0.5)
    record = lstm_core.record(lstm)
    first, second = (record, hold) if record_outside else (hold, record)
    with first as one, second as other:
        output, _ = lstm(x)
    trace = (one if record_outside else other).only
    assert (trace.c[1, 0, :, :, 0] == 0.5).all()
    assert torch.equal(trace.h[-1, 0], output)


def test_a_forward_of_its_own_is_left_alone():
    class Mine(nn.LSTM):
        def forward(self, input, hx=None):
            return super().forward(input * 1, hx)

    lstm, x = Mine(4, 3, 2), torch.randn(5, 1, 4)
    with lstm_core.record(lstm) as recording:
        assert "forward" not in vars(lstm)
        lstm(x)
    assert recording.only.max_error < 1e-6
    plain = nn.LSTM(4, 3, 2)
    plain.forward = mine = lambda x: nn.LSTM.forward(plain, x)
    with lstm_core.record(plain) as recording:
        plain(x)
    assert plain.forward is mine
    assert recording.only.max_error < 1e-6


def test_a_hook_that_changes_the_result_does_not_mislead():
    lstm, other, x = nn.LSTM(4, 3, 2), nn.LSTM(4, 3, 2), torch.randn(5, 1, 4)
    handle = lstm.register_forward_hook(lambda *_: other(x))
    with pytest.raises(lstm_core.LstmCoreError, match="something other"):
        lstm_core.run(lstm, x)
    handle.remove()
    assert lstm_core.run(lstm, x).max_error < 1e-6


def test_a_copy_made_in_the_block_runs_its_own_weights():
    lstm, x = nn.LSTM(4, 3, 2), torch.randn(5, 1, 4)
    with torch.no_grad(), lstm_core.record(lstm):
        twin = copy.deepcopy(lstm)
        twin.weight_ih_l0.zero_()
        assert not torch.equal(twin(x)[0], lstm(x)[0])


def test_threads_that_share_a_model_keep_their_own_layers():
    lstm = nn.LSTM(4, 3, 3)
    inputs = [torch.randn(20, 2, 4) for _ in range(8)]
    found, barrier = {}, threading.Barrier(8)

    def work(number):
        barrier.wait()
        for _ in range(10):
            with torch.no_grad(), layer_by_layer(lstm):
                found[number] = below_the_last(lstm, lstm(inputs[number])[1][1]).outputs

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "forward" not in vars(lstm)
    for number, x in enumerate(inputs):
        assert torch.equal(found[number][-1], lstm_core.run(lstm, x).h[1, 0])
