"""What are the numbers of every unit, and of a property, at the steps that count?"""

from collections.abc import Mapping, Sequence
from operator import attrgetter, index
from typing import Any, NamedTuple, cast

import numpy as np
import torch

from lstm_core.analysis.auc_and_r_squared import Measure, measure_for, never_changes
from lstm_core.analysis.properties import Property, property_named
from lstm_core.analysis.shuffle import at
from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import Traces, all_steps, as_traces, numbers_of_units

# Which steps of each sequence count: a slice, their numbers, or a mask with a value a step of the longest.
Steps = slice | Sequence[int] | Sequence[bool] | np.ndarray
# Numbers, one a step: a list a sequence over all traces in turn, an array (time, batch) or (batch, time); of one
# sequence a table with a row a step; or a dict of several by name.
Values = Any
# The name of numbers that came without one.
UNNAMED = "given values"
HOW = "Give a list of numbers for each sequence, over all traces in turn."


class AtSteps(NamedTuple):
    """What is searched: units, properties, and which steps count."""

    traces: list[Recorded]
    places: dict[str, Any]
    """Which units there are, by column."""
    series: np.ndarray
    """(step, unit)"""
    counts: list[np.ndarray]
    """Which steps count, an array (step,) a sequence."""
    properties: dict[str, list[np.ndarray]]
    """An array (step,) a sequence; NaN where a property is not known."""
    known: dict[str, list[np.ndarray]]
    """A property, NaN where it is not known and where a step does not count."""

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """`known`, all sequences one after the other: (step,)."""
        return {name: np.concatenate(values) for name, values in self.known.items()}

    def known_steps(self, name: str) -> tuple[np.ndarray, np.ndarray] | None:
        """The series (step, series) and a property (step,) where it is known; None if it never changes there."""
        column = self.columns[name]
        there = ~np.isnan(column)
        return None if never_changes(column[there]) else (self.series[there], column[there])

    def measure(self, name: str) -> Measure:
        """How it is said how well a property is told."""
        column = self.columns[name]
        return measure_for(column[~np.isnan(column)])


def at_steps(
    traces: Traces, property: str | Property | Values, quantities: Sequence[str] | None, steps: Steps | None, lag: int
) -> AtSteps:
    """The units of some traces, and properties beside them."""
    several = as_traces(traces)
    properties = _lagged_by(properties_at_steps(several, property), lag)
    counts = [counted(length, steps) for trace in several for length in trace.lengths_or_time()]
    places, series = _every_unit(several, _quantities_of(several, quantities))
    known = {
        name: [np.where(there, one, np.nan) for there, one in zip(counts, values, strict=True)]
        for name, values in properties.items()
    }
    return AtSteps(several, places, series, counts, properties, known)


def held_out_at_steps(
    held_out: Traces | tuple[Traces, Values],
    property: str | Property | Values,
    found: AtSteps,
    steps: Steps | None,
    lag: int,
) -> AtSteps:
    """The series of other traces, and there each property that was searched: with numbers, those that came along."""
    asked = list(property.values()) if isinstance(property, dict) else [property]
    if isinstance(held_out, tuple) and len(held_out) == 2 and not isinstance(held_out[1], Recorded):
        traces, there = held_out
    elif all(isinstance(one, str) or callable(one) for one in asked):
        traces, there = cast(Traces, held_out), property
    else:
        raise LstmCoreError("Expected held_out=(traces, numbers), as the property is numbers, got traces alone.")
    read = at_steps(traces, there, list(dict.fromkeys(found.places["quantity"])), steps, lag)
    if len(read.places["unit"]) != len(found.places["unit"]):
        raise LstmCoreError(
            f"Expected held_out of the same LSTM, with {len(found.places['unit'])} series to search, got "
            f"{len(read.places['unit'])}."
        )
    if len(read.known) == len(found.known) == 1:
        # One property may go by another name there.
        return read._replace(known=dict(zip(found.known, read.known.values(), strict=True)))
    if missing := [name for name in found.known if name not in read.known]:
        raise LstmCoreError(f"Expected {missing[0]} among the held-out properties, got {', '.join(read.known)}.")
    return read


