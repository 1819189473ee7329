"""Every recorded quantity of an LSTM, a GRU and an RNN against PyTorch and an independent float64 loop."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from reference import float64, reference, step_of, weights_of
from runs import EVERY_KIND, MODULES, each_cell, runs
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

import lstm_core

TRACES = {nn.LSTM: lstm_core.Trace, nn.GRU: lstm_core.GruTrace, nn.RNN: lstm_core.RnnTrace}
OTHERS = [kind for kind in MODULES if kind != "lstm"]
# float16 and bfloat16 hold 11 and 8 bits; the module rounds h to them at every step.
WITHIN = {torch.float64: 1e-12, torch.float32: 1e-5, torch.float16: 4e-3, torch.bfloat16: 3e-2}


@settings(max_examples=500)
@given(runs(kinds=EVERY_KIND))
def test_every_quantity_equals_the_loop_and_the_module(run):
    with torch.no_grad():
        untouched = run.module(run.given, run.state)
        with lstm_core.record(run.module) as recording:
            output, state = run.module(run.given, run.state)
    assert_same_bits(listed(output, state), listed(*untouched))

    trace = recording.only
    layers, both = run.module.num_layers, run.module.bidirectional
    starts = float64(run.h0), None if run.c0 is None else float64(run.c0)
    expected = reference(
        weights_of(run.module), float64(run.x), *starts, layers, both, run.lengths, step=step_of(run.module)
    )
    assert type(trace) is TRACES[type(run.module)]
    assert expected.keys() == set(trace.quantities)
    within = WITHIN[run.x.dtype] * max(1, np.nanmax(np.abs(expected["h"])))
    for quantity, values in expected.items():
        ours = getattr(trace, quantity)
        assert ours.dtype == run.x.dtype
        np.testing.assert_allclose(float64(ours), values, rtol=within, atol=within, err_msg=quantity)
    memory = np.nanmax(np.abs(expected.get("c", 0)))
    assert trace.max_error <= within * max(1, memory)

    in_our_dims = as_time_batch(output, run)
    by_direction = torch.cat(list(trace.h[-1]), dim=-1).nan_to_num(0)
    assert torch.equal(by_direction, in_our_dims), "h of the last layer is the module's output, to the bit"


@given(runs(("float64", "float32"), EVERY_KIND))
@settings(max_examples=150)
def test_the_state_before_each_step_leads_to_the_state_after_it(run):
    trace = lstm_core.run(run.module, run.given, run.state)
    assert torch.equal(trace.before("h")[:, 0, 0], trace.h0[:, 0])
    if isinstance(trace, lstm_core.Trace):
        rebuilt, state = trace.f * trace.before("c") + trace.i * trace.g, trace.c
    elif isinstance(trace, lstm_core.GruTrace):
        rebuilt, state = (1 - trace.z) * trace.n + trace.z * trace.before("h"), trace.h
    else:
        return
    np.testing.assert_allclose(float64(rebuilt), float64(state), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("lengths", [None, [1500, 700, 1]], ids=["dense", "packed"])
@pytest.mark.parametrize(
    ("kind", "time"), [*(("lstm", time) for time in (1500, 1024, 47, 48)), *((kind, 1500) for kind in OTHERS)]
)
def test_long_runs_in_both_directions_equal_the_loop_where_pieces_and_blocks_meet(kind, time, lengths):
    module = MODULES[kind](3, 5, 2, bidirectional=True, dtype=torch.float64)
    x = torch.randn(time, 3, 3, dtype=torch.float64)
    given = x
    if lengths is not None:
        lengths = [min(length, time) for length in lengths]
        given = pack_padded_sequence(x, lengths)
    trace = lstm_core.run(module, given)
    zeros = np.zeros((2, 2, 3, 5))
    expected = reference(weights_of(module), float64(x), zeros, zeros, 2, True, lengths, step=step_of(module))
    for quantity, values in expected.items():
        ours = float64(getattr(trace, quantity))
        np.testing.assert_allclose(ours, values, rtol=1e-12, atol=1e-12, err_msg=quantity)
    assert trace.max_error < 1e-12


@pytest.mark.parametrize("dtype", WITHIN, ids=str)
@each_cell
def test_a_cell_batched_or_not_equals_the_loop(make, dtype):
    cell = make(4, 3, dtype=dtype)
    weights = {f"{name}_l0": weight for name, weight in weights_of(cell).items()}
    for shape in ((), (2,)):
        x, *starts = (torch.randn(*shape, size).to(dtype) for size in (4, 3, 3))
        is_lstm = isinstance(cell, nn.LSTMCell)
        trace = lstm_core.run(cell, x, tuple(starts) if is_lstm else starts[0])
        by_batch = float64(x).reshape(1, -1, 4), *(float64(one).reshape(1, 1, -1, 3) for one in starts)
        for quantity, values in reference(weights, *by_batch, step=step_of(cell)).items():
            ours = float64(getattr(trace, quantity))
            np.testing.assert_allclose(ours, values, rtol=WITHIN[dtype], atol=WITHIN[dtype], err_msg=quantity)


def listed(output, state):
    return output, *([state] if isinstance(state, torch.Tensor) else state)


def as_time_batch(output, run):
    """The module's output as (time, batch, direction * unit), zero past a sequence's end."""
    if isinstance(output, PackedSequence):
        return pad_packed_sequence(output)[0]
    if output.dim() == 2:
        return output.unsqueeze(1)
    return output.transpose(0, 1) if run.module.batch_first else output


def assert_same_bits(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        a, b = (t.data if isinstance(t, PackedSequence) else t for t in (a, b))
        assert torch.equal(a, b)
