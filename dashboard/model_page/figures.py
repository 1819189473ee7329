"""How is a model drawn on the page Your model: in training by its curves and an example, from a file by its states?"""

import html
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from torch import Tensor

from gatescope.checkpoint.opening import FirstReading
from gatescope.train_one.example import Example, Picture
from gatescope.train_one.run import Progress
from lstm_core.plots import gate_strips, page_figure
from lstm_core.plots.columns import round_up, whole
from lstm_core.plots.gate_strips import StripPlace
from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import BARE_AXIS, Figure, on_the_page
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import Strip, scale_of, strips_of
from lstm_core.traces.recorded import Recorded

# What both have: letters beside the strips with their units' numbers, and class probabilities of each word.

SCORES = Strip("h", "class probabilities", "", "", "gates", 1.4)
# Pixels at the left of the strips, for the units' numbers with a letter; and for the answers' names too, in one column.
LEFT, NAMES = 46, 62
# Pixels: from the strips to a letter, beyond the units' numbers; and what a number needs from the next one.
BESIDE, APART = 26, 13


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
    left: int,
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


# How is a model in training drawn? Its curves, and one example as the model reads it.


CURVE_HEIGHT, FORECAST_HEIGHT = 190, 190


def loss(progress: Progress, shown: int, look: Look) -> Figure:
    """Loss by epoch, from 0 up."""
    return _curve(progress, [moment.loss for moment in progress.moments], shown, look, {"rangemode": "tozero"})


def accuracy(progress: Progress, shown: int, look: Look) -> Figure:
    """Accuracy by epoch, on a fixed scale from 0 to 1."""
    limits = {"range": [0, 1.04], "tickvals": [0, 0.5, 1]}
    return _curve(progress, [moment.accuracy for moment in progress.moments], shown, look, limits)


def _curve(progress: Progress, values: Sequence[float], shown: int, look: Look, y: Figure) -> Figure:
    """A curve on an axis of all planned epochs, so that only the line grows; a dotted line marks the chosen epoch."""
    now = page_figure.line(shown, shown, 0, 1, look) | {"yref": "paper", "layer": "above"}
    line = {
        "type": "scatter",
        "mode": "lines" if len(values) > 1 else "markers",
        "x": [moment.epoch for moment in progress.moments],
        "y": list(values),
        "line": {"color": look.gates[3][1], "width": 2},
    }
    axes = {
        "xaxis": {"range": [0, progress.of], "nticks": 6, **_quiet_axis(look), "showgrid": False},
        "yaxis": {"nticks": 4, **_quiet_axis(look), **y},
    }
    return {"data": [line], "layout": _layout(look, CURVE_HEIGHT) | axes | {"shapes": [now]}}


def reach(progress: Progress, layer: int) -> float:
    """The end of the scale of a layer's c in all pictures."""
    return scale_of(picture.cells["c"][layer] for picture in progress.pictures)


def memory(picture: Picture, example: Example, layer: int, look: Look, width: float, reach: float = 1) -> Figure:
    """All six quantities of one layer, each strip with its letter; c on a scale from -reach to reach."""
    cells = {quantity: values[layer] for quantity, values in picture.cells.items()}
    columns = whole(cells["c"].shape[1])
    figure, places = gate_strips.memory(cells, example.tokens, look, width - NAMES, layer, columns=columns, reach=reach)
    letters(figure, places, NAMES)
    return _as_wide_as_its_place(figure)


def probabilities(picture: Picture, example: Example, look: Look, width: float) -> Figure:
    """The model's answers at each step, (label, step), to stand below the memory that they are read from."""
    figure = scores(picture.answers, example.tokens, example.labels, look, width, NAMES)
    return _as_wide_as_its_place(figure)


def forecast(picture: Picture, example: Example, column: int, look: Look) -> Figure:
    """A column's numbers, and the forecast of each from one step before."""
    foretold = np.asarray(picture.answers[column, :-1], dtype=np.float32)
    bold = {"color": look.gates[3][1], "width": 2}
    return _after_the_first(example, column, look, {"mode": "lines", "name": "foretold", "y": foretold, "line": bold})


def right_answers(right: np.ndarray, example: Example, look: Look, width: float) -> Figure:
    """The right answers at each step, (label, step), drawn as the model's answers are; blank where none is asked."""
    figure = scores(right, example.tokens, example.labels, look, width, NAMES)
    figure["data"][0] |= {"name": "right"}
    figure["data"][0].pop("texttemplate", None)
    return _as_wide_as_its_place(figure)


def to_forecast(example: Example, column: int, look: Look) -> Figure:
    """A column's numbers, with a dot on each that is to be forecast."""
    right = example.read[1:, column].tolist()
    dots = {"color": look.gates[3][1], "size": 6}
    return _after_the_first(example, column, look, {"mode": "markers", "name": "right", "y": right, "marker": dots})


