"""What is held, joined, kept and said of recordings, on both sides of each edge."""

import re

import numpy as np
import own_cells
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.utils.checkpoint import checkpoint

import lstm_core
from lstm_core import Hold, LstmCoreError, intervene, record
from lstm_core.recording.in_blocks import BLOCK, run_in_blocks
from lstm_core.recording.layer_gates import pieces
from lstm_core.recording.run_with_holds import STEPS_BETWEEN


def x(steps=5, batch=2, features=4):
    return torch.randn(steps, batch, features, generator=torch.Generator().manual_seed(0))


def run(module, *given):
    with torch.no_grad():
        return lstm_core.run(module, *given)


# Holds


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"gate": "z"}, "a gate of i, f, g, o, c, h, got 'z'"), ({"layer": 2}, "a layer from 0 to 1, got 2"),
        ({"layer": -1}, "a layer from 0 to 1, got -1"), ({"direction": 1}, "direction 0, the only one, got 1"),
        ({"units": [3]}, "units from 0 to 2, got [3]"), ({"units": [-1]}, "units from 0 to 2, got [-1]"),
        ({"units": [1, 1]}, "each unit once, got [1, 1]"),
        ({"value": torch.zeros(4)}, "(time, batch, 3), got one of shape (4,)"),
        ({"value": torch.zeros(1, 1, 1, 3)}, "got one of shape (1, 1, 1, 3)"),
        ({"value": torch.zeros(2), "units": [0, 2, 1]}, "(time, batch, 3), got one of shape (2,)"),
        ({"units": []}, "Expected units, got none"), ({"steps": []}, "Expected steps, got none"),
        ({"units": "01"}, "units as a list of whole numbers, got '01'"), ({"units": 1}, "list of whole numbers, got 1"),
        ({"units": [0, 1.5]}, "units as whole numbers, got 1.5"), ({"units": [True]}, "whole numbers, got True"),
        ({"units": np.zeros((1, 1), int)}, "got int64 of shape (1, 1)"),
        ({"units": torch.zeros(1)}, "got float32 of shape (1,)"),
        ({"layer": 0.5}, "layer as whole numbers, got 0.5"), ({"value": "1"}, "Expected as value a number"),
        ({"value": True}, "got bool"), ({"value": None}, "got NoneType"), ({"value": 1j}, "Expected as value a number"),
        ({"value": float("nan")}, "Expected a number as value, got NaN"), ({"value": nn.LSTM}, "got type"),
        ({"value": torch.zeros(2, dtype=torch.bool)}, "Expected as value a number"),
        ({"gate": "h", "units": [2]}, "units from 0 to 1, got [2]"),
    ],
)  # fmt: skip
def test_what_cant_be_held_is_refused_with_what_can(asked, says):
    lstm = nn.LSTM(4, 3, 2, proj_size=2) if asked.get("gate") == "h" else nn.LSTM(4, 3, 2)
    with pytest.raises(LstmCoreError, match=re.escape(says)):
        intervene(lstm, Hold(**{"gate": "f", "value": 0.0} | asked))


@pytest.mark.parametrize(
    "value",
    [0.25, torch.tensor(0.25), [0.25], 2 * [0.25], np.full((2, 2), 0.25), torch.full((5, 1, 1), 0.25)],
)  # fmt: skip
def test_a_value_of_any_form_that_fits_is_what_the_units_held_have(value):
    lstm = nn.LSTM(4, 3, 2, bidirectional=True)
    plain = run(lstm, x())
    for steps, held in ((None, [0, 1, 2, 3, 4]), ([1, -1], [1, 4])):
        with intervene(lstm, Hold("f", value, units=np.array([2, 0]), layer=1, direction=1, steps=steps)):
            trace = run(lstm, x())
        others = [step for step in range(5) if step not in held]
        assert (trace.f[1, 1][held][..., [0, 2]] == 0.25).all()
        torch.testing.assert_close(trace.f[1, 1][..., 1][[4]], plain.f[1, 1][..., 1][[4]])
        assert not (trace.f[1, 1][others] == 0.25).any()
        torch.testing.assert_close(trace.h[0], plain.h[0])
        torch.testing.assert_close(trace.h[1, 0], plain.h[1, 0])


