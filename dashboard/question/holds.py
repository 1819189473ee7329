"""Which gates are held at which values, which words are left out, and how is that written in a link?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

RANGE = {"f": (0.0, 1.0), "i": (0.0, 1.0), "g": (-1.0, 1.0), "o": (0.0, 1.0), "c": (-1000.0, 1000.0)}
"""The gates that can be held, and c; each in the range that it has."""
MOST = 40
"""The most holds of one view."""
ALL = "all"
_HOLD = re.compile(r"([figoc])\.(\d{1,6})\.(\d{1,6}|all)\.(\d{1,6}|all)(\.[01])?_(-?\d{1,4}(?:\.\d{1,6})?)", re.ASCII)
_WORD = re.compile(r"w\.(\d{1,6})", re.ASCII)
_ALLOWED = "it takes gate.layer.unit.step_value with f, i, g, o or c, and w.step, as in f.0.2.3_0 w.1"


class GateHold(NamedTuple):
    """A gate, or c, of one layer and direction held at a value."""

    gate: str
    value: float
    layer: int = 0
    direction: int = 0
    unit: int | None = None
    """None: all units."""
    step: int | None = None
    """None: all steps."""

    def __str__(self) -> str:
        """The hold in a link: "gate.layer.unit.step_value", with ".1" after the step in direction 1."""
        unit, step = (ALL if number is None else number for number in (self.unit, self.step))
        value = f"{self.value:.6f}".rstrip("0").rstrip(".")
        return f"{self.gate}.{self.layer}.{unit}.{step}{'.1' * self.direction}_{value}"


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
    gates, without = [], set()
    for part in _parts(text):
        if word := _WORD.fullmatch(part):
            without.add(int(word[1]))
        else:
            gates.append(_hold(part))
    return Holds(tuple(gates), tuple(sorted(without)))


def _parts(text: str) -> Iterator[str]:
    parts = text.split()
    if len(parts) > MOST:
        raise ValueError(f"it takes at most {MOST} holds")
    yield from parts


def _hold(part: str) -> GateHold:
    found = _HOLD.fullmatch(part)
    if not found:
        raise ValueError(_ALLOWED)
    gate, layer, unit, step, direction, value = found.groups()
    low, high = RANGE[gate]
    if not low <= float(value) <= high:
        raise ValueError(f"{gate} lies from {low:g} to {high:g}")
    unit, step = (None if number == ALL else int(number) for number in (unit, step))
    # No minus before 0: equal holds have one text.
    return GateHold(gate, float(value) + 0.0, int(layer), 1 if direction == ".1" else 0, unit, step)
