"""How are two readings set against each other? Step by step, with what each model answers."""

from contextlib import nullcontext
from typing import NamedTuple

import torch
from torch import Tensor

import lstm_core
from gatescope.comparing.rivals import SURE, turns
from gatescope.comparing.view import Side, TwoSides
from gatescope.reading.models import examples
from gatescope.reading.read import Reading, read
from gatescope.serving import limits
from gatescope.serving.turns import heavy_turn
from gatescope.store import visitor_traces
from lstm_core import SequenceModel, Trace, record
from lstm_core.analysis.compare import Pair, align
from lstm_core.traces.load import AnyTrace
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
    differs: list[int]
    """The pairs at which the two read another thing."""
    said: tuple[Tensor | None, Tensor | None]
    """(step, label): what each model answers; None without labels."""

    @property
    def answer_alike(self) -> bool:
        """Whether the two models choose from the same answers."""
        model, other = self.models
        return model is not None and other is not None and model.labels == other.labels

    @property
    def whole(self) -> list[int]:
        """The pairs that have both steps."""
        return [pair for pair, steps in enumerate(self.pairs) if None not in steps]

    def both(self, pair: int) -> tuple[int, int]:
        """The steps of A and of B at a pair that has both."""
        a, b = self.pairs[pair]
        assert a is not None
        assert b is not None
        return a, b

    def answers(self, *pairs: int) -> tuple[Tensor, Tensor]:
        """What A and B answer (pair, label) at pairs that have both steps, of models that answer."""
        steps = torch.tensor([self.both(pair) for pair in pairs], dtype=torch.long).reshape(-1, 2)
        said_a, said_b = self.said
        assert said_a is not None
        assert said_b is not None
        return said_a[steps[:, 0]], said_b[steps[:, 1]]

    def turned(self) -> list[tuple[int, float]]:
        """The pairs of one word to which the two give another answer, and how sure the less sure of the two is."""
        model = self.models[0]
        if model is None or model.gives == "hidden" or not self.answer_alike:
            return []
        both = [pair for pair in self.whole if pair not in self.differs]
        # Two forecasts always differ a little.
        least = SURE if model.gives == "value" else 0.0
        sure = turns(model, *self.answers(*both)).tolist()
        return [(pair, one) for pair, one in zip(both, sure, strict=True) if one > least]

    def carried(self) -> int | None:
        """The last pair after the first difference at which one answer is surely another; None if there is none."""
        first = min(self.differs, default=len(self.pairs))
        return max((pair for pair, sure in self.turned() if pair > first and sure >= SURE), default=None)


def two(side_a: Side, reading_a: Reading, side_b: Side, reading_b: Reading) -> Two:
    """Two readings of at most `MOST` steps each."""
    with heavy_turn() if _is_heavy(reading_a) or _is_heavy(reading_b) else nullcontext():
        a, b = trace_of(side_a, reading_a), trace_of(side_b, reading_b)
    read_a, read_b = reading_a.steps(len(a.x)), reading_b.steps(len(b.x))
    series = reading_a.series is not None and reading_b.series is not None
    pairs = align(*([list(map(str, range(len(steps)))) if series else steps for steps in (read_a, read_b)]))
    differs = [at for at, (x, y) in enumerate(pairs) if x is None or y is None or read_a[x] != read_b[y]]
    models = reading_a.model, reading_b.model
    return Two(a, b, models, pairs, differs, (_said(models[0], a), _said(models[1], b)))


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
    if side.state == "reset":
        return as_update(_alone(reading))
    if len(reading.tokens) <= MOST:
        return reading.trace
    return as_update(lstm_core.run(reading.lstm, reading.trace.x[:MOST], tokens=reading.tokens[:MOST]))


def _alone(reading: Reading) -> AnyTrace:
    """A trace of the first steps of a reading, each step from a state of zeros."""
    assert reading.trace is not None
    with torch.no_grad(), record(reading.lstm) as recording:
        for x in reading.trace.x[:MOST]:
            reading.lstm(x.unsqueeze(0))
    return recording.only.with_values(tokens=[reading.steps(MOST)])


def recorded(reading: Reading) -> str:
    """The key of a recording in which each step begins from zeros: no question of a source asks for one."""
    return visitor_traces.put("each step from an empty memory", _alone(reading))


def _is_heavy(reading: Reading) -> bool:
    return min(MOST, len(reading.tokens)) * reading.parameters > limits.HEAVY


def _said(model: SequenceModel | None, trace: Trace) -> Tensor | None:
    return None if model is None or model.gives == "hidden" else model.probabilities(model.scores(trace))[:, 0]
