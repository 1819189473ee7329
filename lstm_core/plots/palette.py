"""Which colours do the figures have?

Two scales: gates from 0 (closed, like the page) to 1; states from -1 over 0 (like the page) to +1. All are
colour-blind safe: within a scale lightness tells the amount, and no state scale sets red against green.
"""

from __future__ import annotations

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


INK = {"light": ("#1b2733", "#5b6876", "#ffffff"), "dark": ("#e8edf2", "#a3b0bd", "#0f151b")}

# From closed to open; from most negative over zero to most positive.
GATES = {
    ("teal", "light"): ["#f3f8fa", "#bfdde6", "#7fb5c5", "#3d7f95", "#0f4c63"],
    ("teal", "dark"): ["#17222b", "#1f4453", "#2d7389", "#5caabf", "#b5e6f2"],
    ("purple", "light"): ["#f7f5fa", "#d5cbe6", "#a795cb", "#7656a8", "#43217a"],
    ("purple", "dark"): ["#1c1a26", "#3d3160", "#6a55a0", "#a08fd0", "#dcd2f5"],
    ("grey", "light"): ["#f7f7f7", "#d0d0d0", "#9a9a9a", "#5e5e5e", "#1c1c1c"],
    ("grey", "dark"): ["#1a1e22", "#40464c", "#757c83", "#adb3b9", "#f0f2f4"],
}
STATES = {
    ("teal", "light"): ["#2450a4", "#7d9bd0", "#f6f4f1", "#dc9180", "#b03320"],
    ("teal", "dark"): ["#8fb4ff", "#3b64b5", "#1c232a", "#b04a35", "#ffab94"],
    ("purple", "light"): ["#01665e", "#63b3aa", "#f5f4f1", "#cfa35a", "#7a4a05"],
    ("purple", "dark"): ["#7fe0d3", "#1f7f75", "#20221f", "#94651d", "#f2c879"],
    # In print the sign must show without colour: light is negative, dark positive.
    ("grey", "light"): ["#fbfbfb", "#d9d9d9", "#a8a8a8", "#5e5e5e", "#111111"],
    ("grey", "dark"): ["#0c0f12", "#3a4046", "#6d747b", "#adb3b9", "#fafbfc"],
}


# Curves of one unit: the memory and what keeps it stand out; the others are told apart by lightness too.
LINES = {
    "light": {"c": "#b03320", "f": "#0f4c63", "i": "#3d9ab5", "g": "#8a6d00", "o": "#6a51a3", "h": "#5b6876"},
    "dark": {"c": "#ff9a82", "f": "#8fd3e6", "i": "#5caabf", "g": "#e0bb4a", "o": "#b3a2e8", "h": "#a3b0bd"},
}


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
    """Evenly spaced colours as a Plotly scale."""
    return [[position / (len(colours) - 1), colour] for position, colour in enumerate(colours)]
