"""Where a memory came from: the shares, by a loop that shares no code with ours, and their sums."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import float64, reference, weights_of
from runs import runs
from torch import nn

import lstm_core
from lstm_core import Hold, intervene, ledger, record

TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5}


def shares_by_loop(values, c0, step, direction, length):
    """(source, unit): each source's i·g, times every f read after it; gates are (time, unit) of one sequence."""
    order = list(range(step + 1)) if direction == 0 else list(reversed(range(step, length)))
    shares = np.zeros((length + 1, len(c0)))
    for source in [None, *order]:
        share = c0 if source is None else values["i"][source] * values["g"][source]
        for later in order[0 if source is None else order.index(source) + 1 :]:
            share = share * values["f"][later]
        shares[0 if source is None else source + 1] = share
    return shares


@st.composite
def places(draw):
    run = draw(runs(dtypes=("float64", "float32")))
    trace = lstm_core.run(run.module, run.given, run.state)
    layers, directions, _, batch, _ = trace.c.shape
    layer, direction = draw(st.integers(0, layers - 1)), draw(st.integers(0, directions - 1))
    sequence = draw(st.integers(0, batch - 1))
    step = draw(st.integers(0, trace.lengths_or_time()[sequence] - 1))
    return run, trace, {"time": step, "layer": layer, "direction": direction, "batch": sequence}


def of(trace, quantity, at):
    return getattr(trace, quantity)[at["layer"], at["direction"], at["time"], at["batch"]].double()


@pytest.mark.slow
@settings(max_examples=80)
@given(places())
def test_the_shares_sum_to_c_and_through_the_output_gate_to_h(place):
    run, trace, at = place
    found, tolerance = ledger(trace, **at), TOLERANCE[trace.c.dtype]
    torch.testing.assert_close(found.cell.sum(0), of(trace, "c", at), rtol=tolerance, atol=tolerance)
    shown = found.hidden
    if run.module.proj_size:
        weight_hr = getattr(run.module, f"weight_hr_l{at['layer']}" + "_reverse" * at["direction"])
        shown = shown @ weight_hr.detach().double().T
    torch.testing.assert_close(shown.sum(0), of(trace, "h", at), rtol=tolerance, atol=tolerance)


@settings(max_examples=60)
@given(places())
def test_each_share_is_what_a_float64_loop_finds(place):
    run, trace, at = place
    where = at["layer"], at["direction"], slice(None), at["batch"]
    if run.module.weight_ih_l0.dtype == torch.float64:
        sizes = run.module.num_layers, run.module.bidirectional, run.lengths
        values = reference(weights_of(run.module), *map(float64, (run.x, run.h0, run.c0)), *sizes)
    else:
        values = {q: float64(getattr(trace, q)) for q in "ifg"}
    values = {q: values[q][where] for q in "ifg"}
    c0 = float64(run.c0)[at["layer"], at["direction"], at["batch"]]
    length = trace.lengths_or_time()[at["batch"]]
    expected = shares_by_loop(values, c0, at["time"], at["direction"], length)
    np.testing.assert_allclose(ledger(trace, **at).cell, expected, rtol=1e-9, atol=1e-12)


def one_unit(i, f, g, o, c0=0.0):
    """A trace of one unit with these gates, its c and h worked out by hand here."""
    c, before = [], c0
    for write, keep, new in zip(i, f, g, strict=True):
        before = keep * before + write * new
        c.append(before)
    h = [gate * np.tanh(state) for gate, state in zip(o, c, strict=True)]
    sequence = {
        q: torch.tensor(v, dtype=torch.float64).view(1, 1, -1, 1, 1)
        for q, v in zip("ifgoch", (i, f, g, o, c, h), strict=True)
    }
    start = torch.full((1, 1, 1, 1), c0, dtype=torch.float64)
    return lstm_core.Trace(**sequence, x=torch.zeros(len(i), 1, 1), h0=start * 0, c0=start)


def test_a_negative_time_counts_from_the_end_of_the_sequence_as_in_explain_and_a_hold():
    packed = torch.nn.utils.rnn.pack_sequence([torch.randn(5, 2), torch.randn(3, 2)])
    lstm = torch.nn.LSTM(2, 3)
    trace = lstm_core.run(lstm, packed)
    for batch, length in enumerate((5, 3)):
        for back in range(1, length + 1):
            found, same = (lstm_core.ledger(trace, time=time, batch=batch) for time in (-back, length - back))
            assert found.time == same.time
            assert torch.equal(found.cell, same.cell)
            one, other = (lstm_core.anatomy(lstm, trace, time=t, batch=batch, unit=1) for t in (-back, length - back))
            assert one == other
        with pytest.raises(lstm_core.LstmCoreError, match="Expected a time from 0 to"):
            lstm_core.ledger(trace, time=-length - 1, batch=batch)


