"""What do the pictures of the other pages have in common? Quiet axes, few words, rows one under the other."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from dashboard.figures import FONT, Figure, on_the_page
from dashboard.palette import Look

CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "svg", "filename": "gatescope"},
}
SMALL = {"size": 11}


def layout(look: Look) -> Figure:
    """A picture on the page's own paper, whose points say what they are when the mouse is on them."""
    return on_the_page(look) | {"hovermode": "closest", "dragmode": False}


def axis(look: Look) -> Figure:
    """A line with its numbers."""
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": look.faint,
        "linewidth": 1,
        "ticks": "",
        "tickfont": SMALL | {"color": look.faint},
        "fixedrange": True,
    }


def value_axis(look: Look, values: np.ndarray, below: float, above: float) -> Figure:
    """From the least value to the largest, 0 among them, with a share of that as room below what is negative and above
    what is positive."""
    low, high = min(0.0, float(np.nanmin(values, initial=0.0))), max(0.0, float(np.nanmax(values, initial=0.0)))
    room = high - low or 1.0
    return {
        "range": [low - below * room, high + above * room],
        "zeroline": True,
        "zerolinecolor": look.faint,
        "zerolinewidth": 1,
        "showgrid": False,
        "nticks": 5,
        "tickfont": SMALL | {"color": look.faint},
        "fixedrange": True,
    }


def title(text: str, look: Look) -> Figure:
    """An axis' name."""
    return {"text": html.escape(text, quote=False), "font": {"size": 12, "color": look.faint}, "standoff": 6}


def note(text: str, x: float, y: float, look: Look, **place: object) -> Figure:
    """A few words in the picture; they are read as HTML."""
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": SMALL | {"color": look.faint}} | place


def above(text: str, axis: str, look: Look) -> Figure:
    """A row's name, over its left end; it is read as HTML."""
    place = {"xref": "paper", "yref": f"{axis} domain", "xanchor": "left", "yanchor": "bottom", "yshift": 4}
    return note(text, 0, 1, look, **place) | {"font": {"size": FONT, "color": look.ink}}


def line(x0: float, x1: float, y0: float, y1: float, look: Look) -> Figure:
    """A dotted one."""
    dotted = {"color": look.faint, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": dotted, "layer": "below"}


def rows(layout: Figure, heights: Sequence[tuple[str, float, float]], margin: dict[str, float]) -> None:
    """Rows one under the other, (axis, height, what is left free above it) in pixels, and the height they take."""
    inside = sum(height + free for _, height, free in heights)
    at = 0.0
    for axis, height, free in heights:
        at += free
        layout[axis]["domain"] = [max(0.0, 1 - (at + height) / inside), 1 - at / inside]
        at += height
    layout["margin"] = margin
    layout["height"] = round(inside + margin["t"] + margin["b"])
