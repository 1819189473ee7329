"""A cell that runs otherwise than the plain ones: each of three recordings has what an independent loop computes."""

from contextlib import nullcontext

import pytest
import torch
from hand_written import Lstm
from own_cells import LSTM, agrees, by_loop, own
from torch import nn
from torch.overrides import TorchFunctionMode

import lstm_core
from lstm_core import LstmCoreError

MASK, OLD_ROWS = "a mask between two steps is in it", f"{LSTM}; c = torch.where(B, c, p)"
WROTE = "new = f * p + i * g; h = o * TH(new); c = p.clone(); "
ROUNDED = ["c.bfloat16().float()", "c.to(torch.half).to(torch.float)"]
H = "; h = o * TH(c)"
# What a step writes; what a loop of its own computes; what is said of c besides.
OTHERWISE = {
    f"c = (f * i) * c + i * g{H}": (f"f = f * i; {LSTM}", ""),
    f"c = 0.9 * f * c + i * g{H}": (f"f = 0.9 * f; {LSTM}", ""),
    f"c = M * f * c + i * g{H}": (f"f = M * f; {LSTM}", ""),
    f"c = f * f * c + i * g{H}": (f"f = f * f; {LSTM}", ""),
    f"c = (1 - i) * 0.9 * c + i * g{H}": (f"f = (1 - i) * 0.9; {LSTM}", ""),
    f"o = o if k != 3 else o[:, :1]; {LSTM}": (f"o = o if k != 3 else o[:, :1]; {LSTM}", ""),
    f"i = i if k % 2 else i[:, :1]; {LSTM}": (f"i = i if k % 2 else i[:, :1]; {LSTM}", ""),
    f"f = f[:, :1] if k > 4 else f; {LSTM}": (f"f = f[:, :1] if k > 4 else f; {LSTM}", ""),
    # A mask that has its form from the memory is no gate.
    f"{LSTM}; m = M.to(c); c = m * c + (1 - m) * p": (OLD_ROWS, MASK),
    f"{LSTM}; m = M.type_as(c); c = m * c + (1 - m) * p": (OLD_ROWS, MASK),
    f"{LSTM}; m = M.expand_as(c); c = m * c + (1 - m) * p": (OLD_ROWS, MASK),
    f"{LSTM}; m = M.expand(3, 5).reshape(15).view_as(c); c = m * c + (1 - m) * p": (OLD_ROWS, MASK),
    f"{LSTM}; m, c = torch.broadcast_tensors(M, c); c = m * c + (1 - m) * p": (OLD_ROWS, MASK),
    f"{LSTM}; c = p + M * (c - p)": (OLD_ROWS, MASK),
    f"{LSTM}; c = c - (1 - M) * (c - p)": (OLD_ROWS, MASK),
    f"{LSTM}; c = torch.lerp(p, c, M)": (OLD_ROWS, MASK),
    f"{LSTM}; c = p.lerp(c, M)": (OLD_ROWS, MASK),
    f"c = f * c + i * g; c = c * M{H}": (f"c = f * c + i * g; c = c * M{H}", MASK),
    f"{LSTM}; c = M * c": (f"{LSTM}; c = M * c", MASK),
    f"{LSTM}; c = c if k % 2 else c * M": (f"{LSTM}; c = c if k % 2 else c * M", MASK),
    # Some rows are written, or all.
    f"{WROTE}c[B[:, 0]] = new[B[:, 0]]": (OLD_ROWS, MASK),
    f"{WROTE}c[:1] = new[:1]; c[2:] = new[2:]": (OLD_ROWS, MASK),
    f"{WROTE}c.index_copy_(0, torch.tensor([0, 2]), new[[0, 2]])": (OLD_ROWS, MASK),
    f"{WROTE}c = p.index_put((torch.tensor([0, 2]),), new[[0, 2]])": (OLD_ROWS, MASK),
    f"{WROTE}c = new.clone(); c[1] = p[1]": (OLD_ROWS, MASK),
    f"{LSTM}; new = c; c = p.clone(); c[:] = new": (LSTM, ""),
} | {f"{LSTM}; c = {less}": (f"{LSTM}; c_next = {less}", "the next step reads it through") for less in ROUNDED}


