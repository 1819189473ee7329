"""Where does something lie on a sheet of paper? In pixels from its left and top, as Plotly wants to have it."""

from __future__ import annotations

from typing import NamedTuple

from dashboard import figures
from dashboard.figures import Figure


class Size(NamedTuple):
    """Pixels of a figure, and of its margins: the strips' names stand left, the caption below."""

    width: int
    height: int
    left: int
    top: int = 52
    right: int = 24
    bottom: int = 92


SIZES = {"slide": Size(1280, 720, 190), "column": Size(680, 760, 150)}


def across(left: float, right: float, size: Size) -> list[float]:
    """The domain of an x axis."""
    return [left / size.width, right / size.width]


def down(top: float, bottom: float, size: Size) -> list[float]:
    """The domain of a y axis."""
    return [1 - bottom / size.height, 1 - top / size.height]


def text(words: str, left: float, top: float, size: Size, colour: str, anchor: str, font: int = figures.FONT) -> Figure:
    """A text whose left or right end is there; it is read as HTML."""
    return {
        "text": words,
        "x": left / size.width,
        "y": 1 - top / size.height,
        "xref": "paper",
        "yref": "paper",
        "xanchor": anchor,
        # Text that hangs on its own edge stays in the figure, whatever font draws it.
        "align": anchor,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": font, "color": colour},
    }
