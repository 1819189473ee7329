"""A gate of a hand-written cell is held where the cell uses it, as if the cell had been written so."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import torch
from hand_written import Coupled, Gru, InPlace, Loop, Lstm, MinGru

import lstm_core
from lstm_core import Hold, LstmCoreError


def found(model, x):
    with lstm_core.record(model) as recording:
        model(x)
    return recording["cell"]


def by_hand(cell, x, gate, value, at):
    """The LSTM's loop in plain lines, one gate at a value at some steps."""
    h = c = x.new_zeros(x.shape[1], 4)
    shown = []
    for t, row in enumerate(x):
        i, f, g, o = (cell.x(row) + cell.h(h)).chunk(4, -1)
        values = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        if gate in values and t in at:
            values[gate] = torch.full_like(values[gate], value)
        c = values["f"] * c + values["i"] * values["g"]
        c = torch.full_like(c, value) if gate == "c" and t in at else c
        h = values["o"] * c.tanh()
        h = torch.full_like(h, value) if gate == "h" and t in at else h
        shown.append(h)
    return torch.stack(shown)


@pytest.mark.parametrize("gate", ["i", "f", "g", "o", "c", "h"])
def test_outputs_and_gradients_are_those_of_a_cell_written_with_the_held_value(gate):
    model, x = Loop(Lstm(3, 4), 4), torch.randn(6, 2, 3)
    found(model, x)
    weights = list(model.parameters())
    with lstm_core.intervene(model, Hold(gate, 0.3, steps=[2, 4]), name="cell"):
        output = model(x)
    expected = by_hand(model.cell, x, gate, 0.3, (2, 4))
    assert torch.equal(output, expected)
    for got, wanted in zip(
        torch.autograd.grad(output.square().sum(), weights),
        torch.autograd.grad(expected.square().sum(), weights),
        strict=True,
    ):
        torch.testing.assert_close(got, wanted)
    assert torch.equal(model(x), by_hand(model.cell, x, gate, 0.3, ()))


def test_a_hold_is_kept_while_another_model_or_another_thread_is_recorded():
    model, x = Loop(Lstm(3, 4), 4), torch.randn(6, 2, 3)
    found(model, x)
    expected = by_hand(model.cell, x, "f", 0.3, (2, 4))
    hold = Hold("f", 0.3, steps=[2, 4])
    with lstm_core.record(other := Loop(Lstm(3, 4), 4)):
        with lstm_core.intervene(model, hold, name="cell"):
            assert torch.equal(model(x), expected)
        other(x)

    def record_too():
        with lstm_core.record(Loop(Lstm(3, 4), 4)) as recording:
            began.set()
            assert done.wait(60)
        return recording

    began, done = Event(), Event()
    with ThreadPoolExecutor() as threads:
        threads.submit(record_too)
        try:
            assert began.wait(60)
            with lstm_core.intervene(model, hold, name="cell"):
                assert torch.equal(model(x), expected)
        finally:
            done.set()


def test_what_if_shows_the_held_gate_in_the_trace_and_what_follows():
    model, x = Loop(Lstm(3, 4), 4), torch.randn(6, 2, 3)
    before, after = lstm_core.what_if(model, x, hold=Hold("f", 0.25, units=[1], steps=[3]))
    a, b = before.recording["cell"], after.recording["cell"]
    assert (b.f[0, 0, 3, :, 1] == 0.25).all()
    assert torch.equal(a.f[..., 0], b.f[..., 0]) or torch.equal(a.f[:, :, :4, :, 0], b.f[:, :, :4, :, 0])
    assert torch.equal(a.c[:, :, :3], b.c[:, :, :3])
    assert not torch.equal(a.c[:, :, 3], b.c[:, :, 3])
    assert b.max_error < 1e-6
    assert torch.equal(after.output, b.h[0, 0])


def test_a_held_value_may_be_another_trace_or_a_function():
    model, x, y = Loop(Lstm(3, 4), 4), torch.randn(6, 2, 3), torch.randn(6, 2, 3)
    other = found(model, y)
    _, patched = lstm_core.what_if(model, x, hold=Hold("c", other))
    assert torch.equal(patched.recording["cell"].c, other.c)
    _, halved = lstm_core.what_if(model, x, hold=Hold("i", lambda value: value / 2, steps=[0]))
    assert torch.equal(halved.recording["cell"].i[0, 0, 0], found(model, x).i[0, 0, 0] / 2)
    for wrong, got in ((lambda _: torch.zeros(7), r"Tensor of shape \(7,\)"), (lambda _: None, "NoneType")):
        with pytest.raises(LstmCoreError, match=rf"broadcasts to \(batch, unit\) = \(2, 4\), got {got}\."):
            lstm_core.what_if(model, x, hold=Hold("i", wrong))


