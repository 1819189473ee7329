"""What does the drawer below the picture say of a pinned cell, and of the answer at its step?

Numbers and sentences: the browser draws them in the picture's own columns.
"""

from __future__ import annotations

from typing import TypedDict

from gatescope.question.holds import Cell
from gatescope.reading.answers import Said


class Drawer(TypedDict):
    """Everything in the drawer. Where a part is not said, the sentence beside it says why."""

    cell: Cell
    still: Still
    answer: TheAnswer | None
    no_answer: str
    without: list[Without]
    no_without: str
    turn: Turn | None
    no_turn: str


class Still(TypedDict):
    """What still stands in c of the cell: its ledger."""

    first: int
    """The step of the first share."""
    shares: list[float]
    """A share for each step from `first` on."""
    start: float
    """The share of the state that the reading started from."""
    earlier: float
    """The shares of all steps that have none here, summed."""
    c: float
    said: str


class TheAnswer(TypedDict):
    """What each input did for the answer, against a baseline: `lstm_core.explain`.

    `agrees` is false where single erasures contradict the parts, which are no causes then.
    """

    target: str
    """What is answered, in words."""
    labels: list[str]
    """What may be asked about instead."""
    baseline: str
    effect: float
    error: float
    direct: float | None
    """None without an effect."""
    features: list[str]
    """The features, where numbers are read; empty for words."""
    first: int
    """The step of the first part."""
    parts: list[list[float]]
    """(feature, step): a row for each feature, or one for words."""
    said: str
    agrees: bool
    path: Path | None
    """None where none is asked for, or may be drawn."""
    no_path: str
    """Why no path may be drawn; "" where it may."""


class Path(TypedDict):
    """How one word, or one feature at one step, reached the answer."""

    step: int
    feature: int | None
    effect: float
    error: float
    lines: list[Carried]
    """What units carried on from steps, where it is a part of the effect that can be seen."""
    said: str


class Carried(TypedDict):
    """What one unit carried on from one step."""

    layer: int
    step: int
    unit: int
    kept: float
    """In c."""
    reread: float
    """Read again through h."""


class Without(TypedDict):
    """What the model answers at the cell's step when one word is left out."""

    step: int
    label: str
    share: float | None
    framed: bool
    """Whether the answer changes so much that it is worth a look."""


class Turn(TypedDict):
    """The change that turns the answer, or changes it most."""

    hold: str
    """The hold, as in a link."""
    said: str
    was: Said
    becomes: Said
    turns: bool
    """Whether the answer is another one then."""


def short(value: float) -> float:
    """A number for the browser, with seven digits, as many as a float32 has."""
    return float(f"{value:.7g}")
