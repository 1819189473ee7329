"""A known cell is read by what was learned of its steps; a step that runs otherwise is seen as one of a new cell."""

import copy
import gc
import sys
import weakref

import pytest
import torch
from hand_written import Coupled, EaLstm, Gru, LayerNormed, Loop, Lstm, MinGru, Stacked
from test_held_cells import HANDS, KEEP, Step, go

import lstm_core
from lstm_core import LstmCoreError, record
from lstm_core.finding import chains, notes, watch

STEPS = 24
WAYS = {name: hand for name, hand in HANDS.items() if name != "each eighth"} | {
    "numpy": lambda h, c: (h, torch.from_numpy(c.detach().numpy().copy())),
    "another sum": lambda h, c: (h, c + 0.1 * h),
    "another operation": lambda h, c: (h, torch.cumsum(c, -1)),
    "a product": lambda h, c: (h, c * 0.5),
    "an activation": lambda h, c: (h, c.tanh()),
    "anew": lambda h, c: (torch.zeros_like(h), torch.zeros_like(c)),
    "c anew": lambda h, c: (h, torch.zeros_like(c)),
    "rows in another order": lambda h, c: (h[[1, 0, 2]], c[[1, 0, 2]]),
    "fewer rows": lambda h, c: (h[:2], c[:2]),
    "a mask as a sum": lambda h, c: (h, KEEP * c + (1 - KEEP) * c),
    "clamped": lambda h, c: (h, c.clamp(-0.2, 0.2)),
    "overwritten": lambda h, c: (h, c.mul_(0.5)),
    "overwritten by a mask": lambda h, c: (h, c.mul_(KEEP)),
}


def recorded(step, hand, at, gradients):
    """What a recording of a loop has, or the sentence it ends with; after some steps the state goes another way."""
    seen = []

    def hand_on(h, c):
        seen.append(c)
        return hand(h, c) if len(seen) in at else (h, c)

    torch.manual_seed(1)
    try:
        with torch.set_grad_enabled(gradients), lstm_core.record(step) as recording:
            go(step, hand_on, STEPS)
    except LstmCoreError as error:
        return str(error)
    return [{letter: getattr(trace, letter) for letter in trace.kept} for trace in recording.calls[""]]


@pytest.mark.parametrize("at", [(3,), (12,), (12, 13, 14), (11, 13), tuple(range(12, 25)), (24,)])
@pytest.mark.parametrize("way", WAYS)
def test_a_known_cell_gives_what_a_new_one_gives_also_where_a_step_goes_another_way(way, at):
    step = Step()
    new = copy.deepcopy(step)
    for _ in range(2):
        with lstm_core.record(step):
            go(step, HANDS["same"])
    for gradients in (False,) if way.startswith("overwritten") else (False, True):
        there, expected = recorded(step, WAYS[way], at, gradients), recorded(new, WAYS[way], at, gradients)
        if isinstance(expected, str):
            assert there == expected
            return
        for trace, wanted in zip(there, expected, strict=True):
            assert trace.keys() == wanted.keys()
            assert all(torch.equal(trace[letter], wanted[letter]) for letter in wanted)


LONG = {
    "lstm": lambda: Loop(Lstm(3, 4), 4),
    "layer norm": lambda: Loop(LayerNormed(3, 4), 4),
    "coupled": lambda: Loop(Coupled(3, 4), 4),
    "EA-LSTM": lambda: Loop(EaLstm(3, 4), 4),
    "minGRU": lambda: Loop(MinGru(3, 4), 4, states=1),
    "GRU": lambda: Loop(Gru(3, 4), 4, states=1),
    "two layers": lambda: Stacked(3, 4, True),
}


@pytest.mark.slow
@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("name", LONG)
def test_every_step_of_a_long_run_of_a_known_cell_has_the_gates_that_it_used(name, gradients):
    model = LONG[name]()
    with lstm_core.record(model):
        model(torch.randn(5, 2, 3))
    cells = [module for module in model.modules() if hasattr(module, "kept")]
    for steps in (70, 1100):
        for cell in cells:
            cell.kept.clear()
        with torch.set_grad_enabled(gradients), lstm_core.record(model) as recording:
            model(torch.randn(steps, 2, 3))
        for trace, cell in zip(recording.values(), cells, strict=True):
            assert trace.max_error == 0
            for letter in trace.kept:
                truth = torch.stack([step[letter] for step in cell.kept])
                assert torch.equal(getattr(trace, letter)[0, 0].detach(), truth.expand_as(trace.c[0, 0]))


class Asking(Lstm):
    """Asks for the shape of its state at each step."""

    def forward(self, x, h, c):
        assert h.shape == c.shape
        assert x.size(0) == len(h)
        return super().forward(x, h, c)


