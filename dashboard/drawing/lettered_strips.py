"""How are h and c drawn with their letters and their units' numbers, and class probabilities of each word?"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_core.plots import gate_strips
from lstm_core.plots.columns import round_up
from lstm_core.plots.gate_strips import StripPlace
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import Strip, strips_of

SCORES = Strip("h", "class probabilities", "", "", "gates", 1.4)
# Pixels at the left of the strips, for the units' numbers with a letter.
LEFT = 46
# Pixels: from the strips to a letter, beyond the units' numbers; and what a number needs from the next one.
BESIDE, APART = 26, 13
# Pixels: what stands above the strips, the lowest and the highest row with its number, and the highest figure.
ABOVE, LOW, HIGH, WINDOW = 40, 21, 32, 560


def with_numbers(strips: Sequence[Strip], cells: Mapping[Any, np.ndarray], high: int = HIGH) -> float | None:
    """The height at which few rows fill a window, with numbers; None if those have no room there."""
    rows = sum(strip.share * len(cells[strip.quantity]) for strip in strips)
    around = ABOVE + gate_strips.GAP * (len(strips) - 1)
    # Each strip is rounded to whole pixels.
    return min(around + high * rows, WINDOW - len(strips)) if around + LOW * rows <= WINDOW else None


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
