"""Which cell of a trace is pinned, and how is it written in a link?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    # Opening a page must not wait for torch.
    from lstm_core import Trace


PATTERN = r"[0-9]{1,6}(\.[0-9]{1,6}){2}(\.[01])?"
"""A cell in a link."""


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

    def is_in(self, trace: Trace) -> bool:
        """Whether the trace has this cell."""
        layers, directions, steps, _, units = trace.c.shape
        return all(at < size for at, size in zip(self, (layers, directions, units, steps), strict=True))

    def missing_in(self, trace: Trace) -> str:
        """The beginning of a sentence about a trace that does not have this cell."""
        layers, directions, steps, _, units = trace.c.shape
        last = Cell(layers - 1, directions - 1, units - 1, steps - 1)
        return f"There is no cell {self} (layer.unit.step): the last one is {last}"


class Event(NamedTuple):
    """What a path to the answer at a cell begins at: a whole step, or one feature of a series at a step."""

    step: int
    feature: int | None = None


def read_cell(text: str) -> Cell | None:
    """Parse a cell from a link; None for "". Raises ValueError, which says what is allowed."""
    if not text:
        return None
    if not re.fullmatch(PATTERN, text):
        raise ValueError("it takes layer.unit.step, as in 0.2.3")
    layer, unit, step, direction = map(int, f"{text}.0".split(".")[:4])
    return Cell(layer, direction, unit, step)
