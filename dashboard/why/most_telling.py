"""Which gate of which unit matters most? The one that, held at 0, turns an answer over or changes it most."""

from __future__ import annotations

import copy
from typing import NamedTuple

import torch
from torch import Tensor

from dashboard.question.cell import Cell
from dashboard.question.source import Source
from dashboard.reading.read import Reading
from dashboard.store.budgets import Budget
from dashboard.store.remembered import remembered
from dashboard.why.turning import Turn, surest
from lstm_core import Hold, SequenceModel, Trace, intervene
from lstm_core.traces import Quantity

# The most steps × units², and steps, that are tried for all gates together, about 0.2 s: all units are tried at once,
# as sequences of one batch, and a held gate makes the layer run step by step.
MOST, MOST_STEPS = 5_000_000, 2_000
# A change below this is none.
LEAST = 0.005
GATES: tuple[Quantity, ...] = ("o", "f", "i")
"""The gates that are tried: at 0 a unit is not shown, keeps nothing, or takes nothing in. Where there is little room
only the first."""


class MostTelling(NamedTuple):
    """A gate of a unit of the last layer that is held at 0 at every step, and where an answer changes most by that."""

    cell: Cell
    gate: Quantity
    label: str
    """The label, or the column of a forecast; the answer that turns over, if one does."""
    before: float
    after: float
    turn: Turn | None
    """The answer that turns over; None if none does."""


def most_telling(source: Source, reading: Reading) -> MostTelling | None:
    """The gate that, held at 0 at every step, turns an answer over most surely, or if none does, changes one most; None
    without a trained model, for a text or LSTM too large to try all units, or if no unit changes anything."""
    trace = reading.trace
    return _found(source, reading, trace) if trace is not None and is_tried(reading) else None


def is_tried(reading: Reading) -> bool:
    """Whether the gates are tried: there is a trained model, and text and LSTM are not too large."""
    answers = reading.model is not None and reading.model.gives != "hidden"
    return answers and reading.trace is not None and _fits(reading.trace, 1)


def _fits(trace: Trace, gates: int) -> bool:
    _, directions, steps, _, units = trace.c.shape
    each = gates * directions * steps
    return each * units**2 <= MOST and each <= MOST_STEPS


@remembered(Budget.MEASURED, key=lambda source, reading, _: (source, reading.model is None), bytes_of=lambda _: 0)
def _found(_source: Source, reading: Reading, trace: Trace) -> MostTelling | None:
    model, before = reading.model, reading.probabilities()
    assert model is not None
    assert before is not None
    last, directions = trace.c.shape[0] - 1, trace.c.shape[1]
    tried = GATES if _fits(trace, len(GATES)) else GATES[:1]
    found: list[MostTelling] = []
    for direction in range(directions):
        for gate in tried:
            after = _with_each_held(reading, trace, Cell(last, direction, 0, 0), gate)
            one = _most_changed(model, before[:, None].expand_as(after), after)
            if one is not None:
                unit, label, step, turn = one
                was, becomes = (float(said[step, label]) for said in (before, after[:, unit]))
                cell = Cell(last, direction, unit, step)
                found.append(MostTelling(cell, gate, model.labels[label], was, becomes, turn))
    return max(found, key=lambda one: (one.turn.sure if one.turn else 0, abs(one.after - one.before)), default=None)


def _most_changed(model: SequenceModel, before: Tensor, after: Tensor) -> tuple[int, int, int, Turn | None] | None:
    """The unit that changes the answers (step, unit, label) most, the label and the step where it does, and the
    answer that turns over; None if nothing changes."""
    if turned := surest(model, before, after):
        unit, turn = turned
        return unit, model.labels.index(turn.was.label), turn.step, turn
    changes = (after - before).abs()
    step, unit, label = (int(n) for n in torch.unravel_index(changes.argmax(), changes.shape))
    return (unit, label, step, None) if changes[step, unit, label] > LEAST else None


def _with_each_held(reading: Reading, trace: Trace, place: Cell, gate: Quantity) -> Tensor:
    """(step, unit, label): the model's answers with a gate of each unit of a layer and direction held at 0."""
    units = trace.c.shape[-1]
    others = 1 - torch.eye(units, dtype=trace.c.dtype)
    # Another visitor may run this LSTM at the same time, without a hold.
    lstm, model = copy.deepcopy(reading.lstm), reading.model
    assert model is not None
    hold = Hold(gate, lambda value: value * others, layer=place.layer, direction=place.direction)
    with torch.no_grad(), intervene(lstm, hold):
        output, _ = lstm(trace.x.expand(-1, units, -1))
        return model.probabilities(model.linear(output))
