"""Gates and states held at numbers, arrays, functions of their values and other traces, against a float64 loop."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from reference import as_it_is, float64, reference, step_of, weights_of
from runs import EVERY_KIND, runs
from test_equations import as_time_batch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene, record

FUNCTIONS = {
    "half": lambda values: 0.5 * values,
    "turned round": lambda values: 0.3 - values,
    "what is small is nothing": lambda values: (values > 0.2) * values,
}


@dataclass
class Asked:
    """A hold as it is asked for, and the value that it puts in: `put(step, sequence, values of the units held)`."""

    hold: Hold
    units: list
    put: object

    def at(self, step, length):
        steps = self.hold.steps
        return steps is None or step in steps or step - length in steps


def loop(run, hold=None, x=None):
    """Every quantity of a run by the float64 loop."""
    weights, x = weights_of(run.module), float64(run.x if x is None else x)
    sizes = run.module.num_layers, run.module.bidirectional, run.lengths
    starts = float64(run.h0), None if run.c0 is None else float64(run.c0)
    return reference(weights, x, *starts, *sizes, hold or as_it_is, step_of(run.module))


@st.composite
def holds(draw, run):
    """A hold of any gate of any units at any steps, and the value by the loop's own numbers."""
    module, time = run.module, len(run.x)
    layer, direction = draw(st.integers(0, module.num_layers - 1)), draw(st.integers(0, int(module.bidirectional)))
    gates = "ifgoch" if isinstance(module, nn.LSTM) else "rznh" if isinstance(module, nn.GRU) else "h"
    gate = draw(st.sampled_from(gates), label="gate")
    size = run.h0.shape[-1] if gate == "h" else module.hidden_size
    some = st.lists(st.integers(0, size - 1), min_size=1, unique=True)
    units = draw(st.none() | some, label="units")
    steps = draw(st.none() | st.sets(st.integers(-time, time - 1), min_size=1), label="steps")
    held = list(range(size)) if units is None else units
    value, put = draw(values_of(run, gate, layer, direction, held))
    return Asked(Hold(gate, value, units, layer, direction, steps), held, put)


@st.composite
def values_of(draw, run, gate, layer, direction, units):
    """The value of a hold, and what it puts in at a step of a sequence."""
    (time, batch), width = run.x.shape[:2], len(units)
    rng = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    kind = draw(st.sampled_from(["number", "array", "function", "trace"]), label="value")
    if kind == "number":
        number = draw(st.sampled_from([0, 1, 0.25, -0.5]))
        return number, lambda *_: number
    if kind == "array":
        full = (time, batch, width)
        shape = [draw(st.sampled_from([1, size])) for size in full][draw(st.integers(0, 3)) :]
        array = torch.rand(shape, generator=rng, dtype=torch.float64)
        numbers = np.broadcast_to(array.numpy(), full)
        given = draw(st.sampled_from([array, array.numpy(), array.tolist()]))
        return given, lambda step, sequence, _: numbers[step, sequence]
    if kind == "function":
        function = FUNCTIONS[draw(st.sampled_from(list(FUNCTIONS)))]
        return function, lambda _step, _sequence, values: function(values)
    # Another input of the same sequences, read from the same states.
    x = torch.randn(run.x.shape, generator=rng, dtype=torch.float64)
    other = lstm_core.run(run.module, as_given(run, x), run.state)
    theirs = loop(run, x=x)[gate][layer, direction]
    return other, lambda step, sequence, _: theirs[step, sequence, units]


def as_given(run, x):
    """An input (time, batch, feature) in the form of a run's own."""
    if run.lengths is not None:
        return pack_padded_sequence(x, torch.tensor(run.lengths), enforce_sorted=False)
    if run.given.dim() == 2:
        return x.squeeze(1)
    return x.transpose(0, 1) if run.module.batch_first else x


@given(runs(("float64",), EVERY_KIND), st.data())
def test_what_is_held_is_what_the_loop_computes_with_the_same_values(run, data):
    """Under --hypothesis-profile=search this draws 10,000 variants of models, shapes, states and holds."""
    asked = data.draw(st.lists(holds(run), min_size=1, max_size=3))
    lengths = run.lengths or [len(run.x)] * run.x.shape[1]

    def hold(place, quantity, values):
        layer, direction, step, sequence = place
        values = values.copy()
        for one in asked:
            here = (layer, direction, quantity) == (one.hold.layer, one.hold.direction, one.hold.gate)
            if here and one.at(step, lengths[sequence]):
                values[one.units] = one.put(step, sequence, values[one.units])
        return values

    expected = loop(run, hold)
    with torch.no_grad(), intervene(run.module, *(one.hold for one in asked)), record(run.module) as recording:
        output = as_time_batch(run.module(run.given, run.state)[0], run)
    trace = recording.only
    for quantity, values in expected.items():
        ours = float64(getattr(trace, quantity))
        np.testing.assert_allclose(ours, values, rtol=1e-9, atol=1e-9 * reach(values), err_msg=quantity)
    assert torch.equal(torch.cat(list(trace.h[-1]), dim=-1).nan_to_num(0), output)
    assert trace.max_error < 1e-11 * reach(expected["h"])