def test_another_trace_is_put_in_step_by_step_and_a_longer_or_shorter_one_only_at_steps_that_it_has():
    lstm = nn.LSTM(4, 3)
    long, short = run(lstm, x(7)), run(lstm, x(3) + 1)

    def held(steps, value):
        with intervene(lstm, Hold("c", value, units=[1], steps=steps)):
            return run(lstm, x(5)).c[0, 0, :, :, 1]

    torch.testing.assert_close(held([0, 4], long)[[0, 4]], long.c[0, 0, [0, 4], :, 1])
    torch.testing.assert_close(held([2], short)[2], short.c[0, 0, 2, :, 1])
    torch.testing.assert_close(held([1, 2], short.sel(time=[1, 2], unit=1))[[1, 2]], short.c[0, 0, [1, 2], :, 1])
    for steps, value, says in (
        ([2, 3], short, "a trace that has the steps [3], got one of 3 steps"),
        ([0, 2], short.sel(time=[1, 2]), "has the steps [0], got a part with the steps [1, 2]"),
        ([1], short.sel(unit=0), "a trace with units [1] of c in layer 0, direction 0, got a part with layer [0]"),
        ([1], run(nn.LSTM(4, 2), x(5)), "direction 0, got one of (layers, directions, units) = (1, 1, 2)"),
        ([1], run(nn.GRU(4, 3), x(5)), "a Trace as the value, got a GruTrace"),
    ):  # fmt: skip
        with pytest.raises(LstmCoreError, match=re.escape(says)):
            held(steps, value)


def test_a_function_gets_what_would_have_been_and_what_it_returns_is_held():
    lstm, seen = nn.LSTM(4, 3), []
    plain = run(lstm, x())

    def half(value):
        seen.append(value)
        return value / 2

    with intervene(lstm, Hold("f", half, units=[2, 1], steps=[0])):
        trace = run(lstm, x())
    assert [tuple(value.shape) for value in seen] == [(2, 2)]
    torch.testing.assert_close(trace.f[0, 0, 0][:, [2, 1]], plain.f[0, 0, 0][:, [2, 1]] / 2)
    torch.testing.assert_close(trace.f[0, 0, 0, :, 0], plain.f[0, 0, 0, :, 0])
    wrong = r"\(batch, unit\) = \(2, 3\), as the one that it gets, got Tensor of shape \(7,\)"
    with pytest.raises(LstmCoreError, match=wrong), intervene(lstm, Hold("f", lambda _: torch.zeros(7))):
        run(lstm, x())


@pytest.mark.parametrize(
    ("steps", "calls", "says"),
    [
        ([0, 4, -5], [5], ""), ([4], [3, 5], ""), ([5], [5], "got steps 0 to 4 in the block: nothing was held"),
        ([-6], [5], "nothing was held at step -6"), ([1], [], "got no call in the block: nothing was held at step 1"),
        (range(5, 11), [5], "at step 5, 6, 7, 8, 9, …. Give steps"), (range(5, 10), [5], "5, 6, 7, 8, 9. Give"),
    ],
)  # fmt: skip
def test_steps_that_never_came_are_named(steps, calls, says):
    lstm = nn.LSTM(4, 3)

    def block():
        with intervene(lstm, Hold("f", 0.0, steps=steps)), torch.no_grad():
            for length in calls:
                lstm(x(length))

    if says:
        with pytest.raises(LstmCoreError, match=re.escape(says)):
            block()
    else:
        block()


