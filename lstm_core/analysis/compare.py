"""Where do two runs differ?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_core.analysis.shown import ShownResult
from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import places_of, units_of

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure

Pair = tuple[int | None, int | None]


class Difference(NamedTuple):
    """The largest difference, and where it is."""

    value: float
    """b minus a; NaN when no step of a has a partner in b."""
    quantity: str
    layer: int
    direction: int
    unit: int
    pair: int
    """The index of the pair in `pairs`."""


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(ShownResult):
    """Two sequences side by side, step by step."""

    pairs: list[Pair]
    """(step of a, step of b), in order; None where a step has no partner."""
    tokens: list[tuple[str | None, str | None]] | None
    """(token of a, token of b) of each pair; None when a trace has no tokens."""
    a: Mapping[str, np.ndarray]
    b: Mapping[str, np.ndarray]
    """a and b: each quantity, (layer, direction, pair, unit), NaN where there is no step."""
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Which number each index had in its whole run: "layer" and "direction" of a, "unit" by the name of its quantity,
    and the steps "a" and "b". Where one is left out, the index is the number."""
    others: str = ""
    """Which layer and direction of b were compared, where they are not those of a."""

    def plot(self, layer: int = 0, direction: int = 0, quantities: Sequence[str] = ("c", "h")) -> Figure:
        """A Plotly figure of some quantities: of a, of b, and b minus a, side by side."""
        return self.drawn("left: a · middle: b · right: b − a", layer, direction, quantities)

    def drawn(self, title: str, layer: int, direction: int, quantities: Sequence[str]) -> Figure:
        """The figure of `plot` under another title."""
        from lstm_core.plots.compared_strips import compared_figure

        at = layer, direction
        layers, directions = next(iter(self.a.values())).shape[:2]
        if not (0 <= layer < layers and 0 <= direction < directions and set(quantities) & set(self.a)):
            raise LstmCoreError(
                f"Expected some of {', '.join(self.a)} of a layer below {layers}, a direction below {directions}, got "
                f"{', '.join(quantities) or 'none'} of {at}."
            )
        return compared_figure(self, layer, direction, quantities, title)

    def to_pandas(self) -> pandas.DataFrame:
        """A row a quantity: its largest difference, b minus a, and where that is in the whole run; `pair` is an index
        of `pairs`, `a` and `b` are its tokens, or its steps without tokens."""
        import pandas

        rows = [self.largest(quantity)._asdict() for quantity in self.a]
        for row in rows:
            steps = zip("ab", self.pairs[row["pair"]], strict=True)
            words = self.tokens[row["pair"]] if self.tokens else [self._number(side, step) for side, step in steps]
            row["a"], row["b"] = words
            row["unit"] = self._number(row["quantity"], row["unit"])
            row |= {dim: self._number(dim, row[dim]) for dim in ("layer", "direction")}
        return pandas.DataFrame(rows, columns=["quantity", "value", "layer", "direction", "unit", "pair", "a", "b"])

    def _number(self, dim: str, index: int | None) -> int | None:
        return self.numbers[dim][index] if index is not None and dim in self.numbers else index

    def summary(self) -> str:
        """What `to_pandas` shows, and how many steps have a partner, in sentences."""
        there = np.array([a is not None and b is not None for a, b in self.pairs], dtype=bool)
        both, alone = f"{_steps(there.sum())} that both have", f"{_steps((~there).sum())} in one alone."
        columns = f"at the {'tokens' if self.tokens else 'steps'} in the columns a and b"
        same = there.any() and all(
            np.array_equal(self.a[quantity][:, :, there], self.b[quantity][:, :, there], equal_nan=True)
            for quantity in self.a
        )
        said = f"a and b are equal over {both}" if same else f"The largest value, b minus a, over {both}, {columns}"
        # Where a gate is NaN, h is NaN.
        last = "h" if "h" in self.a else "c"
        unknown = np.isnan(self.difference(last)[:, :, there]).any((0, 1, 3)).sum()
        nan = f" {_steps(unknown)} {'has' if unknown == 1 else 'have'} NaN, which is left out." if unknown else ""
        return f"{said}; {alone}{nan}{self.others}"

    @property
    def differences(self) -> dict[str, np.ndarray]:
        """b minus a of each quantity, (layer, direction, pair, unit), NaN where a step has no partner; float64."""
        return {quantity: self.difference(quantity) for quantity in self.a}

    def difference(self, quantity: str) -> np.ndarray:
        """b minus a of one quantity, (layer, direction, pair, unit), NaN where a step has no partner; float64."""
        found: np.ndarray = np.subtract(self.b[quantity], self.a[quantity], dtype=np.float64)
        return found

    def largest(self, *quantities: str) -> Difference:
        """The largest absolute difference of these quantities, or of all, and its place; the first among equals."""
        found = []
        for quantity in quantities or self.a:
            values = self.difference(quantity)
            size = np.nan_to_num(np.abs(values), nan=-1.0)
            layer, direction, pair, unit = at = tuple(int(n) for n in np.unravel_index(size.argmax(), size.shape))
            found.append((size[at], Difference(float(values[at]), quantity, layer, direction, unit, pair)))
        return max(found, key=itemgetter(0))[1]


