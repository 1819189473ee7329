"""How is it drawn how far back a model looks? A line over k, the steps that are read."""

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstm_core.plots import quiet_axes
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import LINES, Look

HEIGHT = 300
# The share of the gates' scale at which several lines begin: a colour below it is near that of the page.
PALEST = 0.3


class HorizonLine(NamedTuple):
    """What is left at each cut (cut,)."""

    name: str
    cuts: np.ndarray
    values: np.ndarray
    dash: str = "solid"


def horizon_lines(lines: Sequence[HorizonLine], of: str, little: float, look: Look) -> Figure:
    """Lines over k, on a log scale; `of`: what the values are. A dotted line marks what is `little`.

    Four lines or fewer have the colours of curves; of more, the later are the darker.
    """
    cuts = max((line.cuts for line in lines), key=len)
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": html.escape(line.name, quote=False),
            "x": line.cuts.tolist(),
            "y": line.values.tolist(),
            "line": {"color": colour, "width": 2, "dash": line.dash},
            "marker": {"size": 5},
            "hovertemplate": "%{x} steps: %{y:.3g}<extra>%{fullData.name}</extra>",
        }
        for line, colour in zip(lines, _colours(len(lines), look), strict=True)
    ]
    most = np.nanmax(np.concatenate([line.values for line in lines]), initial=little)
    layout = quiet_axes.layout(look) | {
        "height": HEIGHT,
        "margin": {"l": 56, "r": 14, "t": 12, "b": 44},
        "showlegend": True,
        "legend": {"x": 1.01, "xanchor": "left", "y": 1, "font": {"size": 12}},
        "shapes": [quiet_axes.line(0, 1, little, little, look) | {"xref": "x domain"}],
        "xaxis": quiet_axes.axis(look)
        | {
            "type": "log",
            "tickvals": cuts.tolist(),
            "ticktext": [f"{k:,}" for k in cuts.tolist()],
            "title": quiet_axes.title("k: the last steps that are read", look),
        },
        "yaxis": quiet_axes.axis(look) | {"range": [0, 1.05 * most], "title": quiet_axes.title(of, look)},
    }
    return {"data": data, "layout": layout}


def _colours(count: int, look: Look) -> list[str]:
    if count <= 4:
        return [LINES["light"][letter] for letter in "cfgh"][:count]
    from plotly.colors import sample_colorscale

    found: list[str] = sample_colorscale(look.gates, np.linspace(PALEST, 1, count).tolist())
    return found
