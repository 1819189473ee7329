"""How is what units track drawn? A property of the text, and the units that follow it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_core.plots import quiet_axes, step_axis
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import BARE_AXIS, Figure
from lstm_core.plots.palette import LINES, Look, Theme

# Pixels: the strip of a property, the curve of a unit, and the space between.
PROPERTY, CURVE, BETWEEN = 54, 118, 42
# The most steps that are drawn, and the most with a mark at each step.
MOST_DRAWN, POINTS = 2_000, 80
# The assumed width of the figure; the page stretches it.
WIDTH = 620


class Curve(NamedTuple):
    """One unit over the steps: its name in words, its quantity (c or h), and its values (step,)."""

    title: str
    quantity: str
    values: np.ndarray


def tracked(
    curves: Sequence[Curve],
    property: np.ndarray,
    title: str,
    tokens: Sequence[str],
    starts: Sequence[int],
    look: Look,
    theme: Theme,
) -> Figure:
    """A property (step,) in a strip over the words, and under it units (step,), each with the property behind it.

    Behind a unit the property is shifted and stretched to fit the unit (least squares). `starts`: the steps at which
    another sequence begins. At most MOST_DRAWN steps are drawn.
    """
    steps = min(len(tokens), MOST_DRAWN)
    property, tokens = property[:steps], tokens[:steps]
    breaks = [start for start in starts if 0 < start < steps]
    layout = quiet_axes.layout(look) | {"bargap": 0, "barmode": "overlay", "hovermode": "x"}
    layout["xaxis"] = _words(tokens)
    names = [html.escape(text, quote=False) for text in (title, *(curve.title for curve in curves))]
    axes = ["y", *(f"y{number}" for number in range(2, len(names) + 1))]
    # A line in each row, so that it crosses no name between two rows.
    layout["shapes"] = [
        quiet_axes.line(start - 0.5, start - 0.5, 0, 1, look) | {"yref": f"{axis} domain"}
        for axis in axes
        for start in breaks
    ]
    layout["annotations"] = [quiet_axes.above(name, axis, look) for name, axis in zip(names, axes, strict=True)]
    data = [_strip(property, tokens, names[0], LINES[theme]["f"])]
    layout["yaxis"] = quiet_axes.value_axis(look, property, 0.0, 0.0) | {"nticks": 4}
    for curve, name, axis in zip(curves, names[1:], axes[1:], strict=True):
        values = curve.values[:steps]
        data.append(_line(fitted(property, values), breaks) | _behind(LINES[theme]["f"]) | {"yaxis": axis})
        data.append(_line(values, breaks) | _in_front(curve, name, steps, look, theme) | {"yaxis": axis})
        layout[f"yaxis{axis[1:]}"] = quiet_axes.value_axis(look, values, *_room(values)) | {"nticks": 4}
    heights = [("yaxis", PROPERTY, 0.0), *((f"yaxis{axis[1:]}", CURVE, BETWEEN) for axis in axes[1:])]
    quiet_axes.rows(layout, heights, {"l": 52, "r": 14, "t": 52, "b": 10})
    return {"data": data, "layout": layout}


def fitted(property: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The property, shifted and stretched to fit the values (least squares)."""
    spread = property - property.mean()
    power = float(spread @ spread)
    slope = float(spread @ (values - values.mean())) / power if power else 0.0
    line: np.ndarray = values.mean() + slope * spread
    return line


def _words(tokens: Sequence[str]) -> Figure:
    """The axis with the words over their columns, or positions."""
    words, _ = step_axis.step_axis(tokens, WIDTH, -0.5, len(tokens) - 0.5)
    return words | {
        "range": [-0.5, len(tokens) - 0.5],
        # Only the page's width decides whether words are level; single characters always are.
        "tickangle": 0 if all(len(label(token)) == 1 for token in tokens) else None,
        "autotickangles": [0, -60],
        "automargin": True,
        "ticklabelstandoff": 24,
        "fixedrange": True,
        "anchor": "y",
        **BARE_AXIS,
    }


def _strip(property: np.ndarray, tokens: Sequence[str], name: str, colour: str) -> Figure:
    """A bar for each step."""
    return {
        "type": "bar",
        "name": "property",
        "x": list(range(len(tokens))),
        "y": property.tolist(),
        "customdata": [html.escape(label(token), quote=False) for token in tokens],
        "width": 1,
        "marker": {"color": colour, "opacity": 0.75, "line": {"width": 0}},
        "hovertemplate": f"%{{customdata}}: %{{y:.4g}}<extra>{name}</extra>",
    }


def _line(values: np.ndarray, breaks: Sequence[int]) -> Figure:
    """Values (step,) as a line with a gap between two sequences."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _apart(list(range(len(values))), breaks, [start - 0.5 for start in breaks]),
        "y": _apart(values.astype(np.float64).tolist(), breaks, [None] * len(breaks)),
    }


def _behind(colour: str) -> Figure:
    """The style of the property behind a unit."""
    return {
        "name": "fit",
        "line": {"color": colour, "width": 5, "shape": "hvh"},
        "opacity": 0.3,
        "hoverinfo": "skip",
    }


def _in_front(curve: Curve, name: str, steps: int, look: Look, theme: Theme) -> Figure:
    """The style of a unit's curve."""
    colour = LINES[theme]["c"]
    return {
        "mode": "lines+markers" if steps <= POINTS else "lines",
        "name": curve.title,
        "meta": {"quantity": curve.quantity},
        "line": {"color": colour, "width": 1.8},
        "marker": {"size": 6, "color": colour, "line": {"width": 1.2, "color": look.paper}},
        "hovertemplate": f"%{{y:+.4f}}<extra>{name}</extra>",
    }


def _room(values: np.ndarray) -> tuple[float, float]:
    """The room below and above a curve, as shares of its range: less below if the curve never goes below 0."""
    return (0.12 if values.min(initial=0.0) < 0 else 0.06), 0.12


def _apart(values: Sequence[Any], breaks: Sequence[int], between: Sequence[Any]) -> list[Any]:
    """Values with `between` inserted before each break, so that a line has a gap between two sequences."""
    found = list(values)
    for start, what in zip(reversed(breaks), reversed(between), strict=True):
        found.insert(start, what)
    return found
