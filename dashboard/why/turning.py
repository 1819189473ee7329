"""What turns an answer? A gate of a unit held shut or open at its step, or a word left out.

A hold of the pinned unit is offered before all others, and nothing whose effect is not worth telling.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor

from dashboard.question.cell import Cell
from dashboard.question.holds import GateHold, read_holds
from dashboard.reading.held import HeldReading, in_steps, steps_left
from dashboard.why.changes import WORTH, turned, unlike
from dashboard.why.drawer import Turn
from dashboard.why.names import step_name
from dashboard.why.without_words import said
from lstm_core import Hold, Trace, intervene
from lstm_core.plots.labels import signed
from lstm_core.traces import Quantity

GATES: tuple[tuple[str, float], ...] = (("f", 0.0), ("f", 1.0), ("i", 0.0), ("i", 1.0), ("o", 0.0), ("o", 1.0))
"""Each gate shut and open."""
MOST = 1_000_000_000
"""The most multiplications, in one batch, about 0.1 s, with which every unit is tried, and not the pinned one alone."""


class Tried(NamedTuple):
    """One change that was tried."""

    hold: str
    said: str
    is_pinned: bool
    """Whether it is a hold of the pinned unit."""


def units_tried(found: HeldReading, cell: Cell) -> list[int]:
    """The units whose gates are tried, the pinned one first."""
    reading = found.reading
    steps = len(reading.tokens) if reading.lstm.bidirectional else 1
    units = reading.lstm.hidden_size
    if steps * units * len(GATES) * reading.parameters > MOST:
        return [cell.unit]
    return [cell.unit, *(unit for unit in range(units) if unit != cell.unit)]


@torch.no_grad()
def answers_held(found: HeldReading, cell: Cell, units: Sequence[int]) -> Tensor:
    """(gate * unit, label): the model's answers at a cell's step, with each gate of each unit held at that step, beside
    what is held anyway."""
    reading, holds = found.reading, found.holds
    model, trace = reading.model, reading.trace
    assert model is not None
    assert trace is not None
    left = steps_left(holds, len(trace.x))
    state: tuple[Tensor, Tensor] | None = None
    if not reading.lstm.bidirectional:
        # One step from where the last one ended: a word that is left out keeps the state of the one before.
        left, state = [cell.step], (_before(trace, "h", cell.step), _before(trace, "c", cell.step))
    at, x = left.index(cell.step), trace.x[left]
    number = len(GATES) * len(units)
    tried = [_each_alone(gate, rows, cell, units, number, at) for gate, rows in _rows(len(units))]
    given = None if state is None else tuple(one.repeat(1, number, 1) for one in state)
    with intervene(reading.lstm, *in_steps(holds, left), *tried):
        output, _ = reading.lstm(x.expand(-1, number, -1), given)
    return model.probabilities(model.linear(output[at])[None])[0]


def _before(trace: Trace, letter: str, step: int) -> Tensor:
    """(layer, batch, unit): a state of every layer before a step."""
    found: Tensor = getattr(trace, letter)[:, 0, step - 1] if step else getattr(trace, f"{letter}0")[:, 0]
    return found


def _rows(units: int) -> list[tuple[str, list[tuple[float, slice]]]]:
    """For each gate, its values and the rows of the batch that have them."""
    rows: dict[str, list[tuple[float, slice]]] = {}
    for number, (gate, value) in enumerate(GATES):
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

    return Hold(cast("Quantity", gate), value, None, cell.layer, cell.direction, [at])


def tried_holds(found: HeldReading, cell: Cell, units: Sequence[int]) -> list[Tried]:
    """Each gate of each unit, in the order of `answers_held`."""
    trace = found.reading.trace
    assert trace is not None
    cells = {name: trace.cells(name, cell.layer, cell.direction)[:, cell.step] for name in ("f", "i", "o", "g")}
    before = trace.before("c")[cell.layer, cell.direction, cell.step, 0]
    return [
        Tried(
            str(GateHold(gate, value, cell.layer, cell.direction, (unit,), (cell.step,))),
            _had(gate, value, unit, float(cells[gate][unit]), float(before[unit]), float(cells["g"][unit])),
            unit == cell.unit,
        )
        for gate, value in GATES
        for unit in units
    ]


def _had(gate: str, value: float, unit: int, was: float, before: float, candidate: float) -> str:
    much = "all" if value else "nothing"
    did = {
        "f": f"kept {much} of its {signed(before)}",
        "i": f"let {'all in' if value else 'nothing in'} of its {signed(candidate)}",
        "o": f"shown {much} of its c",
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
    model = found.reading.model
    assert model is not None
    moves, turns = unlike(model, before, after, spread).nan_to_num(), turned(model, before, after).nan_to_num()
    for found_by, does_turn in ((turns, True), (moves, False)):
        worth = [n for n, amount in enumerate(found_by.tolist()) if amount >= WORTH]
        if worth:
            best = max(worth, key=lambda n: (tried[n].is_pinned, float(found_by[n])))
            one = tried[best]
            return Turn(
                hold=one.hold, said=one.said, was=said(found, before), becomes=said(found, after[best]), turns=does_turn
            ), ""
    most, of = float(moves.max()), " of the range of the forecasts" if model.gives == "value" else ""
    units = "every unit" if len(tried) > len(GATES) and not tried[1].is_pinned else "this unit"
    also = ", each step left out" if tried[-1].hold.startswith("w") else ""
    tried_it = f"each gate of {units} shut and open here{also}"
    return None, f"Nothing tried changes it by {WORTH:g}{of}: {tried_it}. At most {most:.3f}."


def unit_of(turn: Turn) -> int:
    """The unit that a turn holds."""
    units = read_holds(turn["hold"]).gates[0].units
    assert units
    return units[0]
