"""How is a trace drawn? As Plotly figures, each a plain dict that `plotly.graph_objects.Figure` takes.

Six strips on one word axis, in the order of the equation, so that a word's column runs straight down
through the cell: f, i, g, then c = f ⊙ c_before + i ⊙ g, then o, then h = o ⊙ tanh c.
"""

import html
import math
from collections.abc import Mapping, Sequence, Sized
from typing import Any, NamedTuple

import numpy as np

from lstm_core.plots.columns import Columns, round_up, whole
from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import BARE_AXIS, FONT, Figure, nth, on_the_page
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import LIMITS, STRIPS, Strip

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
    direction: int = 0,
    strips: Sequence[Strip] = STRIPS,
    fill: float | None = None,
    columns: Columns | None = None,
    reach: float = 1.0,
) -> tuple[Figure, list[StripPlace]]:
    """The heatmaps of one layer and direction, one strip for each quantity, and the place of each.

    cells: by quantity, an array (unit, column). `width` in pixels; a column takes at most COLUMN_MOST of it.
    `fill`: the height to fill; then the figure fills its width too. `columns`: the steps of the columns; None for one
    column a step. `reach`: the scale of c, or of h where there is no c, goes from -reach to
    reach.
    """
    columns = columns or whole(len(tokens))
    if fill is None:
        width = min(width, columns.steps * COLUMN_MOST)
    steps = columns.steps
    words, top = step_axis(tokens, width, steps)
    beyond = past_the_end(words, width, steps)
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
        axis = nth(number)
        values = cells[strip.quantity]
        units = values.shape[0]
        layout[f"yaxis{axis}"] = unit_axis(units, spot, top, height - 1)
        # A zoom into a unit applies to every strip (h may have fewer units: proj_size).
        if number and units == len(cells[strips[0].quantity]):
            layout[f"yaxis{axis}"]["matches"] = "y"
        room = spot.height / units, columns.per * width / steps
        # Equal x values would merge into one column, so a repeated word needs its position.
        trace = heatmap(strip, values, look, layer, direction, room)
        trace |= {"x": columns.positions(), "yaxis": f"y{axis}"}
        # The h of a relu RNN has no end either.
        if strip.sums or (strip.is_state and "c" not in cells):
            trace |= {"zmin": -reach, "zmax": reach}
        data.append(trace)
    return {"data": data, "layout": layout}, places


def unit_axis(units: int, spot: StripPlace, top: float, bottom: float) -> Figure:
    """The rows of a strip, the first on top, at the strip's place in a figure whose axes go from `top` to `bottom`."""
    below, inside = bottom - spot.top - spot.height, bottom - top
    return {
        "domain": [max(0.0, below / inside), min(1.0, (below + spot.height) / inside)],
        "range": [units - 0.5, -0.5],
        "showticklabels": False,
        **edges(units),
        **BARE_AXIS,
    }


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

# Pixels between the words and the strips, for the colours of a pinned unit.
RIBBON = 6
# A longer word is cut, so that it does not make all words slant.
LONG_WORD = 12
# The smallest width of a column that has a word, and of one that has a character.
LEAST_WORD, LEAST_LETTER = 16, 8


def step_axis(tokens: Sequence[str], width: float, steps: int) -> tuple[Figure, int]:
    """The axis of some steps, and its height above the picture in pixels.

    It shows words while they fit, level or slanted, and else positions.
    """
    column = width / steps
    least = LEAST_LETTER if all(width_of(label(token)) < LEAST_LETTER for token in tokens) else LEAST_WORD
    if column < least or not tokens:
        every = 1 if column >= 84 else round_up(84 / column)
        return _axis({step: f"{step:,}" for step in range(0, steps, every)}, level=True), RIBBON + 28
    labels = {step: label(token) for step, token in enumerate(tokens)}
    labels = {step: _cut(text, column) for step, text in labels.items()} if _one_is_long(labels, column) else labels
    longest = max((width_of(text) for text in labels.values()), default=0)
    # Single letters stay level even close together.
    level = longest + (6 if any(len(text) > 1 for text in labels.values()) else 0.5) <= column
    return _axis(labels, level), RIBBON + (28 if level else 28 + int(min(longest, 150) * 0.87))


def past_the_end(axis: Figure, width: float, steps: int) -> int:
    """How many pixels of the words stand right of the picture's end: half of a word that is level, and, because it
    rises by 60 degrees, half of one that is slanted. A page may make slanted words' columns narrower than `width`."""
    column, lean = width / steps, 0.0
    if axis["tickangle"] != 0:
        column, lean = min(column, LEAST_WORD), FONT / 2
    ends = zip(axis["tickvals"], axis["ticktext"], strict=True)
    past = (width_of(html.unescape(text)) / 2 + lean - (steps - 0.5 - step) * column for step, text in ends)
    return math.ceil(max(0.0, *past)) if axis["tickvals"] else 0


def _one_is_long(labels: Mapping[int, str], column: float) -> bool:
    """Whether all words would fit level except a few unusually long ones."""
    fitting = [width_of(text) + 6 <= column for text in labels.values() if len(text) <= LONG_WORD]
    return all(fitting) and len(fitting) > len(labels) / 2


def _cut(text: str, column: float) -> str:
    """A long word cut to its column, if enough of it remains to read."""
    if len(text) <= LONG_WORD or width_of(text) + 6 <= column:
        return text
    left = text.removesuffix("…")
    while left and width_of(left + "…") + 6 > column:
        left = left[:-1]
    return left + "…" if len(left) >= LONG_WORD / 2 else text


def _axis(labels: Mapping[int, str], level: bool) -> Figure:
    return {
        "side": "top",
        "tickmode": "array",
        "tickvals": list(labels),
        "ticktext": [html.escape(text, quote=False) for text in labels.values()],
        "tickangle": 0 if level else -60,
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": RIBBON,
        "tickfont": {"size": FONT},
    }
