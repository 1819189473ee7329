"""How are the scores of units drawn? A bar a unit with its p, and a mark where it scores on other texts.

A bar has a colour where chance hardly does as well; the others are grey.
"""

import html
from collections.abc import Sequence

import numpy as np

from lstm_core.plots import quiet_axes
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import GATES, LINES, Look

# Pixels of a bar's row, and at the right for its p.
ROW, BESIDE = 24, 96
RIGHT = {"xref": "paper", "yref": "y", "xanchor": "left", "yanchor": "middle", "xshift": 8}
# From this p down chance hardly does as well.
RARE = 0.05
# The AUC of what tells nothing.
CHANCE = 0.5


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
    said = ["can’t be told" if np.isnan(p) else f"p = {p:.2g}" for _, p in facts]
    told = [[html.escape(name, quote=False), text] for (name, _), text in zip(facts, said, strict=True)]
    colours = [LINES["light"]["f"] if p <= RARE else GATES["grey", "light"][2] for _, p in facts]
    bars: Figure = {
        "type": "bar",
        "orientation": "h",
        "name": "score",
        "x": scores.tolist(),
        "y": rows,
        "customdata": told,
        "marker": {"color": colours, "opacity": 0.85, "line": {"width": 0}},
        "hovertemplate": "%{customdata[0]}: %{x:.3f}, %{customdata[1]}<extra></extra>",
    }
    data = [bars]
    if held_out is not None:
        marks = {"symbol": "line-ns-open", "size": 14, "color": LINES["light"]["c"], "line": {"width": 2}}
        other = {"type": "scatter", "mode": "markers", "name": "on other texts", "x": held_out.tolist(), "y": rows}
        data.append(other | {"marker": marks, "hovertemplate": "on other texts: %{x:.3f}<extra></extra>"})
    measured = " or ".join(dict.fromkeys(measures))
    layout = quiet_axes.layout(look) | {
        "height": ROW * max(1, len(names)) + 76,
        "margin": {"l": 8, "r": BESIDE, "t": 12, "b": 44},
        # A bar's p, at its right.
        "annotations": [quiet_axes.note(text, 1, row, look, **RIGHT) for row, text in enumerate(said)],
        # Over a bar, the line up to which it tells nothing.
        "shapes": [
            quiet_axes.line(CHANCE, CHANCE, row - 0.5, row + 0.5, look) | {"layer": "above"}
            for row, measure in enumerate(measures)
            if measure == "AUC"
        ],
        "bargap": 0.25,
        "showlegend": held_out is not None,
        # The p's are at the right.
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "yref": "container", "y": 0, "yanchor": "bottom"},
        "xaxis": quiet_axes.axis(look)
        | {
            "range": [0, 1.02],
            "title": quiet_axes.title("AUC (line: chance)" if measured == "AUC" else measured, look),
        },
        "yaxis": quiet_axes.axis(look)
        | {
            "range": [len(names) - 0.5, -0.5],
            "tickvals": rows,
            "ticktext": [html.escape(name, quote=False) for name in names],
            "automargin": True,
        },
    }
    return {"data": data, "layout": layout}
