"""Where do two runs differ, and what would one have been with a gate held at a value?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from operator import itemgetter
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import torch
from torch import nn

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, check_kind, counted
from lstm_core.plots.labels import ShownResult
from lstm_core.recording.hold import Hold
from lstm_core.recording.intervene import intervene
from lstm_core.recording.modules import check_model
from lstm_core.recording.record import Recording, record
from lstm_core.traces.cut import check_sequences, units_of
from lstm_core.traces.recorded import Recorded

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
    numbers: Mapping[str, Sequence[int]]
    """Which number each index had in its whole run: "layer" and "direction" of a, "unit" by the name of its quantity,
    and the steps "a" and "b"."""
    others: str
    """Which layers and directions of b were compared, where they are not those of a."""

    def plot(self, layer: int = 0, direction: int = 0, quantities: Sequence[str] = ("c", "h")) -> Figure:
        """A Plotly figure of some quantities: of a, of b, and b minus a, side by side."""
        return self.drawn("left: a · middle: b · right: b − a", layer, direction, quantities)

    def drawn(self, title: str, layer: int, direction: int, quantities: Sequence[str]) -> Figure:
        """The figure of `plot` under another title."""
        from lstm_core.plots.beside import compared_figure

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
        return None if index is None else self.numbers[dim][index]

    def summary(self) -> str:
        """What `to_pandas` shows, and how many steps have a partner, in sentences."""
        there = np.array([a is not None and b is not None for a, b in self.pairs], dtype=bool)
        both, alone = (
            f"{counted(there.sum(), 'step')} that both have",
            f"{counted((~there).sum(), 'step')} in one alone.",
        )
        columns = f"at the {'tokens' if self.tokens else 'steps'} in the columns a and b"
        same = there.any() and all(
            np.array_equal(self.a[quantity][:, :, there], self.b[quantity][:, :, there], equal_nan=True)
            for quantity in self.a
        )
        said = f"a and b are equal over {both}" if same else f"The largest value, b minus a, over {both}, {columns}"
        # Where a gate is NaN, h is NaN.
        last = "h" if "h" in self.a else "c"
        left = np.isnan(self.difference(last)[:, :, there]).any((0, 1, 3)).sum()
        nan = f" {counted(left, 'step')} {'has' if left == 1 else 'have'} NaN, which is left out." if left else ""
        return f"{said}; {alone}{nan}{self.others}"

    @property
    def differences(self) -> dict[str, np.ndarray]:
        """b minus a of each quantity, (layer, direction, pair, unit), NaN where a step has no partner; float64."""
        return {quantity: self.difference(quantity) for quantity in self.a}

    def difference(self, quantity: str) -> np.ndarray:
        """b minus a of one quantity, (layer, direction, pair, unit), NaN where a step has no partner; float64."""
        return np.asarray(np.subtract(self.b[quantity], self.a[quantity], dtype=np.float64))

    def largest(self, *quantities: str) -> Difference:
        """The largest absolute difference of these quantities, or of all, and its place; the first among equals."""
        found = []
        for quantity in quantities or self.a:
            values = self.difference(quantity)
            size = np.nan_to_num(np.abs(values), nan=-1.0)
            layer, direction, pair, unit = at = tuple(int(n) for n in np.unravel_index(size.argmax(), size.shape))
            found.append((size[at], Difference(float(values[at]), quantity, layer, direction, unit, pair)))
        return max(found, key=itemgetter(0))[1]


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


def compare(trace_a: Recorded, trace_b: Recorded) -> Comparison:
    """The first sequence of each of two traces, step by step; steps are aligned by token, or by number without tokens.

    The traces may differ in sentence, seed, model or way to run, or be two parts of one: `compare(trace.sel(batch=1),
    trace.sel(batch=2))`, `compare(trace.sel(layer=0, direction=0), trace.sel(layer=1, direction=0))`. Direction 1 is in
    sentence order.

    Raises LstmCoreError when the traces are of different kinds, or have not as many layers, directions and units.

    >>> import lstm_core
    >>> lstm = lstm_core.models.random_lstm(4, 3)
    >>> def trace(tokens): return lstm_core.run(lstm, lstm_core.inputs.token_vectors(tokens, 4, seed=2), tokens=tokens)
    >>> found = compare(trace(["a", "cat", "sat"]), trace(["a", "dog", "sat"]))
    >>> found.pairs, bool((found.differences["c"][:, :, 0] == 0).all()), found.tokens[found.largest("c").pair]
    ([(0, 0), (1, 1), (2, 2)], True, ('cat', 'dog'))
    """
    for trace in (trace_a, trace_b):
        check_kind(trace, Recorded, "two traces", "Give recording.only or lstm_core.run(…).")
        check_sequences(trace)
    if trace_a.module != trace_b.module:
        raise LstmCoreError(f"Expected two traces of one kind, got {trace_a.module} and {trace_b.module}.")
    values = [_values(trace) for trace in (trace_a, trace_b)]
    _check_sizes(trace_a, trace_b, values)
    own = [None if trace.tokens is None else trace.tokens[0] for trace in (trace_a, trace_b)]
    named = None not in own
    tokens: list[Any] = own if named else [range(next(iter(one.values())).shape[2]) for one in values]
    pairs = align(*tokens)
    a, b = (
        {quantity: _at_steps(value, [pair[side] for pair in pairs]) for quantity, value in one.items()}
        for side, one in enumerate(values)
    )
    places = [
        {dim: f"{dim} {', '.join(map(str, trace.coords[dim]))}" for dim in ("layer", "direction")}
        for trace in (trace_a, trace_b)
    ]
    differ = [f"{of_a} of a with {places[1][dim]} of b" for dim, of_a in places[0].items() if of_a != places[1][dim]]
    return Comparison(
        pairs=pairs,
        tokens=[(_token(tokens[0], a), _token(tokens[1], b)) for a, b in pairs] if named else None,
        a=a,
        b=b,
        numbers={dim: trace_a.coords[dim] for dim in ("layer", "direction")}
        | {quantity: units_of(trace_a, quantity) for quantity in a}
        | {"a": trace_a.coords["time"], "b": trace_b.coords["time"]},
        others=f" Compared: {' and '.join(differ)}." if differ else "",
    )


def _check_sizes(trace_a: Recorded, trace_b: Recorded, values: Sequence[Mapping[str, np.ndarray]]) -> None:
    """Raise LstmCoreError unless two traces have as many layers, directions and units, and the same units."""
    sizes = [{q: (*v.shape[:2], v.shape[-1]) for q, v in one.items()} for one in values]
    if sizes[0] != sizes[1]:
        got = ", ".join(f"{sizes[0][state]} and {sizes[1][state]} of {state}" for state in trace_a.states)
        raise LstmCoreError(
            f"Expected traces of the same (layers, directions, units), got {got}. Take as many of both: "
            "trace.sel(layer=0, direction=0, unit=slice(3)) has one layer and direction, and units 0 to 2."
        )
    if list(trace_a.coords["unit"]) != list(trace_b.coords["unit"]):
        got = " and ".join(str(list(trace.coords["unit"]))[:200] for trace in (trace_a, trace_b))
        raise LstmCoreError(f"Expected parts of traces with the same units in the same order, got units {got}.")


def _values(trace: Recorded) -> dict[str, np.ndarray]:
    """Each quantity (layer, direction, step, unit) of the first sequence."""
    steps = trace.lengths_or_time()[0]
    return {q: as_numpy(getattr(trace, q)[:, :, :steps, 0]) for q in trace.whole}


def _at_steps(values: np.ndarray, steps: list[int | None]) -> np.ndarray:
    """Values at some steps, NaN where there is none."""
    padded = np.concatenate([values, np.full_like(values[:, :, :1], np.nan)], axis=2)
    return padded[:, :, [-1 if step is None else step for step in steps]]


def _token(tokens: Sequence[str], step: int | None) -> str | None:
    return None if step is None else tokens[step]


# What would a model have done with a gate held at a value?

CHANGED = "What the hold changed most{where}: b is with the hold, a without, value is b minus a."

Example = TypeVar("Example")
Model = TypeVar("Model", bound=nn.Module)


class Reading(NamedTuple):
    """What a model gave for an input, and what was recorded of it."""

    output: Any
    recording: Recording


class WhatIf(ShownResult, NamedTuple("WhatIf", [("before", Reading), ("after", Reading)])):
    """A model's reading as it is, and with the hold."""

    def plot(self, layer: int = 0, direction: int = 0, quantities: Sequence[str] = ("c", "h")) -> Figure:
        """A Plotly figure of the only LSTM: as it is, with the hold, and the difference, side by side."""
        title = "left: as it is · middle: with the hold · right: what the hold changed"
        comparison = compare(self.before.recording.only, self.after.recording.only)
        return comparison.drawn(title, layer, direction, quantities)

    def to_pandas(self) -> pandas.DataFrame:
        """A row a module and quantity: what the hold changed most in the first sequence, as in `Comparison.to_pandas`;
        a is without it."""
        import pandas

        before, after = self.before.recording, self.after.recording
        tables = {name: compare(before[name], after[name]).to_pandas() for name in before}
        return pandas.concat(tables, names=["module"]).reset_index("module").reset_index(drop=True)

    def summary(self) -> str:
        """What `to_pandas` shows, in a sentence."""
        traces = self.before.recording.values()
        many = max((trace.sizes["batch"] for trace in traces), default=1)
        return CHANGED.format(where=f" in the first of {many:,} sequences" if many > 1 else "")


