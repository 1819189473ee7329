"""A cell that keeps a log of its own: does the trace have the steps that the log has, and does it say which are not?"""

import torch
from hypothesis import given
from hypothesis import strategies as st
from own_cells import own
from torch import nn

import lstm_core

PRODUCTS = ["i * g", "g * i", "torch.mul(i, g)", "(i * g).clone()"]
OTHERS = ["g", "row.repeat(1, 2)[:, :5]", "TH(g) * 0.5", "o * i * g", "self.norm(g)", "torch.ones(3, 5)"]
UPDATES = {
    "f * c + i * g": "0 * f",
    "g * i + c * f": "0 * f",
    "(1 - i) * c + i * g": "0 * f",
    "torch.addcmul(f * c, i, g)": "0 * f",
    "c + i * (g - c)": "1 - i",
    "torch.lerp(c, g, i)": "1 - i",
}
LOG = "self.also.append((i, f, g, c))"
ENDS = ["h = c", "h = o * TH(c)", "h = o * c", "if k == 7: h = h + c"]
MISSING = "that step is missing, and step 0 is the model's step 1"


@given(
    st.sampled_from(["pass", "i = 1 - f"]),
    st.sampled_from(PRODUCTS + OTHERS),
    st.sampled_from([*UPDATES]),
    st.sampled_from(ENDS),
    st.booleans(),
)
def test_every_step_of_a_cells_log_is_in_the_trace_or_the_trace_says_that_it_is_missing(
    coupled, first, update, end, gradients
):
    f = "1 - i" if "f" not in update else "f"
    body = f"{coupled}\nf = {UPDATES[update]} if c is None else {f}\nc = {first} if c is None else {update}"
    model = own(f"{body}\n{LOG}\n{end}", "None")
    for _ in range(2):
        model.also = []
        with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
            model(torch.randn(8, 3, 4))
        trace, log = recording.only, [torch.stack(each).detach() for each in zip(*model.also, strict=True)]
        missing = 8 - trace.sizes["time"]
        assert missing == (first not in PRODUCTS)
        assert (MISSING in str(trace)) == (MISSING in trace.roles["c"]) == bool(missing)
        for letter, values in zip("ifgc", log, strict=True):
            torch.testing.assert_close(getattr(trace, letter)[0, 0], values[missing:], msg=letter)
        assert missing or not trace.c0.any()


def test_a_cell_that_starts_from_zeros_lacks_no_step_and_one_from_a_given_state_may():
    for start, says in (("torch.zeros(3, 5)", False), ("0.0", False), ("self.also", True)):
        model = own("c = f * c + i * g; h = o * TH(c)", start)
        model.also = torch.rand(3, 5)
        with lstm_core.record(model) as recording:
            model(torch.randn(5, 3, 4))
        assert (MISSING in str(recording.only)) == says


class PhasedLstm(nn.Module):
    """Neil, Pfeiffer & Liu 2016: k opens now and then, by a wave of the time, and else c and h stay as they were."""

    def __init__(self, rest):
        super().__init__()
        self.gates, self.period = nn.Linear(9, 20), nn.Parameter(torch.tensor([3.0, 4.0, 5.0, 6.0, 7.0]))
        self.rest, self.log = rest, []

    def forward(self, x):
        h = c = torch.zeros(3, 5)
        for step, row in enumerate(x):
            phase = (step % self.period) / self.period
            k = torch.where(phase < 0.2, 5 * phase, torch.where(phase < 0.4, 2 - 5 * phase, 0.1 * phase)).expand(3, 5)
            i, f, g, o = self.gates(torch.cat([row, h], 1)).chunk(4, 1)
            new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = k * (torch.sigmoid(o) * torch.tanh(new)) + self.rest(k) * h
            c = k * new + self.rest(k) * c
            self.log.append((k, h, c))
        return h


RESTS = [lambda k: 1 - k, lambda k: torch.rsub(k, 1), lambda k: -k + 1, lambda k: torch.ones_like(k) - k]


@given(st.sampled_from(RESTS))
def test_i_of_both_memories_of_a_phased_lstm_is_the_gate_of_which_f_is_the_rest(rest):
    model = PhasedLstm(rest)
    with torch.no_grad(), lstm_core.record(model) as recording:
        model(torch.randn(8, 3, 4))
    k, *states = (torch.stack(each) for each in zip(*model.log, strict=True))
    traces = [recording[name] for name in recording.names]
    for state in states:
        [trace] = [trace for trace in traces if torch.equal(trace.c[0, 0], state)]
        assert torch.equal(trace.i[0, 0], k)
        assert trace.roles["i"] == "1 − f"


def test_where_no_value_tells_it_from_chance_nobody_says_that_i_is_1_minus_f():
    model = own("c = f * c + i * g; h = o * TH(c)")
    nn.init.zeros_(model.gates.weight)
    nn.init.zeros_(model.gates.bias)
    with lstm_core.record(model) as recording:
        model(torch.randn(5, 3, 4))
    assert recording.only.roles["i"] == "multiplies g and comes from a sigmoid"
