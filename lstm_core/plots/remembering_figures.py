"""How is drawn how often the gates of units are open and shut?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_core.plots import quiet_axes
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import LINES, Look
from lstm_core.plots.strips import GRU_STRIPS, STRIPS
from lstm_core.saturated import LEFT, RIGHT

if TYPE_CHECKING:
    import pandas as pd

TITLES = {strip.quantity: f"{strip.title} <i>{strip.quantity}</i>" for strip in (*STRIPS, *GRU_STRIPS)}
# The colours of the layers, and the marks of the directions.
LAYERS, DIRECTIONS = "fcgo", ("circle", "diamond-open")
# Pixels of a scatter.
SCATTER = 298
# The distance of a note from the middle of a dot.
DOT = 8


def saturation(table: pd.DataFrame, gate: str, look: Look) -> Figure:
    """How often a gate is shut (x) and how often it is open (y), a dot for each unit of a table of `lstm_core.units`.

    The plot of Karpathy, Johnson & Fei-Fei 2015.
    """
    data, stacks = [], table.groupby(["layer", "direction"])
    several = len(stacks) > 1
    for _, group in stacks:
        layer, direction = (int(group[dim].iloc[0]) for dim in ("layer", "direction"))
        colour = LINES["light"][LAYERS[layer % len(LAYERS)]]
        arrow = (" ←" if direction else " →") if table["direction"].nunique() > 1 else ""
        name = f"layer {layer}{arrow}"
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "meta": {"gate": gate, "layer": layer, "direction": direction},
                "x": group[f"{gate}_left"].tolist(),
                "y": group[f"{gate}_right"].tolist(),
                "customdata": group["unit"].tolist(),
                "marker": {
                    "size": 11 if len(table) <= 64 else 8,
                    "symbol": DIRECTIONS[direction],
                    "color": colour,
                    "opacity": 0.72,
                    "line": {"width": 1.2, "color": look.paper if direction == 0 else colour},
                },
                "cliponaxis": False,
                "hovertemplate": "unit %{customdata}: shut at %{x:.0%} of the steps, open at %{y:.0%}"
                f"<extra>{name}</extra>",
            }
        )
    share = {"range": [-0.03, 1.03], "tickvals": [0, 0.5, 1], "tickformat": ".0%", **quiet_axes.axis(look)}
    layout = quiet_axes.layout(look) | {
        "height": SCATTER + (28 if several else 0),
        "margin": {"l": 52, "r": 24, "t": 40, "b": 44},
        "showlegend": several,
        "legend": {"orientation": "h", "x": 0, "y": -0.24, "font": {"size": 12}, "itemsizing": "constant"},
        "title": {"text": TITLES[gate], "x": 0, "xref": "paper", "y": 0.97, "font": {"size": 15}},
        "xaxis": share | {"title": quiet_axes.title(f"shut: share of steps below {LEFT}", look)},
        "yaxis": share | {"title": quiet_axes.title(f"open: share above {RIGHT}", look)},
        # No gate is shut and open at once, so all dots are below this line; a gate on the line is a switch. The notes
        # are above the line, further from it than a dot is wide.
        "shapes": [quiet_axes.line(0, 1, 1, 0, look)],
        "annotations": [
            quiet_axes.note("always open", 0, 1, look, xanchor="left", yanchor="bottom", yshift=DOT),
            quiet_axes.note("a switch", 0.5, 0.5, look, xanchor="left", yanchor="bottom", xshift=DOT, yshift=DOT),
            quiet_axes.note(
                "always shut", 1, 0, look, xanchor="left", yanchor="bottom", xshift=DOT, yshift=DOT, textangle=-90
            ),
        ],
    }
    return {"data": data, "layout": layout}
