"""Which colours are there, and which has a range of numbers?"""

import json
from functools import cache
from typing import TypedDict, cast

from lstm_core.plots.page_figure import COLOURS_FILE, Look


class Ink(TypedDict):
    """The colours of letters and lines, and of what they stand on."""

    ink: str
    faint: str
    paper: str


class Inks(TypedDict):
    """By theme."""

    light: Ink
    dark: Ink


class ByTheme(TypedDict):
    """A scale's colours, in equal steps."""

    light: list[str]
    dark: list[str]


class Lines(TypedDict):
    """The colour of each quantity's line, by theme."""

    light: dict[str, str]
    dark: dict[str, str]


class Colours(TypedDict):
    """All that there are; of scales by their names."""

    ink: Inks
    gates: dict[str, ByTheme]
    states: dict[str, ByTheme]
    lines: Lines


@cache
def colours() -> Colours:
    """All colours of heatmaps and curves."""
    kept: Colours = json.loads(COLOURS_FILE.read_text(encoding="utf-8"))
    return kept


# Which colours does a range of numbers have, where the browser draws it?


class Scale(TypedDict):
    """The colours of a range of numbers, in Plotly's form."""

    colorscale: list[tuple[float, str]]
    """Places from 0 to 1, and their colours."""
    zmin: float
    zmax: float


class Scales(TypedDict):
    """The scales of c and h, and of the gates."""

    states: Scale
    gates: Scale


def states(look: Look, reach: float = 1.0) -> Scale:
    """From `-reach` to `reach`."""
    return Scale(colorscale=cast("list[tuple[float, str]]", look.states), zmin=-reach, zmax=reach)


def gates(look: Look, most: float = 1.0) -> Scale:
    """From 0 to `most`."""
    return Scale(colorscale=cast("list[tuple[float, str]]", look.gates), zmin=0.0, zmax=most)


def scales(look: Look, reach: float = 1.0) -> Scales:
    """The scales of c, as far as it reaches, and of gates."""
    return Scales(states=states(look, reach), gates=gates(look))
