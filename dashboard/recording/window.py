"""Which steps and units of a trace does a page get, and with which values? To choose of many, one needs them all."""

from collections.abc import Callable, Hashable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from gatescope.question.view import ORDERS, Shown
from gatescope.reading.read import Reading
from gatescope.recording.message import Quantity, RecordedStack, Values
from lstm_core import Trace
from lstm_core.analysis import order_units
from lstm_core.analysis.units import Order
from lstm_core.plots.columns import Columns, Zoom, fit
from lstm_core.quantities import LSTM
from lstm_core.traces import changes

# A layer and a direction.
Place = tuple[int, int]
# The units of each layer and direction that are shown, from top to bottom.
Chosen = dict[Place, list[int]]

# So many units are always shown; of more units, some.
ALL_OF, FEWEST, MOST = 16, 8, 12
# Steps that decide how much a unit weighs.
WEIGHED = 2_000
# Bins of the overview; a sequence of fewer steps has no overview.
OVERVIEW = 600
# The most units whose starting values are sent although they are 0.
STARTS = 64


_P = ParamSpec("_P")
_R = TypeVar("_R")


def cached_per_trace(compute: Callable[Concatenate[Trace, _P], _R]) -> Callable[Concatenate[Trace, _P], _R]:
    """Cache the results of a function of a trace and a few names, for as long as the trace lives.

    All callers share a result, so nobody may change it.
    """
    results: WeakKeyDictionary[Trace, dict[Hashable, Any]] = WeakKeyDictionary()

    def cached(trace: Trace, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        of_trace = results.setdefault(trace, {})
        key = (args, *sorted(kwargs.items()))
        if key not in of_trace:
            of_trace[key] = compute(trace, *args, **kwargs)
        answer: _R = of_trace[key]
        return answer

    return cached


# Which layers, units and steps?


def quantities_of(shown: Shown) -> list[str]:
    """The shown quantities from top to bottom."""
    return [row.quantity for row in LSTM if row.quantity in shown.quantities]


def stacks_of(trace: Trace, shown: Shown) -> list[Place]:
    """Each layer and direction that is shown; all of them if no chosen layer exists."""
    layers, directions = trace.c.shape[:2]
    chosen = [layer for layer in range(layers) if str(layer) in shown.layers] or range(layers)
    return [(layer, direction) for layer in chosen for direction in range(directions)]


def units_of(trace: Trace, shown: Shown, layer: int, direction: int) -> list[int]:
    """The units of a stack's rows from top to bottom; with a projection in index order, because h has other units."""
    by = "index" if trace.config.get("proj_size") else shown.rows
    return _ordered(trace, cast(Order, ORDERS[by]), layer, direction)


@cached_per_trace
def _ordered(trace: Trace, by: Order, layer: int, direction: int) -> list[int]:
    return order_units(trace, by, layer, direction)


def few_units(reading: Reading, trace: Trace, shown: Shown) -> Chosen:
    """The shown units of each stack; empty if all are shown."""
    there = trace.c.shape[-1]
    # An untrained LSTM says nothing, so no unit of it weighs in that.
    said = reading.model is not None or reading.elsewhere or shown.top == "active"
    if there <= ALL_OF or shown.top == "all" or not said or trace.config.get("proj_size"):
        return {}
    number = min(MOST, FEWEST + there // ALL_OF)
    chosen: Chosen = {}
    for layer, direction in stacks_of(trace, shown):
        first = _telling(reading, trace, shown, layer, direction)[:number]
        if shown.pin and (shown.pin.layer, shown.pin.direction) == (layer, direction) and shown.pin.unit not in first:
            first[-1] = shown.pin.unit
        chosen[layer, direction] = [unit for unit in units_of(trace, shown, layer, direction) if unit in first]
    return chosen


def _telling(reading: Reading, trace: Trace, shown: Shown, layer: int, direction: int) -> list[int]:
    """All units of a stack, the most telling first."""
    weighs = weights(reading, trace) if shown.top == "telling" and layer == trace.c.shape[0] - 1 else None
    if weighs is None:
        return _ordered(trace, "activity", layer, direction)
    order: list[int] = torch.argsort(weighs[direction], descending=True, stable=True).tolist()
    return order


def weights(reading: Reading, trace: Trace) -> Tensor | None:
    """(direction, unit): how much each unit of the last layer weighs in what the model says, mean over the steps; None
    if the model has no labels.

    For classes: by how much h of the unit alone moves the logarithm of the probability of the label that is said, to
    first order. For others: by how much it moves the scores.
    """
    model, said = reading.model, reading.probabilities(slice(WEIGHED))
    if model is None or said is None or model.gives == "hidden":
        return None
    with torch.no_grad():
        h = torch.cat(list(trace.h[-1, :, :WEIGHED, 0]), dim=-1).float()
        linear = model.linear.weight.float()
        if model.gives == "classes":
            moved = h * (linear[said.nan_to_num().argmax(-1)] - said.float() @ linear)
        else:
            moved = (h - h.nanmean(0)) * linear.abs().sum(0)
        found: Tensor = moved.abs().nanmean(0).reshape(trace.h.shape[1], -1)
    return found


def columns_of(trace: Trace, shown: Shown, few: Chosen, room: int, zoom: Zoom) -> Columns:
    """The columns for the visible part, which has room for so many, as far as all values are not too large."""
    quantities = quantities_of(shown)
    rows = len(quantities) * sum(map(len, few.values())) or len(stacks_of(trace, shown)) * sum(
        getattr(trace, quantity).shape[-1] for quantity in quantities
    )
    return fit(trace.sizes["time"], room, rows, zoom)


# With which values?


def values_of(values: Tensor, columns: Columns) -> Values:
    """Values (step, row) of the whole sequence, in columns."""
    taken = columns.take(values)
    if columns.per == 1:
        return Values(z=taken.extreme)
    return Values(z=taken.extreme, other=taken.other, mean=taken.mean)


def stack(trace: Trace, shown: Shown, columns: Columns, place: Place, units: list[int]) -> RecordedStack:
    """The values of one layer and direction; those of its Linear come with what the model says."""
    layer, direction = place
    projects = bool(trace.config.get("proj_size"))
    # A projection's h has other units than the rows; the first h of a cell in somebody's own code is not known.
    states = "c" if projects or "roles" in trace.config else "ch"
    values = []
    for quantity in quantities_of(shown):
        whole = getattr(trace, quantity)[layer, direction, :, 0]
        rows = whole[:, units] if whole.shape[-1] == trace.c.shape[-1] else whole
        values.append(cast("Quantity", {"quantity": quantity, **values_of(rows, columns)}))
    there = trace.tensors()
    start = {state: there[f"{state}0"][layer, direction, 0, units].tolist() for state in states if f"{state}0" in there}
    reset = {
        state: there[f"reset_{state}"][:, layer, direction, 0, units].tolist()
        for state in states
        if f"reset_{state}" in there
    }
    is_drawn = len(units) <= STARTS and not projects
    return RecordedStack(
        layer=layer,
        direction=direction,
        units=units,
        values=values,
        start={state: column for state, column in start.items() if is_drawn or any(column)},
        reset=reset,
        weights=None,
    )


def largest_of(reading: Reading, trace: Trace, shown: Shown, few: Chosen) -> float:
    """How far the c on screen goes: 1 for a random LSTM. A trained one may count far beyond."""
    if reading.model is None and not reading.elsewhere:
        return 1.0
    return _largest(trace, tuple((place, tuple(few.get(place, ()))) for place in stacks_of(trace, shown)))


@cached_per_trace
def _largest(trace: Trace, stacks: tuple[tuple[Place, tuple[int, ...]], ...]) -> float:
    """The largest |c| of some units of each layer and direction; of all units if none are named. Of a projection, whose
    h has no end, the largest |h| too."""
    memories = [trace.c[place][..., list(units) or slice(None)] for place, units in stacks]
    memories += [trace.h] if trace.config.get("proj_size") and "h" in trace.kept else []
    return max(memory.nan_to_num().abs().max().item() for memory in memories)


def overview(trace: Trace, shown: Shown) -> np.ndarray:
    """The whole sequence in few bins, (3, bin): over all shown units, the smallest c, the largest c, and the largest
    change of c in one step."""
    return _overview(trace, tuple(stacks_of(trace, shown)))


@cached_per_trace
def _overview(trace: Trace, stacks: tuple[Place, ...]) -> np.ndarray:
    columns = fit(trace.sizes["time"], OVERVIEW, 1, None)
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