def _after_the_first(example: Example, column: int, look: Look, drawn: Figure) -> Figure:
    """A column's numbers, and what is drawn from the second step on, over steps that begin where the strips do."""
    steps, thin = list(range(len(example.read))), {"color": look.faint, "width": 1.5}
    came = {"mode": "lines", "name": "came", "x": steps, "y": example.read[:, column].tolist(), "line": thin}
    axes = {
        "xaxis": {"range": [-0.5, len(steps) - 0.5], **_quiet_axis(look), "showgrid": False},
        "yaxis": {"nticks": 4, **_quiet_axis(look)},
    }
    layout = _layout(look, FORECAST_HEIGHT) | axes
    layout["margin"] = layout["margin"] | {"l": NAMES, "r": 0}
    return {"data": [{"type": "scatter"} | line for line in (came, drawn | {"x": steps[1:]})], "layout": layout}


def _as_wide_as_its_place(figure: Figure) -> Figure:
    del figure["layout"]["width"]
    # The steps end where those of the forecast below do.
    figure["layout"]["margin"]["r"] = 0
    figure["layout"]["dragmode"] = False
    return figure


def _layout(look: Look, height: int) -> Figure:
    page = on_the_page(look)
    return page | {
        "height": height,
        "margin": {"l": 44, "r": 12, "t": 8, "b": 24},
        "font": page["font"] | {"size": 12},
        "hovermode": False,
        "dragmode": False,
    }


def _quiet_axis(look: Look) -> Figure:
    grid = {"gridcolor": look.faint + "33", "showgrid": True}
    return BARE_AXIS | grid | {"tickfont": {"color": look.faint}, "fixedrange": True}


# What does a newly opened model show first? The states of its last layer, and its answers at each step.


MOST_UNITS, MOST_LABELS = 64, 12
# Pixels: the states are no higher than TALL, so that the model's answers below them are visible.
WIDTH, TALL = 760, 420
# Pixels: what stands above the strips, the lowest row with its number, and the highest figure with numbers.
ABOVE, LOW, WINDOW = 40, 21, 560


class FirstPicture(NamedTuple):
    """Figures over one axis of steps: the states, and the class probabilities if the model has classes."""

    says: str
    """What the states are, with the scales of their colours."""
    states: Figure
    scores: Figure | None


def first_picture(first: FirstReading, labels: Sequence[str], look: Look) -> FirstPicture:
    """States (unit, step) of the last layer, c and h or h alone, and the likely labels' probabilities (label, step)."""
    trace, last = first.trace, first.trace.sizes["layer"] - 1
    kinds = [strip for strip in strips_of(trace.quantities) if strip.is_state]
    cells = {strip.quantity: trace.cells(strip.quantity, last)[:MOST_UNITS] for strip in kinds}
    # As on the page Memory.
    reach = scale_of([cells["c" if "c" in cells else "h"]])
    rows, names = _likely(first.probabilities, labels)
    left = max([LEFT, *(12 + round(width_of(name)) for name in names)])
    width = min(WIDTH, left + len(first.tokens) * gate_strips.COLUMN_MOST)
    says = _said(trace, kinds, reach)

    def filling(height: float | None) -> Figure:
        figure, places = gate_strips.memory(
            cells, first.tokens, look, width - left, strips=kinds, fill=height, reach=reach
        )
        letters(figure, places, left)
        return figure

    states = filling(_with_numbers(kinds, cells))
    if states["layout"]["height"] > TALL:
        states = filling(TALL - 1)
    if first.probabilities is None:
        return FirstPicture(says, states, None)
    values = first.probabilities.T.numpy()[rows]
    return FirstPicture(says, states, scores(values, first.tokens, names, look, width, left))


def _with_numbers(strips: Sequence[Strip], cells: Mapping[Any, np.ndarray]) -> float | None:
    """The height at which few rows have their numbers; None if those have no room in a window."""
    rows = sum(strip.share * len(cells[strip.quantity]) for strip in strips)
    height = ABOVE + gate_strips.GAP * (len(strips) - 1) + LOW * rows
    # Each strip is rounded to whole pixels.
    return min(height, WINDOW - len(strips)) if height <= WINDOW else None


def _likely(probabilities: Tensor | None, labels: Sequence[str]) -> tuple[list[int], list[str]]:
    """The labels that are likely at some step: their rows, in the model's order, and their names."""
    if probabilities is None:
        return [], []
    most = probabilities.max(0).values
    rows = sorted(most.argsort(descending=True, stable=True)[:MOST_LABELS].tolist())
    return rows, [label(labels[row]) for row in rows]


def _said(trace: Recorded, kinds: Sequence[Strip], reach: float) -> str:
    layers, directions, units = (trace.sizes[dim] for dim in ("layer", "direction", "unit"))
    far = f"−{reach:,g} to {reach:,g}"
    ends = {"c": far, "h": "−1 to 1" if "c" in trace.quantities else far}
    states = " and ".join(f"{strip.title} {strip.quantity} ({ends[strip.quantity]})" for strip in kinds).capitalize()
    layer = f" of layer {layers - 1}" if layers > 1 else ""
    way = ", reading from the left" if directions == 2 else ""
    some = f", the first {MOST_UNITS} of {units:,} units" if units > MOST_UNITS else ""
    return f"{states}{layer}{way}{some}: blue is negative, red is positive."
