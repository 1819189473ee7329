"""What are the numbers of every unit, and of a property, at the steps that count?"""

from collections.abc import Mapping, Sequence
from operator import attrgetter, index
from typing import Any, NamedTuple

import numpy as np

from lstm_core.analysis.property_values import properties_at_steps
from lstm_core.analysis.shuffle import later
from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import all_steps, numbers_of_units

Steps = slice | Sequence[int] | Sequence[bool] | np.ndarray
"""Which steps of each sequence count: a slice, their numbers, or a mask with a value a step of the longest."""


def every_unit(traces: Sequence[Recorded], quantities: Sequence[str]) -> tuple[dict[str, Any], np.ndarray]:
    """Which units there are, by column, and their values (step, unit of any quantity, layer and direction)."""
    places, series = [], []
    for quantity in quantities:
        values = all_steps(traces, attrgetter(quantity))
        numbers = numbers_of_units(traces[0], quantity)
        places.append({"quantity": [quantity] * len(numbers["unit"])} | numbers)
        series.append(values.reshape(len(values), -1))
    table: dict[str, Any] = {name: np.concatenate([place[name] for place in places]) for name in places[0]}
    found = np.concatenate(series, axis=1)
    if not np.isfinite(found).all():
        raise LstmCoreError("Expected states that are numbers, got NaN or infinity in the trace. Look at its input.")
    return table, found


def quantities_of(traces: Sequence[Recorded], quantities: Sequence[str] | None) -> Sequence[str]:
    """Which quantities are searched: without a choice the states, and h of a hand-written cell where it was found."""
    there, module, states = traces[0].whole, traces[0].module, traces[0].states
    has_h = "h" not in states and all("h" in trace.kept for trace in traces)
    by_default = (*states, "h") if has_h else states
    chosen = by_default if quantities is None else [quantities] if isinstance(quantities, str) else quantities
    if not chosen or not set(chosen) <= set(there):
        raise LstmCoreError(
            f"Expected quantities of {module}, some of {', '.join(there)}, got {', '.join(map(str, chosen)) or 'none'}."
        )
    return chosen


def counted(length: int, steps: Steps | None) -> np.ndarray:
    """Which steps of a sequence count: (step,)."""
    counts = np.zeros(length, dtype=bool)
    if steps is None:
        return ~counts
    if isinstance(steps, slice):
        counts[steps] = True
        return counts
    chosen = np.asarray(steps)
    if chosen.ndim != 1 or chosen.dtype.kind not in "bi":
        raise LstmCoreError(
            f"Expected steps as a slice, numbers or a mask with one value a step, got {chosen.dtype} of shape "
            f"{chosen.shape}. For example steps=slice(365, None)."
        )
    if chosen.dtype == bool:
        if len(chosen) < length:
            raise LstmCoreError(f"Expected a mask of {length} steps or more, got one of {len(chosen)}.")
        return chosen[:length]
    counts[chosen[(chosen >= -length) & (chosen < length)]] = True
    return counts


class SeriesRead(NamedTuple):
    """What is searched: units, properties, and which steps count."""

    places: dict[str, Any]
    """Which units there are, by column."""
    series: np.ndarray
    """(step, unit)"""
    properties: dict[str, list[np.ndarray]]
    """An array (step,) a sequence; NaN where a property is not known or a step does not count."""


def read_series_of(
    traces: Sequence[Recorded], property: Any, quantities: Sequence[str] | None, steps: Steps | None, lag: int
) -> SeriesRead:
    """The units of some traces, and properties beside them."""
    counts = [counted(length, steps) for trace in traces for length in trace.lengths_or_time()]
    places, series = every_unit(traces, quantities_of(traces, quantities))
    properties = lagged_by(properties_at_steps(traces, property), lag)
    return SeriesRead(places, series, {name: known_at(values, counts) for name, values in properties.items()})


def known_at(values: Sequence[np.ndarray], counts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """A property, NaN at steps that do not count."""
    return [np.where(counted, one, np.nan) for counted, one in zip(counts, values, strict=True)]


def lagged_by(properties: Mapping[str, list[np.ndarray]], lag: int) -> dict[str, list[np.ndarray]]:
    """Each property as it was so many steps before.

    Raises LstmCoreError if `lag` is not a whole number.
    """
    try:
        lag = index(lag)
    except TypeError as error:
        raise LstmCoreError(
            f"Expected lag as a whole number of steps, got {str(lag)[:60]}. Ask for one after the other: "
            "{lag: find_units(traces, values, lag=lag) for lag in range(3)}."
        ) from error
    return {name: [later(one, -lag, len(one)) for one in values] for name, values in properties.items()}