def test_a_cells_steps_are_its_calls_since_the_outermost_block():
    cell = nn.LSTMCell(4, 3)

    def call():
        with record(cell) as recording, torch.no_grad():
            cell(x()[0])
        return bool((recording.only.f == 0.5).any())

    with intervene(cell, Hold("f", 0.5, steps=[1, 3])):
        first = [call(), call()]
        with intervene(cell, Hold("i", 0.5, steps=[2])):
            inside = call()
        last = [call(), call()]
    assert (first, inside, last) == ([False, True], False, [True, False])

    def in_two_blocks():
        with intervene(cell, Hold("f", 0.5, steps=[0])):
            call()
            with intervene(cell, Hold("i", 0.5, steps=[0])):
                call()

    with pytest.raises(LstmCoreError, match=r"got steps 1 to 1 in the block: nothing was held at step 0"):
        in_two_blocks()
    with pytest.raises(LstmCoreError, match=r"from 0 for an nn\.LSTMCell, .* got \[-1\]"):
        intervene(cell, Hold("f", 0.5, steps=[-1])).__enter__()


def test_of_a_packed_call_nothing_is_held_past_an_end_and_steps_below_0_count_from_it():
    lstm = nn.LSTM(4, 3)
    given = pack_padded_sequence(x(), [5, 2])
    for steps, held in ((None, [(0, 5), (0, 2)]), ([-1], [(4, 5), (1, 2)]), ([3], [(3, 4), (0, 0)])):
        with intervene(lstm, Hold("f", 0.25, steps=steps)):
            f = run(lstm, given).f[0, 0]
        for row, (first, end) in enumerate(held):
            assert (f[:, row] == 0.25).all(-1).nonzero().flatten().tolist() == list(range(first, end))
        assert f[2:, 1].isnan().all()


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_progress_comes_after_each_hundred_steps_of_what_runs_by_steps(kind):
    module, shares = kind(4, 3, 2, bidirectional=True), []
    with intervene(module, Hold("h", 0.0, units=[0], layer=1), progress=shares.append), torch.no_grad():
        module(x(2 * STEPS_BETWEEN))
    assert shares == pytest.approx([0.25, 0.5, 0.75, 1.0])
    shares.clear()
    with intervene(module, Hold("h", 0.0, units=[0], layer=1), progress=shares.append), torch.no_grad():
        module(x(STEPS_BETWEEN - 1))
    assert shares == []


@pytest.mark.parametrize(
    ("given", "by_name", "says"),
    [
        (("", 0, 0, [0], "f", 1.0, [0], 3), {}, "got 8 in order"), (("", 0), {"layer": 0}, "got layer twice"),
        (("", Hold("f", 0.0)), {}, "got a Hold beside parts"), ((), {}, "got nothing to hold"), ((3,), {}, "got int"),
        (("",), {"unit": [0]}, "got 'unit'. Write units=…"),
    ],
)  # fmt: skip
def test_the_parts_of_a_hold_come_once_each(given, by_name, says):
    lstm = nn.LSTM(4, 3)
    with pytest.raises(LstmCoreError, match=re.escape(says)):
        intervene(lstm, *given, **by_name)
    with intervene(lstm, "", 0, 0, [0], "f", 0.25, [0]):
        assert (run(lstm, x()).f == 0.25).sum() == 2


# Calls


def in_calls(module, *lengths, state=None, **kept):
    with torch.no_grad(), record(module, **kept) as recording:
        for n, length in enumerate(lengths):
            _, state = module(x(length) + n, state)
    return recording


def test_calls_of_a_module_are_one_run():
    lstm = nn.LSTM(4, 3, 2)
    trace, whole = in_calls(lstm, 2, 3).only, run(lstm, torch.cat([x(2), x(3) + 1]))
    assert trace.resets == ()
    for name, tensor in whole.tensors().items():
        torch.testing.assert_close(trace.tensors()[name], tensor)
    assert trace.numbers == {}


