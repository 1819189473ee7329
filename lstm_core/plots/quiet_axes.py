"""What do all figures but those of strips share? Rows one under the other, thin axes, short notes."""

import html
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lstm_core.plots.labels import label
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


def chart(look: Look, rows: Sequence[float], between: float = 0, titles: Sequence[str] = (), **margin: float) -> Any:
    """A Plotly figure without data: rows of these heights in pixels, `between` pixels apart, each under its title."""
    from plotly.subplots import make_subplots

    inside = sum(rows) + between * (len(rows) - 1)
    spacing = between / inside if len(rows) > 1 else None
    figure = make_subplots(
        len(rows), 1, row_heights=list(rows), vertical_spacing=spacing, subplot_titles=titles or None
    )
    margin = {"l": 64, "r": 14, "t": 30 if titles else 12, "b": 56} | margin
    figure.update_layout(layout(look), margin=margin, height=round(inside + margin["t"] + margin["b"]))
    figure.update_annotations(x=0, xanchor="left", font={"size": FONT, "color": look.ink}, yshift=4)
    quiet: Figure = {"showgrid": False, "zeroline": False, "fixedrange": True, "showline": False}
    quiet |= {"tickfont": SMALL | {"color": look.faint}}
    quiet |= {"linecolor": look.faint, "zerolinecolor": look.faint, "zerolinewidth": 1, "automargin": True}
    named = {"font": {"size": 12, "color": look.faint}, "standoff": 6}
    figure.update_xaxes(quiet, title=named, showline=True)
    figure.update_yaxes(quiet, title=named, nticks=5)
    return figure


def as_text(names: Iterable[str]) -> list[str]:
    """Names as labels, of which none is read as HTML."""
    return [html.escape(label(name), quote=False) for name in names]


def dotted(look: Look) -> Figure:
    """A thin dotted line."""
    return {"color": look.faint, "width": 1, "dash": "dot"}


def value_range(values: np.ndarray, below: float, above: float) -> list[float]:
    """From the smallest to the largest value, 0 included, with room below and above as shares of that range."""
    low, high = min(0.0, float(np.nanmin(values, initial=0.0))), max(0.0, float(np.nanmax(values, initial=0.0)))
    room = high - low or 1.0
    return [low - below * room, high + above * room]


def note(text: str, x: float, y: float, look: Look, **place: object) -> Figure:
    """A short text in the figure, as HTML."""
    return {"text": text, "x": x, "y": y, "showarrow": False, "font": SMALL | {"color": look.faint}} | place


def line(x0: float, x1: float, y0: float, y1: float, look: Look) -> Figure:
    """A dotted line."""
    return {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "line": dotted(look), "layer": "below"}
