"""How is one quantity of a trace drawn, how high is its strip, and what is its layer called?

Six strips on one word axis, in the order of the equation, so that a word's column runs straight down
through the cell: f, i, g, then c = f ⊙ c_before + i ⊙ g, then o, then h = o ⊙ tanh c.
"""

from collections.abc import Mapping, Sequence, Sized
from typing import Any

import numpy as np

from lstm_core.plots.page_figure import FONT, Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import LIMITS, Strip

# Pixels. Rows have a readable height until all strips together reach their maximum; then they shrink to one pixel.
ROW, LEAST, MOST_TOGETHER = 15, 46, 830
ROOM_FOR_NUMBER = (16, 40)
# Cells lower than this have no gaps: Plotly takes five times as long to paint each cell by itself.
FLAT = 3


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


def heights(strips: Sequence[Strip], cells: Mapping[Any, Sized]) -> list[int]:
    """The pixels that strips need one under the other, each by its number of units."""
    most = MOST_TOGETHER / sum(strip.share for strip in strips)
    units = [len(cells[strip.quantity]) for strip in strips]
    shared = zip(strips, units, strict=True)
    return [round(max(strip.share * min(most, max(LEAST, ROW * count)), count)) for strip, count in shared]


def stack_name(directions: int, layer: int, direction: int) -> str:
    """The name of a layer and, if there are two directions, of its direction."""
    if directions == 1:
        return f"layer {layer}"
    return f"{short_name(layer, direction)} reads from the {'right' if direction else 'left'}"


def short_name(layer: int, direction: int) -> str:
    """A layer and an arrow that shows where its direction reads to, where there is no room for words."""
    return f"layer {layer} {'←' if direction else '→'}"
