"""What is a property's number at each step of these traces?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lstm_core.analysis.properties import Property, property_named
from lstm_core.errors import LstmCoreError
from lstm_core.traces.trace import Trace

Values = Sequence[Any]
"""Numbers, one a step: a list a sequence over all traces in turn, or one list where there is one sequence."""


def values_at_steps(traces: Sequence[Trace], property: str | Property | Values) -> list[np.ndarray]:
    """The property at each step, an array a sequence."""
    lengths = [length for trace in traces for length in trace.lengths_or_time()]
    if isinstance(property, str) or callable(property):
        function: Callable[..., Any] = property_named(property) if isinstance(property, str) else property
        given = [function(tokens) for trace in traces for tokens in _tokens(trace)]
    else:
        given = list(property)
        if len(lengths) == 1 and (not given or np.ndim(given[0]) == 0):
            given = [given]
    values = [np.asarray(sequence, dtype=np.float64).reshape(-1) for sequence in given]
    if [len(sequence) for sequence in values] != lengths:
        raise LstmCoreError(
            f"Expected a number a step, {lengths} a sequence, got {[len(sequence) for sequence in values]}. "
            "Give a list of numbers for each sequence, over all traces in turn."
        )
    if not all(np.isfinite(sequence).all() for sequence in values):
        raise LstmCoreError("Expected a finite number at every step, got NaN or infinity. Fill them or cut the steps.")
    return values


def _tokens(trace: Trace) -> list[list[str]]:
    if trace.tokens is None:
        raise LstmCoreError(
            f"Expected a trace with tokens, got one of {len(trace.x)} steps without. Give them to lstm_core.run, or "
            "give the property as numbers."
        )
    return trace.tokens
