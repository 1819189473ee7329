"""Which unit matters most? The one whose hold changes the model's answer most."""

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
from lstm_core import Hold, Trace, intervene

# The most steps × units² that are tried, about 0.2 s: all units are tried at once, as sequences of one batch.
MOST = 5_000_000
# A change below this is none.
LEAST = 0.005


class MostTelling(NamedTuple):
    """The unit of the last layer without which the answer changes most, where it does, and by how much."""

    cell: Cell
    label: str
    """The label whose probability changes most there, or the column of a forecast."""
    before: float
    after: float


def most_telling(source: Source, reading: Reading) -> MostTelling | None:
    """The unit whose output gate, held at 0 at every step, changes the model's answer most; None without a trained
    model, for a text or LSTM too large to try all units, or if no unit changes anything."""
    trace, model = reading.trace, reading.model
    if trace is None or model is None or model.gives == "hidden":
        return None
    _, directions, steps, _, units = trace.c.shape
    if directions * steps * units**2 > MOST:
        return None
    return _found(source, reading, trace)


@remembered(Budget.MEASURED, key=lambda source, reading, _: (source, reading.model is None), bytes_of=lambda _: 0)
def _found(_source: Source, reading: Reading, trace: Trace) -> MostTelling | None:
    model, before = reading.model, reading.probabilities()
    assert model is not None
    assert before is not None
    last, directions = trace.c.shape[0] - 1, trace.c.shape[1]
    found: MostTelling | None = None
    for direction in range(directions):
        after = _without_each(reading, trace, direction)
        changes = (after - before[:, None]).abs()
        step, unit, label = (int(n) for n in torch.unravel_index(changes.argmax(), changes.shape))
        if changes[step, unit, label] > max(LEAST, abs(found.after - found.before) if found else 0):
            probabilities = before[step, label].item(), after[step, unit, label].item()
            found = MostTelling(Cell(last, direction, unit, step), model.labels[label], *probabilities)
    return found


def _without_each(reading: Reading, trace: Trace, direction: int) -> Tensor:
    """(step, unit, label): the model's answers with each unit of the last layer turned off."""
    layers, *_, units = trace.c.shape
    others = 1 - torch.eye(units, dtype=trace.c.dtype)
    # Another visitor may run this LSTM at the same time, without a hold.
    lstm, model = copy.deepcopy(reading.lstm), reading.model
    assert model is not None
    hold = Hold("o", lambda gate: gate * others, layer=layers - 1, direction=direction)
    with torch.no_grad(), intervene(lstm, hold):
        output, _ = lstm(trace.x.expand(-1, units, -1))
        return model.probabilities(model.linear(output))
