"""How do the layers and directions of a trace lie on the page?"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from dashboard import figures, palette
from dashboard.columns import Columns, Zoom, fit, round_up
from dashboard.figures import STRIPS, Strip
from dashboard.once import once_a_trace
from dashboard.reading import Reading
from dashboard.score_figures import extras
from dashboard.view import View
from lstm_core import Bins, Trace, changes, order_units
from lstm_core.analysis.order_units import Order

# Pixels: the column of the strips' names on a wide page, and the least that a stack of strips takes.
NAMES, STACK_LEAST, BETWEEN = 168, 230, 28
# Below this width the names stand above their strips.
NARROW = 620
# Bins of the overview; a sequence of fewer steps needs none.
OVERVIEW = 600


def strips_of(view: View) -> list[Strip]:
    """The strips that a view shows, from top to bottom."""
    return [strip for strip in STRIPS if strip.quantity in view.quantities]


def stacks_of(trace: Trace, view: View) -> list[tuple[int, int]]:
    """The (layer, direction) that a view shows; all where it chooses none that is there."""
    layers, directions = trace.c.shape[:2]
    chosen = [layer for layer in range(layers) if str(layer) in view.layers] or range(layers)
    return [(layer, direction) for layer in chosen for direction in range(directions)]


def units_of(trace: Trace, view: View, layer: int, direction: int) -> list[int]:
    """The units of a stack's rows from top to bottom; a projection's h has units of its own and stays as it is."""
    by = "index" if trace.config.get("proj_size") else view.rows
    return _ordered(trace, cast(Order, by), layer, direction)


@once_a_trace
def _ordered(trace: Trace, by: Order, layer: int, direction: int) -> list[int]:
    return order_units(trace, by, layer, direction)


def arranged(
    reading: Reading, trace: Trace, view: View, width: float, theme: palette.Theme, zoom: Zoom
) -> dict[str, Any]:
    """A stack of strips a layer and direction: side by side while there is room, else one under the other."""
    wanted, strips, steps = stacks_of(trace, view), strips_of(view), len(trace.x)
    narrow = width < NARROW
    room = width if narrow else width - NAMES
    least = max(STACK_LEAST, min(steps, 8) * 30)
    across = max(1, min(len(wanted), int((room + BETWEEN) // (least + BETWEEN))))
    if trace.c.shape[1] == 2 and across > 1:
        across -= across % 2  # Both directions of a layer stand in one row.
    each = (room - (across - 1) * BETWEEN) / across
    numbers = len(wanted) * sum(getattr(trace, strip.quantity).shape[-1] for strip in strips)
    columns = fit(steps, each, numbers, zoom)
    look, reach = palette.look(view.colours, theme), reach_of(reading, trace)
    stacks = []
    for layer, direction in wanted:
        taken = {strip.quantity: take(trace, strip.quantity, layer, direction, columns) for strip in strips}
        units = units_of(trace, view, layer, direction)
        rows = {q: units if values.low.shape[0] == len(units) else slice(None) for q, values in taken.items()}
        figure, places = figures.memory(
            {quantity: values.extreme[rows[quantity]] for quantity, values in taken.items()},
            reading.tokens,
            look,
            each,
            layer,
            direction,
            gap=30 if narrow else figures.GAP,
            shown=zoom,
            strips=strips,
            columns=columns,
            reach=reach,
        )
        if columns.per > 1:
            for drawn, (quantity, values) in zip(figure["data"], taken.items(), strict=True):
                drawn |= {"other": values.other[rows[quantity]], "mean": values.mean[rows[quantity]]}
        stacks.append(
            {
                "layer": layer,
                "direction": direction,
                "name": figures.stack_name(trace, layer, direction),
                "units": units,
                "figure": figure,
                "places": [place._asdict() for place in places],
            }
        )
    beside = [extra._asdict() for extra in extras(reading, look, figure["layout"]["width"], columns, zoom)]
    page = {"across": across, "narrow": narrow, "columns": columns._asdict(), "reach": reach}
    return {"stacks": stacks, "extras": beside} | page


def reach_of(reading: Reading, trace: Trace) -> float:
    """How far the scale of c goes: 1 for a random LSTM; a trained one may count far beyond."""
    if reading.model is None:
        return 1.0
    largest = _largest(trace)
    return 1.0 if largest <= 1 else float(round_up(largest))


@once_a_trace
def _largest(trace: Trace) -> float:
    return trace.c.nan_to_num().abs().max().item()


def take(trace: Trace, quantity: str, layer: int, direction: int, columns: Columns) -> Bins:
    """One quantity of one layer and direction in the columns of a picture."""
    return columns.take(getattr(trace, quantity)[layer, direction, :, 0])


def overview(trace: Trace, view: View) -> np.ndarray:
    """The whole sequence in few bins, (3, bin): of all units that a view shows, the least c, the largest, and the
    largest change of c in one step."""
    return _overview(trace, tuple(stacks_of(trace, view)))


@once_a_trace
def _overview(trace: Trace, stacks: tuple[tuple[int, int], ...]) -> np.ndarray:
    columns = fit(len(trace.x), OVERVIEW, 1, None)
    memories = [trace.c[layer, direction, :, 0] for layer, direction in stacks]
    levels = [columns.take(memory) for memory in memories]
    moves = [columns.take(changes(memory)) for memory in memories]
    return np.stack(
        [
            np.min([level.low.min(0) for level in levels], 0),
            np.max([level.high.max(0) for level in levels], 0),
            np.max([move.high.max(0) for move in moves], 0),
        ]
    )