@pytest.mark.parametrize("name", ["lstm", "layer norm", "coupled", "two layers", "asking"])
def test_what_runs_as_it_did_before_is_not_looked_at_again(name):
    """Counted in calls of the library's functions: a look at each operation takes far more of them."""
    model, x, calls = (LONG | {"asking": lambda: Loop(Asking(3, 4), 4)})[name](), torch.randn(60, 2, 3), list[int]()
    for cell in model.modules():
        cell.keep = lambda **_: None

    def count(frame, event, _):
        calls[-1] += event == "call" and "lstm_core" in frame.f_code.co_filename

    for _ in range(3):
        calls.append(0)
        with lstm_core.record(model):
            sys.setprofile(count)
            try:
                model(x)
            finally:
                sys.setprofile(None)
    assert 0 < calls[2] < calls[0] / 2


def _halve(values: torch.Tensor):
    return values.mul_(0.5)


class Reusing(torch.nn.Module):
    """Overwrites its output gate once h is computed, and keeps what it was."""

    def __init__(self, by):
        super().__init__()
        self.lin, self.by, self.gates = torch.nn.Linear(11, 24), by, []

    def forward(self, x, h, c):
        i, f, g, o = [gate.clone() for gate in self.lin(torch.cat((x, h), 1)).sigmoid().chunk(4, 1)]
        c = f * c + i * g
        h = o * c.tanh()
        self.gates.append(o.clone())
        self.by(o)
        return h, c


def test_an_output_gate_that_is_overwritten_after_its_use_is_recorded_as_it_was_used():
    cell = Reusing(_halve)
    for _ in range(3):
        cell.gates.clear()
        with torch.no_grad(), lstm_core.record(cell) as recording:
            go(cell, HANDS["same"], STEPS)
        assert torch.equal(recording.only.o[0, 0], torch.stack(cell.gates))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")
def test_an_output_gate_that_a_script_overwrites_after_its_use_is_refused():
    cell = Reusing(torch.jit.script(_halve))
    for _ in range(3):
        refused = pytest.raises(LstmCoreError, match="overwritten by code that is not seen")
        with refused, torch.no_grad(), lstm_core.record(cell):
            go(cell, HANDS["same"], STEPS)


def test_a_known_cell_whose_way_is_unseen_once_is_found_anew_next():
    step = Step()
    with lstm_core.record(step):
        go(step, HANDS["same"])
    assert "by a way that is not followed" in recorded(step, WAYS["another operation"], (12,), False)
    [trace] = recorded(step, HANDS["same"], (), False)
    assert trace["c"].shape == (1, 1, STEPS, 3, 6)


def test_large_memories_of_a_known_cell_go_when_the_model_lets_them_go():
    cell, memories = MinGru(3, 1 << 15), []
    cell.keep = lambda **_: None
    with torch.no_grad():
        for _ in range(2):
            memories.clear()
            h = torch.zeros(1, 1 << 15)
            with lstm_core.record(cell):
                for row in torch.randn(12, 1, 3):
                    (h,) = cell(row, h)
                    memories.append(weakref.ref(h))
                there = [step for step, memory in enumerate(memories) if memory() is not None]
    assert there[0] >= 9


class Keeping(torch.nn.Module):
    """It keeps its gates, and after one step it multiplies its memory with an old one, as with a mask."""

    def __init__(self):
        super().__init__()
        self.lin, self.at, self.kept = torch.nn.Linear(11, 24), None, []

    def forward(self, x, h, c):
        i, f, g, o = [gate.sigmoid() for gate in self.lin(torch.cat((x, h), 1)).chunk(4, 1)]
        self.kept.append(i)
        c = f * c + i * g
        h = o * c.tanh()
        if len(self.kept) == self.at:
            c = self.kept[2] * c
        return h, c


def test_a_gate_that_a_known_cell_kept_for_many_steps_is_still_known_to_come_from_its_weights():
    cell = Keeping()
    new, said = copy.deepcopy(cell), []
    for _ in range(3):
        cell.kept.clear()
        with torch.no_grad(), lstm_core.record(cell):
            go(cell, HANDS["same"], STEPS)
    for each in (cell, new):
        each.kept, each.at = [], 12
        said.append(recorded(each, HANDS["same"], (), False))
    assert isinstance(said[1], str)
    assert said[0] == said[1]


@pytest.mark.parametrize("steps", [5, 70])
def test_a_trace_of_a_known_cell_keeps_no_more_memory_than_its_values(steps):
    model = Loop(Lstm(3, 4), 4)
    for _ in range(3):
        with torch.no_grad(), lstm_core.record(model) as recording:
            model(torch.randn(steps, 2, 3))
    for values in recording.only.tensors().values():
        assert values.untyped_storage().nbytes() <= (steps + 1) * 2 * 4 * 4


NOTED = notes.Node | chains.Visit | chains.Chain | watch.Watch


@pytest.mark.slow
@pytest.mark.parametrize("gradients", [True, False])
def test_what_was_noted_goes_with_the_block_and_waits_for_no_collector(gradients):
    def noted():
        return sum(issubclass(type(one), NOTED) for one in gc.get_objects())

    model, x = Loop(Lstm(3, 4), 4), torch.randn(20, 2, 3)
    gc.collect()
    gc.disable()
    try:
        before = noted()
        for _ in range(4):
            with torch.set_grad_enabled(gradients), record(model) as recording:
                model(x)
            assert noted() == before
            assert recording.only.max_error == 0
    finally:
        gc.enable()
