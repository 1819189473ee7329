"""How are the page Lesson's figures drawn? What goes in and comes out, h and c, class probabilities of each word."""

import html
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import numpy as np

from lstm_core import Trace
from lstm_core.plots import gate_strips, quiet_axes
from lstm_core.plots.columns import round_up
from lstm_core.plots.gate_strips import StripPlace
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import FAMILY, Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import STRIPS, Strip, strips_of

STATES = [strip for strip in STRIPS if strip.is_state]
INPUTS = (
    Strip("x", "input", "the word in numbers", "the numbers of the word", "states", 1),
    next(strip for strip in STRIPS if strip.quantity == "h"),
)
SCORES = Strip("h", "class probabilities", "", "", "gates", 1.4)
# Pixels at the left of the strips: for the units' numbers with a letter, or with a name and a question.
LEFT, NAMED = 46, 196
# The most resets with a line each.
MOST_RESETS = 40
# Pixels: from the strips to a letter, beyond the units' numbers; and what a number needs from the next one.
BESIDE, APART = 26, 13
# Pixels: what stands above the strips, the lowest and the highest row with its number, and the highest figure.
ABOVE, LOW, HIGH, WINDOW = 40, 21, 32, 560


def states(trace: Trace, names: Sequence[str], look: Look, width: float) -> Figure:
    """Cell and hidden states (unit, step) of one way of reading, with a dotted line at each reset of the memory."""
    cells = {strip.quantity: trace.cells(strip.quantity) for strip in STATES}
    figure = lettered(cells, names, look, width, fill=with_numbers(STATES, cells, high=LOW))
    mark_resets(figure, trace.resets, look)
    return figure


def inputs(trace: Trace, tokens: Sequence[str], look: Look, width: float) -> Figure:
    """The input x (feature, step) and the output h (unit, step) over the words."""
    cells = {"x": trace.x[:, 0].T.numpy(), "h": trace.cells("h")}
    fill = with_numbers(INPUTS, cells)
    figure, places = gate_strips.memory(cells, tokens, look, width - NAMED, strips=INPUTS, fill=fill)
    reach = max(1, ceil(abs(cells["x"]).max()))
    figure["data"][0] |= {"zmin": -reach, "zmax": reach, "meta": {}}
    named(figure, places, INPUTS, look)
    return figure


def with_numbers(strips: Sequence[Strip], cells: Mapping[Any, np.ndarray], high: int = HIGH) -> float | None:
    """The height at which few rows fill a window, with numbers; None if those have no room there."""
    rows = sum(strip.share * len(cells[strip.quantity]) for strip in strips)
    around = ABOVE + gate_strips.GAP * (len(strips) - 1)
    # Each strip is rounded to whole pixels.
    return min(around + high * rows, WINDOW - len(strips)) if around + LOW * rows <= WINDOW else None


def named(figure: Figure, places: Sequence[StripPlace], strips: Sequence[Strip], look: Look) -> None:
    """Make room at the left of the strips, and write each strip's name and question there."""
    letters(figure, places, NAMED)
    for annotation, strip in zip(figure["layout"]["annotations"], strips, strict=True):
        question = f'<span style="font-size: 12px; color: {look.faint}">{strip.question}</span>'
        annotation["text"] = f"<b>{strip.title}</b> <i>{strip.quantity}</i><br>{question}"
        annotation["font"] = {"size": 13, "family": FAMILY}
        annotation["align"] = "right"


def lettered(
    cells: Mapping[Any, np.ndarray],
    tokens: Sequence[str],
    look: Look,
    width: float,
    left: int = LEFT,
    fill: float | None = None,
    reach: float = 1.0,
) -> Figure:
    """States (unit, step), c and h or h alone, with their letters; `fill`: the height to fill, with the width; `reach`:
    the end of the scale of c."""
    strips = strips_of(cells)
    figure, places = gate_strips.memory(cells, tokens, look, width - left, strips=strips, fill=fill, reach=reach)
    letters(figure, places, left)
    return figure


def letters(figure: Figure, places: Sequence[StripPlace], left: int) -> None:
    """Make room at the left of the strips, in pixels, and write each strip's letter and its units' numbers there."""
    height, top = figure["layout"]["height"], figure["layout"]["margin"]["t"]
    _widen(figure, left)
    for trace, place in zip(figure["data"], places, strict=True):
        units = len(trace["z"])
        every = 1 if units * APART <= place.height else round_up(units * APART / place.height)
        figure["layout"]["yaxis" + trace["yaxis"][1:]] |= {
            "showticklabels": True,
            "ticklabelstandoff": 4,
            "tickmode": "array",
            "tickvals": list(range(0, units, every)),
            "tickfont": {"size": 12},
        }
    figure["layout"]["annotations"] = [
        {
            "text": f"<i>{place.quantity}</i>",
            "x": 0,
            "xshift": -BESIDE,
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
    probabilities: np.ndarray,
    tokens: Sequence[str],
    classes: Sequence[str],
    look: Look,
    width: float,
    left: int = 62,
) -> Figure:
    """Probabilities (class, step) over the words, on the gates' scale from 0 to 1."""
    figure, _ = gate_strips.memory({"h": probabilities}, tokens, look, width - left, strips=[SCORES])
    figure["data"][0] |= {"name": "probability", "meta": {}}
    every = -(-len(classes) // 12)
    figure["layout"]["yaxis"] |= {
        "showticklabels": True,
        "ticklabelstandoff": 6,
        "tickmode": "array",
        "tickvals": list(range(0, len(classes), every)),
        "ticktext": [html.escape(label(name), quote=False) for name in classes[::every]],
    }
    _widen(figure, left)
    return figure


def _widen(figure: Figure, left: int) -> None:
    figure["layout"]["margin"]["l"] = left
    figure["layout"]["width"] += left


def mark_resets(figure: Figure, resets: Sequence[int], look: Look) -> None:
    """A line before each step whose memory did not come from the step before; so many lines would hide the picture."""
    if len(resets) > MOST_RESETS:
        return
    strong = {"yref": "paper", "layer": "above", "line": {"color": look.ink, "width": 2, "dash": "dot"}}
    befores = [step - 0.5 for step in resets]
    figure["layout"]["shapes"] = [quiet_axes.line(before, before, 0, 1, look) | strong for before in befores]
