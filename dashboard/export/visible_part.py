"""Which part of a view is visible, and so goes into a downloaded file?"""

from math import ceil, floor
from typing import NamedTuple

from gatescope.question.view import Shown
from gatescope.recording.window import Chosen, units_of
from lstm_core import Trace
from lstm_core.plots.columns import Zoom


class Sight(NamedTuple):
    """The ranges of steps and of a heatmap's rows that the visitor zoomed to; None for all."""

    steps: Zoom = None
    rows: Zoom = None
    few: Chosen | None = None
    """The units of each layer and direction that are shown, if not all are."""

    def steps_of(self, trace: Trace) -> range:
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
        first = last = max(0, round((low + high) / 2))
    return range(first, last + 1) if first < count else range(count)