@pytest.mark.parametrize("step", OTHERWISE)
def test_a_step_that_runs_otherwise_has_each_time_what_a_loop_of_its_own_has(step):
    truth, said = OTHERWISE[step]
    trace = agrees(own(step), truth)
    assert said in trace.roles["c"]
    assert said or "mask" not in trace.roles["c"]
    assert trace.resets == ()
    assert "through" not in said or not torch.equal(trace.c_read[:, :, :-1], trace.c[:, :, :-1])


def test_after_an_error_in_the_block_a_known_cell_is_found_anew_so_that_no_error_stays_for_ever():
    model = own(LSTM)
    with torch.no_grad():
        for steps in (7, 2):
            with lstm_core.record(model):
                model(torch.randn(steps, 3, 4))
        with pytest.raises(ZeroDivisionError), lstm_core.record(model):
            raise ZeroDivisionError
        with pytest.raises(LstmCoreError, match="found none"), lstm_core.record(model):
            model(torch.randn(2, 3, 4))


@pytest.mark.parametrize("start", ["torch.zeros(3, 5).to(c)", "torch.zeros_like(c)", "c.clone().copy_(0 * M)"])
def test_a_memory_that_starts_anew_with_the_form_of_the_old_one_is_another_sequence(start):
    trace = agrees(own(f"{LSTM}\nif k == 3: c = {start}"), f"{LSTM}; c_next = 0 * c if k == 3 else c")
    assert trace.resets == (4,)


def test_a_first_step_of_a_gru_without_a_memory_is_a_step_and_so_is_that_of_each_sequence():
    model = own("h = c = i * g if c is None else (1 - i) * c + i * g", "None")
    agrees(model, "f = (1 - i) * (k > 0); c = h = f * c + i * g", "ifgc")
    for _ in range(3):
        x, y = torch.randn(7, 3, 4), torch.randn(2, 3, 4)
        with lstm_core.record(model) as recording:
            h = model(x), model(y)
        assert recording.only.resets == (7,)
        assert torch.equal(recording.only.c[0, 0, [6, 8]], torch.stack(h))


def test_a_first_step_without_a_memory_can_not_be_held_and_says_so():
    model, x = own("c = i * g if c is None else f * c + i * g; h = o * TH(c)", "None"), torch.randn(7, 3, 4)
    with lstm_core.record(model):
        model(x)
    with lstm_core.intervene(model, lstm_core.Hold("f", 0.3, steps=[2])), torch.no_grad():
        output = model(x)
    assert torch.allclose(output, by_loop(model, x, f"f = 0 * f + 0.3 if k == 2 else f; {LSTM}")["h"][-1])
    refused = pytest.raises(LstmCoreError, match="a hold from step 1 on, because the first step at line")
    with refused, lstm_core.intervene(model, lstm_core.Hold("g", 0.3)):
        model(x)


@pytest.mark.parametrize("start", ["0", "0.0", "0.5"])
def test_a_memory_that_starts_as_a_number_is_recorded(start):
    trace = agrees(own(LSTM, start), start=float(start))
    assert (trace.c0 == float(start)).all()


@pytest.mark.parametrize("at", [2, 3, 6])
def test_where_one_sequence_ends_before_h_is_computed_of_it_no_sequence_has_an_h(at):
    model = own(f"c = f * c + i * g\nif k == {at}: c = torch.zeros_like(c)\nh = o * TH(c)")
    truth = f"c = f * c + i * g; c_next = c * (k != {at}); h = o * TH(c_next)"
    assert agrees(model, truth, "ifgc").resets == ((at + 1,) if at < 6 else ())


def test_h_is_found_in_each_branch_that_the_model_takes():
    model = own("c = f * c + i * g\nif self.also: h = torch.where(B, o * TH(c), h)\nelse: h = o * TH(c)")
    truth = {True: "h_next = torch.where(B, h, r)", False: "pass"}
    for gradients in (False, True):
        for also in (False, True, True, True, False, True):
            model.also, x = also, torch.randn(7, 3, 4)
            with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
                model(x)
            for letter, values in by_loop(model, x, f"{LSTM}; {truth[also]}").items():
                assert torch.allclose(getattr(recording.only, letter)[0, 0], values, atol=1e-6), letter


