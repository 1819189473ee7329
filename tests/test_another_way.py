"""A known cell's code takes another way: other factors, others first, a second memory, other weights."""

import pytest
import torch
from torch import nn

import lstm_core
from lstm_core import Hold, LstmCoreError
from lstm_core.finding.known import forget

KEEP = torch.tensor([[1.0], [1.0], [0.0]])
LETTERS = "cfigh"


class Cell(nn.Module):
    """An LSTM that tells what it computed; `way` changes how the sum of its memory is written."""

    def __init__(self):
        super().__init__()
        self.lin, self.other, self.way, self.log = nn.Linear(9, 20), nn.Linear(4, 10), "", []

    def step(self, x, h, c):
        i, f, g, o = self.lin(torch.cat([x, h], 1)).chunk(4, 1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        if self.way == "f":
            f = f * KEEP
        if self.way == "g":
            g = g * KEEP
        written = g * i if self.way == "swapped" else i * g
        c = f * c + written
        self.log.append((c, f, i, g, o * c.tanh()))
        return o * c.tanh(), c

    def forward(self, x):
        h = c = torch.zeros(3, 5)
        self.log.clear()
        for row in x:
            h, c = self.step(row, h, c)
        return h

    def logged(self):
        return {
            letter: torch.stack(values) for letter, values in zip(LETTERS, zip(*self.log, strict=True), strict=True)
        }


def cell_and_x():
    torch.manual_seed(0)
    return Cell(), torch.randn(9, 3, 4)


@pytest.mark.parametrize("order", ["01", "10", "0010", "111000", "000010"])
@pytest.mark.parametrize("way", ["f", "g", "swapped"])
def test_each_recording_of_a_cell_that_takes_two_ways_in_turn_is_what_it_computed(way, order):
    cell, x = cell_and_x()
    for turn in order:
        cell.way = way if turn == "1" else ""
        with torch.no_grad(), lstm_core.record(cell) as recording:
            cell(x)
        own, trace = cell.logged(), recording.only
        assert not trace.resets
        assert {q: torch.equal(getattr(trace, q)[0, 0], own[q]) for q in LETTERS} == dict.fromkeys(LETTERS, True)


@pytest.mark.parametrize("turned", [4, 7])
def test_of_a_cell_that_turns_to_another_order_in_the_middle_each_gate_is_the_one_it_used(turned):
    cell, x = cell_and_x()

    def run(at):
        cell.log.clear()
        h = c = torch.zeros(3, 5)
        for n, row in enumerate(x):
            cell.way = "swapped" if n >= at else ""
            h, c = cell.step(row, h, c)

    for at in (turned, 9, 9, 9, 0, 0, 9, turned):
        with torch.no_grad(), lstm_core.record(cell) as recording:
            run(at)
        assert all(torch.equal(getattr(recording.only, q)[0, 0], own) for q, own in cell.logged().items())


@pytest.mark.parametrize("way", ["g", "swapped"])
def test_i_is_held_also_where_a_cell_takes_another_way_than_it_was_recorded_on(way):
    cell, x = cell_and_x()
    with lstm_core.record(cell):
        cell(x)
    cell.way = way
    with torch.no_grad(), lstm_core.intervene(cell, Hold("i", 0.5)):
        cell(x)
    own = cell.logged()
    assert torch.equal(own["c"][0], 0.5 * own["g"][0])


def test_f_of_a_cell_with_another_factor_is_held_as_a_whole():
    cell, x = cell_and_x()
    held = []
    for way in ("", "f"):
        cell.way = way
        with lstm_core.record(cell):
            cell(x)
        cell.way = "f"
        with lstm_core.intervene(cell, Hold("f", 0.5)):
            held.append(cell(x))
        forget(cell)
    assert torch.equal(held[0], held[1])
    assert not torch.equal(held[0], cell(x))


@pytest.mark.parametrize("way", [lambda c, on: c * on, lambda c, on: on * c])
def test_a_start_that_a_mask_multiplies_is_the_start_of_a_known_cell_too(way):
    cell, x = cell_and_x()
    on = torch.ones(9, 3, 1)
    on[4, 1] = 0.0
    for _ in range(3):
        h, c, own = torch.zeros(3, 5), torch.full((3, 5), 0.25), []
        with torch.no_grad(), lstm_core.record(cell) as recording:
            for row, goes_on in zip(x, on, strict=True):
                h, c = cell.step(row, way(h, goes_on), way(c, goes_on))
                own.append((c, cell.log[-1][1]))
        trace = recording.only
        assert torch.equal(trace.c0[0, 0], torch.full((3, 5), 0.25))
        assert torch.equal(trace.f[0, 0], torch.stack([f for _, f in own]))


def test_a_gate_is_held_also_at_a_step_whose_factors_do_not_tell_which_it_is():
    cell, x = cell_and_x()
    start = nn.Parameter(torch.zeros(5))

    def run():
        c = torch.zeros(3, 5)
        for n, row in enumerate(x):
            i, f, g, _ = cell.lin(torch.cat([row, c], 1)).chunk(4, 1)
            i, g = i.sigmoid(), g.tanh()
            i, g = (i + start, g + start) if n == 0 else (i, g)
            c = f.sigmoid() * c + i * g
        return c

    cell.forward = run
    with lstm_core.record(cell):
        plain = cell()
    with lstm_core.intervene(cell, Hold("i", 0.0)):
        held = cell()
    assert plain.any()
    assert not held.any()


class TwoMemories(Cell):
    """With a second memory d from some recording on; what each step leaves is kept."""

    def forward(self, x):
        h = c = d = torch.zeros(3, 5)
        kept = []
        for row in x:
            i, f, g, o = self.lin(torch.cat([row, h], 1)).chunk(4, 1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            kept.append(c.clone())
            if self.way == "two":
                f, i = self.other(row).sigmoid().chunk(2, 1)
                d = f * d + i * g.tanh()
                kept.append(d.clone())
            h = o.sigmoid() * (c + d).tanh() if self.way == "two" else o.sigmoid() * c.tanh()
        return h


def test_a_second_memory_of_a_known_cell_is_recorded_beside_the_first():
    torch.manual_seed(0)
    cell, x = TwoMemories(), torch.randn(9, 3, 4)
    found = []
    for cell.way in ("", "", "two", "two", "two", "two", "", ""):
        with lstm_core.record(cell) as recording:
            cell(x)
        found.append(len(recording))
    assert found == [1, 1, 2, 2, 2, 2, 1, 1]


class Encoded(nn.Module):
    """One cell encodes a text, then decodes what it said last."""

    def __init__(self):
        super().__init__()
        self.cell, self.out, self.steps = Cell(), nn.Linear(5, 4), 3

    def forward(self, x):
        h = c = torch.zeros(3, 5)
        self.cell.log.clear()
        for row in x:
            h, c = self.cell.step(row, h, c)
        for _ in range(self.steps):
            h, c = self.cell.step(self.out(h), h, c)
        return self.out(h)


@pytest.mark.parametrize("steps", [1, 3])
def test_an_encoder_and_a_decoder_of_one_cell_are_one_memory(steps):
    torch.manual_seed(0)
    model, x = Encoded(), torch.randn(9, 3, 4)
    model.steps = steps
    with torch.no_grad(), lstm_core.record(model) as recording:
        model(x)
    own = model.cell.logged()
    assert all(torch.equal(getattr(recording.only, q)[0, 0], own[q]) for q in LETTERS)


class Layers(nn.Module):
    """Layers that look at the input again: they share its weights, and have their own besides."""

    def __init__(self):
        super().__init__()
        self.inlet, self.gates = nn.Linear(4, 5), nn.ModuleList(nn.Linear(10, 10) for _ in range(9))

    def forward(self, x):
        c, seen = torch.zeros(3, 5), self.inlet(x[0])
        for layer in self.gates:
            t, g = layer(torch.cat([seen, c], 1)).chunk(2, 1)
            c = (1 - t.sigmoid()) * c + t.sigmoid() * g.tanh()
        return c


def test_layers_that_share_some_weights_are_no_steps():
    model = Layers()
    with pytest.raises(LstmCoreError, match="other weights at each step, as layers do"), lstm_core.record(model):
        model(torch.randn(9, 3, 4))


class Turning(nn.Module):
    """A minGRU whose two terms change places."""

    def __init__(self):
        super().__init__()
        self.z, self.n, self.turned, self.log = nn.Linear(4, 5), nn.Linear(4, 5), False, []

    def forward(self, x):
        h = torch.zeros(3, 5)
        self.log.clear()
        for row in x:
            z, n = self.z(row).sigmoid(), self.n(row).tanh()
            kept, written = (1 - z) * h, z * n
            first, second = (written, kept) if self.turned else (kept, written)
            h = first + second
            self.log.append((h, 1 - z, z, n))
        return h


@pytest.mark.parametrize("before", [1, 3])
def test_a_cell_whose_terms_change_places_is_not_held_by_what_is_known_and_is_recorded_as_it_runs(before):
    torch.manual_seed(0)
    cell, x = Turning(), torch.randn(9, 3, 4)
    for _ in range(before):
        with torch.no_grad(), lstm_core.record(cell):
            cell(x)
    cell.turned = True
    with pytest.raises(LstmCoreError, match="know which step is held"), lstm_core.intervene(cell, Hold("f", 0.3)):
        cell(x)
    with torch.no_grad(), lstm_core.record(cell) as recording:
        cell(x)
    own = zip("cfig", zip(*cell.log, strict=True), strict=True)
    assert all(torch.equal(getattr(recording.only, q)[0, 0], torch.stack(values)) for q, values in own)
