"""What of a view is in sight, and so goes into a file of what is seen?"""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

from dashboard.arrangement import stacks_of, units_of
from dashboard.columns import Zoom
from dashboard.sentences import listed
from dashboard.view import QUANTITIES, View
from lstm_core import Trace


class Sight(NamedTuple):
    """What a person has zoomed to, as ranges of steps and of a heatmap's rows; None for all of them."""

    steps: Zoom = None
    rows: Zoom = None

    def steps_of(self, trace: Trace) -> range:
        """The steps in sight."""
        return _within(self.steps, len(trace.x))

    def units_of(self, trace: Trace, view: View, layer: int, direction: int) -> list[int]:
        """The units in sight, from top to bottom."""
        units = units_of(trace, view, layer, direction)
        return [units[row] for row in _within(self.rows, len(units))]


WHOLE = Sight()


def _within(zoom: Zoom, count: int) -> range:
    """Those of `count` cells whose middle is in sight, at least one; all where the zoom belongs to more cells."""
    if zoom is None:
        return range(count)
    low, high = sorted(zoom)
    first, last = max(0, ceil(low)), min(count - 1, floor(high))
    if first > last:
        first = last = round((low + high) / 2)
    return range(first, last + 1) if first < count else range(count)


def left_out(trace: Trace, view: View, sight: Sight) -> str:
    """What of the whole is in sight, as a sentence; "" where nothing is left out."""
    steps, layers = sight.steps_of(trace), sorted({layer for layer, _ in stacks_of(trace, view)})
    units, (all_layers, _, all_steps, _, all_units) = _within(sight.rows, trace.c.shape[-1]), trace.c.shape
    parts = []
    if len(steps) < all_steps:
        parts.append(f"{_span('step', steps)} of {all_steps:,}")
    if len(units) < all_units:
        rows = "unit" if view.rows == "index" else f"row (by {view.rows})"
        parts.append(f"{_span(rows, units)} of {all_units:,}")
    if len(layers) < all_layers:
        parts.append(f"layer{'s' * (len(layers) > 1)} {listed([str(layer) for layer in layers])} of {all_layers}")
    if view.quantities != QUANTITIES:
        parts.append(f"{listed(list(view.quantities))} of the six quantities")
    return f"Shown: {', '.join(parts)}. " if parts else ""


def _span(name: str, span: range) -> str:
    if len(span) == 1:
        return f"{name} {span[0]:,}"
    first, *rest = name.split(" ", 1)
    return f"{' '.join([first + 's', *rest])} {span[0]:,} to {span[-1]:,}"
