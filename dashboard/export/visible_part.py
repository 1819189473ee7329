"""Which part of a view is visible, and so goes into a downloaded file?"""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

from dashboard.drawing.shown_strips import Chosen, stacks_of, units_of
from dashboard.question.shown import QUANTITIES, TOP, Shown
from dashboard.words.sentences import listed
from lstm_core import Trace
from lstm_core.plots.columns import Zoom


class Sight(NamedTuple):
    """The ranges of steps and of a heatmap's rows that the visitor zoomed to; None for all."""

    steps: Zoom = None
    rows: Zoom = None
    few: Chosen | None = None
    """The units of each layer and direction that are shown, if not all are."""

    def steps_of(self, trace: Trace) -> range:
        """The visible steps."""
        return _within(self.steps, trace.sizes["time"])

    def units_of(self, trace: Trace, shown: Shown, layer: int, direction: int) -> list[int]:
        """The visible units, from top to bottom."""
        units = (self.few or {}).get((layer, direction)) or units_of(trace, shown, layer, direction)
        return [units[row] for row in _within(self.rows, len(units))]


WHOLE = Sight()


def _within(zoom: Zoom, count: int) -> range:
    """The cells of `count` whose middle is visible, at least one; all cells if the zoom belongs to more cells."""
    if zoom is None:
        return range(count)
    low, high = sorted(zoom)
    first, last = max(0, ceil(low)), min(count - 1, floor(high))
    if first > last:
        first = last = round((low + high) / 2)
    return range(first, last + 1) if first < count else range(count)


def left_out(trace: Trace, shown: Shown, sight: Sight) -> str:
    """A sentence that says which part is visible; "" if nothing is left out."""
    steps, layers = sight.steps_of(trace), sorted({layer for layer, _ in stacks_of(trace, shown)})
    all_layers, _, all_steps, _, all_units = trace.c.shape
    few = next(iter(sight.few.values())) if sight.few else None
    units = _within(sight.rows, len(few) if few else all_units)
    parts = []
    if len(steps) < all_steps:
        parts.append(f"{_span('step', steps)} of {all_steps:,}")
    if few:
        parts.append(f"{len(units)} of {all_units:,} units ({TOP[shown.top]})")
    elif len(units) < all_units:
        rows = "unit" if shown.rows == "index" else f"row (by {shown.rows})"
        parts.append(f"{_span(rows, units)} of {all_units:,}")
    if len(layers) < all_layers:
        parts.append(f"layer{'s' * (len(layers) > 1)} {listed([str(layer) for layer in layers])} of {all_layers}")
    if shown.quantities != QUANTITIES:
        parts.append(f"{listed(list(shown.quantities))} of the six quantities")
    return f"Shown: {', '.join(parts)}. " if parts else ""


def _span(name: str, span: range) -> str:
    if len(span) == 1:
        return f"{name} {span[0]:,}"
    first, *rest = name.split(" ", 1)
    return f"{' '.join([first + 's', *rest])} {span[0]:,} to {span[-1]:,}"
