"""Which layers, units and strips does a view show, and on which scale?"""

from typing import cast

from gatescope.drawing.cached_per_trace import cached_per_trace
from gatescope.question.view import ORDERS, Shown
from gatescope.reading.read import Reading
from lstm_core import Trace
from lstm_core.analysis import order_units
from lstm_core.analysis.units import Order
from lstm_core.plots import strips
from lstm_core.plots.columns import Columns
from lstm_core.plots.strips import STRIPS, Strip
from lstm_core.traces import Bins

Chosen = dict[tuple[int, int], list[int]]
"""The units of each layer and direction that are shown, from top to bottom."""


def strips_of(shown: Shown) -> list[Strip]:
    """The shown strips from top to bottom."""
    return [strip for strip in STRIPS if strip.quantity in shown.quantities]


def stacks_of(trace: Trace, shown: Shown) -> list[tuple[int, int]]:
    """The (layer, direction) of each stack that is shown; all stacks if no chosen layer exists."""
    layers, directions = trace.c.shape[:2]
    chosen = [layer for layer in range(layers) if str(layer) in shown.layers] or range(layers)
    return [(layer, direction) for layer in chosen for direction in range(directions)]


def units_of(trace: Trace, shown: Shown, layer: int, direction: int) -> list[int]:
    """The units of a stack's rows from top to bottom; with a projection in index order, because h has other units."""
    by = "index" if trace.config.get("proj_size") else shown.rows
    return ordered(trace, cast(Order, ORDERS[by]), layer, direction)


@cached_per_trace
def ordered(trace: Trace, by: Order, layer: int, direction: int) -> list[int]:
    return order_units(trace, by, layer, direction)


def reach_of(reading: Reading, trace: Trace, few: Chosen | None = None) -> float:
    """The end of the scale of c: 1 for a random LSTM. A trained one may count far beyond: then what its largest value
    needs. Where only a few units are shown, it is theirs: one unit that counts far would leave all others pale."""
    if reading.model is None and not reading.elsewhere:
        return 1.0
    return strips.reach_of(_largest(trace, tuple((place, tuple(units)) for place, units in (few or {}).items())))


@cached_per_trace
def _largest(trace: Trace, few: tuple[tuple[tuple[int, int], tuple[int, ...]], ...]) -> float:
    """The largest |c| of some units of each layer and direction; of all units if none are named. Of a projection, whose
    h has no end, the largest |h| too."""
    memories = [trace.c[layer, direction][..., list(units)] for (layer, direction), units in few] or [trace.c]
    memories += [trace.h] if trace.config.get("proj_size") and "h" in trace.kept else []
    return max(memory.nan_to_num().abs().max().item() for memory in memories)


def take(
    trace: Trace, quantity: str, layer: int, direction: int, columns: Columns, units: list[int] | None = None
) -> Bins:
    """The bins of one quantity of one layer and direction, one for each column of a picture; of all its units, or of
    these, in their order."""
    values = getattr(trace, quantity)[layer, direction, :, 0]
    return columns.take(values if units is None else values[:, units])
