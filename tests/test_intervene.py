"""Gates held at a value, and gradients with respect to gates."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from runs import EVERY_KIND, runs
from test_equations import as_time_batch
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene, record


def test_an_array_may_have_nan_where_nothing_is_held():
    lstm, x, values = nn.LSTM(4, 3), torch.randn(5, 2, 4), torch.full((5, 1, 1), 0.5)
    values[3:] = torch.nan
    with intervene(lstm, Hold("f", values, steps=range(3))), record(lstm) as recording:
        lstm(x)
    assert (recording.only.f[0, 0, :3] == 0.5).all()
    assert recording.only.f.isfinite().all()
    said = "an array with a value of f at every step that is held, got NaN"
    with pytest.raises(LstmCoreError, match=said), intervene(lstm, Hold("f", values, steps=[2, 3])):
        lstm(x)


@pytest.mark.slow
@settings(max_examples=90)
@given(run=runs(("float64",), EVERY_KIND), data=st.data())
def test_the_gradient_of_each_gate_is_the_difference_that_holding_it_makes(run, data):
    draw = data.draw
    layer = draw(st.integers(0, run.module.num_layers - 1))
    direction = draw(st.integers(0, int(run.module.bidirectional)))
    sequence = draw(st.integers(0, run.x.shape[1] - 1))
    step = draw(st.integers(0, (run.lengths or [len(run.x)] * (sequence + 1))[sequence] - 1))
    quantity = draw(st.sampled_from(lstm_core.run(run.module, run.given, run.state).quantities))
    unit = draw(st.integers(0, (run.h0.shape[-1] if quantity == "h" else run.module.hidden_size) - 1))
    at = (layer, direction, step, sequence, unit)

    def loss():
        output, states = run.module(run.given, run.state)
        ends = [states] if isinstance(states, torch.Tensor) else states
        return as_time_batch(output, run).square().sum() + sum((n + 1) * end.sum() for n, end in enumerate(ends))

    with record(run.module, detach=False) as recording:
        value = loss()
    torch.testing.assert_close(value, loss())
    tensor = getattr(recording.only, quantity)
    [gradient] = torch.autograd.grad(value, tensor)

    here, width = tensor.detach()[layer, direction, step, :, unit].clone(), 1e-5
    losses = []
    for shift in (width, -width):
        moved = here.clone()
        moved[sequence] += shift
        with torch.no_grad(), intervene(run.module, "", layer, direction, [unit], quantity, moved[:, None], [step]):
            losses.append(loss())
    difference = (losses[0] - losses[1]) / (2 * width)
    torch.testing.assert_close(gradient[at], difference, rtol=1e-4, atol=1e-6)


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


def test_what_drops_out_between_layers_is_not_passed_over():
    lstm, x = nn.LSTM(3, 4, 2, dropout=0.9), torch.randn(5, 2, 3)
    with intervene(lstm, "", units=[0]), pytest.raises(LstmCoreError, match="without dropout between its layers"):
        lstm(x)
    lstm.eval()
    with intervene(lstm, "", units=[0]):
        torch.testing.assert_close(lstm(x)[0], lstm(x)[0])


@pytest.mark.parametrize("make", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_an_unbatched_cell_is_held_as_a_batch_of_one(make):
    cell, x, state = make(4, 3), torch.randn(4), [torch.randn(3) for _ in range(2 if make is nn.LSTMCell else 1)]
    given, batched = (tuple(state), tuple(s[None] for s in state)) if len(state) > 1 else (state[0], state[0][None])
    with torch.no_grad(), intervene(cell, Hold("h", 0.25, units=[1])):
        one, several = cell(x, given), cell(x[None], batched)
    for own, theirs in zip(*((each if isinstance(each, tuple) else (each,)) for each in (one, several)), strict=True):
        assert own.shape == (3,)
        assert torch.equal(own, theirs[0])
    assert (one[0] if isinstance(one, tuple) else one)[1] == 0.25
