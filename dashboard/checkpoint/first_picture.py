"""What does a newly opened model show first? The states of its last layer, and its answers at each step."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from gatescope.checkpoint.opening import FirstReading
from gatescope.drawing import lettered_strips
from lstm_core.plots import gate_strips
from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.side_by_side_strips import scale_of
from lstm_core.plots.strips import Strip, strips_of
from lstm_core.traces.recorded import Recorded

MOST_UNITS, MOST_LABELS = 64, 12
# Pixels: the states are no higher than TALL, so that the model's answers below them are visible.
WIDTH, TALL = 760, 420


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
    left = max([lettered_strips.LEFT, *(12 + round(width_of(name)) for name in names)])
    width = min(WIDTH, left + len(first.tokens) * gate_strips.COLUMN_MOST)
    fill, says = lettered_strips.with_numbers(kinds, cells, high=lettered_strips.LOW), _said(trace, kinds, reach)
    states = lettered_strips.lettered(cells, first.tokens, look, width, left, fill, reach)
    if states["layout"]["height"] > TALL:
        states = lettered_strips.lettered(cells, first.tokens, look, width, left, TALL - 1, reach)
    if first.probabilities is None:
        return FirstPicture(says, states, None)
    values = first.probabilities.T.numpy()[rows]
    return FirstPicture(says, states, lettered_strips.scores(values, first.tokens, names, look, width, left))


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
