"""Gates held at a value, and gradients with respect to gates."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import float64, reference, weights_of
from runs import runs
from test_equations import as_time_batch
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene, record

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")


@settings(max_examples=100)
@given(runs(dtypes=("float64", "float32")))
def test_with_no_units_touched_the_output_is_the_modules_own_to_rounding(run):
    with torch.no_grad():
        plain = as_time_batch(run.lstm(run.given, run.state)[0], run)
        # A value that is put back as it was touches nothing, but the layer runs step by step.
        with intervene(run.lstm, Hold("c", lambda values: values)):
            held = as_time_batch(run.lstm(run.given, run.state)[0], run)
    torch.testing.assert_close(held, plain, rtol=1e-5, atol=1e-5)


@settings(max_examples=100)
@given(run=runs(dtypes=("float64",)), data=st.data())
def test_what_is_held_is_held_and_the_trace_proves_itself_against_the_changed_output(run, data):
    draw = data.draw
    layer = draw(st.integers(0, run.lstm.num_layers - 1))
    direction = draw(st.integers(0, int(run.lstm.bidirectional)))
    gate = draw(st.sampled_from("ifgoch"))
    size = run.h0.shape[-1] if gate == "h" else run.c0.shape[-1]
    unit = draw(st.integers(0, size - 1))
    steps = draw(st.none() | st.sets(st.integers(0, len(run.x) - 1), min_size=1))
    with (
        torch.no_grad(),
        intervene(run.lstm, "", layer, direction, [unit], gate, 0.25, steps),
        record(run.lstm) as seen,
    ):
        output = as_time_batch(run.lstm(run.given, run.state)[0], run)
    trace = seen.only

    def hold(place, quantity, values):
        if (*place[:2], quantity) == (layer, direction, gate) and (steps is None or place[2] in steps):
            values[unit] = 0.25
        return values

    size = run.lstm.num_layers, run.lstm.bidirectional
    expected = reference(
        weights_of(run.lstm), float64(run.x), float64(run.h0), float64(run.c0), *size, run.lengths, hold
    )
    for quantity in lstm_core.traces.QUANTITIES:
        ours = float64(getattr(trace, quantity))
        np.testing.assert_allclose(ours, expected[quantity], rtol=1e-10, atol=1e-10, err_msg=quantity)
    held = getattr(trace, gate)[layer, direction, :, :, unit]
    there = ~held.isnan() if steps is None else ~held.isnan() & in_steps(steps, held)
    assert (held[there] == 0.25).all()
    assert trace.max_error < 1e-12
    assert torch.equal(torch.cat(list(trace.h[-1]), dim=-1).nan_to_num(0), output)
    if gate not in "ch":
        written = trace.f * trace.before("c") + trace.i * trace.g
        np.testing.assert_allclose(float64(written), float64(trace.c), rtol=1e-12, atol=1e-12)


def in_steps(steps, held):
    return torch.tensor([step in steps for step in range(len(held))]).unsqueeze(1).expand_as(held)


def test_a_forget_gate_held_open_with_nothing_written_keeps_the_memory():
    lstm = nn.LSTM(4, 3)
    state = torch.zeros(1, 1, 3), torch.ones(1, 1, 3)
    with intervene(lstm, "", units=[1], gate="f", value=1.0), intervene(lstm, "", units=[1], gate="i", value=0.0):
        _, (_, c_n) = lstm(torch.randn(50, 1, 4), state)
    assert c_n[0, 0, 1] == 1
    assert c_n[0, 0, 0] != 1


def test_out_of_the_block_everything_is_as_before():
    model, x = nn.Sequential(nn.LSTM(4, 3)), torch.randn(5, 1, 4)
    before = model(x)[0]
    with intervene(model, "0", units=[0], value=0.0):
        assert not torch.equal(model(x)[0], before)
    assert torch.equal(model(x)[0], before)
    with pytest.raises(RuntimeError), intervene(model, "0", units=[0], value=0.0):
        model(torch.randn(5, 1, 9))
    assert torch.equal(model(x)[0], before)
    assert not model[0]._forward_hooks


@pytest.mark.parametrize("order", ["record outside", "record inside"])
def test_blocks_nest_in_any_order(order):
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 1, 4)
    hold = intervene(lstm, "", units=[0], gate="c", value=0.5)
    if order == "record outside":
        with record(lstm) as recording, hold:
            output, _ = lstm(x)
    else:
        with hold, record(lstm) as recording:
            output, _ = lstm(x)
    assert (recording.only.c[0, 0, :, :, 0] == 0.5).all()
    assert torch.equal(recording.only.h[0, 0], output)


@pytest.mark.parametrize("steps", [None, range(1000, 1100)], ids=["all", "some"])
@pytest.mark.parametrize("gate", "fch")
def test_over_many_steps_layers_and_both_directions_what_is_recorded_is_what_ran(gate, steps):
    lstm, x = nn.LSTM(4, 3, 3, bidirectional=True), torch.randn(1500, 2, 4)
    with record(lstm) as recording, intervene(lstm, "", 1, 1, [0, 2], gate, 0.5, steps):
        output, _ = lstm(x)
    trace = recording.only
    assert (getattr(trace, gate)[1, 1, slice(None) if steps is None else list(steps)][..., [0, 2]] == 0.5).all()
    assert torch.equal(torch.cat(list(trace.h[-1]), dim=-1), output)
    assert trace.max_error < 1e-5
    # The layer below is as ever; the other direction of the same layer reads it and sees nothing of the hold.
    torch.testing.assert_close(trace.c[:2, 0], lstm_core.run(lstm, x).c[:2, 0])


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_long_run_says_how_far_it_is_and_can_be_stopped(bidirectional):
    lstm, x, shares = nn.LSTM(4, 3, bidirectional=bidirectional), torch.randn(500, 1, 4), []
    before = lstm(x)[0]
    with intervene(lstm, "", units=[0], progress=shares.append):
        lstm(x)
    calls = 10 if bidirectional else 5
    assert shares == pytest.approx([n / calls for n in range(1, calls + 1)])

    def stop(_share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), intervene(lstm, "", units=[0], progress=stop):
        lstm(x)
    assert torch.equal(lstm(x)[0], before)


def test_a_cell_is_held_call_by_call():
    cell, x = nn.LSTMCell(4, 3), torch.randn(5, 2, 4)
    with torch.no_grad(), intervene(cell, "", units=[2], gate="o", value=0.0), record(cell) as recording:
        state = None
        for step in x:
            state = cell(step, state)
    assert not recording.only.h[..., 2].any()
    assert recording.only.resets == ()
    assert recording.only.max_error < 1e-6


def test_a_cells_steps_are_its_calls():
    cell, x = nn.LSTMCell(4, 3), torch.randn(5, 2, 4)
    with torch.no_grad(), record(cell) as recording, intervene(cell, "", units=[2], gate="f", value=0.5, steps=[1, 3]):
        state = None
        for step in x:
            state = cell(step, state)
    assert (recording.only.f[0, 0, :, 0, 2] == 0.5).tolist() == [False, True, False, True, False]
    assert recording.only.max_error < 1e-6


def test_a_changed_gate_reaches_the_loss_and_its_gradient():
    lstm, linear, x = nn.LSTM(4, 3), nn.Linear(3, 2), torch.randn(5, 1, 4)
    with intervene(lstm, "", units=[0, 1, 2], gate="o", value=0.0):
        output, _ = lstm(x)
    torch.testing.assert_close(linear(output), linear.bias.expand(5, 1, 2))
    output.sum().backward()
    assert not lstm.weight_ih_l0.grad.any()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"layer": 2}, "layer 0 to 0, got 2"),
        ({"direction": 1}, "direction 0 to 0, got 1"),
        ({"units": [3]}, r"units from 0 to 2, got \[3\]"),
        ({"units": [0, 3]}, r"units from 0 to 2, got \[0, 3\]"),
        ({"gate": "x"}, "a gate of i, f, g, o, c, h, got 'x'"),
    ],
)
def test_what_is_not_there_is_refused(wrong, message):
    with pytest.raises(LstmCoreError, match=message), intervene(nn.LSTM(4, 3), "", **{"units": [0]} | wrong):
        pass


@settings(max_examples=60)
@given(run=runs(dtypes=("float64",)), data=st.data())
def test_the_gradient_of_each_gate_is_the_difference_that_holding_it_makes(run, data):
    draw = data.draw
    layer = draw(st.integers(0, run.lstm.num_layers - 1))
    direction = draw(st.integers(0, int(run.lstm.bidirectional)))
    sequence = draw(st.integers(0, run.x.shape[1] - 1))
    step = draw(st.integers(0, (run.lengths or [len(run.x)] * (sequence + 1))[sequence] - 1))
    quantity = draw(st.sampled_from("ifgoch"))
    unit = draw(st.integers(0, (run.h0 if quantity == "h" else run.c0).shape[-1] - 1))
    at = (layer, direction, step, sequence, unit)

    def loss():
        output, (h_n, c_n) = run.lstm(run.given, run.state)
        return as_time_batch(output, run).square().sum() + h_n.sum() + (2 * c_n).sum()

    with record(run.lstm, detach=False) as recording:
        value = loss()
    torch.testing.assert_close(value, loss())
    tensor = getattr(recording.only, quantity)
    [gradient] = torch.autograd.grad(value, tensor)

    here, width = tensor.detach()[layer, direction, step, :, unit].clone(), 1e-5
    losses = []
    for shift in (width, -width):
        moved = here.clone()
        moved[sequence] += shift
        with torch.no_grad(), intervene(run.lstm, "", layer, direction, [unit], quantity, moved[:, None], [step]):
            losses.append(loss())
    difference = (losses[0] - losses[1]) / (2 * width)
    torch.testing.assert_close(gradient[at], difference, rtol=1e-4, atol=1e-6)


def test_a_packed_trace_in_the_graph_ends_where_its_sequences_do():
    lstm = nn.LSTM(4, 3)
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(5, 2, 4), [5, 2])
    with record(lstm, detach=False) as recording:
        output, _ = lstm(packed)
    trace = recording.only
    assert trace.f[0, 0, 2:, 1].isnan().all()
    assert trace.f[0, 0, :2, 1].isfinite().all()
    [gradient] = torch.autograd.grad(output.data.sum(), trace.f)
    assert gradient.isfinite().all()
    assert not gradient[0, 0, 2:, 1].any()


def test_a_trace_in_the_graph_holds_the_values_and_the_weights_get_their_gradients():
    lstm, x = nn.LSTM(4, 3, 2), torch.randn(5, 2, 4)
    lstm(x)[0].square().sum().backward()
    expected = [weight.grad.clone() for weight in lstm.parameters()]
    lstm.zero_grad()
    with record(lstm, detach=False) as recording:
        output, _ = lstm(x)
    plain = lstm_core.run(lstm, x)
    for quantity in lstm_core.traces.QUANTITIES:
        torch.testing.assert_close(getattr(recording.only, quantity).detach(), getattr(plain, quantity))
    output.square().sum().backward()
    for weight, gradient in zip(lstm.parameters(), expected, strict=True):
        torch.testing.assert_close(weight.grad, gradient)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_halves_are_held_and_put_into_the_graph(dtype):
    lstm, x = nn.LSTM(4, 3, 2, dtype=dtype), torch.randn(5, 2, 4, dtype=dtype)
    with torch.no_grad(), intervene(lstm, "", units=[1], gate="f", value=1.0), record(lstm) as recording:
        lstm(x)
    assert (recording.only.f[0, ..., 1] == 1).all()
    assert recording.only.max_error < 3e-2
    with record(lstm, detach=False) as recording:
        lstm(x)
    assert recording.only.max_error < 3e-2
    assert recording.only.config["path"] == "unroll"


@pytest.mark.parametrize("gate", "ifgoch")
def test_a_held_value_has_the_gradient_that_moving_it_makes(gate):
    lstm, x, value, width = nn.LSTM(3, 4).double(), torch.randn(5, 1, 3, dtype=torch.float64), 0.3, 1e-5

    def loss(value):
        with intervene(lstm, "", units=[2], gate=gate, value=value, steps=[2]):
            return lstm(x)[0].square().sum()

    with intervene(lstm, "", units=[2], gate=gate, value=value, steps=[2]), record(lstm, detach=False) as recording:
        held = lstm(x)[0].square().sum()
    [gradient] = torch.autograd.grad(held, getattr(recording.only, gate))
    difference = (loss(value + width) - loss(value - width)) / (2 * width)
    assert difference != 0
    torch.testing.assert_close(gradient[0, 0, 2, 0, 2], difference.detach(), rtol=1e-5, atol=1e-9)


def test_nested_holds_of_tensors_are_let_go_one_by_one():
    lstm, x = nn.LSTM(3, 4), torch.randn(5, 2, 3)
    with intervene(lstm, "", units=[0], gate="f", value=torch.zeros(2, 1)):
        outer = lstm(x)[0]
        with intervene(lstm, "", units=[1], gate="f", value=torch.zeros(2, 1)):
            assert not torch.equal(lstm(x)[0], outer)
        assert torch.equal(lstm(x)[0], outer)


def test_what_drops_out_between_layers_is_not_passed_over():
    lstm, x = nn.LSTM(3, 4, 2, dropout=0.9), torch.randn(5, 2, 3)
    with intervene(lstm, "", units=[0]), pytest.raises(LstmCoreError, match="without dropout between its layers"):
        lstm(x)
    lstm.eval()
    with intervene(lstm, "", units=[0]):
        torch.testing.assert_close(lstm(x)[0], lstm(x)[0])


def test_a_value_that_fits_no_units_is_refused_before_anything_runs():
    with pytest.raises(LstmCoreError, match=r"broadcasts to \(time, batch, 2\), got one of shape \(3,\)"):
        intervene(nn.LSTM(3, 4), "", units=[0, 1], value=torch.zeros(3)).__enter__()