NORMED = {
    "after h": (f"{LSTM}; c = self.norm(c)", f"{LSTM}; c_next = self.norm(c)"),
    "before h": (f"{LSTM}; c = self.norm(c); h = o * TH(c)", f"{LSTM}; c_next = self.norm(c); h = o * TH(c_next)"),
}


@pytest.mark.parametrize("where", NORMED)
def test_a_memory_that_a_norm_with_weights_carries_on_is_found(where):
    body, truth = NORMED[where]
    model = own(body)
    nn.init.normal_(model.norm.weight)
    trace = agrees(model, truth)
    assert "the next step reads it through layer_norm" in trace.roles["c"]
    with torch.no_grad():
        assert torch.allclose(trace.c_read[:, :, :-1], model.norm(trace.c)[:, :, :-1], atol=1e-6)
    assert torch.allclose(trace.f * trace.before("c") + trace.i * trace.g, trace.c, atol=1e-6)


def test_of_three_steps_it_is_said_that_they_may_be_too_few_to_tell_a_cell_from_layers():
    with (
        pytest.raises(LstmCoreError, match="too few steps to tell: call the model on 4"),
        lstm_core.record(model := own(NORMED["after h"][0])),
    ):
        model(torch.randn(3, 3, 4))
    with lstm_core.record(model) as recording:
        model(torch.randn(4, 3, 4))
    assert recording.only.sizes["time"] == 4


