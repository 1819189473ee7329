"""The pictures of the Structure page: h and c of one way of reading, class scores a word, and three kinds of cell."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard import figures
from dashboard.figures import GRU_STRIPS, RNN_STRIPS, STRIPS, Figure, Place, Strip
from dashboard.palette import Look
from lstm_core import GruTrace, RnnTrace, Trace
from lstm_core.traces.recorded import Recorded

STATES = [strip for strip in STRIPS if strip.quantity in ("h", "c")]
STRIPS_OF: dict[type[Recorded], tuple[Strip, ...]] = {Trace: STRIPS, GruTrace: GRU_STRIPS, RnnTrace: RNN_STRIPS}
# A figure's own button saves it for a slide.
# The letters h and c stand left of their strips.
LEFT = 30


def states(trace: Trace, look: Look, width: float) -> Figure:
    """Cell and hidden states (unit, step) of one way of reading; a dotted line where memory was reset."""
    cells = {strip.quantity: trace.cells(strip.quantity) for strip in STATES}
    figure = lettered(cells, [f"step {step}" for step in range(len(trace.x))], look, width)
    figures.mark_resets(figure, trace.resets, look)
    return figure


def cell(trace: Recorded, tokens: Sequence[str], look: Look, width: float) -> Figure:
    """Every gate and state (unit, step) of an LSTM, a GRU or an RNN over the words."""
    strips = STRIPS_OF[type(trace)]
    cells = {strip.quantity: trace.cells(strip.quantity) for strip in strips}
    return lettered(cells, tokens, look, width, strips=strips)


def lettered(
    cells: Mapping[Any, np.ndarray],
    tokens: Sequence[str],
    look: Look,
    width: float,
    left: int = LEFT,
    fill: float | None = None,
    strips: Sequence[Strip] = STATES,
) -> Figure:
    """Some quantities (unit, step), each strip with its letter; `fill`: the height to fill, and the width."""
    figure, places = figures.memory(cells, tokens, look, width - left, strips=strips, fill=fill)
    letters(figure, places, left)
    return figure


def letters(figure: Figure, places: Sequence[Place], left: int) -> None:
    """Make room of so many pixels left of the strips and write each one's letter there."""
    height, top = figure["layout"]["height"], figure["layout"]["margin"]["t"]
    _widen(figure, left)
    figure["layout"]["annotations"] = [
        {
            "text": f"<i>{place.quantity}</i>",
            "x": 0,
            "xshift": -10,
            "xanchor": "right",
            "y": 1 - (place.top + place.height / 2 - top) / (height - 1 - top),
            "xref": "paper",
            "yref": "paper",
            "yanchor": "middle",
            "showarrow": False,
            "font": {"size": 16, "family": "Georgia, serif"},
        }
        for place in places
    ]


def scores(
    probabilities: np.ndarray, tokens: Sequence[str], classes: Sequence[str], look: Look, width: float, left: int = 62
) -> Figure:
    """Probabilities (class, step) over the words, on the gates' scale from 0 to 1."""
    strip = Strip("h", "class scores", "", "", "gates", 1.4)
    figure, _ = figures.memory({"h": probabilities}, tokens, look, width - left, strips=[strip])
    figure["data"][0] |= {"name": "probability", "meta": {}}
    every = -(-len(classes) // 12)
    figure["layout"]["yaxis"] |= {
        "showticklabels": True,
        "ticklabelstandoff": 6,
        "tickmode": "array",
        "tickvals": list(range(0, len(classes), every)),
        "ticktext": [html.escape(figures.label(name), quote=False) for name in classes[::every]],
    }
    _widen(figure, left)
    return figure


def _widen(figure: Figure, left: int) -> None:
    figure["layout"]["margin"]["l"] = left
    figure["layout"]["width"] += left
