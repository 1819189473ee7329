"""Which colours are there?"""

import json
from functools import cache
from typing import TypedDict

from lstm_core.plots.page_figure import COLOURS_FILE


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