def _steps(count: int) -> str:
    return f"{count:,} step{'' if count == 1 else 's'}"


def align(tokens_a: Sequence[str], tokens_b: Sequence[str]) -> list[Pair]:
    """Pair the tokens of two sequences: (step of a, step of b), in order.

    Equal runs are paired (`difflib`). Tokens between two runs are paired one to one; what is left over has None.

    >>> align(["the", "cat", "sat"], ["the", "old", "dog", "sat"])
    [(0, 0), (1, 1), (None, 2), (2, 3)]
    """
    # The common beginning and end are paired first, because the search takes the square of the length.
    begin = _common(tokens_a, tokens_b)
    end = _common(tokens_a[begin:][::-1], tokens_b[begin:][::-1])
    a, b = (tokens[begin : len(tokens) - end] for tokens in (tokens_a, tokens_b))
    pairs: list[Pair] = [(step, step) for step in range(begin)]
    for _, *ends in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        a_at, a_end, b_at, b_end = (begin + step for step in ends)
        pairs += zip_longest(range(a_at, a_end), range(b_at, b_end))
    return pairs + [(len(tokens_a) - step, len(tokens_b) - step) for step in range(end, 0, -1)]


def _common(tokens_a: Sequence[str], tokens_b: Sequence[str]) -> int:
    """The number of tokens at the beginning that two sequences share."""
    differs = (n for n, (a, b) in enumerate(zip(tokens_a, tokens_b, strict=False)) if a != b)
    return next(differs, min(len(tokens_a), len(tokens_b)))


