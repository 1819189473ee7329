"""Which quantities does a picture show, in which strips, on which scales, and how is one drawn?

Strips have one word axis, and stand in the order of the equation, so that a word's column runs straight down through
the cell: f, i, g, then c = f ⊙ c_before + i ⊙ g, then o, then h = o ⊙ tanh c.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence, Sized
from typing import Any

import numpy as np

from lstm_core.plots.page_figure import FONT, Figure, Look
from lstm_core.quantities import GRU, LSTM, RNN, Described, table_of
from lstm_core.quantities import LIMITS as LIMITS

Strip = Described
STRIPS, GRU_STRIPS, RNN_STRIPS = LSTM, GRU, RNN
UNGATED = (
    Described("decay", "decay", "keep what was there?", "what multiplies the memory", "states", sums=True),
    Described("added", "what is added", "what is written?", "what a step adds to the memory", "states", sums=True),
)


def scale_of(values: Iterable[np.ndarray], least: float = 1.0) -> float:
    """The end of a scale, little beyond the largest value: 1, 1.2, 1.4, … 9.8, 10, 12, …, also a tenth, a hundredth …
    of these; `least` at least. 1 for values that are nearly 0. The page has the same rule, `scaleTo`."""
    end = max(least, *(float(np.abs(np.nan_to_num(each)).max()) for each in values))
    if end < 1e-6:
        return 1.0
    power = 10.0 ** np.floor(np.log10(end))
    return float(np.ceil(5 * end / power * (1 - 1e-6)) * power / 5)


def strips_of(quantities: Collection[str]) -> tuple[Strip, ...]:
    """The strips of an LSTM, a GRU or an RNN that has these quantities, as far as they are there; also those of a
    memory that no single gate lets in."""
    table = (*LSTM[:1], *UNGATED, *LSTM[3:]) if "added" in quantities else table_of(quantities)
    return tuple(strip for strip in table if strip.quantity in quantities)


# How is one drawn, how high is it, and what is its layer called?

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
    places: int = 2,
) -> Figure:
    """One quantity (unit, column) on its fixed scale, with numbers in the cells if (height, width) of a cell has room.
    `letters`: the size of the numbers, which have so many decimal `places`.

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
        # What rounds to 0 has no sign, and Plotly itself would write a hyphen.
        shown = np.where(np.abs(trace["z"]) < 0.5 * 10.0**-places, 0.0, trace["z"])
        texts = np.char.mod(f"%{'' if strip.scale == 'gates' else '+'}.{places}f", shown)
        for old, new in ((f"+{0:.{places}f}", f"{0:.{places}f}"), ("+nan", ""), ("nan", ""), ("-", "−")):
            texts = np.char.replace(texts, old, new)
        trace |= {"text": texts.tolist(), "texttemplate": "%{text}", "textfont": {"size": letters}}
    return trace


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
