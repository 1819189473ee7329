"""A cell that keeps a log of its own: has the trace what the log has, and does it say which steps it lacks?"""

import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from own_cells import LSTM, own
from torch import nn

import lstm_core
from lstm_core import LstmCoreError

LOG = "self.also.append({'i': i, 'f': f, 'g': g, 'o': o, 'c': c, 'h': h})"
MISSING = "that step is missing, and step 0 is the model's step 1"


def recorded(model, run):
    """The trace of a run, and the model's own log of it."""
    model.also = []
    with lstm_core.record(model) as recording:
        run()
    names = recording.names
    log = {letter: torch.stack([step[letter].expand(3, 5) for step in model.also]).detach() for letter in "ifgoch"}
    return [recording[name] for name in names], log


def agrees(trace, log, missing=0):
    for letter in trace.kept:
        torch.testing.assert_close(getattr(trace, letter)[0, 0], log[letter][missing:], msg=letter)


PRODUCTS = ["i * g", "g * i", "torch.mul(i, g)", "(i * g).clone()"]
OTHERS = ["g", "row.repeat(1, 2)[:, :5]", "TH(g) * 0.5", "o * i * g", "self.norm(g)", "torch.ones(3, 5)"]
# What f is at a step, and at a first one that is i * g alone.
UPDATES = {
    "f * c + i * g": ("f", "0 * f"),
    "g * i + c * f": ("f", "0 * f"),
    "(1 - i) * c + i * g": ("1 - i", "0 * f"),
    "torch.addcmul(f * c, i, g)": ("f", "0 * f"),
    "c + i * (g - c)": ("1 - i", "1 - i"),
    "torch.lerp(c, g, i)": ("1 - i", "1 - i"),
    "c + i * g": ("torch.ones(3, 5)", "torch.ones(3, 5)"),
    "0.9 * c + i * g": ("torch.full((3, 5), 0.9)", "torch.full((3, 5), 0.9)"),
}
ENDS = ["h = c", "h = o * TH(c)", "h = o * c", "if k == 7: h = h + c"]


@example("i", "i * g", "(1 - i) * c + i * g", ENDS[3], False)
@example("1 - f", "i * g", "f * c + i * g", ENDS[2], True)
@pytest.mark.slow
@given(st.sampled_from(["i", "1 - f"]), *map(st.sampled_from, (PRODUCTS + OTHERS, [*UPDATES], ENDS)), st.booleans())
def test_every_step_of_the_log_is_in_the_trace_or_the_trace_says_that_it_is_missing(i, first, update, end, gradients):
    # What starts from another product than i * g, and is kept whole, is refused.
    assume(update != "c + i * g" or first in PRODUCTS)
    f, f_first = UPDATES[update]
    # What no gate lets go is a memory only if the gates look at it.
    end = end if f in ("f", "1 - i") else ENDS[0]
    step = f"i = {i}; alone = c is None\nc = {first} if alone else {update}; f = {f_first} if alone else {f}"
    model = own(f"{step}\n{end}\n{LOG}", "None")
    for _ in range(2):
        with torch.set_grad_enabled(gradients):
            [trace], log = recorded(model, lambda: model(torch.randn(8, 3, 4)))
        missing = 8 - trace.sizes["time"]
        assert missing == (first not in PRODUCTS)
        assert (MISSING in str(trace)) == (MISSING in trace.roles["c"]) == bool(trace.c0.any()) == bool(missing)
        agrees(trace, log, missing)
    with lstm_core.intervene(model, lstm_core.Hold("i", 0.3, steps=[1])):
        [held], _ = recorded(model, lambda: model(torch.randn(8, 3, 4)))
    assert (held.i[0, 0] == 0.3).flatten(1).all(1).tolist() == [step == 1 for step in range(8 - missing)]


def test_a_cell_that_starts_from_zeros_lacks_no_step_and_one_from_a_given_state_may():
    for start, says in (("torch.zeros(3, 5)", False), ("0.0", False), ("torch.rand(3, 5)", True)):
        model = own(f"{LSTM}\n{LOG}", start)
        [trace], log = recorded(model, lambda model=model: model(torch.randn(5, 3, 4)))
        agrees(trace, log)
        assert (MISSING in str(trace)) == says


@pytest.mark.parametrize("rest", ["(1 - k_)", "torch.rsub(k_, 1)", "(-k_ + 1)", "(torch.ones_like(k_) - k_)"])
def test_i_of_both_memories_of_a_phased_lstm_is_the_gate_of_which_f_is_the_rest(rest):
    # Neil, Pfeiffer & Liu 2016: k opens now and then, by a wave of the time whose period is learnt.
    wave = (
        "way = k / (3 + self.norm.weight.expand(3, 5) * torch.arange(5)) % 1; k_ = torch.where(way < 0.2, 5 * way, way)"
    )
    both = f"n = f * c + i * g; h = k_ * (o * TH(n)) + {rest} * h; c = k_ * n + {rest} * c; i = k_"
    model = own(f"{wave}\n{both}\n{LOG}")
    traces, log = recorded(model, lambda: model(torch.randn(8, 3, 4)))
    for trace in traces:
        state = "h" if torch.equal(trace.c[0, 0], log["h"]) else "c"
        assert torch.equal(trace.c[0, 0], log[state])
        assert torch.equal(trace.i[0, 0], log["i"])
        assert trace.roles["i"] == "1 − f"
    assert len(traces) == 2


