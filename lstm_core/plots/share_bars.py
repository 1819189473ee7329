"""How are the terms of a sum drawn? Words coloured by their share, over bars."""

import html

import numpy as np

from lstm_core.plots import quiet_axes
from lstm_core.plots.columns import round_up
from lstm_core.plots.labels import label, signed
from lstm_core.plots.page_figure import BARE_AXIS, FONT, Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.sources import Sources

# Pixels of the row of coloured words and of the bars, each with the free space above.
ROWS = [("yaxis", 26.0, 0.0), ("yaxis2", 190.0, 10.0)]
MARGIN: dict[str, float] = {"l": 56, "r": 8, "t": 30, "b": 8}
# The room for a bar's number, as a share of the axis.
ROOM = 0.16
# The smallest letters, in pixels: a number that has no room for them is left out.
SMALLEST = 12
# The most steps with words; the page stretches the figure.
MOST_WORDS = 60


def shares(sources: Sources, step: int, look: Look, title: str) -> Figure:
    """A row of words, coloured by their share of the largest one, over bars of the shares."""
    reach = float(np.abs(sources.shares).max()) or 1.0
    names = [html.escape(label(name), quote=False) for name in sources.names]
    common: Figure = {
        "type": "bar",
        "x": sources.x,
        "customdata": list(zip(sources.steps, sources.shares.tolist(), strict=True)),
        "hovertext": names,
        "hovertemplate": "%{hovertext}: %{customdata[1]:+.4f}<extra></extra>",
    }
    from plotly.colors import sample_colorscale

    # Colours are computed here, because plotly.js takes more time to compute them than for all the rest.
    colours = sample_colorscale(look.states, (sources.shares / reach + 1) / 2)
    row = common | {
        "name": "words",
        "y": [1] * len(names),
        "width": 0.96,
        "marker": {"color": colours, "line": {"width": 0}},
    }
    bars = common | {
        "name": "shares",
        "y": sources.shares.tolist(),
        "yaxis": "y2",
        "width": 0.72,
        "marker": {"color": colours, "line": {"width": 1, "color": look.faint}},
    }
    if len(names) <= 24:
        bars |= {
            "text": [signed(share) if abs(share) >= 0.005 * reach else "" for share in sources.shares],
            "textposition": "outside",
            "cliponaxis": False,
            "textfont": {"size": SMALLEST, "color": look.faint},
        }
    first, last = min(sources.x) - 0.5, max(sources.x) + 0.5
    layout = quiet_axes.layout(look) | {
        "bargap": 0,
        "barmode": "overlay",
        # Plotly would shrink a number until it is no wider than its bar.
        "uniformtext": {"minsize": SMALLEST, "mode": "hide"},
        "xaxis": {"range": [first, last], "fixedrange": True, **_words(sources), **BARE_AXIS},
        "yaxis": {"range": [0, 1], "showticklabels": False, "fixedrange": True, **BARE_AXIS},
        "yaxis2": quiet_axes.value_axis(look, sources.shares, ROOM, ROOM) | {"title": quiet_axes.title(title, look)},
        "shapes": [_now(step, look)] if step in sources.steps else [],
    }
    quiet_axes.rows(layout, ROWS, MARGIN)
    return {"data": [row, bars], "layout": layout}


def _words(sources: Sources) -> Figure:
    """The words over their columns while they fit, else round positions; sources that are not words always."""
    many = len(sources.names) > MOST_WORDS
    every = round_up(len(sources.names) / 20)
    shown = [
        (x, label(name) if step < 0 or not many else f"{step:,}")
        for x, step, name in zip(sources.x, sources.steps, sources.names, strict=True)
        if not many or step < 0 or step % every == 0
    ]
    return {
        "side": "top",
        "tickmode": "array",
        "tickvals": [x for x, _ in shown],
        "ticktext": [html.escape(text, quote=False) for _, text in shown],
        "tickfont": {"size": FONT if len(shown) <= 24 else FONT - 2},
        # Only the page's width decides whether the words are level.
        "autotickangles": [0, -60],
        "ticklabeloverflow": "allow",
        "automargin": True,
        "anchor": "y",
    }


def _now(step: int, look: Look) -> Figure:
    """A frame around the column of the chosen step."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": step - 0.5,
        "x1": step + 0.5,
        "y0": 0,
        "y1": 1,
        "line": {"color": look.ink, "width": 1},
        "fillcolor": "rgba(128,128,128,0.07)",
        "layer": "below",
    }
