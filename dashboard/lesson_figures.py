"""The pictures of the Structure page: h and c of one way of reading, class scores a word, and three kinds of cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard import figures
from dashboard.figures import GRU_STRIPS, RNN_STRIPS, STRIPS, Figure, Strip
from dashboard.palette import Look
from lstm_core import GruTrace, RnnTrace, Trace
from lstm_core.recorded import Recorded

STATES = [strip for strip in STRIPS if strip.quantity in ("h", "c")]
STRIPS_OF: dict[type[Recorded], tuple[Strip, ...]] = {Trace: STRIPS, GruTrace: GRU_STRIPS, RnnTrace: RNN_STRIPS}
# A figure's own button saves it for a slide.
CHART = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "svg", "filename": "gatescope"},
}
# The letters h and c stand left of their strips.
LEFT = 30


def states(trace: Trace, look: Look, width: float) -> Figure:
    """Cell and hidden states (unit, step) of one way of reading; a dotted line where memory was reset."""
    figure = _lettered(trace, [f"step {step}" for step in range(len(trace.x))], STATES, look, width)
    figures.mark_resets(figure, trace.resets, look)
    return figure


def cell(trace: Recorded, tokens: Sequence[str], look: Look, width: float) -> Figure:
    """Every gate and state (unit, step) of an LSTM, a GRU or an RNN over the words."""
    return _lettered(trace, tokens, STRIPS_OF[type(trace)], look, width)


def _lettered(trace: Recorded, tokens: Sequence[str], strips: Sequence[Strip], look: Look, width: float) -> Figure:
    """Some quantities of a trace, each with its letter."""
    cells = {strip.quantity: trace.cells(strip.quantity) for strip in strips}
    figure, places = figures.memory(cells, tokens, look, width - LEFT, strips=strips)
    height = figure["layout"]["height"]
    _widen(figure, LEFT)
    top = figure["layout"]["margin"]["t"]
    figure["layout"]["annotations"] = [
        {
            "text": f"<i>{place.quantity}</i>",
            "x": 0,
            "xshift": -10,
            "xanchor": "right",
            "y": 1 - (place.top + place.height / 2 - top) / (height - 1 - top),
            "xref": "paper",
            "yref": "paper",
            "showarrow": False,
            "font": {"size": 16, "family": "Georgia, serif"},
        }
        for place in places
    ]
    return figure


def scores(probabilities: np.ndarray, tokens: Sequence[str], look: Look, width: float) -> Figure:
    """Probabilities (class, step) over the words, on the gates' scale from 0 to 1."""
    strip = Strip("h", "class scores", "", "", "gates", 1.4)
    figure, _ = figures.memory({"h": probabilities}, tokens, look, width - 62, strips=[strip])
    figure["data"][0] |= {"name": "probability", "meta": {}}
    classes = [f"class {number}" for number in range(len(probabilities))]
    every = 1 + len(classes) // 12
    figure["layout"]["yaxis"] |= {
        "showticklabels": True,
        "tickmode": "array",
        "tickvals": list(range(0, len(classes), every)),
        "ticktext": classes[::every],
    }
    _widen(figure, 62)
    return figure


def _widen(figure: Figure, left: int) -> None:
    figure["layout"]["margin"]["l"] = left
    figure["layout"]["width"] += left