class Counting(TorchFunctionMode):
    """Somebody else's mode, which passes on each operation."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def has_what_the_loop_says(trace, model, x):
    for letter, values in by_loop(model, x).items():
        assert torch.allclose(getattr(trace, letter)[0, 0], values, atol=1e-6), letter


@pytest.mark.parametrize("gradients", [False, True])
def test_a_block_in_a_block_has_all_steps_and_so_has_the_outer_one(gradients):
    model = own(LSTM)
    for _ in range(3):
        x, y = torch.randn(7, 3, 4), torch.randn(5, 3, 4)
        with torch.set_grad_enabled(gradients), lstm_core.record(model) as outer:
            model(x)
            with lstm_core.record(model) as inner:
                model(y)
        has_what_the_loop_says(inner.only, model, y)
        assert outer.only.resets == (7,)
        has_what_the_loop_says(outer.only.sel(time=slice(7)), model, x)
        has_what_the_loop_says(outer.only.sel(time=slice(7, None)), model, y)
        with torch.set_grad_enabled(gradients), lstm_core.record(model) as outer, lstm_core.record(model) as inner:
            model(x)
        for recording in (outer, inner):
            has_what_the_loop_says(recording.only, model, x)


@pytest.mark.parametrize("gradients", [False, True])
def test_a_function_mode_of_somebody_else_leaves_the_cell_at_its_own_line(gradients):
    model = own(LSTM)
    for _ in range(3):
        x = torch.randn(7, 3, 4)
        with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording, Counting():
            model(x)
        has_what_the_loop_says(recording.only, model, x)
        assert "of <own cell" in recording.only.roles["c"]


class Stops(Exception):
    pass


@pytest.mark.parametrize("gradients", [False, True])
def test_after_an_exception_in_the_block_what_ran_is_recorded(gradients):
    model = own(f"{LSTM}\nif self.also and k == 5: raise self.also")
    for also in (None, Stops(), None, None, Stops(), None):
        model.also, x = also, torch.randn(7, 3, 4)
        stopped = nullcontext() if also is None else pytest.raises(Stops)
        with stopped, torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
            model(x)
        has_what_the_loop_says(recording.only, model, x if also is None else x[:6])


@pytest.mark.parametrize("make", [lambda: own(LSTM), lambda: nn.LSTM(4, 3)])
def test_after_an_exception_before_any_step_the_recording_says_so(make):
    with pytest.raises(Stops), lstm_core.record(make()) as recording:
        raise Stops
    assert str(recording) == (
        "Recording of no module. The block ended with an exception before there was anything whole to record."
    )
    with pytest.raises(LstmCoreError, match="The block ended with an exception"):
        _ = recording.only


def test_of_a_masked_cell_it_is_said_what_is_before_the_mask_and_what_after_it():
    after, mask = "before the mask, and h is before a mask of its own", "c = M * c + (1 - M) * p"
    masked = agrees(own(f"{LSTM}; {mask}; h = M * h + (1 - M) * r"), f"{LSTM}; {mask}; h_next = M * h + (1 - M) * r")
    assert after in masked.roles["h"]
    assert "a mask between two steps is in it, after the sum; this sum, computed again, agrees exactly" in str(masked)
    shares = lstm_core.ledger(masked, time=6, batch=1).hidden
    torch.testing.assert_close(shares.sum(0).float(), masked.h[0, 0, 6, 1])
    assert (
        after
        not in agrees(
            own(f"c = f * c + i * g; {mask}; h = o * TH(c)"), f"c = f * c + i * g; {mask}; h = o * TH(c)"
        ).roles["h"]
    )
    assert after not in agrees(own(LSTM)).roles["h"]


class OneNumber(nn.Module):
    """Its state is one number."""

    def __init__(self):
        super().__init__()
        self.gates = nn.Linear(2, 4)

    def forward(self, x):
        h = c = torch.zeros(())
        for row in x:
            i, f, g, o = self.gates(torch.stack([row, h]))
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        return c


def test_a_state_of_one_number_is_one_sequence_of_one_unit():
    model = OneNumber()
    for gradients in (False, True, True):
        with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
            c = model(torch.randn(7))
        assert recording.only.c.shape == (1, 1, 7, 1, 1)
        assert recording.only.c[0, 0, -1, 0, 0] == c


def test_a_first_step_without_a_memory_does_not_count_for_the_bias_of_the_forget_gate():
    model, x = own("c = i * g if c is None else f * c + i * g; h = o * TH(c)", "None"), torch.randn(7, 3, 4)
    nn.init.constant_(model.gates.bias[5:10], -3.0)
    f = by_loop(model, x, f"f = f * (k > 0); {LSTM}")["f"][1:].double()
    [row] = [row for row in lstm_core.check(model, x).of("look") if row.question == "Forget biases"]
    assert row.number.startswith(f"as if {f.logit().mean():+.2f}: half-life")
    assert row.advice.startswith("In line 13 of <own cell")
    assert ";" not in row.advice


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize(("moved", "said"), [("c.flip(1)", "each unit of the"), ("c.flip(0)", "each row of the")])
def test_units_or_rows_in_another_order_are_refused_in_a_sentence(moved, said, gradients):
    model, plain = own(f"{LSTM}\nif self.also and k == 3: c = {moved}"), torch.randn(7, 3, 4)
    for also in (True, True, False, True):
        model.also = also
        refused = pytest.raises(LstmCoreError, match=said) if also else nullcontext()
        with refused, torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
            model(plain)
        if not also:
            has_what_the_loop_says(recording.only, model, plain)


def test_a_batch_without_sequences_has_a_trace_without_any():
    cell = Lstm(3, 4)
    for _ in range(3):
        h = c = torch.zeros(0, 4)
        with lstm_core.record(cell) as recording:
            for row in torch.randn(5, 0, 3):
                h, c = cell(row, h, c)
        assert recording.only.h.shape == (1, 1, 5, 0, 4)


@pytest.mark.parametrize(
    ("model", "roles", "got"),
    [
        (nn.LSTM(4, 3), {"c": "line 3"}, "a model of PyTorch's own cells"),
        (own(LSTM), {"f": "line 3", "c": "line 4"}, "roles of f, c"),
        (own(LSTM), {}, "roles of nothing"),
    ],
)
def test_only_the_line_of_c_is_told_and_only_of_a_cell_of_ones_own(model, roles, got):
    with pytest.raises(LstmCoreError, match=f"as in roles={{'c': 'line 72'}}, got {got}. The other"):
        lstm_core.record(model, roles=roles).__enter__()
