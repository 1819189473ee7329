"""How do the steps of several traces become one table?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from torch import Tensor

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.traces.check_place import units_of
from lstm_core.traces.reading_order import check_sequences
from lstm_core.traces.recorded import Recorded


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
    shapes, parts = dict[Any, None](), dict[Any, None]()
    seen = 0
    for trace in [traces] if isinstance(traces, Recorded) else traces:
        if not isinstance(trace, Recorded):
            raise LstmCoreError(_expected(f"{type(traces).__name__} of {type(trace).__name__}"))
        check_sequences(trace)
        seen += 1
        sizes = (getattr(trace, quantity).shape for quantity in trace.whole)
        shapes[trace.module, *((layers, directions, units) for layers, directions, _, _, units in sizes)] = None
        parts[tuple((dim, tuple(trace.coords[dim])) for dim in ("layer", "direction", "unit"))] = None
        if len(shapes) > 1 or len(parts) > 1:
            break
        yield trace
    if len(shapes) != 1:
        got = [f"{module} with {' '.join(map(str, dict.fromkeys(sizes)))}" for module, *sizes in shapes]
        raise LstmCoreError(
            f"Expected one or more traces of the same LSTM, got {seen}, of (layers, directions, units): "
            f"{'; '.join(got) or 'none'}. Give the traces of one model together."
        )
    if len(parts) > 1:
        first, other = map(dict, parts)
        dim = next(dim for dim in first if first[dim] != other[dim])
        two = " and ".join(f"one with {dim} {str(list(each[dim]))[:100]}" for each in (first, other))
        raise LstmCoreError(
            f"Expected the same part of each trace, got {two}. Take the same numbers of each: trace.sel({dim}=…)."
        )


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
