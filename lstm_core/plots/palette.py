"""Which colours do the figures have?

Two scales: gates from 0 (closed, like the page) to 1; states from -1 over 0 (like the page) to +1. All are
colour-blind safe: within a scale lightness tells the amount, and no state scale sets red against green.
"""

import json
from pathlib import Path
from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


class Look(NamedTuple):
    """The colours of one figure: both scales in Plotly's form, ink and paper."""

    gates: list[list[float | str]]
    states: list[list[float | str]]
    ink: str
    faint: str
    paper: str


# The browser reads the same file: it draws the page Memory.
COLOURS_FILE = Path(__file__).parent / "colours.json"
_COLOURS = json.loads(COLOURS_FILE.read_text(encoding="utf-8"))
INK: dict[str, tuple[str, str, str]] = {theme: tuple(inks.values()) for theme, inks in _COLOURS["ink"].items()}
# From closed to open; from most negative over zero to most positive. In print, grey, the sign must show without colour:
# light is negative, dark positive.
GATES, STATES = (
    {(name, theme): shades for name, themes in _COLOURS[kind].items() for theme, shades in themes.items()}
    for kind in ("gates", "states")
)
# Curves of one unit: the memory and what keeps it stand out; the others are told apart by lightness too.
LINES: dict[str, dict[str, str]] = _COLOURS["lines"]


# Curves of three kinds of cell; dashes tell them apart too.
KINDS = {
    "light": {"lstm": "#b03320", "gru": "#0f4c63", "rnn": "#7a6200", "rnn10": "#6a51a3"},
    "dark": {"lstm": "#ff9a82", "gru": "#8fd3e6", "rnn": "#e0bb4a", "rnn10": "#b3a2e8"},
}


def look(colours: str, theme: Theme) -> Look:
    """The chosen colours in a theme."""
    return Look(_scale(GATES[colours, theme]), _scale(STATES[colours, theme]), *INK[theme])


def channels(colour: str) -> list[int]:
    """Red, green and blue, 0 to 255, of a colour such as "#12617d"."""
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _scale(colours: list[str]) -> list[list[float | str]]:
    return [[position / (len(colours) - 1), colour] for position, colour in enumerate(colours)]
