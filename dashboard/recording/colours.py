"""Which colours are there?"""

import json
from functools import cache
from typing import TypedDict

from lstm_core.plots.page_figure import COLOURS_FILE, Theme


class Ink(TypedDict):
    """The colours of letters and lines, and of what they stand on."""

    ink: str
    faint: str
    paper: str


class Colours(TypedDict):
    """All that there are, by theme; of scales by their names, in equal steps; of lines by their quantities."""

    ink: dict[Theme, Ink]
    gates: dict[str, dict[Theme, list[str]]]
    states: dict[str, dict[Theme, list[str]]]
    lines: dict[Theme, dict[str, str]]


@cache
def colours() -> Colours:
    """All colours of heatmaps and curves."""
    kept: Colours = json.loads(COLOURS_FILE.read_text(encoding="utf-8"))
    return kept