@pytest.mark.parametrize("make", [lambda: Coupled(3, 4), lambda: Gru(3, 4), lambda: MinGru(3, 4)])
def test_where_i_is_written_as_1_minus_f_to_hold_f_leaves_i_as_it_is(make):
    cell = make()
    model, x = Loop(cell, 4, states=2 if isinstance(cell, Coupled) else 1), torch.randn(6, 2, 3)
    plain = found(model, x)
    _, after = lstm_core.what_if(model, x, hold=Hold("f", 0.5, steps=[0]))
    trace = after.recording["cell"]
    assert torch.equal(trace.i[0, 0, 0], plain.i[0, 0, 0])
    assert (trace.f[0, 0, 0] == 0.5).all()
    assert "alone" in trace.roles["f"]


def test_a_state_that_is_overwritten_is_held_too():
    model, x = InPlace(3, 4), torch.randn(6, 2, 3)
    with torch.no_grad():
        with lstm_core.record(model):
            model(x)
        _, after = lstm_core.what_if(model, x, hold=Hold("f", 0.0, steps=[3]))
    trace = after.recording[""]
    assert torch.equal(trace.c[0, 0, 3], (trace.i * trace.g)[0, 0, 3])
    assert torch.equal(after.output, trace.h[0, 0])


def test_what_was_not_found_or_never_runs_is_refused():
    model, x = Loop(Gru(3, 4), 4, states=1), torch.randn(6, 2, 3)
    with pytest.raises(LstmCoreError, match="recorded before"), lstm_core.intervene(model, Hold("f", 0.0)):
        model(x)
    found(model, x)
    with pytest.raises(LstmCoreError, match="found in the cell, c, f, i, g, got 'o'"):
        lstm_core.what_if(model, x, hold=Hold("o", 0.0))
    with pytest.raises(LstmCoreError, match=r"no step \[9\]"), lstm_core.intervene(model, Hold("f", 0.0, steps=[9])):
        model(x)
    with pytest.raises(LstmCoreError, match="with no last one known, got -1"):
        lstm_core.what_if(model, x, hold=Hold("f", 0.0, steps=[2, -1]))