def test_a_memory_that_is_held_where_little_would_be_written_is_held_too():
    lstm = torch.nn.LSTM(1, 1)
    with torch.no_grad():
        for weight in lstm.parameters():
            weight.zero_()
        lstm.weight_ih_l0[2] = 1.0
    # i ⊙ g is 0.0005 at the last step.
    x = torch.tensor([0.5, 0.001]).view(2, 1, 1)
    with lstm_core.intervene(lstm, Hold("c", 0.0)):
        trace = lstm_core.run(lstm, x)
    found = ledger(trace, time=1)
    assert found.cell.tolist() == [[0.0]] * 3
    assert "There it is 0." in found.summary()


@pytest.mark.parametrize("bidirectional", [False, True])
def test_after_a_reset_nothing_of_before_is_left(bidirectional):
    lstm = nn.LSTM(4, 3, bidirectional=bidirectional, dtype=torch.float64)
    states = [torch.randn(1 + bidirectional, 2, 3, dtype=torch.float64) for _ in range(2)]
    with torch.no_grad(), record(lstm) as recording:
        lstm(torch.randn(4, 2, 4, dtype=torch.float64), (states[0], states[0]))
        lstm(torch.randn(3, 2, 4, dtype=torch.float64), (states[1], states[1]))
    trace = recording.only
    assert trace.resets == (4,)
    # step, direction, which state it started from, the steps that were read
    cases = [(2, 0, 0, {0, 1, 2}), (5, 0, 1, {4, 5}), (4, 0, 1, {4})]
    cases += [(2, 1, 0, {2, 3}), (5, 1, 1, {5, 6}), (0, 1, 0, {0, 1, 2, 3})] if bidirectional else []
    for step, direction, start, read in cases:
        found = ledger(trace, step, direction=direction, batch=1)
        torch.testing.assert_close(found.cell.sum(0), trace.c[0, direction, step, 1], rtol=0, atol=1e-12)
        assert torch.equal(found.written[0], states[start][direction, 1])
        assert set((found.survived.any(1).nonzero().flatten() - 1).tolist()) == read | {-1}


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_a_sequence_of_a_batch_keeps_its_history_where_only_others_started_anew(dtype):
    """Of a padded batch in a loop, and of environments whose episodes end at other steps: as each alone in nn.LSTM."""
    cell, lstm = nn.LSTMCell(4, 3, dtype=dtype), nn.LSTM(4, 3, dtype=dtype)
    lstm.load_state_dict({f"{name}_l0": weight for name, weight in cell.state_dict().items()})
    x, lengths, h, c = torch.randn(6, 4, 4, dtype=dtype), torch.tensor([6, 4, 2, 6]), *torch.zeros(2, 4, 3, dtype=dtype)
    with torch.no_grad(), record(cell) as recording:
        for step in range(6):
            if step == 3:
                c = c.clone()
                c[3] = 0.0
            on, (new_h, new_c) = (step < lengths)[:, None], cell(x[step], (h, c))
            h, c = torch.where(on, new_h, h), torch.where(on, new_c, c)
    trace = recording.only
    assert trace.resets == (3, 4, 5)
    assert str(trace).endswith("memory was reset before step 3 and 2 later ones, in 3 of 4 sequences")
    assert [trace.sel(batch=row).resets for row in range(4)] == [(), (5,), (3, 4, 5), (3,)]
    assert trace.sel(batch=[0, 1], time=[3, 4, 5]).resets == (2,)
    for row, length in enumerate([6, 4, 2]):
        alone = lstm_core.run(lstm, x[:length, row : row + 1])
        for time in range(length):
            found, own = ledger(trace, time, batch=row).cell[: length + 1], ledger(alone, time).cell
            torch.testing.assert_close(found, own, rtol=0, atol=TOLERANCE[dtype])
            part = ledger(trace.sel(batch=row), time, batch=row)
            assert torch.equal(part.cell[: length + 1], found)
    of_the_last = ledger(trace, 4, batch=3).cell
    assert not of_the_last[:4].any()
    torch.testing.assert_close(of_the_last.sum(0), trace.c[0, 0, 4, 3].double(), rtol=0, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("gate", ["i", "f", "c", "h"])
@pytest.mark.parametrize("direction", [0, 1])
def test_a_held_gate_or_memory_is_in_the_ledger(gate, direction):
    lstm, x = nn.LSTM(4, 3, bidirectional=True, dtype=torch.float64), torch.randn(6, 1, 4, dtype=torch.float64)
    with intervene(lstm, "", 0, direction, [1], gate, 0.7, steps=[2, 3]):
        trace = lstm_core.run(lstm, x)
    for step in range(6):
        found = ledger(trace, step, direction=direction)
        torch.testing.assert_close(found.cell.sum(0), trace.c[0, direction, step, 0], rtol=0, atol=1e-12)
        torch.testing.assert_close(found.hidden.sum(0), trace.h[0, direction, step, 0], rtol=0, atol=1e-12)
    if gate == "c":
        step = 3 if direction == 0 else 2
        assert ledger(trace, step, direction=direction).cell[:, 1].tolist() == [0.0] * (step + 1) + [0.7] + [0.0] * (
            5 - step
        )