def _every_unit(traces: Sequence[Recorded], quantities: Sequence[str]) -> tuple[dict[str, Any], np.ndarray]:
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


def _quantities_of(traces: Sequence[Recorded], quantities: Sequence[str] | None) -> Sequence[str]:
    """Which quantities are searched: without a choice the states, and h of a hand-written cell where it was found."""
    there, module = traces[0].kept, traces[0].module
    states = tuple(state for state in traces[0].states if state in there)
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
    if steps is None or isinstance(steps, slice):
        counts[steps or slice(None)] = True
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


def _lagged_by(properties: Mapping[str, list[np.ndarray]], lag: int) -> dict[str, list[np.ndarray]]:
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
    return {name: [at(one, np.arange(len(one)) - lag) for one in values] for name, values in properties.items()}


def properties_at_steps(traces: Sequence[Recorded], property: str | Property | Values) -> dict[str, list[np.ndarray]]:
    """Each property at each step by its name, an array a sequence; NaN where it is not known."""
    lengths = [length for trace in traces for length in trace.lengths_or_time()]
    if isinstance(property, Mapping) or hasattr(property, "columns"):
        named = dict(cast(Any, property).items())
    else:
        names = getattr(property, "__name__", None), getattr(property, "name", None), UNNAMED
        named = {property if isinstance(property, str) else next(filter(None, names)): property}
    return {str(name): _checked(_one(traces, values, lengths), lengths) for name, values in named.items()}


def _one(traces: Sequence[Recorded], property: Any, lengths: Sequence[int]) -> Sequence[Any]:
    """The numbers of a property, maybe not as many as there are steps: something a sequence."""
    if isinstance(property, str) or callable(property):
        of = property_named(property) if isinstance(property, str) else property
        return [of(tokens) for trace in traces for tokens in _tokens(trace)]
    if isinstance(property, torch.Tensor | np.ndarray):
        return _of_array(as_numpy(property) if isinstance(property, torch.Tensor) else property, lengths)
    try:
        given = list(property)
    except TypeError as error:
        raise LstmCoreError(
            f"Expected a property, got {type(property).__name__}. Give the name of one, a function from tokens to "
            "numbers, or numbers, one a step."
        ) from error
    return [given] if len(lengths) == 1 and (not given or np.ndim(given[0]) == 0) else given


def _of_array(values: np.ndarray, lengths: Sequence[int]) -> list[Any]:
    """An array of which a row or a column is a sequence."""
    if values.ndim == 1 and len(lengths) == 1:
        return [values]
    time, batch = max(lengths), len(lengths)
    if time == batch > 1 and values.ndim == 2:
        raise LstmCoreError(
            f"Expected an array whose dims can be told apart, got {values.shape} for {batch} sequences of {time} "
            f"steps: is it (batch, time) or (time, batch)? {HOW}"
        )
    for rows in (values, values.T):
        if rows.shape == (batch, time):
            return [row[:length] for row, length in zip(rows, lengths, strict=True)]
    raise LstmCoreError(
        f"Expected an array (batch, time) = {(batch, time)} or (time, batch) = {(time, batch)}, got {values.shape}. "
        f"{HOW}"
    )


def _numbers(values: Any) -> np.ndarray:
    try:
        return np.asarray(values, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise LstmCoreError(f"Expected numbers, got {type(values).__name__} with {error}. {HOW}") from error


def _checked(given: Sequence[Any], lengths: Sequence[int]) -> list[np.ndarray]:
    values = [_numbers(sequence) for sequence in given]
    if [len(sequence) for sequence in values] != list(lengths):
        raise LstmCoreError(
            f"Expected a number a step, {list(lengths)} a sequence, got {[len(sequence) for sequence in values]}. {HOW}"
        )
    if any(np.isinf(sequence).any() for sequence in values):
        raise LstmCoreError("Expected finite numbers, or NaN where a property is not known, got infinity.")
    return values


def _tokens(trace: Recorded) -> list[list[str]]:
    if trace.tokens is None:
        raise LstmCoreError(
            f"Expected a trace with tokens, got one of {trace.sizes['time']} steps without. Give them to "
            "lstm_core.run, or give the property as numbers."
        )
    return trace.tokens
