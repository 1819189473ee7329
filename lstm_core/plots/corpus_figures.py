"""How is drawn what a unit does in a corpus?"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.plots import quiet_axes
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import BARE_AXIS, Figure
from lstm_core.plots.palette import LINES, Look

if TYPE_CHECKING:
    import pandas as pd

HISTOGRAM, CHANGES, BETWEEN = 170, 150, 74
"""Pixels of the two rows, and of the space between."""
MOST_TOKENS = 30
"""The most tokens with a bar: those that the corpus has most often."""


def histogram_and_changes(
    quantity: str, edges: np.ndarray, counts: np.ndarray, tokens: pd.DataFrame, look: Look
) -> Figure:
    """A row with the histogram of a unit's c or h, over a row with its mean change at each frequent token.

    `edges`, `counts`: as of `Scan.histogram`; `tokens`: as of `Scan.tokens`. Without tokens there is one row.
    """
    shown = tokens[tokens["token"].notna()].head(MOST_TOKENS)
    bars: Figure = {
        "type": "bar",
        "name": "histogram",
        "x": ((edges[:-1] + edges[1:]) / 2).tolist(),
        "y": counts.tolist(),
        "width": np.diff(edges).tolist(),
        "customdata": np.stack([edges[:-1], edges[1:]], axis=1).tolist(),
        "marker": {"color": LINES["light"][quantity], "line": {"width": 0}, "opacity": 0.88},
        "hovertemplate": "%{customdata[0]:.3g} to %{customdata[1]:.3g}: %{y:,} steps<extra></extra>",
    }
    layout = quiet_axes.layout(look) | {
        "bargap": 0,
        "xaxis": quiet_axes.axis(look) | {"title": quiet_axes.title(quantity, look), "anchor": "y"},
        "yaxis": quiet_axes.axis(look) | {"title": quiet_axes.title("steps", look), "nticks": 4},
    }
    data, heights = [bars], [("yaxis", HISTOGRAM, 0.0)]
    if len(shown):
        data.append(_changes(quantity, shown))
        layout["xaxis2"] = _token_axis(shown, look)
        changes = shown[f"{quantity}_change"].to_numpy()
        layout["yaxis2"] = quiet_axes.value_axis(look, changes, 0.08, 0.08) | {
            "title": quiet_axes.title(f"mean change of {quantity}", look),
            "anchor": "x2",
        }
        heights.append(("yaxis2", CHANGES, BETWEEN))
    quiet_axes.rows(layout, heights, {"l": 64, "r": 14, "t": 12, "b": 56})
    return {"data": data, "layout": layout}


def _changes(quantity: str, tokens: pd.DataFrame) -> Figure:
    return {
        "type": "bar",
        "name": "mean change",
        "x": list(range(len(tokens))),
        "y": tokens[f"{quantity}_change"].tolist(),
        "xaxis": "x2",
        "yaxis": "y2",
        "width": 0.72,
        "hovertext": _names(tokens),
        "customdata": tokens["count"].tolist(),
        "marker": {"color": LINES["light"]["g"], "line": {"width": 0}, "opacity": 0.88},
        "hovertemplate": "%{hovertext}: %{y:+.3g} on average, %{customdata:,} times<extra></extra>",
    }


def _token_axis(tokens: pd.DataFrame, look: Look) -> Figure:
    return {
        "range": [-0.5, len(tokens) - 0.5],
        "tickvals": list(range(len(tokens))),
        "ticktext": _names(tokens),
        "tickfont": quiet_axes.SMALL | {"color": look.faint},
        "title": quiet_axes.title("token, the most frequent first", look),
        "fixedrange": True,
        "anchor": "y2",
        **BARE_AXIS,
    }


def _names(tokens: pd.DataFrame) -> list[str]:
    return [html.escape(label(token), quote=False) for token in tokens["token"].tolist()]
