"""What does one unit's page draw: a histogram of c, and the mean of c at each type of token?"""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from dashboard.corpus.one_unit import Response
from dashboard.corpus.view import Place
from lstm_core import Scan
from lstm_core.plots import quiet_axes
from lstm_core.plots.labels import label, signed, width_of
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look

HIGH, ROW = 150, 22
"""Pixels: the histogram, and a row of bars."""


def histogram(scan: Scan, place: Place, reach: float, look: Look) -> Figure:
    """How often c of a unit has each value, each bar in the colour of its value."""
    edges, counts = scan.histogram(place.unit, "c", place.layer, place.direction)
    middles = (edges[:-1] + edges[1:]) / 2
    bars: Figure = {
        "type": "bar",
        "name": "steps",
        "x": middles.tolist(),
        "y": counts.tolist(),
        "width": np.diff(edges).tolist(),
        "marker": _coloured(middles.tolist(), reach, look),
        "hovertemplate": "c about %{x:.3g}: %{y:,} steps<extra></extra>",
    }
    layout = quiet_axes.layout(look) | {
        "height": HIGH,
        "margin": {"l": 8, "r": 8, "t": 6, "b": 24},
        "bargap": 0,
        "xaxis": quiet_axes.axis(look) | {"nticks": 5},
        "yaxis": {"visible": False, "fixedrange": True},
    }
    return {"data": [bars], "layout": layout}


def responses(rows: Sequence[Response], reach: float, look: Look) -> Figure:
    """The mean of c after each type of token, the largest on top, with its number and how often it occurs."""
    places = list(range(len(rows)))
    names = [html.escape(label(row.token), quote=False) for row in rows]
    bars: Figure = {
        "type": "bar",
        "orientation": "h",
        "name": "mean c",
        "x": [row.mean for row in rows],
        "y": places,
        "customdata": [[name, row.times] for name, row in zip(names, rows, strict=True)],
        "marker": _coloured([row.mean for row in rows], reach, look),
        "hovertemplate": "%{customdata[0]}: mean c %{x:.3f}, %{customdata[1]:,} times<extra></extra>",
    }
    most = max([abs(row.mean) for row in rows], default=1.0) or 1.0
    layout = quiet_axes.layout(look) | {
        "height": ROW * max(1, len(rows)) + 12,
        "margin": {"l": 14 + max(map(width_of, names), default=0), "r": 108, "t": 6, "b": 6},
        "bargap": 0.3,
        "xaxis": {"visible": False, "fixedrange": True, "range": [-1.05 * most, 1.05 * most]},
        "yaxis": quiet_axes.axis(look) | {"range": [len(rows) - 0.5, -0.5], "tickvals": places, "ticktext": names},
        "annotations": [note for row, place in zip(rows, places, strict=True) for note in _told(row, place, look)],
    }
    return {"data": [bars], "layout": layout}


def _told(row: Response, place: int, look: Look) -> list[Figure]:
    """A bar's mean, and how often its token occurs."""
    return [_right(signed(row.mean), place, 56, look.ink), _right(f"{row.times:,}", place, 104, look.faint)]


def _right(text: str, row: int, shift: int, colour: str) -> Figure:
    """A number to the right of a bar."""
    where = {"xref": "paper", "x": 1, "xanchor": "right", "xshift": shift, "yref": "y", "y": row, "yanchor": "middle"}
    return {"text": text, "showarrow": False, "font": quiet_axes.SMALL | {"color": colour}} | where


def _coloured(values: Sequence[float], reach: float, look: Look) -> Figure:
    """Bars in the colours of states, as everywhere."""
    line = {"color": look.faint, "width": 0.5}
    return {"color": list(values), "colorscale": look.states, "cmin": -reach, "cmax": reach, "line": line}
