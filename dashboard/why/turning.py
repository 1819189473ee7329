"""What turns an answer? A gate of a unit held shut or open at its step, or a word left out.

A hold of the pinned unit is offered before all others, and nothing whose effect is not worth telling.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor

from gatescope.question.holds import Cell, GateHold
from gatescope.reading.held import HeldReading, in_steps, steps_left
from gatescope.why.changes import WORTH, turned, unlike
from gatescope.why.drawer import Turn
from gatescope.why.names import step_name
from gatescope.why.without_words import said
from lstm_core import Hold, Trace, intervene
from lstm_core.plots.labels import signed
from lstm_core.quantities import Gate, table_of
from lstm_core.recording.kinds import kind_of
from lstm_core.traces.trace import own_letter

MOST = 1_000_000_000
"""The most multiplications, in one batch, about 0.1 s, with which every unit is tried, and not the pinned one alone."""


class Tried(NamedTuple):
    """One change that was tried."""

    hold: str
    said: str
    is_pinned: bool
    """Whether it is a hold of the pinned unit."""


def gates_tried(found: HeldReading) -> list[tuple[str, float]]:
    """Each gate of a cell shut and open; none of a plain RNN."""
    rows = table_of(kind_of(found.reading.lstm).trace.quantities)
    return [(row.quantity, value) for row in rows if row.scale == "gates" for value in row.bounds]


def units_tried(found: HeldReading, cell: Cell) -> list[int]:
    """The units whose gates are tried, the pinned one first."""
    reading = found.reading
    steps = len(reading.tokens) if reading.lstm.bidirectional else 1
    units = reading.lstm.hidden_size
    if steps * units * len(gates_tried(found)) * reading.parameters > MOST:
        return [cell.unit]
    return [cell.unit, *(unit for unit in range(units) if unit != cell.unit)]


@torch.no_grad()
def answers_held(found: HeldReading, cell: Cell, units: Sequence[int]) -> Tensor:
    """(gate * unit, label): the model's answers at a cell's step, with each gate of each unit held at that step, beside
    what is held anyway."""
    reading, holds, gates = found.reading, found.holds, gates_tried(found)
    model, trace = found.model, found.trace
    if not gates:
        return torch.zeros(0, len(model.labels))
    number, kind = len(gates) * len(units), kind_of(reading.lstm)
    left, given = steps_left(holds, len(trace.x)), None
    if not reading.lstm.bidirectional:
        # One step from where the last one ended: a word that is left out keeps the state of the one before.
        left = [cell.step]
        given = kind.as_given({of: _before(trace, of, cell.step).repeat(1, number, 1) for of in kind.states})
    at, x = left.index(cell.step), trace.x[left]
    tried = [_each_alone(gate, rows, cell, units, number, at) for gate, rows in _rows(gates, len(units))]
    with intervene(reading.lstm, *in_steps(holds, left), *tried):
        output, _ = reading.lstm(x.expand(-1, number, -1), given)
    return model.probabilities(model.linear(output[at])[None])[0]


def _before(trace: Trace, letter: str, step: int) -> Tensor:
    """(layer, batch, unit): a state of every layer before a step."""
    found: Tensor = getattr(trace, letter)[:, 0, step - 1] if step else getattr(trace, f"{letter}0")[:, 0]
    return found


def _rows(gates: Sequence[tuple[str, float]], units: int) -> list[tuple[str, list[tuple[float, slice]]]]:
    """For each gate, its values and the rows of the batch that have them."""
    rows: dict[str, list[tuple[float, slice]]] = {}
    for number, (gate, value) in enumerate(gates):
        rows.setdefault(gate, []).append((value, slice(number * units, (number + 1) * units)))
    return list(rows.items())


def _each_alone(
    gate: str, rows: list[tuple[float, slice]], cell: Cell, units: Sequence[int], number: int, at: int
) -> Hold:
    """A gate held for one unit in each of some rows of a batch."""

    def value(would_be: Tensor) -> Tensor:
        held = would_be.expand(number, -1).clone()
        for to, part in rows:
            held[range(part.start, part.stop), list(units)] = to
        return held

    return Hold(cast("Gate", gate), value, None, cell.layer, cell.direction, [at])


def tried_holds(found: HeldReading, cell: Cell, units: Sequence[int]) -> list[Tried]:
    """Each gate of each unit, in the order of `answers_held`."""
    trace = found.trace
    cells = {own_letter(trace, of): trace.cells(of, cell.layer, cell.direction)[:, cell.step] for of in trace.kept}
    written = own_letter(trace, "g")
    before = trace.before("c")[cell.layer, cell.direction, cell.step, 0]
    return [
        Tried(
            str(GateHold(gate, value, cell.layer, cell.direction, (unit,), (cell.step,))),
            _had(gate, value, unit, float(cells[gate][unit]), float(before[unit]), float(cells[written][unit])),
            unit == cell.unit,
        )
        for gate, value in gates_tried(found)
        for unit in units
    ]


def _had(gate: str, value: float, unit: int, was: float, before: float, candidate: float) -> str:
    much = "all" if value else "none"
    kept = f"kept {much} of its {signed(before)}"
    did = {
        "f": kept,
        "z": kept,
        "i": f"let in {much} of its {signed(candidate)}",
        "o": f"shown {much} of its c",
        "r": f"let its candidate see {much} of the h before",
    }[gate]
    return f"Had unit {unit} {did} ({gate} = {value:g}, not {was:.2f})"


def tried_words(found: HeldReading, words: Sequence[int]) -> list[Tried]:
    """Each word left out."""
    numbers = found.reading.series is not None
    return [Tried(f"w.{word}", f"Without {step_name(found.reading.tokens, word, numbers)}", False) for word in words]


def best_turn(
    found: HeldReading, tried: Sequence[Tried], before: Tensor, after: Tensor, spread: float
) -> tuple[Turn | None, str]:
    """The change that turns the answer `before` (label,) most, else the one that changes it most, of those whose
    effect is worth telling; or a sentence that there is none. `after`: (change, label)."""
    model = found.model
    moves, turns = unlike(model, before, after, spread).nan_to_num(), turned(model, before, after).nan_to_num()
    for found_by, does_turn in ((turns, True), (moves, False)):
        worth = [n for n, amount in enumerate(found_by.tolist()) if amount >= WORTH]
        if worth:
            best = max(worth, key=lambda n: (tried[n].is_pinned, float(found_by[n])))
            one = tried[best]
            return Turn(
                hold=one.hold, said=one.said, was=said(found, before), becomes=said(found, after[best]), turns=does_turn
            ), ""
    if not tried:
        return None, "There is nothing to try: a plain RNN has no gate, and no other step is read."
    most, of = float(moves.max()), " of the range of the forecasts" if model.gives == "value" else ""
    each = ["each step left out"] if tried[-1].hold.startswith("w") else []
    if gates := gates_tried(found):
        units = "every unit" if len(tried) > len(gates) and not tried[1].is_pinned else "this unit"
        each.insert(0, f"each gate of {units} shut and open here")
    least = f"No change that was tried moves the answer by {WORTH:g}{of}"
    return None, f"{least}. Tried: {', '.join(each)}. The largest change is {most:.3f}."
