"""How are heatmaps drawn side by side, so that a person can compare them?"""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from lstm_core.plots import gate_strips, step_axis
from lstm_core.plots.columns import fit
from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import Figure, nth
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import STRIPS, Strip, reach_of

# The assumed width of each of three pictures, in pixels: it decides whether cells have room for numbers.
THIRD = 360
# Pixels for a second word above a column.
SECOND_LINE = 18
# In a longer text a column holds several steps and shows the value farthest from their mean.
MOST_COLUMNS = 1_000
ZERO = np.zeros(1)
At = tuple[int, int]
"""Layer and direction."""
Words = list[tuple[str, ...]]


def scale_of(values: Iterable[np.ndarray]) -> float:
    """The end of the scale of c, as these values need it."""
    return reach_of(max(float(np.abs(np.nan_to_num(value)).max()) for value in values))


def fine_scale(values: Iterable[np.ndarray]) -> float:
    """A round number at least as large as the largest difference, also for very small differences."""
    largest = max(float(np.abs(np.nan_to_num(value)).max()) for value in values)
    if largest < 1e-6:
        return 1.0
    power = 10.0 ** (np.floor(np.log10(largest)))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= largest * (1 - 1e-9)))


def strips(
    cells: Mapping[Any, np.ndarray],
    tokens: Words,
    look: Look,
    at: At,
    reach: float,
    differ: bool = False,
    of: Sequence[Strip] = STRIPS,
) -> Figure:
    """Some quantities (unit, step) of one layer and direction as heatmaps, on the scales of the main page; `differ`
    puts all on one diverging scale from -reach to reach. `of`: how each possible quantity is drawn."""
    shown = [strip for strip in of if strip.quantity in cells]
    if differ:
        shown = [strip._replace(scale="states") for strip in shown]
    figure = _over_words(cells, tokens, look, at, gap=24, strips=shown, reach=reach)
    if differ:
        for trace in figure["data"]:
            trace |= {"zmin": -reach, "zmax": reach}
            if "texttemplate" in trace:
                trace |= {"texttemplate": "%{text}", "text": _differences(trace["z"], 3 if reach < 1 else 2)}
    for strip, trace in zip(shown, figure["data"], strict=True):
        trace |= {
            "hoverongaps": False,
            "hovertemplate": f"unit %{{y}}, step %{{x}}: {strip.quantity} = %{{z:.4f}}<extra></extra>",
        }
    name_above(figure, [_with_scale(strip, trace) for strip, trace in zip(shown, figure["data"], strict=True)], look)
    # The figure fills its column of the page, whose width only the browser knows.
    layout = figure["layout"]
    del layout["width"]
    layout["hovermode"] = "closest"
    for name in layout:
        if name.startswith(("xaxis", "yaxis")):
            layout[name]["fixedrange"] = True
    return figure


def _differences(values: np.ndarray, places: int) -> list[list[str]]:
    """Differences as text: "0" for one that rounds to 0, "" for a step without a partner."""
    least = 0.5 * 10.0**-places
    return [
        ["" if np.isnan(value) else "0" if abs(value) < least else f"{value:+.{places}f}" for value in row]
        for row in values.tolist()
    ]


def _over_words(cells: Mapping[Any, np.ndarray], tokens: Words, look: Look, at: At = (0, 0), **options: Any) -> Figure:
    """`gate_strips.memory` over columns with one word, or with two words one above the other."""
    longest = [max(words, key=width_of) for words in tokens]
    columns = fit(len(tokens), MOST_COLUMNS, sum(len(values) for values in cells.values()), None)
    if columns.per > 1:
        cells = {name: columns.take(torch.from_numpy(values.T)).extreme for name, values in cells.items()}
    figure, _ = gate_strips.memory(
        cells, longest, look, THIRD, layer=at[0], direction=at[1], columns=columns, **options
    )
    layout = figure["layout"]
    if len(layout["xaxis"]["tickvals"]) == len(tokens) and any(len(words) > 1 for words in tokens):
        lines = [[html.escape(label(word), quote=False) for word in words] for words in tokens]
        layout["xaxis"]["ticktext"] = ["<br>".join(words) for words in lines]
        layout["margin"]["t"] += SECOND_LINE
        layout["height"] += SECOND_LINE
    return figure


def name_above(figure: Figure, names: Sequence[str], look: Look) -> None:
    """Write each strip's name above its left end; the first strip moves down to leave room under the words."""
    layout = figure["layout"]
    layout["margin"]["t"] += 20
    layout["height"] += 20
    layout["xaxis"]["ticklabelstandoff"] = step_axis.RIBBON + 18
    layout["annotations"] = [
        {
            "text": name,
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": layout[f"yaxis{nth(number)}"]["domain"][1],
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 12, "color": look.faint},
        }
        for number, name in enumerate(names)
    ]


def _with_scale(strip: Strip, trace: Figure) -> str:
    low, high = (f"{trace[end]:g}".replace("-", "−") for end in ("zmin", "zmax"))
    return f"{strip.title} <i>{strip.quantity}</i>, {low} to {high}"


def level(beside: list[Figure]) -> list[Figure]:
    """Let figures side by side begin at one height, and slant the words of all if one of them needs it."""
    layouts = [figure["layout"] for figure in beside]
    top, right = (max(layout["margin"][side] for layout in layouts) for side in "tr")
    slanted = any(layout["xaxis"]["tickangle"] for layout in layouts)
    for layout in layouts:
        layout["height"] += top - layout["margin"]["t"]
        layout["margin"] |= {"t": top, "r": right}
        layout["xaxis"]["tickangle"] = -60 if slanted else 0
    return beside
