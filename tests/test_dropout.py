"""Dropout between layers, in train mode: drawn as without a block, and what it left is in the trace."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import float64, reference, weights_of
from runs import EVERY_KIND, runs
from test_equations import WITHIN, assert_same_bits
from torch import nn

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.recording.record import run_in_blocks

pytestmark = pytest.mark.filterwarnings("ignore:dropout option adds dropout after all")
SHARES = st.sampled_from([0.1, 0.5, 0.9, 1.0])


def trained(module, given, state, record=None):
    """Outputs, gradients and the random state after them, with dropout drawn from seed 5."""
    torch.manual_seed(5)
    if record is None:
        output, states = module(given, state)
    else:
        with record as recording:
            output, states = module(given, state)
    data = output if isinstance(output, torch.Tensor) else output.data
    states = [states] if isinstance(states, torch.Tensor) else states
    loss = data.float().square().sum() + sum((n + 1) * state.float().sum() for n, state in enumerate(states))
    gradients = torch.autograd.grad(loss, list(module.parameters()))
    found = [data, *states, *gradients, torch.get_rng_state(), torch.rand(3)]
    return found if record is None else (found, recording.only)


@pytest.mark.slow
@settings(max_examples=200)
@given(runs(kinds=EVERY_KIND), SHARES)
def test_a_module_drops_trains_and_leaves_the_random_state_as_without_a_block(run, share):
    run.module.train().dropout = share
    expected = trained(run.module, run.given, run.state)
    ours, trace = trained(run.module, run.given, run.state, lstm_core.record(run.module))
    assert_same_bits(ours, expected)
    assert trace.config["path"] == "replay"
    assert (trace.h_read is None) == (run.module.num_layers == 1)


@settings(max_examples=80)
@given(runs(dtypes=("float64", "float32")), SHARES)
def test_every_layers_gates_are_those_of_the_loop_over_what_it_read(run, share):
    run.module.train().dropout = share
    trace = lstm_core.run(run.module, run.given, run.state)
    within = WITHIN[run.x.dtype]
    assert trace.max_error <= within * max(1, trace.c.nan_to_num().abs().max().item())
    for layer in range(run.module.num_layers):
        of_layer = {
            name.replace(f"_l{layer}", "_l0"): w for name, w in weights_of(run.module).items() if f"_l{layer}" in name
        }
        starts = float64(run.h0)[layer : layer + 1], float64(run.c0)[layer : layer + 1]
        read = float64(trace.input_of(layer))
        expected = reference(of_layer, read, *starts, 1, run.module.bidirectional, run.lengths)
        for quantity in lstm_core.traces.QUANTITIES:
            ours = float64(getattr(trace, quantity))[layer]
            np.testing.assert_allclose(ours, expected[quantity][0], rtol=within, atol=within, err_msg=quantity)
    if trace.h_read is not None:
        kept = trace.h_read != 0
        scale = 0 if share == 1 else 1 / (1 - share)
        torch.testing.assert_close(trace.h_read[:-1][kept[:-1]], (trace.h[:-1] * scale)[kept[:-1]], equal_nan=True)
        assert torch.equal(trace.h_read[-1].nan_to_num(), trace.h[-1].nan_to_num())


@pytest.mark.parametrize("make", [nn.LSTM, nn.GRU])
def test_gradients_of_gates_go_through_what_was_dropped(make):
    module, x = make(4, 3, 3, dropout=0.5, dtype=torch.float64), torch.randn(6, 2, 4, dtype=torch.float64)
    ours, trace = trained(module, x, None, lstm_core.record(module, detach=False))
    for value, expected in zip(ours, trained(module, x, None), strict=True):
        torch.testing.assert_close(value, expected)
    torch.manual_seed(5)
    with lstm_core.record(module, detach=False) as recording:
        loss = module(x)[0].square().sum()
    [of_h] = torch.autograd.grad(loss, recording.only.h)
    # The top layer reads nothing of the last step's h of the layer below where dropout left nothing.
    dropped = recording.only.h_read[:-1, 0, -1] == 0
    assert dropped.any()
    assert not dropped.all()
    assert (of_h[1, 0, -1][dropped[1]] == 0).all()
    assert (of_h[1, 0, -1][~dropped[1]] != 0).all()
    assert torch.equal(trace.h_read, recording.only.h_read)


def test_calls_with_and_without_dropout_join():
    lstm, x = nn.LSTM(4, 3, 2, dropout=0.5), torch.randn(6, 2, 4)
    with lstm_core.record(lstm) as recording:
        lstm(x)
        lstm.eval()(x)
    trace, (first, last) = recording.only, recording.calls[""]
    assert last.h_read is None
    assert torch.equal(trace.h_read, torch.cat([first.h_read, last.h], dim=2))
    assert torch.equal(trace.input_of(1)[6:], last.h[0, 0])


def test_one_cell_is_taken_apart_with_what_it_read():
    lstm = nn.LSTM(4, 3, 2, dropout=0.5)
    trace = lstm_core.run(lstm, torch.randn(6, 1, 4))
    cell = lstm_core.anatomy(lstm, trace, unit=1, time=4, layer=1)
    assert cell.i.value == pytest.approx(trace.i[1, 0, 4, 0, 1].item(), abs=1e-6)
    assert cell.x == trace.h_read[0, 0, 4, 0].tolist()


class ItsOwn(nn.LSTM):
    def forward(self, x, state=None):
        return super().forward(x * 1, state)


def test_dropout_in_a_class_with_a_forward_of_its_own_is_refused_by_name():
    model = nn.Sequential(ItsOwn(4, 3, 2, dropout=0.5))
    match = r"'0' without dropout.*dropout=0.5.*model.eval\(\)"
    with pytest.raises(LstmCoreError, match=match), lstm_core.record(model):
        model(torch.randn(5, 1, 4))
    assert lstm_core.run(model[0].eval(), torch.randn(5, 1, 4)).max_error < 1e-6


def test_after_the_block_a_class_with_a_forward_of_its_own_drops_out_as_ever():
    lstm, x = ItsOwn(4, 3, 2, dropout=0.5).eval(), torch.randn(5, 1, 4)
    with lstm_core.record(lstm) as recording:
        lstm(x)
    assert recording.only.max_error < 1e-6
    lstm.train()
    torch.manual_seed(0)
    found, _ = lstm(x)
    plain = nn.LSTM(4, 3, 2, dropout=0.5)
    plain.load_state_dict(lstm.state_dict())
    torch.manual_seed(0)
    assert torch.equal(found, plain(x)[0])


def test_a_run_in_blocks_refuses_dropout():
    with pytest.raises(LstmCoreError, match="without dropout"):
        run_in_blocks(nn.LSTM(4, 3, 2, dropout=0.5), torch.zeros(5, 1, 4), ["word"] * 5, print)
