"""Every recorded quantity against PyTorch's own output and an independent float64 loop, over drawn runs."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from reference import float64, reference, weights_of
from runs import runs
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

import lstm_core
from lstm_core.traces import QUANTITIES

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")

# float16 and bfloat16 hold 11 and 8 bits; the module rounds h to them at every step.
WITHIN = {torch.float64: 1e-12, torch.float32: 1e-5, torch.float16: 4e-3, torch.bfloat16: 3e-2}


@settings(max_examples=600)
@given(runs())
def test_every_quantity_equals_the_loop_and_the_module(run):
    with torch.no_grad():
        untouched = run.lstm(run.given, run.state)
        with lstm_core.record(run.lstm) as recording:
            output, (h_n, c_n) = run.lstm(run.given, run.state)
    assert_same_bits((output, h_n, c_n), (untouched[0], *untouched[1]))

    trace = recording.only
    layers, both = run.lstm.num_layers, run.lstm.bidirectional
    expected = reference(
        weights_of(run.lstm), float64(run.x), float64(run.h0), float64(run.c0), layers, both, run.lengths
    )
    within = WITHIN[run.x.dtype]
    for quantity in QUANTITIES:
        ours = getattr(trace, quantity)
        assert ours.dtype == run.x.dtype
        np.testing.assert_allclose(float64(ours), expected[quantity], rtol=within, atol=within, err_msg=quantity)
    assert trace.max_error <= within * max(1, trace.c.nan_to_num().abs().max().item())

    in_our_dims = as_time_batch(output, run)
    by_direction = torch.cat(list(trace.h[-1]), dim=-1).nan_to_num(0)
    assert torch.equal(by_direction, in_our_dims), "h of the last layer is the module's output, to the bit"


@given(runs(dtypes=("float64", "float32")))
@settings(max_examples=100)
def test_the_state_before_each_step_leads_to_the_state_after_it(run):
    trace = lstm_core.run(run.lstm, run.given, run.state)
    written = trace.f * trace.before("c") + trace.i * trace.g
    np.testing.assert_allclose(float64(written), float64(trace.c), rtol=1e-5, atol=1e-6)
    first_read = trace.before("h")[:, 0, 0]
    assert torch.equal(first_read, trace.h0[:, 0])


@pytest.mark.parametrize("lengths", [None, [1500, 700, 1]], ids=["dense", "packed"])
@pytest.mark.parametrize("time", [1500, 1024, 47, 48])
def test_long_runs_in_both_directions_equal_the_loop_where_pieces_and_blocks_meet(time, lengths):
    torch.manual_seed(time)
    lstm = nn.LSTM(3, 5, 2, bidirectional=True, dtype=torch.float64)
    x = torch.randn(time, 3, 3, dtype=torch.float64)
    given = x
    if lengths is not None:
        lengths = [min(length, time) for length in lengths]
        given = pack_padded_sequence(x, lengths)
    trace = lstm_core.run(lstm, given)
    zeros = np.zeros((2, 2, 3, 5))
    expected = reference(weights_of(lstm), float64(x), zeros, zeros, 2, True, lengths)
    for quantity in QUANTITIES:
        ours = float64(getattr(trace, quantity))
        np.testing.assert_allclose(ours, expected[quantity], rtol=1e-12, atol=1e-12, err_msg=quantity)
    assert trace.max_error < 1e-12


def as_time_batch(output, run):
    """The module's output as (time, batch, direction * unit), zero past a sequence's end."""
    if isinstance(output, PackedSequence):
        return pad_packed_sequence(output)[0]
    if output.dim() == 2:
        return output.unsqueeze(1)
    return output.transpose(0, 1) if run.lstm.batch_first else output


def assert_same_bits(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        a, b = (t.data if isinstance(t, PackedSequence) else t for t in (a, b))
        assert torch.equal(a, b)
