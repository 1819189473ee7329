"""How does a figure that is a plain dict become one that a notebook shows?"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from lstm_core.plots.page_figure import Figure, nth
from lstm_core.plots.palette import look

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

LIGHT = look("teal", "light")
# Pixels of a title above a figure, of each line more, and the most letters of a line: a figure may be 700 pixels wide.
TITLE, LINE, LETTERS = 40, 20, 76


def as_plotly(figure: Figure, title: str = "") -> PlotlyFigure:
    """A Plotly figure with a page of its own, whatever the notebook's theme, and a title in lines above it."""
    import plotly.graph_objects as go

    layout = figure["layout"] | {"paper_bgcolor": LIGHT.paper, "plot_bgcolor": LIGHT.paper}
    if title:
        lines = textwrap.wrap(title, LETTERS, break_long_words=False, break_on_hyphens=False)
        above = TITLE + LINE * (len(lines) - 1)
        margin = layout["margin"] | {"t": layout["margin"]["t"] + above}
        place = {"x": 0, "xref": "paper", "yref": "container", "y": 1, "yanchor": "top", "pad": {"t": 10}}
        layout |= {"margin": margin, "height": layout["height"] + above}
        layout["title"] = {"text": "<br>".join(lines), "font": {"size": 15}, "automargin": False, **place}
    return go.Figure({"data": figure["data"], "layout": layout})


def as_still(figure: Figure) -> PlotlyFigure:
    """A Plotly figure of heatmaps that a notebook keeps as a still drawing too."""
    from lstm_core.plots.still_figure import StillFigure

    return StillFigure(figure)


def beside(figures: list[Figure], gap: float = 0.03) -> Figure:
    """Figures of one height side by side in one, each with its own axes."""
    layout = {name: value for name, value in figures[0]["layout"].items() if not name.startswith(("xaxis", "yaxis"))}
    layout |= {"annotations": [], "shapes": []}
    data, width, axes = [], (1 - gap * (len(figures) - 1)) / len(figures), 0
    for number, figure in enumerate(figures):
        left, x = number * (width + gap), f"x{nth(number)}"
        rows = [name for name in figure["layout"] if name.startswith("yaxis")]
        names = {f"y{row[len('yaxis') :]}": f"y{nth(axes + n)}" for n, row in enumerate(rows)}
        for old, new in names.items():
            axis = figure["layout"][f"yaxis{old[1:]}"] | {"anchor": x}
            matched = {"matches": names[axis["matches"]]} if "matches" in axis else {}
            layout[f"yaxis{new[1:]}"] = axis | matched
        place = {"domain": [left, left + width], "anchor": names["y"]}
        layout[f"xaxis{x[1:]}"] = figure["layout"]["xaxis"] | place
        data += [trace | {"xaxis": x, "yaxis": names[trace.get("yaxis", "y")]} for trace in figure["data"]]
        layout["annotations"] += [note | {"x": left} for note in figure["layout"].get("annotations", ())]
        axes += len(rows)
    return {"data": data, "layout": layout}