def compare(
    trace_a: Recorded,
    trace_b: Recorded,
    at_a: tuple[int, int] | None = None,
    at_b: tuple[int, int] | None = None,
    batch_a: int | None = None,
    batch_b: int | None = None,
) -> Comparison:
    """One sequence of each of two traces, step by step; steps are aligned by token, or by number without tokens.

    The traces may differ in sentence, seed, model or way to run. `at_a` and `at_b` (layer, direction) choose one layer
    and direction of each, so that two of the same trace can be compared. `batch_a` and `batch_b` are numbers in the
    whole run; None is the first sequence that a trace has. Direction 1 is in sentence order.

    Raises LstmCoreError when a place does not exist, or the traces are of different kinds, or have different layers,
    directions or units.

    >>> import lstm_core
    >>> lstm = lstm_core.models.random_lstm(4, 3)
    >>> def trace(tokens): return lstm_core.run(lstm, lstm_core.inputs.token_vectors(tokens, 4, seed=2), tokens=tokens)
    >>> found = compare(trace(["a", "cat", "sat"]), trace(["a", "dog", "sat"]))
    >>> found.pairs, bool((found.differences["c"][:, :, 0] == 0).all()), found.tokens[found.largest("c").pair]
    ([(0, 0), (1, 1), (2, 2)], True, ('cat', 'dog'))
    """
    sides = ((trace_a, at_a, batch_a), (trace_b, at_b, batch_b))
    for trace, *_ in sides:
        check_kind(trace, Recorded, "two traces", "Give recording.only or lstm_core.run(…).")
    if trace_a.module != trace_b.module:
        raise LstmCoreError(f"Expected two traces of one kind, got {trace_a.module} and {trace_b.module}.")
    values = [_values(*side) for side in sides]
    _check_places(trace_a, trace_b, values)
    own = [trace.tokens and trace.tokens[places_of(trace, batch=batch)[0]] for trace, _, batch in sides]
    named = None not in own
    tokens: list[Any] = own if named else [range(next(iter(one.values())).shape[2]) for one in values]
    pairs = align(*tokens)
    a, b = (
        {quantity: _at_steps(value, [pair[side] for pair in pairs]) for quantity, value in one.items()}
        for side, one in enumerate(values)
    )
    stacks = [_stack(trace, at) for trace, at, _ in sides]
    said = [{dim: f"{dim} {', '.join(map(str, numbers))}" for dim, numbers in stack.items()} for stack in stacks]
    differ = [f"{said[0][dim]} of a with {said[1][dim]} of b" for dim in said[0] if said[0][dim] != said[1][dim]]
    return Comparison(
        pairs=pairs,
        tokens=[(_token(tokens[0], a), _token(tokens[1], b)) for a, b in pairs] if named else None,
        a=a,
        b=b,
        numbers=stacks[0]
        | {quantity: units_of(trace_a, quantity) for quantity in a}
        | {"a": trace_a.coords["time"], "b": trace_b.coords["time"]},
        others=f" Compared: {' and '.join(differ)}." if differ else "",
    )


def _check_places(trace_a: Recorded, trace_b: Recorded, values: Sequence[Mapping[str, np.ndarray]]) -> None:
    """Raise LstmCoreError unless two traces have as many layers, directions and units, and the same units."""
    sizes = [{q: (*v.shape[:2], v.shape[-1]) for q, v in one.items()} for one in values]
    if sizes[0] != sizes[1]:
        got = ", ".join(f"{sizes[0][state]} and {sizes[1][state]} of {state}" for state in trace_a.states)
        layers, directions, units = map(set, zip(*(size for one in sizes for size in one.values()), strict=True))
        mend = "Narrow each with at_a, at_b = (layer, direction)"
        if len(layers) == len(directions) == 1:
            mend = f"Units are compared by number: take the same of both, as with trace.sel(unit=slice({min(units)}))"
        raise LstmCoreError(f"Expected traces of the same (layers, directions, units), got {got}. {mend}.")
    if list(trace_a.coords["unit"]) != list(trace_b.coords["unit"]):
        got = " and ".join(str(list(trace.coords["unit"]))[:200] for trace in (trace_a, trace_b))
        raise LstmCoreError(f"Expected parts of traces with the same units in the same order, got units {got}.")


def _stack(trace: Recorded, at: tuple[int, int] | None) -> dict[str, Sequence[int]]:
    """The numbers of the layers and directions that are compared."""
    dims = ("layer", "direction")
    return {dim: trace.coords[dim] if at is None else [at[n]] for n, dim in enumerate(dims)}


def _values(trace: Recorded, at: tuple[int, int] | None, batch: int | None) -> dict[str, np.ndarray]:
    """Each quantity (layer, direction, step, unit) of one sequence."""
    sequence, *places = places_of(trace, batch=batch, **({} if at is None else {"layer": at[0], "direction": at[1]}))
    part = tuple(slice(n, n + 1) for n in places) or (slice(None), slice(None))
    steps = trace.lengths_or_time()[sequence]
    return {q: as_numpy(getattr(trace, q)[:, :, :steps, sequence])[part] for q in trace.whole}


def _at_steps(values: np.ndarray, steps: list[int | None]) -> np.ndarray:
    """Values at some steps, NaN where there is none."""
    padded = np.concatenate([values, np.full_like(values[:, :, :1], np.nan)], axis=2)
    return padded[:, :, [-1 if step is None else step for step in steps]]


def _token(tokens: Sequence[str], step: int | None) -> str | None:
    return None if step is None else tokens[step]
