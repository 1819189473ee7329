"""How is a trace drawn? As Plotly figures, each a plain dict that `plotly.graph_objects.Figure` takes.

Six strips on one word axis, in the order of the equation, so that a word's column runs straight down
through the cell: f, i, g, then c = f ⊙ c_before + i ⊙ g, then o, then h = o ⊙ tanh c.
"""

import html
import math
from collections.abc import Mapping, Sequence, Sized
from typing import Any, NamedTuple

import numpy as np

from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import BARE_AXIS, FONT, Figure, nth, on_the_page
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import LIMITS, STRIPS, Strip
from lstm_core.plots.time_axis import every_for

# Pixels. Rows have a readable height until all strips together reach their maximum; then they shrink to one pixel.
ROW, LEAST, MOST_TOGETHER = 15, 46, 830
COLUMN_MOST, GAP = 112, 10
ROOM_FOR_NUMBER = (16, 40)
# Cells lower than this have no gaps: Plotly takes five times as long to paint each cell by itself.
FLAT = 3


class StripPlace(NamedTuple):
    """The place of a strip in its figure, in pixels from the top."""

    quantity: str
    top: float
    height: float


def memory(
    cells: Mapping[Any, np.ndarray],
    tokens: Sequence[str],
    look: Look,
    width: float,
    layer: int = 0,
    strips: Sequence[Strip] = STRIPS,
    fill: float | None = None,
    reach: float = 1.0,
) -> tuple[Figure, list[StripPlace]]:
    """The heatmaps of one layer, one strip for each quantity, and the place of each.

    cells: by quantity, an array (unit, step). `width` in pixels; a column takes at most COLUMN_MOST of it.
    `fill`: the height to fill; then the figure fills its width too. `reach`: the scale of c, or of h where there is no
    c, goes from -reach to reach.
    """
    steps = cells[strips[0].quantity].shape[1]
    if fill is None:
        width = min(width, steps * COLUMN_MOST)
    words, top, beyond = step_axis(tokens, width, steps)
    places = place(strips, cells, top, GAP, fill)
    height = places[-1].top + places[-1].height + 1
    layout = on_the_page(look) | {
        "width": round(width) + beyond,
        "height": round(height),
        "margin": {"l": 0, "r": beyond, "t": top, "b": 1},
        "hovermode": False,
        "xaxis": {"range": [-0.5, steps - 0.5], "anchor": "y", **edges(steps), **words, **BARE_AXIS},
    }
    data = []
    for number, (strip, spot) in enumerate(zip(strips, places, strict=True)):
        axis, values = nth(number), cells[strip.quantity]
        units, inside = len(values), height - 1 - top
        ends = [1 - (spot.top + spot.height - top) / inside, 1 - (spot.top - top) / inside]
        layout[f"yaxis{axis}"] = {"domain": np.clip(ends, 0, 1).tolist(), "range": [units - 0.5, -0.5]}
        layout[f"yaxis{axis}"] |= {"showticklabels": False, **edges(units), **BARE_AXIS}
        # A zoom into a unit applies to every strip (h may have fewer units: proj_size).
        if number and units == len(cells[strips[0].quantity]):
            layout[f"yaxis{axis}"]["matches"] = "y"
        trace = heatmap(strip, values, look, layer, 0, (spot.height / units, width / steps))
        # Equal x values would merge into one column, so a repeated word needs its position.
        trace |= {"x": list(range(steps)), "yaxis": f"y{axis}"}
        # The h of a relu RNN has no end either.
        if strip.sums or (strip.is_state and "c" not in cells):
            trace |= {"zmin": -reach, "zmax": reach}
        data.append(trace)
    return {"data": data, "layout": layout}, places


def edges(count: int) -> dict[str, float]:
    """Zoom and pan end at the edges of the cells."""
    return {"minallowed": -0.5, "maxallowed": count - 0.5}


