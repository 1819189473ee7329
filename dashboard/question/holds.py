"""Which cell is pinned, which gates are held, which words are left out, and how is that written in a link?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lstm_core.quantities import TABLES

# Which cell of a trace is pinned, and how is it written in a link?

# A cell in a link.
CELL_PATTERN = r"[0-9]{1,6}(\.[0-9]{1,6}){2}(\.[01])?"


class Cell(NamedTuple):
    """One unit of one layer and direction, after one step."""

    layer: int
    direction: int
    unit: int
    step: int

    def __str__(self) -> str:
        """The cell in a link: "layer.unit.step", with ".1" at the end in direction 1."""
        return f"{self.layer}.{self.unit}.{self.step}" + (".1" if self.direction else "")

    def at(self) -> dict[str, int]:
        """The place of the cell by the names of a trace's dims."""
        return {"layer": self.layer, "direction": self.direction, "unit": self.unit, "time": self.step}


def read_cell(text: str) -> Cell | None:
    """Parse a cell from a link; None for "". Raises ValueError, which says what is allowed."""
    if not text:
        return None
    if not re.fullmatch(CELL_PATTERN, text):
        raise ValueError("it takes layer.unit.step, as in 0.2.3")
    layer, unit, step, direction = map(int, f"{text}.0".split(".")[:4])
    return Cell(layer, direction, unit, step)


# Which gates are held at which values, which words are left out, and how is that written in a link?

# What can be held: gates and states of an LSTM, a GRU and an RNN; each in the range that it has.
RANGE = {row.quantity: row.bounds for table in TABLES for row in table}
# The most holds of one view, and the most units, or steps, of one hold that are named by number.
MOST, MOST_NUMBERS = 40, 512
ALL = "all"
_LETTERS = "".join(RANGE)
_NUMBERS = r"\d{1,6}(?:-\d{1,6})?(?:,\d{1,6}(?:-\d{1,6})?)*"
_PLACES = rf"(?:{_NUMBERS}|{ALL})"
_VALUE = r"-?\d{1,4}(?:\.\d{1,6})?"
_HOLD = re.compile(rf"([{_LETTERS}])\.(\d{{1,6}})\.({_PLACES})\.({_PLACES})(\.[01])?_({_VALUE})", re.ASCII)
_WORD = re.compile(r"w\.(\d{1,6})", re.ASCII)
# All holds in a link; the values and the number of places are checked besides.
PATTERN = rf" *(?:(?:{_HOLD.pattern}|{_WORD.pattern})(?: +|$)){{0,{MOST}}}"
_ALLOWED = (
    f"it takes gate.layer.units.steps_value with {', '.join(_LETTERS[:-1])} or {_LETTERS[-1]}, and w.step, as in "
    "f.0.2.3_0 o.0.0,4-6.all_1 w.1"
)


class GateHold(NamedTuple):
    """A gate, c or h, of one layer and direction held at a value."""

    gate: str
    value: float
    layer: int = 0
    direction: int = 0
    units: tuple[int, ...] | None = None
    """In order; None: all units."""
    steps: tuple[int, ...] | None = None
    """In order; None: all steps."""

    def __str__(self) -> str:
        """The hold in a link: "gate.layer.units.steps_value", with ".1" after the steps in direction 1."""
        value = f"{self.value:.6f}".rstrip("0").rstrip(".")
        places = f"{named(self.units)}.{named(self.steps)}"
        return f"{self.gate}.{self.layer}.{places}{'.1' * self.direction}_{value}"


class Holds(NamedTuple):
    """What is changed before a text is read: gates that are held, and steps that are left out."""

    gates: tuple[GateHold, ...] = ()
    without: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gates or self.without)

    def __str__(self) -> str:
        """The holds in a link, separated by spaces."""
        return " ".join([*map(str, self.gates), *(f"w.{step}" for step in self.without)])


NONE = Holds()


def read_holds(text: str) -> Holds:
    """Parse the holds of a link. Raises ValueError, which says what is allowed."""
    gates, without, parts = [], set(), text.split()
    if len(parts) > MOST:
        raise ValueError(f"it takes at most {MOST} holds")
    for part in parts:
        if word := _WORD.fullmatch(part):
            without.add(int(word[1]))
        else:
            gates.append(_hold(part))
    return Holds(tuple(gates), tuple(sorted(without)))


def numbers(text: str) -> tuple[int, ...]:
    """Parse numbers and ranges, as in "0,3-5", in order and once. Raises ValueError, which says what is allowed.

    >>> numbers("7,0-2,1")
    (0, 1, 2, 7)
    """
    if not re.fullmatch(_NUMBERS, text, re.ASCII):
        raise ValueError("it takes numbers and ranges, as in 0,3-5")
    found: set[int] = set()
    for part in text.split(","):
        ends = sorted(int(end) for end in part.split("-"))
        # Of a run as long as a million, no more than tells that it is too long.
        found |= set(range(ends[0], min(ends[-1], ends[0] + MOST_NUMBERS) + 1))
    if len(found) > MOST_NUMBERS:
        raise ValueError(f"it takes at most {MOST_NUMBERS} units or steps by number, or {ALL}")
    return tuple(sorted(found))


def named(places: Iterable[int] | None) -> str:
    """Numbers in order as a link writes them: runs as ranges.

    >>> named((0, 3, 4, 5)), named(None)
    ('0,3-5', 'all')
    """
    if places is None:
        return ALL
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return ",".join(f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _hold(part: str) -> GateHold:
    found = _HOLD.fullmatch(part)
    if not found:
        raise ValueError(_ALLOWED)
    gate, layer, units, steps, direction, value = found.groups()
    low, high = RANGE[gate]
    if not low <= float(value) <= high:
        raise ValueError(f"{gate} lies from {low:g} to {high:g}")
    places = (None if text == ALL else numbers(text) for text in (units, steps))
    # No minus before 0: equal holds have one text.
    return GateHold(gate, float(value) + 0.0, int(layer), 1 if direction == ".1" else 0, *places)
