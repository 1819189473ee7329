"""Where in a trace is this layer, direction, time, batch or unit, and how do several traces become one table?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import index
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
from torch import Tensor

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, from_zero, shortened
from lstm_core.traces.cut import check_sequences, units_of
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.trace import CellTrace, Trace

# Where in a trace is this layer, direction, time, batch or unit, and is it an LSTM's?


def places_of(trace: Recorded, **asked: int | None) -> tuple[int, ...]:
    """The positions in a trace of the numbers asked for: layer, direction, time, batch or unit.

    They are numbers in the whole run, as in `Recorded.sel`: a part of a trace has unit 3 at another position. None is
    the first that is there. Raises LstmCoreError when one is not there, or is no whole number. A time must be inside
    its sequence; without a batch, inside the longest one. A negative one counts from there, as in `explain` and a hold:
    -1 is the last step.
    """
    check_sequences(trace)
    if trace.coords["direction"][0] != 0:
        raise LstmCoreError("Expected a trace with direction 0, got direction 1 alone. Ask the whole trace.")
    there = dict(trace.coords)
    numbers = {name: there[name][0] if number is None else _whole(name, number) for name, number in asked.items()}
    if (batch := numbers.get("batch")) in there["batch"]:
        there["time"] = there["time"][: trace.lengths_or_time()[there["batch"].index(batch)]]
    if -len(there["time"]) <= numbers.get("time", 0) < 0:
        numbers["time"] = there["time"][numbers["time"]]
    for name, number in numbers.items():
        if number not in there[name]:
            left = f"a {name} of {str(list(there[name]))[:200]}, which are left"
            which = left if name in trace.numbers else from_zero(name, len(there[name]))
            raise LstmCoreError(f"Expected {which}, got {number}. The trace has {dict(trace.sizes)}.")
    return tuple(there[name].index(number) for name, number in numbers.items())


def _whole(name: str, number: Any) -> int:
    try:
        # A truth value is no number here.
        return index(cast(Any, None) if isinstance(number, bool) else number)
    except TypeError as error:
        raise LstmCoreError(f"Expected {name} as a whole number, got {shortened(number)}. Give {name}=0.") from error


def check_memory(trace: Recorded) -> None:
    """Raise LstmCoreError unless a trace is that of an LSTM, or of a hand-written cell whose next step reads c as it
    is."""
    if not isinstance(trace, CellTrace):
        check_lstm(trace)
    elif trace.c_read is not None:
        raise LstmCoreError(
            f"Expected a cell whose next step reads c itself, got one that reads it changed: {trace.roles['c']}. What "
            "a step wrote can't be followed through that."
        )


def check_lstm(trace: Recorded) -> None:
    """Raise LstmCoreError unless a trace is that of an LSTM: only it has a memory c beside h."""
    if not isinstance(trace, Trace):
        got = f"{trace.module}'s" if isinstance(trace, Recorded) else type(trace).__name__
        said = f"Expected the trace of an LSTM, which has a memory c beside h, got {got}."
        if isinstance(trace, CellTrace):
            said += " Its weights are not known here: ledger(trace, time) says which steps wrote what its memory holds."
        raise LstmCoreError(said)


# How do the steps of several traces become one table?


@runtime_checkable
class GivesTraces(Protocol):
    """What gives traces one after the other, such as a scan of a corpus."""

    def traces(self) -> Iterator[Recorded]:
        """One or more traces of the same LSTM."""
        ...


Traces = Recorded | Iterable[Recorded] | GivesTraces


def as_traces(traces: Traces) -> list[Recorded]:
    """One or several traces of the same LSTM, GRU or RNN as a list.

    Raises LstmCoreError when there is none, they are something else, or they differ in layers, directions or units,
    or are parts with other numbers of them, or one has no sequences.
    """
    return list(each_trace(traces))


def each_trace(traces: Traces) -> Iterator[Recorded]:
    """The traces of `as_traces` one after the other, so that none need be kept. Raises LstmCoreError as it does."""
    if isinstance(traces, GivesTraces):
        traces = traces.traces()
    if not isinstance(traces, Recorded | Iterable):
        raise LstmCoreError(_expected(type(traces).__name__))
    first = ""
    for trace in [traces] if isinstance(traces, Recorded) else traces:
        if not isinstance(trace, Recorded):
            raise LstmCoreError(_expected(f"{type(traces).__name__} of {type(trace).__name__}"))
        check_sequences(trace)
        form = _form(trace)
        first = first or form
        if form != first:
            raise LstmCoreError(
                f"Expected one or more traces of the same LSTM, got 2 that differ, {first[:200]} and {form[:200]}. "
                "Give the traces of one model together, and the same part of each, such as trace.sel(unit=…)."
            )
        yield trace
    if not first:
        raise LstmCoreError(_expected("none"))


def _form(trace: Recorded) -> str:
    """What traces have in common that are asked together."""
    shapes = [tuple(getattr(trace, quantity).shape) for quantity in trace.kept]
    sizes = dict.fromkeys(f"{(layers, directions, units)}" for layers, directions, _, _, units in shapes)
    parts = ((dim, list(trace.coords[dim])) for dim in ("layer", "direction", "unit"))
    left = [f", {dim} {numbers} of it" for dim, numbers in parts if numbers != list(range(len(numbers)))]
    return f"{trace.module} of (layers, directions, units) {' '.join(sizes)}{''.join(left)}"


def _expected(got: str) -> str:
    return (
        f"Expected a trace or several, got {got}. Give recording.only, recording['name'], or a list of what "
        "lstm_core.run returned."
    )


def numbers_of_units(trace: Recorded, quantity: str) -> dict[str, np.ndarray]:
    """The layer, direction and unit of each value of a step, in the order of its tensor, as numbers of the whole run:
    of a part of a trace, unit 3 is still unit 3."""
    there = trace.coords["layer"], trace.coords["direction"], units_of(trace, quantity)
    each = np.meshgrid(*there, indexing="ij")
    return {dim: numbers.ravel() for dim, numbers in zip(("layer", "direction", "unit"), each, strict=True)}


def by_sequence(trace: Recorded, values: Tensor) -> list[np.ndarray]:
    """Values in the dims of c or h, as float64 (step, layer, direction, unit) of each sequence, cut to its length."""
    arrays = as_numpy(values).astype(np.float64).transpose(3, 2, 0, 1, 4)
    return [array[:length] for array, length in zip(arrays, trace.lengths_or_time(), strict=True)]


def all_steps(traces: Sequence[Recorded], values: Callable[[Any], Tensor]) -> np.ndarray:
    """Values of all sequences of all traces, one after the other, as float64: (step, layer, direction, unit)."""
    return np.concatenate([array for trace in traces for array in by_sequence(trace, values(trace))])
