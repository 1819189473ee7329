"""How are two readings set against each other? Step by step, with what each model answers."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import NamedTuple

import torch
from torch import Tensor

import lstm_core
from gatescope.comparing.rivals import SURE, turns
from gatescope.comparing.view import Side, TwoSides
from gatescope.reading.example_texts import examples
from gatescope.reading.read import Reading, read
from gatescope.serving import limits
from gatescope.serving.turns import heavy_turn
from lstm_core import SequenceModel, Trace, record
from lstm_core.analysis.compare import Pair, align
from lstm_core.traces.trace import as_update

# The most steps of each reading that are compared.
MOST = 200


class Two(NamedTuple):
    """Two readings, step beside step."""

    a: Trace
    b: Trace
    models: tuple[SequenceModel | None, SequenceModel | None]
    pairs: list[Pair]
    """(step of A, step of B), in order; None where a step has no partner."""
    words: list[tuple[str | None, str | None]]
    """What is read at each pair: a token, or of a series the value."""
    said: tuple[Tensor | None, Tensor | None]
    """(step, label): what each model answers; None without labels."""

    @property
    def differs(self) -> list[int]:
        """The pairs at which the two read another thing."""
        return [pair for pair, (a, b) in enumerate(self.words) if a != b]

    @property
    def answer_alike(self) -> bool:
        """Whether the two models choose from the same answers."""
        model, other = self.models
        return model is not None and other is not None and model.labels == other.labels

    def both(self, pair: int) -> tuple[int, int]:
        """The steps of A and of B at a pair that has both."""
        a, b = self.pairs[pair]
        assert a is not None
        assert b is not None
        return a, b

    def answers(self, pair: int) -> tuple[Tensor, Tensor]:
        """What A and B answer (label,) at a pair that has both steps, of models that answer."""
        (a, b), (said_a, said_b) = self.both(pair), self.said
        assert said_a is not None
        assert said_b is not None
        return said_a[a], said_b[b]

    def words_at(self, steps: tuple[int, int]) -> tuple[str, str]:
        """What A reads at a step of its own, and B at one of its own."""
        a, b = (
            next(word[side] for word, at in zip(self.words, self.pairs, strict=True) if at[side] == step)
            for side, step in enumerate(steps)
        )
        return a or "", b or ""

    def numbers(self, quantity: str, steps: tuple[int, int], layer: int, unit: int) -> tuple[float, float]:
        """A gate or state of a unit at a step of A and at one of B."""
        (a, b), at = steps, (layer, 0, slice(None), 0, unit)
        return float(getattr(self.a, quantity)[at][a]), float(getattr(self.b, quantity)[at][b])

    def apart(self, layer: int, of: Callable[[Tensor], Tensor] = torch.clone) -> Tensor:
        """(pair, unit): how far c, or a function of it, is apart in a layer; 0 where a step has no partner."""
        a, b = (of(trace.c[layer, 0, :, 0]) for trace in (self.a, self.b))
        none = torch.zeros(a.shape[-1])
        return torch.stack([none if None in (x, y) else (b[y] - a[x]).abs() for x, y in self.pairs])

    def is_whole(self, pair: int) -> bool:
        """Whether a pair has both steps."""
        return None not in self.pairs[pair]

    def turned(self) -> list[tuple[int, float]]:
        """The pairs of one word to which the two give another answer, and how sure the less sure of the two is."""
        model, (a, b) = self.models[0], self.said
        if model is None or a is None or b is None or not self.answer_alike:
            return []
        differs = set(self.differs)
        both = [pair for pair in range(len(self.pairs)) if self.is_whole(pair) and pair not in differs]
        steps = torch.tensor([self.both(pair) for pair in both], dtype=torch.long).reshape(-1, 2)
        sure = turns(model, a[steps[:, 0]], b[steps[:, 1]])
        # Two forecasts always differ a little.
        least = SURE if model.gives == "value" else 0.0
        return [(pair, one) for pair, one in zip(both, sure.tolist(), strict=True) if one > least]

    def carried(self) -> int | None:
        """The last pair after the first difference at which one answer is surely another; None if there is none."""
        first = min(self.differs, default=len(self.pairs))
        return max((pair for pair, sure in self.turned() if pair > first and sure >= SURE), default=None)


def two(side_a: Side, reading_a: Reading, side_b: Side, reading_b: Reading) -> Two:
    """Two readings of at most `MOST` steps each."""
    with heavy_turn() if _is_heavy(reading_a) or _is_heavy(reading_b) else nullcontext():
        a, b = trace_of(side_a, reading_a), trace_of(side_b, reading_b)
    tokens_a, tokens_b = reading_a.steps(len(a.x)), reading_b.steps(len(b.x))
    series = reading_a.series is not None and reading_b.series is not None
    steps = [list(map(str, range(len(tokens)))) for tokens in (tokens_a, tokens_b)]
    pairs = align(*(steps if series else (tokens_a, tokens_b)))
    words = [(None if a is None else tokens_a[a], None if b is None else tokens_b[b]) for a, b in pairs]
    said = _said(reading_a.model, a), _said(reading_b.model, b)
    return Two(a, b, (reading_a.model, reading_b.model), pairs, words, said)


def where_they_differ(pair: TwoSides, model: SequenceModel) -> str | None:
    """The first example text of a model to which two models give different answers; None if there is none."""
    for text in examples(model, model.reads).values():
        a, b = pair.a.with_text(text), pair.b.with_text(text)
        reading_a, reading_b = read(a.reads()), read(b.reads())
        if reading_a.trace and reading_b.trace and two(a, reading_a, b, reading_b).turned():
            return text
    return None


def trace_of(side: Side, reading: Reading) -> Trace:
    """A trace of the first steps of a reading, with the state carried or each step from a state of zeros."""
    assert reading.trace is not None
    tokens = reading.tokens[:MOST]
    if side.state == "carried":
        if len(reading.tokens) <= MOST:
            return reading.trace
        return as_update(lstm_core.run(reading.lstm, reading.trace.x[:MOST], tokens=tokens))
    with torch.no_grad(), record(reading.lstm) as recording:
        for x in reading.trace.x[:MOST]:
            reading.lstm(x.unsqueeze(0))
    return as_update(recording.only.with_values(tokens=[tokens]))


def _is_heavy(reading: Reading) -> bool:
    return min(MOST, len(reading.tokens)) * reading.parameters > limits.HEAVY


def _said(model: SequenceModel | None, trace: Trace) -> Tensor | None:
    if model is None or model.gives == "hidden":
        return None
    return model.probabilities(model.scores(trace))[:, 0]