def test_one_step_of_a_cell_that_was_kept_has_its_number():
    cell, state = nn.GRUCell(4, 3), None
    with torch.no_grad(), record(cell, steps=[2]) as recording:
        for n in range(4):
            state = cell(x()[0] + n, state)
    assert recording.only.coords["time"] == (2,)
    with torch.no_grad(), record(cell, steps=slice(1, 3), keep="h") as recording:
        for n in range(4):
            cell(x()[0] + n)
    assert (recording.only.coords["time"], recording.only.resets) == ((1, 2), (1,))
    assert recording.only.kept == ("h",)
    assert "x" not in recording.only.tensors()


@pytest.mark.parametrize(
    ("steps", "there"),
    [
        (2, [2]), ([0, 3], [0, 3]), ([-1, 0], [0, 3]), ([3, 9, -4], [0, 3]), (slice(1, None, 2), [1, 3]),
        ([-1, 3], [3]),
        (torch.tensor([1]), [1]),
    ],
)  # fmt: skip
def test_the_steps_kept_of_each_call_are_counted_from_its_ends(steps, there):
    trace = in_calls(nn.LSTM(4, 3), 4, 4, steps=steps).only
    assert list(trace.coords["time"]) == there + [4 + step for step in there]
    assert trace.sizes["time"] == 2 * len(there)


@pytest.mark.parametrize("step", [4, -5])
def test_a_call_without_any_of_the_steps_is_refused(step):
    with pytest.raises(LstmCoreError, match=re.escape(f"some of the steps [{step}], got one of 4 steps")):
        in_calls(nn.LSTM(4, 3), 4, steps=[step])


def test_what_dropout_left_is_joined_with_what_nothing_was_dropped_of():
    lstm = nn.LSTM(4, 3, 2, dropout=0.5)
    torch.manual_seed(0)
    with torch.no_grad(), record(lstm) as recording:
        lstm(x())
        lstm.eval()
        lstm(x())
    trace, (first, second) = recording.only, recording.calls[""]
    assert second.h_read is None
    assert torch.equal(trace.h_read, torch.cat([first.h_read, second.h], 2))
    assert trace.resets == (5,)
    assert torch.equal(trace.h_read[1], trace.h[1])
    assert not torch.equal(first.h_read[0], first.h[0])
    assert in_calls(lstm, 2, 2).only.h_read is None


def test_of_a_batch_only_what_began_anew_starts_from_its_own_state():
    lstm = nn.LSTM(4, 3)
    with torch.no_grad(), record(lstm) as recording:
        _, (h, c) = lstm(x(3))
        h, c = h.clone(), c.clone()
        h[:, 1] = c[:, 1] = 0.25
        lstm(x(2), (h, c))
    trace, (first, _) = recording.only, recording.calls[""]
    assert trace.resets == (3,)
    assert trace.anew_in().tolist() == [[False, True]]
    assert torch.equal(trace.reset_c[0, 0, 0, 0], first.c[0, 0, -1, 0])
    assert (trace.reset_c[0, 0, 0, 1] == 0.25).all()
    assert (trace.reset_h[0, 0, 0, 1] == 0.25).all()


def test_a_recording_has_a_line_a_module():
    model = nn.ModuleDict({"a": nn.LSTM(4, 3, 2, bidirectional=True), "b": nn.GRUCell(4, 3), "c": nn.RNN(4, 1)})
    with torch.no_grad(), record(model) as recording:
        for batch in (2, 3):
            model["a"](x(1500, batch))
            model["b"](x()[0])
        model["c"](x(1, 1))
    head, a, b, c = repr(recording).splitlines()
    assert head == "Recording of 3 modules:"
    said = "3,000 steps, batch 2 to 3, 3 units 2 calls, apart: recording.calls['a'] max_error "
    assert " ".join(a.split()).startswith(f"a Trace 2 layers × 2 directions, {said}")
    assert " ".join(b.split()).startswith("b GruTrace 1 layer, 2 steps, batch 2, 3 units 2 calls max_error ")
    assert " ".join(c.split()).startswith("c RnnTrace 1 layer, 1 step, batch 1, 1 unit 1 call max_error ")
    assert {line.index("max_error") for line in (a, b, c)} == {a.index("max_error")}
    assert recording.names == ["a", "b", "c"]
    with pytest.raises(LstmCoreError, match=r"axis, got 2 calls with batch sizes \[2, 3\]. Take them one by one"):
        _ = recording["a"]
    with torch.no_grad(), record(model["a"]) as recording:
        for _ in range(2):
            model["a"](pack_padded_sequence(x(), [5, 2]))
    assert "2 calls, apart" in repr(recording)
    with pytest.raises(LstmCoreError, match=r"got 2 calls of packed sequences with batch sizes \[2, 2\]"):
        _ = recording.only
    with record(model["a"]) as recording:
        pass
    assert repr(recording) == "Recording of no module: none was called"