def heatmap(
    strip: Strip,
    values: np.ndarray,
    look: Look,
    layer: int,
    direction: int,
    room: tuple[float, float],
    letters: int = FONT - 1,
) -> Figure:
    """One quantity (unit, column) on its fixed scale, with numbers in the cells if (height, width) of a cell has room.
    `letters`: the size of the numbers.

    The caller sets `x`, the positions of the columns.
    """
    low, high = LIMITS[strip.scale]
    trace: Figure = {
        "type": "heatmap",
        "name": strip.quantity,
        "meta": {"layer": layer, "direction": direction},
        "z": np.ascontiguousarray(values, dtype=np.float32),
        "y": list(range(len(values))),
        "zmin": low,
        "zmax": high,
        "colorscale": getattr(look, strip.scale),
        "showscale": False,
        "xgap": 1 if room[1] > 6 and room[0] > FLAT else 0,
        "ygap": 1 if room[0] > 6 else 0,
    }
    grown = letters / (FONT - 1)
    if room[0] >= grown * ROOM_FOR_NUMBER[0] and room[1] >= grown * ROOM_FOR_NUMBER[1]:
        trace["texttemplate"] = "%{z:.2f}" if strip.scale == "gates" else "%{z:+.2f}"
        trace["textfont"] = {"size": letters}
    return trace


def true_minus(heatmap: Figure, places: int = 2) -> None:
    """Write the numbers in the cells with a minus sign; Plotly writes a hyphen. Where there is none, nothing."""
    if "texttemplate" in heatmap:
        sign = "" if heatmap["texttemplate"] == "%{z:.2f}" else "+"
        # What rounds to 0 has no sign.
        values = np.where(np.abs(heatmap["z"]) < 0.5 * 10.0**-places, 0.0, heatmap["z"])
        texts = np.char.mod(f"%{sign}.{places}f", values)
        for old, new in ((f"+{0:.{places}f}", f"{0:.{places}f}"), ("+nan", ""), ("nan", ""), ("-", "−")):
            texts = np.char.replace(texts, old, new)
        heatmap |= {"text": texts.tolist(), "texttemplate": "%{text}"}


def place(
    strips: Sequence[Strip], cells: Mapping[Any, Sized], top: float, gap: float, fill: float | None
) -> list[StripPlace]:
    """Place strips one under the other from `top` pixels on, each with its own height or all to fill a height."""
    most = MOST_TOGETHER / sum(strip.share for strip in strips)
    units = [len(cells[strip.quantity]) for strip in strips]
    heights = [
        max(strip.share * min(most, max(LEAST, ROW * count)), count) for strip, count in zip(strips, units, strict=True)
    ]
    if fill is not None:
        stretch = (fill - top - gap * (len(strips) - 1)) / sum(heights)
        heights = [height * stretch for height in heights]
    places = []
    for strip, height in zip(strips, heights, strict=True):
        places.append(StripPlace(strip.quantity, top, round(height)))
        top += round(height) + gap
    return places


def stack_name(directions: int, layer: int, direction: int) -> str:
    """The name of a layer and, if there are two directions, of its direction."""
    if directions == 1:
        return f"layer {layer}"
    return f"{short_name(layer, direction)} reads from the {'right' if direction else 'left'}"


def short_name(layer: int, direction: int) -> str:
    """A layer and an arrow that shows where its direction reads to, where there is no room for words."""
    return f"layer {layer} {'←' if direction else '→'}"


# How are the words written over their columns?

# Pixels: between the words and the strips, and the least width of a column that has a word.
RIBBON, LEAST_WORD = 6, 16


def step_axis(tokens: Sequence[str], width: float, steps: int) -> tuple[Figure, int, int]:
    """The axis of some steps, and the pixels that it needs above the picture and right of it.

    It shows words while they fit, level or slanted, and else positions.
    """
    column, names, places = width / steps, [label(token) for token in tokens], range(steps)
    widest = max(map(width_of, names), default=0)
    # Single letters stay level even close together.
    level = widest + (0.5 if widest < LEAST_WORD / 2 else 6) <= column
    if not names or column < min(LEAST_WORD, widest + 0.6):
        places, level = range(0, steps, every_for(84 / column)), True
        names = [f"{step:,}" for step in places]
    axis = {
        "side": "top",
        "tickmode": "array",
        "tickvals": list(places),
        "ticktext": [html.escape(name, quote=False) for name in names],
        "tickangle": 0 if level else -60,
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": RIBBON,
        "tickfont": {"size": FONT},
    }
    # The cosine of 60 degrees is a half.
    return axis, RIBBON + 28 + (0 if level else int(min(widest, 150) * 0.87)), 0 if level else math.ceil(widest / 2)
