"""Where do two runs differ?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from lstm_core.errors import LstmCoreError
from lstm_core.traces.place import check_place
from lstm_core.traces.recorded import as_numpy
from lstm_core.traces.trace import QUANTITIES, Quantity, Trace

Pair = tuple[int | None, int | None]


class Difference(NamedTuple):
    """The largest difference, and where it is."""

    value: float
    """b less a; NaN when no step of the one has a partner in the other."""
    quantity: Quantity
    layer: int
    direction: int
    unit: int
    pair: int
    """Which of the aligned pairs."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sequences side by side, step by step."""

    pairs: list[Pair]
    """(step of a, step of b), in order; None where one has no partner."""
    tokens: list[tuple[str | None, str | None]] | None
    """The same as tokens; None when a trace has none."""
    a: Mapping[Quantity, np.ndarray]
    b: Mapping[Quantity, np.ndarray]
    """Each quantity, (layer, direction, pair, unit), NaN where there is no step."""

    @property
    def differences(self) -> dict[Quantity, np.ndarray]:
        """b less a of each quantity, (layer, direction, pair, unit), NaN where one has no partner; float64."""
        return {quantity: self.difference(quantity) for quantity in self.a}

    def difference(self, quantity: Quantity) -> np.ndarray:
        """That of one quantity."""
        found: np.ndarray = np.subtract(self.b[quantity], self.a[quantity], dtype=np.float64)
        return found

    def largest(self, *quantities: Quantity) -> Difference:
        """The largest difference in size of these quantities, or of all, and where it is; of equals the first."""
        found = [_largest(q, self.difference(q)) for q in quantities or self.a]
        return max(found, key=lambda difference: np.nan_to_num(abs(difference.value), nan=-1.0))


def align(tokens_a: Sequence[str], tokens_b: Sequence[str]) -> list[Pair]:
    """Which token of one sequence stands for which of the other, as pairs of steps in order.

    Equal runs are paired (`difflib`); between them, as many as both have are paired one to one, the rest with None.

    >>> align(["the", "cat", "sat"], ["the", "old", "dog", "sat"])
    [(0, 0), (1, 1), (None, 2), (2, 3)]
    """
    # What both begin and end with goes first: the search between takes time with the square of its length.
    begin = _common(tokens_a, tokens_b)
    end = _common(tokens_a[begin:][::-1], tokens_b[begin:][::-1])
    ends = len(tokens_a) - end, len(tokens_b) - end
    between = _align(tokens_a[begin : ends[0]], tokens_b[begin : ends[1]])
    pairs: list[Pair] = [(step, step) for step in range(begin)]
    pairs += [(None if a is None else begin + a, None if b is None else begin + b) for a, b in between]
    return pairs + [(ends[0] + step, ends[1] + step) for step in range(end)]


def _common(tokens_a: Sequence[str], tokens_b: Sequence[str]) -> int:
    """How many tokens two sequences begin with alike."""
    differs = (n for n, (a, b) in enumerate(zip(tokens_a, tokens_b, strict=False)) if a != b)
    return next(differs, min(len(tokens_a), len(tokens_b)))


def _align(tokens_a: Sequence[str], tokens_b: Sequence[str]) -> list[Pair]:
    pairs: list[Pair] = []
    for _, a, a_end, b, b_end in SequenceMatcher(None, tokens_a, tokens_b, autojunk=False).get_opcodes():
        both = min(a_end - a, b_end - b)
        pairs += [(a + n, b + n) for n in range(both)]
        pairs += [(step, None) for step in range(a + both, a_end)]
        pairs += [(None, step) for step in range(b + both, b_end)]
    return pairs


def compare(
    trace_a: Trace,
    trace_b: Trace,
    at_a: tuple[int, int] | None = None,
    at_b: tuple[int, int] | None = None,
    batch_a: int = 0,
    batch_b: int = 0,
) -> Comparison:
    """One sequence of each of two traces, their steps aligned by their tokens, or by number where one has none.

    Two sentences, seeds, models or ways to run; `at_a`, `at_b` (layer, direction) narrow each to one, so that two
    layers or directions, of the same trace too, can be compared. Direction 1 is in sentence order in any trace.

    Raises LstmCoreError when a place is not there, or the two have different layers, directions or units.

    >>> import lstm_core
    >>> lstm = lstm_core.random_lstm(4, 3)
    >>> def trace(tokens): return lstm_core.run(lstm, lstm_core.token_vectors(tokens, 4, seed=2), tokens=tokens)
    >>> found = compare(trace(["a", "cat", "sat"]), trace(["a", "dog", "sat"]))
    >>> found.pairs, bool((found.differences["c"][:, :, 0] == 0).all()), found.tokens[found.largest("c").pair]
    ([(0, 0), (1, 1), (2, 2)], True, ('cat', 'dog'))
    """
    values_a, values_b = _values(trace_a, at_a, batch_a), _values(trace_b, at_b, batch_b)
    sizes = [{q: (*v.shape[:2], v.shape[-1]) for q, v in values.items()} for values in (values_a, values_b)]
    if sizes[0] != sizes[1]:
        raise LstmCoreError(
            f"Expected traces of the same (layers, directions, units), got {sizes[0]['c']} and {sizes[1]['c']} of c, "
            f"{sizes[0]['h']} and {sizes[1]['h']} of h. Narrow each with at_a, at_b = (layer, direction)."
        )
    named = trace_a.tokens is not None and trace_b.tokens is not None
    tokens = [
        trace.tokens[batch] if named and trace.tokens is not None else list(map(str, range(values["c"].shape[2])))
        for trace, batch, values in ((trace_a, batch_a, values_a), (trace_b, batch_b, values_b))
    ]
    pairs = align(*tokens)
    return Comparison(
        pairs=pairs,
        tokens=[(_token(tokens[0], a), _token(tokens[1], b)) for a, b in pairs] if named else None,
        a=MappingProxyType({q: _taken(v, [a for a, _ in pairs]) for q, v in values_a.items()}),
        b=MappingProxyType({q: _taken(v, [b for _, b in pairs]) for q, v in values_b.items()}),
    )


def _values(trace: Trace, at: tuple[int, int] | None, batch: int) -> dict[Quantity, np.ndarray]:
    """Each quantity (layer, direction, step, unit) of one sequence."""
    check_place(trace, sequence=batch, **({} if at is None else {"layer": at[0], "direction": at[1]}))
    part = (slice(None), slice(None)) if at is None else (slice(at[0], at[0] + 1), slice(at[1], at[1] + 1))
    steps = trace.lengths_or_time()[batch]
    return {q: as_numpy(getattr(trace, q)[:, :, :steps, batch])[part] for q in QUANTITIES}


def _taken(values: np.ndarray, steps: list[int | None]) -> np.ndarray:
    there = np.array([step is not None for step in steps], dtype=bool)
    taken = np.full((*values.shape[:2], len(steps), values.shape[3]), np.nan, values.dtype)
    taken[:, :, there] = values[:, :, [step for step in steps if step is not None]]
    return taken


def _token(tokens: list[str], step: int | None) -> str | None:
    return None if step is None else tokens[step]


def _largest(quantity: Quantity, values: np.ndarray) -> Difference:
    size = np.nan_to_num(np.abs(values), nan=-1.0)
    layer, direction, pair, unit = (int(n) for n in np.unravel_index(size.argmax(), size.shape))
    return Difference(float(values[layer, direction, pair, unit]), quantity, layer, direction, unit, pair)