def reach(values):
    return max(1.0, np.nanmax(np.abs(values)))


KINDS = {
    "LSTM": (nn.LSTM, nn.LSTMCell, "ifgoch"),
    "GRU": (nn.GRU, nn.GRUCell, "rznh"),
    "RNN": (nn.RNN, nn.RNNCell, "h"),
}
of_each_kind = pytest.mark.parametrize(("make", "make_cell", "gates"), KINDS.values(), ids=KINDS)


@of_each_kind
def test_a_cell_that_is_held_call_by_call_computes_what_the_layer_does(make, make_cell, gates):
    layer, cell = make(4, 3).double(), make_cell(4, 3).double()
    cell.load_state_dict({name.removesuffix("_l0"): weight for name, weight in layer.state_dict().items()})
    x, other = (torch.randn(5, 2, 4, dtype=torch.float64) for _ in range(2))
    for gate in gates:
        for value in (0.25, torch.rand(5, 2, 3).double(), lambda values: -values, lstm_core.run(layer, other)):
            hold = Hold(gate, value, steps=[1, 2, 4])
            with torch.no_grad(), intervene(layer, hold), record(layer) as of_layer:
                layer(x)
            with torch.no_grad(), record(cell) as of_cell, intervene(cell, hold):
                state = None
                for step in x:
                    state = cell(step, state)
            for quantity in gates:
                ours, wanted = getattr(of_cell.only, quantity), getattr(of_layer.only, quantity)
                torch.testing.assert_close(ours, wanted, rtol=1e-12, atol=1e-12)
            assert of_cell.only.max_error < 1e-12


@of_each_kind
def test_holds_nest_and_reach_what_follows(make, make_cell, gates):
    del make_cell
    model = nn.Sequential(make(4, 3, 2, bidirectional=True))
    x, gate = torch.randn(5, 2, 4), gates[0]
    plain = model(x)[0]
    with intervene(model, Hold(gate, 0.0, [0], layer=1, direction=1)):
        outer = model(x)[0]
        with intervene(model, Hold(gate, 0.5, [1], layer=1, direction=1)):
            assert not torch.equal(model(x)[0], outer)
        assert torch.equal(model(x)[0], outer)
    assert not torch.equal(outer, plain)
    assert torch.equal(model(x)[0], plain)
    # The other direction reads nothing of it.
    torch.testing.assert_close(outer[..., :3], plain[..., :3])


@of_each_kind
def test_gradients_flow_through_what_is_held(make, make_cell, gates):
    del make_cell
    module = make(3, 4).double()
    x, width = torch.randn(5, 2, 3, dtype=torch.float64), 1e-6
    value = torch.rand(5, 2, 1, dtype=torch.float64, requires_grad=True)

    def loss(value):
        with intervene(module, Hold(gates[0], value, units=[2], steps=[-3])):
            return module(x)[0].square().sum()

    [gradient] = torch.autograd.grad(loss(value), value)
    moved = torch.zeros_like(value)
    moved[2, 1, 0] = width
    difference = (loss(value + moved) - loss(value - moved)) / (2 * width)
    torch.testing.assert_close(gradient[2, 1, 0], difference.detach(), rtol=1e-5, atol=1e-9)
    assert difference != 0
    assert not gradient[[0, 1, 3, 4]].any()