def test_a_long_run_of_another_kind_is_read_in_blocks_from_both_sides():
    for module in (nn.GRU(4, 3, 2, bidirectional=True), nn.RNN(4, 3, nonlinearity="relu"), nn.LSTM(4, 3, bias=False)):
        given, shares = x(BLOCK + 2, 1) / 4, []
        in_blocks = run_in_blocks(module, given, ["w"] * len(given), shares.append)
        at_once = run(module, given)
        for name, tensor in at_once.tensors().items():
            torch.testing.assert_close(in_blocks.tensors()[name], tensor, atol=1e-5, rtol=1e-4)
        assert in_blocks.config == at_once.config
        assert in_blocks.tokens == [["w"] * len(given)]
        sides = at_once.sizes["layer"] * at_once.sizes["direction"]
        each = [BLOCK, BLOCK + 2] if sides == 1 else None
        assert len(shares) == 2 * sides
        if each:
            assert shares == pytest.approx([done / len(given) for done in each])
        assert 0 <= in_blocks.proof.relative <= in_blocks.max_error < 1e-4
        assert in_blocks.proof.rounding


def test_the_config_is_what_the_module_is():
    cell = run(nn.RNNCell(4, 3, nonlinearity="relu"), x()[0])
    assert dict(cell.config) == {
        "input_size": 4, "hidden_size": 3, "num_layers": 1, "bidirectional": False, "bias": True, "batch_first": False,
        "dtype": "float32", "device": "cpu", "nonlinearity": "relu", "path": "replay",
    }  # fmt: skip
    lstm = run(nn.LSTM(4, 3, 2, bias=False, batch_first=True, bidirectional=True, proj_size=2).double(), x().double())
    assert dict(lstm.config) == {
        "input_size": 4, "hidden_size": 3, "num_layers": 2, "bidirectional": True, "bias": False, "batch_first": True,
        "dtype": "float64", "device": "cpu", "proj_size": 2, "path": "replay",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("time", "batch", "size"), [(5, 1024, 1), (5, 5000, 1), (5, 0, 5), (5, 512, 2), (2049, 1, 1024), (1024, 1, 1024)]
)
def test_so_many_steps_are_computed_at_once_as_have_a_thousand_rows(time, batch, size):
    found = pieces(time, batch)
    assert [(piece.start, piece.stop) for piece in found] == [(n, min(n + size, time)) for n in range(0, time, size)]


class Odd(nn.LSTMCell):
    """A cell that takes or returns something of its own."""

    def forward(self, x, hx=None):
        h, c = super().forward(x, hx if isinstance(hx, tuple) else None)
        return (h, 3) if self.odd else (h, c)


@pytest.mark.parametrize(
    ("odd", "given", "says"),
    [
        (True, (), "'Odd' to return (h, c), got (a tensor (2, 3), int)."),
        (False, (3,), "to take input and a state (h, c), got (a tensor (2, 4), int)."),
        (False, ([torch.zeros(2, 3), 3],), "to take input and a state (h, c), got (a tensor (2, 4), (a tensor (2, 3)"),
    ],
)  # fmt: skip
def test_a_cell_with_a_form_of_its_own_is_named(odd, given, says):
    cell = Odd(4, 3)
    cell.odd = odd

    def called():
        with record(cell):
            cell(torch.zeros(2, 4), *given)

    with pytest.raises(LstmCoreError, match=re.escape(says)):
        called()


