"""What picture? A trace's quantities as Plotly figures, each a plain dict that `plotly.graph_objects.Figure` takes.

Six strips on one word axis, in the order of the equation, so that a word's column runs straight down
through the cell: f, i, g, then c = f ⊙ c_before + i ⊙ g, then o, then h = o ⊙ tanh c.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.columns import Columns, round_up, whole
from dashboard.palette import Look
from lstm_core import Trace

Figure = dict[str, Any]


class Strip(NamedTuple):
    """One quantity's heatmap: its name in words, the question it answers, what it means, its scale, its share of the
    height."""

    quantity: str
    title: str
    question: str
    meaning: str
    scale: str
    share: float


STRIPS = (
    Strip("f", "forget gate", "keep what was there?", "how much of each memory cell is kept", "gates", 1),
    Strip("i", "input gate", "let the new in?", "how much of the candidate is let into the memory", "gates", 1),
    Strip("g", "candidate", "what would be written", "what this word would write, from −1 to +1", "states", 1),
    Strip("c", "cell state", "memory: c = f·c + i·g", "the memory: what was kept plus what was let in", "states", 1.7),
    Strip("o", "output gate", "show it?", "how much of the memory is shown", "gates", 1),
    Strip(
        "h",
        "hidden state",
        "goes on: h = o·tanh c",
        "what is shown, to the next step and layer",
        "states",
        1,
    ),
)
GRU_STRIPS = (
    Strip("r", "reset gate", "may the candidate see h?", "how much of what was there the candidate sees", "gates", 1),
    Strip("z", "update gate", "keep what was there?", "how much of each hidden value is kept", "gates", 1),
    Strip("n", "candidate", "what would come instead", "what this word would write, from −1 to +1", "states", 1),
    Strip("h", "hidden state", "memory: h = (1−z)·n + z·h", "memory and output in one", "states", 1.7),
)
RNN_STRIPS = (Strip("h", "hidden state", "h = tanh(W x + U h)", "made anew at each step", "states", 1.7),)
LIMITS = {"gates": (0.0, 1.0), "states": (-1.0, 1.0)}

# Pixels. A row is as high as reading wants until all strips together would grow past their most; then a pixel at least.
ROW, LEAST, MOST_TOGETHER = 15, 46, 830
COLUMN_MOST, GAP = 112, 10
FONT, LETTER, WIDE_LETTER = 13, 7.4, 14
FAMILY = "'Source Sans', 'Source Sans 3', 'Noto Sans', Arial, sans-serif"
ROOM_FOR_NUMBER = (15, 38)
# Cells as flat as this have no gaps between them: painting each by itself takes Plotly five times as long.
FLAT = 3
# Between the words and the strips, where the words wear the colours of a pinned unit.
RIBBON = 6
# A word of more letters is cut rather than that all words are slanted for it.
LONG_WORD = 12
# The least width of a column that wears its word.
LEAST_WORD = 16
# What margins and the numbers of a scale take.
BESIDE = 64

BLANKS = {" ": "␣", "\u00a0": "␣", "\t": "⇥", "\n": "⏎", "\r": "⏎", "\r\n": "⏎"}


class Place(NamedTuple):
    """Where a strip lies in its figure: pixels from the top."""

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
    gap: int = GAP,
    shown: tuple[float, float] | None = None,
    strips: Sequence[Strip] = STRIPS,
    fill: float | None = None,
    columns: Columns | None = None,
    reach: float = 1.0,
) -> tuple[Figure, list[Place]]:
    """The heatmaps of one layer and direction, one strip a quantity, and where each lies.

    cells: by quantity, an array (unit, column). `width` in pixels; a column takes at most COLUMN_MOST of it.
    `shown`: the steps in sight when zoomed, as the range of the x axis. `fill`: the height to fill, and all
    of the width with it. `columns`: which steps the columns are, where they are not simply all of them. `reach`: how
    far the scale of c goes to both sides of 0.
    """
    columns = columns or whole(len(tokens))
    if fill is None:
        width = min(width, columns.steps * COLUMN_MOST)
    first, last = shown or (-0.5, columns.steps - 0.5)
    words, top = step_axis(tokens, width, first, last)
    places = place(strips, cells, top, gap, fill)
    height = places[-1].top + places[-1].height + 1
    layout = on_the_page(look) | {
        "width": round(width),
        "height": round(height),
        "margin": {"l": 0, "r": 0, "t": top, "b": 1},
        "hovermode": False,
        "xaxis": {"range": [first, last], "anchor": "y", **_edges(columns.steps), **words, **BARE_AXIS},
    }
    data = []
    for number, (strip, spot) in enumerate(zip(strips, places, strict=True), 1):
        axis = "" if number == 1 else str(number)
        values = cells[strip.quantity]
        units = values.shape[0]
        layout[f"yaxis{axis}"] = _unit_axis(units, spot, top, height - 1)
        # Zooming into a unit zooms into it in every strip (h may have fewer units: proj_size).
        if number > 1 and units == len(cells[strips[0].quantity]):
            layout[f"yaxis{axis}"]["matches"] = "y"
        room = spot.height / units, columns.per * width / (last - first)
        # Equal x values would merge into one column, so a repeated word needs its position.
        trace = heatmap(strip, values, look, layer, direction, room) | {"x": columns.positions(), "yaxis": f"y{axis}"}
        if strip.quantity == "c":
            trace |= {"zmin": -reach, "zmax": reach}
        data.append(trace)
    return {"data": data, "layout": layout}, places


def on_the_page(look: Look) -> Figure:
    """A layout on the page's own paper, in its letters."""
    return {
        "font": {"color": look.ink, "size": FONT, "family": FAMILY},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
    }


