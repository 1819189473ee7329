"""How are the scores of units drawn? A bar a unit, and a mark where it scores on other texts."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from lstm_core.plots import quiet_axes
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import LINES, Look

# Pixels of a bar's row.
ROW = 24


def score_bars(
    names: Sequence[str],
    measures: Sequence[str],
    scores: np.ndarray,
    held_out: np.ndarray | None,
    facts: Sequence[tuple[str, float]],
    look: Look,
) -> Figure:
    """Scores from 0 to 1, the best on top. `facts`: of each, its property and its p; NaN says that there is none."""
    rows = list(range(len(names)))
    told = [[html.escape(name, quote=False), "no p" if np.isnan(p) else f"p = {p:.3g}"] for name, p in facts]
    bars: Figure = {
        "type": "bar",
        "orientation": "h",
        "name": "score",
        "x": scores.tolist(),
        "y": rows,
        "customdata": told,
        "marker": {"color": LINES["light"]["f"], "opacity": 0.85, "line": {"width": 0}},
        "hovertemplate": "%{customdata[0]}: %{x:.3f}, %{customdata[1]}<extra></extra>",
    }
    data = [bars]
    if held_out is not None:
        marks = {"symbol": "line-ns-open", "size": 14, "color": LINES["light"]["c"], "line": {"width": 2}}
        other = {"type": "scatter", "mode": "markers", "name": "on other texts", "x": held_out.tolist(), "y": rows}
        data.append(other | {"marker": marks, "hovertemplate": "on other texts: %{x:.3f}<extra></extra>"})
    layout = quiet_axes.layout(look) | {
        "height": ROW * max(1, len(names)) + 76,
        "margin": {"l": 8, "r": 14, "t": 12, "b": 44},
        "bargap": 0.25,
        "showlegend": held_out is not None,
        "xaxis": quiet_axes.axis(look)
        | {"range": [0, 1.02], "title": quiet_axes.title(" or ".join(dict.fromkeys(measures)), look)},
        "yaxis": quiet_axes.axis(look)
        | {
            "range": [len(names) - 0.5, -0.5],
            "tickvals": rows,
            "ticktext": [html.escape(name, quote=False) for name in names],
            "automargin": True,
        },
    }
    return {"data": data, "layout": layout}