@of_each_kind
def test_the_gradient_of_a_gate_that_a_function_holds_flows_through_the_function(make, make_cell, gates):
    del make_cell
    module, x = make(3, 4).double(), torch.randn(5, 2, 3, dtype=torch.float64)
    hold = Hold(gates[0], lambda values: values.square(), units=[1])
    with intervene(module, hold), record(module, detach=False) as recording:
        value = module(x)[0].sum()
    with intervene(module, hold):
        torch.testing.assert_close(value, module(x)[0].sum())
    gradient = torch.autograd.grad(value, getattr(recording.only, gates[0]))[0]
    weights = torch.autograd.grad(module_loss(module, x, hold), module.weight_ih_l0)[0]
    assert gradient.isfinite().all()
    assert weights.any()
    held = getattr(recording.only, gates[0])[0, 0, :, :, 1].detach()
    width, moved = 1e-6, torch.zeros(5, 2, 1, dtype=torch.float64)
    moved[3, 0] = width
    more, less = (
        module_loss(module, x, hold, Hold(gates[0], held[..., None] + sign * moved, [1], steps=[3])) for sign in (1, -1)
    )
    difference = ((more - less) / (2 * width)).item()
    assert gradient[0, 0, 3, 0, 1].item() == pytest.approx(difference, rel=1e-5, abs=1e-9)


def module_loss(module, x, *holds):
    with intervene(module, *holds):
        return module(x)[0].sum()


def test_a_function_that_draws_numbers_is_recorded_as_it_ran():
    lstm, x = nn.LSTM(4, 3), torch.randn(50, 2, 4)
    with intervene(lstm, Hold("c", torch.randn_like, units=[1])), record(lstm) as recording, torch.no_grad():
        output, _ = lstm(x)
    assert recording.only.max_error < 1e-6
    assert torch.equal(recording.only.h[0, 0], output)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"units": []}, "Expected units, got none"),
        ({"units": 2}, "units as a list of whole numbers, got 2"),
        ({"units": "01"}, "units as a list of whole numbers, got 01"),
        ({"units": torch.tensor([0.5])}, r"units as a list of whole numbers, got tensor\(\[0.5000\]\)"),
        ({"units": [0, 0]}, r"each unit once, got \[0, 0\]"),
        ({"units": [1.5]}, r"units as a list of whole numbers, got \[1.5\]"),
        ({"units": [0, 3]}, r"units from 0 to 2, got \[0, 3\]"),
        ({"steps": set()}, "Expected steps, got none"),
        ({"steps": [None]}, r"steps as a list of whole numbers, got \[None\]"),
        ({"layer": True}, r"layer as a list of whole numbers, got \[True\]"),
        ({"layer": 1}, "Expected layer 0, the only one, got 1"),
        ({"gate": "forget"}, "a gate of i, f, g, o, c, h, got 'forget'"),
        ({"value": float("nan")}, "Expected a number as value, got NaN"),
        ({"value": None}, "value a number, an array .* or a Trace, got NoneType"),
        ({"value": True}, "value a number, an array .* or a Trace, got bool"),
        ({"value": [[1], [1, 2]]}, "value a number, an array .* or a Trace, got list"),
        ({"value": np.zeros(4)}, r"broadcasts to \(time, batch, 3\), got one of shape \(4,\)"),
        ({"value": torch.zeros(1, 5, 2, 3)}, r"broadcasts to \(time, batch, 3\), got one of shape \(1, 5, 2, 3\)"),
    ],
)
def test_what_cannot_be_held_is_refused_before_anything_runs(wrong, message):
    lstm = nn.LSTM(4, 3)
    with pytest.raises(LstmCoreError, match=message):
        intervene(lstm, Hold(**{"gate": "f", "value": 0.0} | wrong))
    with pytest.raises(LstmCoreError, match=message):
        intervene(lstm, "", **{"gate": "f", "value": 0.0} | wrong)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros((4, 1, 1)), r"\(5, 2, 3\) of this call, got one of shape \(4, 1, 1\)"),
        (torch.zeros(3, 3), r"\(5, 2, 3\) of this call, got one of shape \(3, 3\)"),
        (lambda _values: None, r"that holds f to return a value .* \(2, 3\), .* got NoneType"),
        (lambda _values: torch.zeros(7), r"that holds f to return .* got Tensor of shape \(7,\)"),
    ],
)
def test_a_value_that_does_not_fit_the_call_is_refused_in_a_sentence(value, message):
    lstm = nn.LSTM(4, 3)
    with pytest.raises(LstmCoreError, match=message), intervene(lstm, Hold("f", value)):
        lstm(torch.randn(5, 2, 4))
    assert not lstm._forward_hooks


def trace_of(module, *shape):
    return lstm_core.run(module, torch.randn(*shape))