class Step(torch.nn.Module):
    """A cell that somebody's loop calls."""

    def __init__(self):
        super().__init__()
        self.lin = torch.nn.Linear(11, 24)

    def forward(self, x, h, c):
        f, i, g, o = self.lin(torch.cat((x, h), 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


def go(step, hand, steps=8):
    h = c = torch.zeros(3, 6)
    left = []
    for _ in range(steps):
        h, c = step(torch.randn(len(h), 5), h, c)
        left.append(c)
        h, c = hand(h, c)
    return left


class EachEighth:
    """Truncated backpropagation: the graph is cut after each eighth step."""

    def __init__(self):
        self.step = 0

    def __call__(self, h, c):
        self.step += 1
        return (h, c) if self.step % 8 else (h.detach(), c.detach())


KEEP = torch.tensor([[1.0], [1.0], [0.0]])
HANDS = {
    "same": lambda h, c: (h, c),
    "detach": lambda h, c: (h.detach(), c.detach()),
    "each eighth": EachEighth(),
    "clone": lambda h, c: (h.clone(), c.clone()),
    "data": lambda h, c: (h.data, c.data),
    "mask": lambda h, c: (h * KEEP, c * KEEP),
    "stack": lambda h, c: torch.stack((h, c)).unbind(0),
    "cat": lambda h, c: torch.cat((h, c), 1).chunk(2, 1),
    "double": lambda h, c: (h.double().float(), c.double().float()),
    "where": lambda h, c: (torch.where(KEEP > 0, h, 0.0), torch.where(KEEP > 0, c, 0.0)),
}


@pytest.mark.parametrize(
    ("first", "then"),
    [*(("same", hand) for hand in HANDS), ("detach", "clone"), ("clone", "detach"), ("mask", "same")],
)
def test_however_the_loop_hands_the_state_on_it_is_recorded_again_and_held_at_its_own_steps(first, then):
    step = Step()
    with lstm_core.record(step):
        go(step, HANDS[first])
    with lstm_core.record(step) as recording:
        go(step, HANDS[then], 24)
    assert [trace.sizes["time"] for trace in recording.calls[""]] == [24]
    for at in (0, 3):
        with lstm_core.intervene(step, Hold("c", 0.5, units=[2], steps=[at])):
            left = go(step, HANDS[then], 24)
        assert [t for t in range(24) if (left[t][:, 2] == 0.5).any()] == [at]


def test_a_state_that_leaves_torch_after_some_steps_is_not_held_as_a_new_sequence():
    step, hands = Step(), []

    def hand(h, c):
        hands.append(c)
        return h, torch.tensor(c.tolist()) if len(hands) == 5 else c

    with lstm_core.record(step):
        go(step, HANDS["same"])
    with (
        pytest.raises(LstmCoreError, match="Expected to know which step is held"),
        lstm_core.intervene(step, Hold("c", 0.5, steps=[0])),
    ):
        go(step, hand)
    assert len(hands) == 5


def test_each_sequence_has_its_own_steps_for_a_hold():
    step = Step()
    with lstm_core.record(step):
        go(step, HANDS["same"])
    with lstm_core.intervene(step, Hold("h", 0.5, steps=[0])), torch.no_grad():
        seen = []
        for _ in range(2):
            go(step, lambda h, c: (seen.append(h), (h, c))[1], 4)
    assert [t for t, h in enumerate(seen) if (h == 0.5).all()] == [0, 4]


@pytest.mark.parametrize("gate", ["c", "o"])
@pytest.mark.parametrize(
    "hand", [lambda h, c: (h, c + 0.1 * h), lambda h, c: (h, torch.from_numpy(c.detach().numpy().copy()))]
)
def test_a_state_that_cannot_be_followed_is_not_held_at_a_wrong_step(gate, hand):
    step = Step()
    with lstm_core.record(step):
        go(step, HANDS["same"])
    with (
        pytest.raises(LstmCoreError, match=r"which step .* comes back by a way that is not followed"),
        lstm_core.intervene(step, Hold(gate, 0.5, steps=[0])),
    ):
        go(step, hand)
    with pytest.raises(LstmCoreError, match="by a way that is not followed"), lstm_core.record(step):
        go(step, hand)


@pytest.mark.parametrize(
    ("rows", "said"),
    [([1, 0, 2], "in another order"), ([0, 0, 1], "in another order"), ([0, 1], r"\(3, 6\) .* \(2, 6\)")],
)
def test_rows_in_another_order_or_number_at_the_next_step_are_named_as_such(rows, said):
    step = Step()
    with pytest.raises(LstmCoreError, match=f"a sequence a row, got .*{said}"), lstm_core.record(step):
        go(step, lambda h, c: (h[rows], c[rows]))


def test_c_with_a_mask_between_steps_is_said_to_have_it():
    step = Step()
    with lstm_core.record(step) as recording:
        go(step, HANDS["mask"])
    assert "a mask between two steps is in it" in recording.only.roles["c"]
    assert (recording.only.c[0, 0, :-1, 2] == 0).all()
    with lstm_core.record(step) as recording:
        go(step, HANDS["same"])
    assert "mask" not in recording.only.roles["c"]


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
@pytest.mark.parametrize("how", ["script", "trace"])
def test_a_cell_compiled_by_torch_jit_says_so(how):
    inputs = torch.zeros(3, 5), *torch.zeros(2, 3, 6)
    step = torch.jit.script(Step()) if how == "script" else torch.jit.trace(Step(), inputs)
    with pytest.raises(LstmCoreError, match=r"Step.*compiled by torch\.jit"), lstm_core.record(step):
        go(step, HANDS["same"])


def test_where_a_later_run_computes_no_h_its_trace_has_none():
    class Quiet(Step):
        shows = True

        def forward(self, x, h, c):
            f, i, g, o = self.lin(torch.cat((x, h), 1)).chunk(4, 1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            return (o.sigmoid() * c.tanh() if self.shows else h), c

    step = Quiet()
    with lstm_core.record(step):
        go(step, HANDS["same"])
    step.shows = False
    with lstm_core.record(step) as recording:
        left = go(step, HANDS["same"])
    assert recording.only.kept == ("i", "f", "g", "c")
    assert torch.equal(recording.only.c[0, 0], torch.stack(left))