BARE_AXIS = {"showgrid": False, "zeroline": False, "ticks": "", "showline": False}


def _unit_axis(units: int, spot: Place, top: float, bottom: float) -> Figure:
    """The rows of a strip, the first on top, where it lies in a figure that has its axes from `top` to `bottom`."""
    below, inside = bottom - spot.top - spot.height, bottom - top
    return {
        "domain": [max(0.0, below / inside), min(1.0, (below + spot.height) / inside)],
        "range": [units - 0.5, -0.5],
        "showticklabels": False,
        **_edges(units),
        **BARE_AXIS,
    }


def _edges(count: int) -> dict[str, float]:
    """Zoom and pan end where the cells do."""
    return {"minallowed": -0.5, "maxallowed": count - 0.5}


def heatmap(
    strip: Strip, values: np.ndarray, look: Look, layer: int, direction: int, room: tuple[float, float]
) -> Figure:
    """One quantity (unit, column) on its fixed scale; numbers in the cells where a cell's (height, width) has room.

    Where the columns lie, `x`, is for the caller to say.
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
    if room[0] >= ROOM_FOR_NUMBER[0] and room[1] >= ROOM_FOR_NUMBER[1]:
        trace["texttemplate"] = "%{z:.2f}" if strip.scale == "gates" else "%{z:+.2f}"
        trace["textfont"] = {"size": 11}
    return trace


def place(
    strips: Sequence[Strip], cells: Mapping[Any, np.ndarray], top: float, gap: float, fill: float | None
) -> list[Place]:
    """Strips one under the other, the first `top` pixels down, as high as they like or to fill a height."""
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
        places.append(Place(strip.quantity, top, round(height)))
        top += round(height) + gap
    return places


def step_axis(tokens: Sequence[str], width: float, first: float, last: float) -> tuple[Figure, int]:
    """The steps from `first` to `last` over their columns, and the room above the picture that takes in pixels.

    As words while they fit, level or slanted; as positions where they don't.
    """
    column = width / (last - first)
    if column < LEAST_WORD or not tokens:
        return _axis({step: f"{step:,}" for step in _round_steps(first, last, width / 84)}, level=True), RIBBON + 28
    steps = range(max(0, round(first + 0.5)), min(len(tokens), round(last + 0.5)))
    labels = {step: label(tokens[step]) for step in steps}
    labels = {step: _cut(text, column) for step, text in labels.items()} if _one_is_long(labels, column) else labels
    longest = max((width_of(text) for text in labels.values()), default=0)
    # Letters stand level even close together.
    level = longest + (6 if any(len(text) > 1 for text in labels.values()) else 2) <= column
    return _axis(labels, level), RIBBON + (28 if level else 28 + int(min(longest, 150) * 0.87))


def _one_is_long(labels: Mapping[int, str], column: float) -> bool:
    """Whether words would stand level but for those that are longer than most words are."""
    fitting = [width_of(text) + 6 <= column for text in labels.values() if len(text) <= LONG_WORD]
    return all(fitting) and len(fitting) > len(labels) / 2


def _cut(text: str, column: float) -> str:
    """A long word cut to its column, as long as some of it is left to read."""
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
        "tickfont": {"size": FONT},
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": RIBBON,
    }


def _round_steps(first: float, last: float, most: float) -> range:
    """At most so many round positions between two."""
    every = 1 if last - first <= most else round_up((last - first) / most)
    return range(-(-max(0, round(first + 0.5)) // every) * every, round(last + 0.5), every)


def least_width(columns: int) -> int:
    """Pixels that so many columns need for each to wear its word, slanted, and a scale beside them."""
    return BESIDE + LEAST_WORD * columns


def label(token: str, most: int = 18) -> str:
    """A token as a reader can see it: a blank as a sign, a long one shortened."""
    seen = BLANKS.get(token, token)
    if not any(character.isprintable() for character in seen):
        seen = " ".join(f"U+{ord(character):04X}" for character in seen)
    return seen if len(seen) <= most else seen[: most - 1] + "…"


def column_name(number: int, tokens: Sequence[str], columns: Columns) -> str:
    """What a column stands for: its word, or the steps of its bin."""
    first = columns.first + number * columns.per
    if columns.per == 1:
        return label(tokens[first])
    return f"steps {first:,} to {min(first + columns.per, columns.steps) - 1:,}"


def stack_name(trace: Trace, layer: int, direction: int) -> str:
    """A layer, and where there are two directions, which way it reads."""
    if trace.c.shape[1] == 1:
        return f"layer {layer}"
    return f"layer {layer} ← reads from the right" if direction else f"layer {layer} → reads from the left"


def width_of(text: str) -> float:
    """About how many pixels a label takes: East Asian characters and emoji are twice as wide."""
    return sum(WIDE_LETTER if ord(character) >= 0x1100 else LETTER for character in text)


def mark_resets(figure: Figure, resets: Sequence[int], look: Look) -> None:
    """A line before each step whose memory did not come from the step before."""
    line = {"color": look.ink, "width": 2, "dash": "dot"}
    figure["layout"]["shapes"] = [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": step - 0.5,
            "x1": step - 0.5,
            "y0": 0,
            "y1": 1,
            "line": line,
        }
        for step in resets
    ]
