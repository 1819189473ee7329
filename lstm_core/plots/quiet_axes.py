"""What do the figures of all pages except Memory share? Thin axes, short notes, rows one under the other."""

import html
from collections.abc import Sequence

import numpy as np

from lstm_core.plots.page_figure import FONT, Figure, on_the_page
from lstm_core.plots.palette import Look

CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "svg", "filename": "gatescope"},
}
SMALL = {"size": 11}


def layout(look: Look) -> Figure:
    """A layout with the page's background; a point shows its values when the mouse is on it."""
    return on_the_page(look) | {"hovermode": "closest", "dragmode": False}


def axis(look: Look) -> Figure:
    """An axis: a thin line with numbers."""
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
    """An axis from the smallest to the largest value, 0 included, with room below and above as shares of that range."""
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
    """The title of an axis."""
    return {"text": html.escape(text, quote=False), "font": {"size": 12, "color": look.faint}, "standoff": 6}


def note(text: str, x: float, y: float, look: Look, **place: object) -> Figure:
    """A short text in the figure, as HTML."""
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": SMALL | {"color": look.faint}} | place


def above(text: str, axis: str, look: Look) -> Figure:
    """A row's name above its left end, as HTML."""
    place = {"xref": "paper", "yref": f"{axis} domain", "xanchor": "left", "yanchor": "bottom", "yshift": 4}
    return note(text, 0, 1, look, **place) | {"font": {"size": FONT, "color": look.ink}}


def line(x0: float, x1: float, y0: float, y1: float, look: Look) -> Figure:
    """A dotted line."""
    dotted = {"color": look.faint, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": dotted, "layer": "below"}


def rows(layout: Figure, heights: Sequence[tuple[str, float, float]], margin: dict[str, float]) -> None:
    """Place rows one under the other, each (axis, height, free space above) in pixels, and set the figure's height."""
    inside = sum(height + free for _, height, free in heights)
    at = 0.0
    for axis, height, free in heights:
        at += free
        layout[axis]["domain"] = [max(0.0, 1 - (at + height) / inside), 1 - at / inside]
        at += height
    layout["margin"] = margin
    layout["height"] = round(inside + margin["t"] + margin["b"])