def test_where_no_value_tells_it_from_chance_nobody_says_that_i_is_1_minus_f():
    model = own(f"{LSTM}\n{LOG}")
    for weight in model.gates.parameters():
        nn.init.zeros_(weight)
    [trace], _ = recorded(model, lambda: model(torch.randn(5, 3, 4)))
    assert trace.roles["i"] == "multiplies g and comes from a sigmoid"


TIMES = ["x_ @ W", "nn.functional.linear(x_, W.t())", "torch.einsum('bi,ij->bj', x_, W)", "torch.addmm(M, x_, W)"]
# How a model holds its weight, and what it is called with in place of it.
WEIGHTS = {
    "a buffer": (lambda model, W: model.register_buffer("W", W), None),
    "a tensor": (lambda model, W: setattr(model, "W", W), None),
    "a list": (lambda model, W: setattr(model, "W", [W]), None),
    "a copy": (lambda model, W: setattr(model, "W", nn.Parameter(W)), lambda W, _: W.detach().clone()),
    "fast": (lambda model, W: setattr(model, "W", nn.Parameter(W)), lambda W, slope: W - 0.1 * slope),
}


@pytest.mark.parametrize("which", WEIGHTS)
@given(st.sampled_from(TIMES))
def test_the_weights_of_a_cell_are_those_of_the_call_whichever_tensors_they_are(which, times):
    hold, replace = WEIGHTS[which]
    gates = f"W = self.W[0] if type(self.W) is list else self.W; x_ = torch.cat([row, h], 1)\ni, f, g, o = ({times})"
    model = own(f"{gates}.chunk(4, 1); i, f, g, o = S(i), S(f), TH(g), S(o)\n{LSTM}\n{LOG}")
    hold(model, torch.randn(9, 20) * 0.4)
    model.also, x = [], torch.randn(6, 3, 4)
    for _ in range(2):
        weights = {"W": replace(model.W, *torch.autograd.grad(model(x).sum(), model.W))} if replace else {}
        [trace], log = recorded(model, lambda weights=weights: torch.func.functional_call(model, weights, (x,)))
        agrees(trace, log)


@pytest.mark.parametrize("hold", [lambda W: W, list, lambda W: list(W.clone())])
def test_layers_whose_weights_are_no_parameters_are_no_steps(hold):
    model = own("z, n = (c @ self.W[k]).chunk(2, 1); c = (1 - S(z)) * c + S(z) * TH(n); h = c", "torch.ones(3, 5)")
    model.W = hold(torch.randn(8, 5, 10))
    with pytest.raises(LstmCoreError, match="it uses other weights at each step"), lstm_core.record(model):
        model(torch.randn(8, 3, 4))


def test_a_buffer_that_a_mask_or_a_table_of_each_step_is_held_in_is_no_weight():
    model = own(f"i = S(TH(i) + self.table[k] @ self.P); {LSTM}\n{LOG}\nc = self.mask * c")
    model.register_buffer("table", torch.randn(8, 4))
    model.register_buffer("mask", torch.tensor([[1.0], [0.0], [1.0]]))
    model.P = nn.Parameter(torch.randn(4, 5))
    [trace], log = recorded(model, lambda: model(torch.randn(8, 3, 4)))
    agrees(trace, log | {"c": log["c"] * model.mask})


SKIPPED = "if k not in {left}:\n    c = f * c + i * g\nh = o * TH(c)"


@pytest.mark.parametrize("left", [[4], [1, 3, 5], [7], [2, 3]])
def test_a_step_that_leaves_c_as_it_was_is_said_to_be_missing_in_the_middle_too(left):
    model = own(f"{SKIPPED.format(left=left)}\n{LOG}")
    kept = [step for step in range(8) if step not in left]
    for _ in range(3):
        [trace], log = recorded(model, lambda: model(torch.randn(8, 3, 4)))
        torch.testing.assert_close(trace.c[0, 0], log["c"][kept])
        before = ", ".join(str(at) for at, step in enumerate(kept) if step + 1 in left)
        assert f"h was computed once more of the c of step {before}: if" in str(trace)


def test_a_cell_that_computes_h_twice_at_each_step_lacks_none():
    [trace], log = recorded(
        model := own(f"c = f * c + i * g\nfor _ in range(2): h = o * TH(c)\n{LOG}"), lambda: model(torch.randn(8, 3, 4))
    )
    agrees(trace, log)
    assert "once more" not in str(trace)
