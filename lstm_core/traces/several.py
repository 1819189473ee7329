"""How are the steps of several traces read as one?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import as_numpy
from lstm_core.traces.trace import Trace

Traces = Trace | Sequence[Trace]


def as_traces(traces: Traces) -> list[Trace]:
    """One or several traces of the same LSTM as a list.

    Raises LstmCoreError when there is none, or they differ in layers, directions or units.
    """
    several = [traces] if isinstance(traces, Trace) else list(traces)
    shapes = {(*trace.c.shape[:2], trace.c.shape[-1], trace.h.shape[-1]) for trace in several}
    if len(shapes) != 1:
        raise LstmCoreError(
            f"Expected one or more traces of the same LSTM, got {len(several)} with (layers, directions, units of c, "
            f"units of h) {sorted(shapes)}. Give the traces of one model together."
        )
    return several


def by_sequence(trace: Trace, values: Tensor) -> list[np.ndarray]:
    """Values in the dims of c or h, as float64 (step, layer, direction, unit) of each sequence, cut to its length."""
    arrays = as_numpy(values).astype(np.float64).transpose(3, 2, 0, 1, 4)
    return [array[:length] for array, length in zip(arrays, trace.lengths_or_time(), strict=True)]


def all_steps(traces: Sequence[Trace], values: Callable[[Trace], Tensor]) -> np.ndarray:
    """The same of all sequences of all traces, one after the other: (step, layer, direction, unit)."""
    return np.concatenate([array for trace in traces for array in by_sequence(trace, values(trace))])