def test_a_hold_shows_itself_in_a_notebook():
    shown = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", Hold("f", 0.5, units=[2], steps=[0, 3])._repr_html_()))
    assert "gate f value 0.5 units 2 layer 0 direction 0 steps 0, 3" in shown
    for value, told in (
        (torch.tensor(0.25), "value 0.25 "), (torch.zeros(5, 1, 3), "value numbers of shape (5, 1, 3) "),
        (run(nn.LSTM(4, 3), x()), "value that of a Trace, "), (torch.relu, "value what relu gives "),
    ):  # fmt: skip
        text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", Hold("f", value)._repr_html_()))
        assert told in text


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_what_is_held_or_in_a_graph_comes_back_in_the_form_in_which_it_was_given(kind):
    torch.manual_seed(0)
    module, first = kind(4, 3, 2, bidirectional=True), kind(4, 3, 2, bidirectional=True, batch_first=True)
    first.load_state_dict(module.state_dict())
    ways = (
        lambda module: intervene(module, Hold("h", 0.5, units=[1], layer=1)),
        lambda module: record(module, detach=False),
    )

    def states(given):
        return given if isinstance(given, tuple) else (given,)

    for way in ways:
        with way(module):
            output, ended = module(x())
            alone, of_alone = module(x()[:, 0])
            packed, of_packed = module(pack_padded_sequence(x(), [2, 5], enforce_sorted=False))
            short, of_short = module(x()[:2, :1])
        with way(first):
            turned, of_turned = first(x().transpose(0, 1))
        torch.testing.assert_close(turned.transpose(0, 1), output)
        torch.testing.assert_close(alone, output[:, 0])
        back, lengths = pad_packed_sequence(packed)
        assert lengths.tolist() == [2, 5]
        torch.testing.assert_close(back[:, 1], output[:, 1])
        torch.testing.assert_close(back[:2, 0], short[:, 0])
        each = map(states, (ended, of_alone, of_turned, of_packed, of_short))
        for whole, one, other, both, some in zip(*each, strict=True):
            torch.testing.assert_close(other, whole)
            torch.testing.assert_close(one, whole[:, 0])
            torch.testing.assert_close(both[:, 1], whole[:, 1])
            torch.testing.assert_close(both[:, 0], some[:, 0])
    cell = {nn.LSTM: nn.LSTMCell, nn.GRU: nn.GRUCell, nn.RNN: nn.RNNCell}[kind](4, 3)
    for way in (lambda module: intervene(module, Hold("h", 0.5, units=[1])), ways[1]):
        with way(cell):
            whole, one = states(cell(x()[0])), states(cell(x()[0, 0]))
        assert all(a.shape == (2, 3) and torch.allclose(a[0], b) for a, b in zip(whole, one, strict=True))


class Summed(nn.Module):
    """A recurrent module and a Linear, so that a checkpoint computes all of it again."""

    def __init__(self, inner):
        super().__init__()
        self.inner, self.linear = inner, nn.Linear(5, 1)

    def forward(self, x):
        result = self.inner(x)
        return self.linear(result[0] if isinstance(result, tuple) else result).sum()


@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.parametrize("options", [{}, {"exact": False}, {"detach": False}], ids=str)
def test_a_checkpoint_that_computes_a_call_again_adds_none(options, reentrant):
    for inner in (nn.LSTM(4, 5), nn.LSTM(4, 5, 2), own_cells.own(own_cells.LSTM)):
        model, x = Summed(inner), torch.randn(6, 3, 4, requires_grad=True)
        [expected] = torch.autograd.grad(model(x), x)
        with lstm_core.record(model, **options) as recording:
            checkpoint(model, x, use_reentrant=reentrant).backward()
        trace = recording.only
        assert (trace.sizes["time"], trace.resets, len(recording.calls["inner"])) == (6, (), 1)
        torch.testing.assert_close(x.grad, expected)
