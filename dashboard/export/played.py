"""Where is each step in a sheet, so that a film can cover what is not read yet?

The animation (`assets/browser/film`) reads this from the figure's `meta`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from lstm_core.plots import step_axis
from lstm_core.plots.columns import Columns


class Area(TypedDict):
    """A part of a sheet over the steps, in pixels: from `top` to `words` are words, from there to `bottom` values."""

    axis: str
    """The name of its axis of steps in the figure's layout."""
    left: float
    right: float
    top: float
    words: float
    bottom: float
    direction: int
    """0 if it is read from the left, 1 if from the right."""


class Story(TypedDict):
    """A sentence for each step, in place of the one on the pinned cell: its middle in pixels from the top."""

    lines: list[str]
    middle: float
    letters: int
    colour: str


class Played(TypedDict):
    """What a player needs of a sheet."""

    edges: list[float]
    """Where each visible column begins, and the last one ends, in steps."""
    names: list[str]
    """The name of each visible column: its word."""
    areas: list[Area]
    story: Story | None
    paper: str
    ink: str


def edges_and_names(tokens: Sequence[str], columns: Columns, steps: range) -> tuple[list[float], list[str]]:
    """Where each visible column begins, and the last one ends, in steps; and each column's name."""
    first, last = (_column(columns, step) for step in (steps[0], steps[-1]))
    edges = [float(columns.first + number * columns.per) - 0.5 for number in range(first, last + 1)]
    end = min(columns.steps, columns.first + (last + 1) * columns.per) - 0.5
    names = [step_axis.column_name(number, tokens, columns) for number in range(first, last + 1)]
    return [*edges, end], names


def _column(columns: Columns, step: int) -> int:
    return (step - columns.first) // columns.per