def test_a_trace_that_does_not_fit_is_refused_in_a_sentence():
    lstm, x = nn.LSTM(4, 3), torch.randn(5, 2, 4)
    with pytest.raises(LstmCoreError, match="a Trace as the value, got GruTrace"):
        intervene(lstm, Hold("h", trace_of(nn.GRU(4, 3), 5, 2, 4)))
    with pytest.raises(LstmCoreError, match=r"a trace with 3 units of f in layer 0, .* got one of .*'unit': 7"):
        intervene(lstm, Hold("f", trace_of(nn.LSTM(4, 7), 5, 2, 4)))
    for part in (trace_of(lstm, 5, 2, 4).sel(unit=[1, 2]), trace_of(lstm, 5, 2, 4).sel(time=slice(2, 4))):
        with pytest.raises(LstmCoreError, match=r"a whole trace as value, got a part of one, of some (unit|time)\."):
            Hold("f", part)
    shorter = trace_of(lstm, 4, 2, 4)
    with pytest.raises(LstmCoreError, match=r"\(5, 2, 3\) of this call"), intervene(lstm, Hold("f", shorter)):
        lstm(x)
    with (
        pytest.raises(LstmCoreError, match=r"a trace that has the steps \[4\], got one of 4 steps"),
        intervene(lstm, Hold("f", shorter, steps=[0, 4])),
    ):
        lstm(x)
    with intervene(lstm, Hold("f", shorter, steps=[0, 3])), record(lstm) as recording:
        lstm(x)
    assert torch.equal(recording.only.f[:, :, [0, 3]], shorter.f[:, :, [0, 3]])
    ended = lstm_core.run(lstm, pack_padded_sequence(torch.randn(5, 2, 4), [5, 2]))
    with pytest.raises(LstmCoreError, match="A sequence of the trace ends before"), intervene(lstm, Hold("f", ended)):
        lstm(x)


def test_a_step_that_no_call_had_is_an_error_at_the_blocks_end():
    lstm, cell = nn.LSTM(4, 3), nn.LSTMCell(4, 3)
    for steps, had in (([2, 99], "99"), ([-7], "-7"), ([6], "6")):
        message = rf"got steps 0 to 5 in the block: nothing was held at step {had}\."
        with pytest.raises(LstmCoreError, match=message), intervene(lstm, Hold("h", 9.0, steps=steps)):
            [lstm(torch.randn(length, 1, 4)) for length in (6, 2)]
    with pytest.raises(LstmCoreError, match="got no call in the block"), intervene(lstm, Hold("h", 9.0, steps=[0])):
        pass
    with intervene(cell, Hold("h", 9.0)):
        cell(torch.zeros(2, 4))
        inner = intervene(cell, Hold("f", 9.0, steps=[0, 1]))
        with pytest.raises(LstmCoreError, match="got steps 1 to 1 in the block: nothing was held at step 0"), inner:
            cell(torch.zeros(2, 4))
    with pytest.raises(LstmCoreError, match=r"from 0 for an nn.LSTMCell, .* got \[-1\]\. Count from the first"):
        intervene(cell, Hold("f", 0.0, steps=[-1]))
    assert not lstm._forward_hooks
    assert not cell._forward_hooks


def test_an_error_of_the_callers_own_is_not_hidden_by_ours():
    lstm = nn.LSTM(4, 3)
    with pytest.raises(ZeroDivisionError), intervene(lstm, Hold("h", 9.0, steps=[99])):
        raise ZeroDivisionError


def test_the_earlier_form_and_a_hold_are_one():
    model, x = nn.Sequential(nn.LSTM(4, 3)), torch.randn(5, 2, 4)
    outputs = []
    for hold in (
        intervene(model, Hold("o", 0.25, [2], 0, 0, [1])),
        intervene(model, "0", 0, 0, [2], "o", 0.25, [1]),
        intervene(model, "0", units=[2], gate="o", value=0.25, steps=[1]),
        intervene(model, name="0", units=[2], gate="o", value=0.25, steps=[1]),
        intervene(model, units=torch.tensor([2]), gate="o", value=torch.tensor(0.25), steps=np.array([1])),
    ):
        with hold:
            outputs.append(model(x)[0])
    assert all(torch.equal(output, outputs[0]) for output in outputs)
    assert not torch.equal(outputs[0], model(x)[0])


def test_nothing_to_hold_is_refused():
    model = nn.Sequential(nn.LSTM(4, 3))
    for given_holds in ((), (0.0,), ({"f": 0.0},)):
        with pytest.raises(LstmCoreError, match="one or more Hold"):
            intervene(model, *given_holds)
    two = nn.ModuleList([nn.LSTM(4, 3), nn.LSTM(4, 3)])
    with pytest.raises(LstmCoreError, match=r"\['0', '1'\], got none. Give name="):
        intervene(two, Hold("f", 0.0))
