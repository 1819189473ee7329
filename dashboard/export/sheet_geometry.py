"""How do pixels from the left and top of a sheet become Plotly's places?"""

from __future__ import annotations

from typing import NamedTuple

from lstm_core.plots import page_figure
from lstm_core.plots.page_figure import Figure


class Size(NamedTuple):
    """The pixels of a figure, its margins and its letters: the strips' names are at the left, the caption is at the
    bottom."""

    width: int
    height: int
    left: int
    top: int = 52
    right: int = 24
    bottom: int = 92
    letters: int = page_figure.FONT
    """The letters of words and names."""
    small: int = 11
    """The letters of everything else."""

    @property
    def line(self) -> int:
        """The height of a line of small letters."""
        return round(1.3 * self.small)

    @property
    def grown(self) -> float:
        """How much larger words are than on the page."""
        return self.letters / page_figure.FONT


# A slide is read from the last row.
SIZES = {"slide": Size(1280, 720, 206, 56, 24, 112, 16, 14), "column": Size(680, 760, 150)}


def across(left: float, right: float, size: Size) -> list[float]:
    """The domain of an x axis from `left` to `right`, in pixels."""
    return [left / size.width, right / size.width]


def down(top: float, bottom: float, size: Size) -> list[float]:
    """The domain of a y axis from `top` to `bottom`, in pixels."""
    return [1 - bottom / size.height, 1 - top / size.height]


def text(
    words: str, left: float, top: float, size: Size, colour: str, anchor: str, font: int = page_figure.FONT
) -> Figure:
    """A text, as HTML, whose left or right end is at (left, top) in pixels."""
    return {
        "text": words,
        "x": left / size.width,
        "y": 1 - top / size.height,
        "xref": "paper",
        "yref": "paper",
        "xanchor": anchor,
        # Text that is anchored at its own edge stays in the figure, whatever font draws it.
        "align": anchor,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": font, "color": colour},
    }