class Effect(NamedTuple):
    """A metric's mean over held-out examples, without and with the hold."""

    before: float
    after: float

    @property
    def change(self) -> float:
        """`after` minus `before`."""
        return self.after - self.before


def what_if(
    model: nn.Module, *inputs: Any, hold: Hold | Sequence[Hold], name: str | None = None, **named_inputs: Any
) -> WhatIf:
    """The model's reading of its inputs as it is, and with gates or states held at values.

    `inputs`: what the model takes, by position or by name. `hold`: a `Hold`, or several at once. `name`: the LSTM, GRU
    or RNN in the model; it may be left out if the model has one. Both runs have no gradients. Raises LstmCoreError as
    `intervene` and `record` do.

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> before, after = what_if(lstm, torch.ones(5, 1, 4), hold=Hold("f", 1.0, units=[2], steps=[1]))
    >>> after.recording.only.f[0, 0, 1, 0, 2].item(), before.output[0].equal(after.output[0])
    (1.0, False)
    """
    held = intervene(model, *_holds(hold), name=name)
    return WhatIf(_read(model, inputs, named_inputs), _read(model, inputs, named_inputs, held))


def effect(
    model: Model,
    held_out: Iterable[Example],
    metric: Callable[[Model, Example], float],
    hold: Hold | Sequence[Hold],
    name: str | None = None,
) -> Effect:
    """What holding gates or states does to a metric (accuracy, loss, …), its mean over held-out examples.

    `metric(model, example)` runs the model on one example, of any type, and returns a number. `hold` and `name` are as
    in `what_if`. Raises LstmCoreError when there is no example.

    >>> lstm = torch.nn.LSTM(4, 3)
    >>> held_out = [torch.ones(5, 1, 4), torch.zeros(5, 1, 4)]
    >>> def size(lstm, x): return lstm(x)[0].abs().mean().item()
    >>> effect(lstm, held_out, size, hold=Hold("o", 0.0)).after
    0.0
    """
    check_model(model)
    check_kind(held_out, Iterable, "held-out examples", "Give a list of what the metric takes.")
    check_kind(metric, Callable, "metric(model, example)", "Give a function that returns a number.")  # type: ignore[arg-type]
    examples = list(held_out)
    if not examples:
        raise LstmCoreError("Expected at least one held-out example, got none. Give some that the model wasn't fit on.")
    with torch.no_grad():
        before = fmean(metric(model, example) for example in examples)
        with intervene(model, *_holds(hold), name=name):
            return Effect(before, fmean(metric(model, example) for example in examples))


def _holds(hold: Hold | Sequence[Hold]) -> Sequence[Hold]:
    return [hold] if isinstance(hold, Hold) else hold


def _read(
    model: nn.Module, inputs: Any, named_inputs: Any, hold: AbstractContextManager[None] | None = None
) -> Reading:
    with torch.no_grad(), hold or nullcontext(), record(model) as recording:
        return Reading(model(*inputs, **named_inputs), recording)
