"""How are two readings set against each other? Step by step, with what each model answers."""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from gatescope.comparing.rivals import SURE, turns
from gatescope.comparing.view import TwoSides
from gatescope.question.view import Source
from gatescope.reading.models import examples
from gatescope.reading.read import Reading, read
from gatescope.store.remembered import Budget, remembered
from lstm_core import SequenceModel, Trace
from lstm_core.analysis.compare import Pair, align

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


def two(a: Reading, b: Reading) -> Two:
    """The first `MOST` steps of two readings, side by side."""
    assert a.trace is not None
    assert b.trace is not None
    read_a, read_b = a.steps(MOST), b.steps(MOST)
    if a.series is not None and b.series is not None:
        pairs = align(*([f"{step}" for step in range(len(steps))] for steps in (read_a, read_b)))
    else:
        pairs = align(read_a, read_b)
    differs = [at for at, (x, y) in enumerate(pairs) if x is None or y is None or read_a[x] != read_b[y]]
    said_a, said_b = (
        None if one.model is None or one.model.gives == "hidden" else one.probabilities() for one in (a, b)
    )
    return Two(a.trace, b.trace, (a.model, b.model), pairs, differs, (said_a, said_b))


# Where do two models answer otherwise? In the examples of the first, and where words are read in everyday sentences.


_EVERYDAY = Path(__file__).with_name("sentences.txt").read_text(encoding="utf-8").splitlines()


def _both_models(pair: TwoSides) -> tuple[Source, Source]:
    return pair.a.with_text("").reads(), pair.b.with_text("").reads()


@remembered(Budget.ALTERNATIVES, key=_both_models, bytes_of=lambda _: 10_000)
def texts_that_part(pair: TwoSides) -> list[str]:
    """The texts to which two models give different answers, those of the surest difference first."""
    model, other = (read(side.reads()).model for side in (pair.a, pair.b))
    if model is None or other is None or model.labels != other.labels:
        return []
    texts = [*examples(model, model.reads).values(), *(_EVERYDAY if model.reads == "words" else [])]
    sure = {text: how_sure(pair, text) for text in texts}
    return sorted(filter(sure.__getitem__, sure), key=lambda text: -sure[text])


def how_sure(pair: TwoSides, text: str) -> float:
    """How surely two models answer a text otherwise, at most; 0 where they do nowhere."""
    a, b = (read(side.with_text(text).reads()) for side in (pair.a, pair.b))
    turned = two(a, b).turned() if a.trace and b.trace and a.is_readable else []
    return max((sure for _, sure in turned), default=0.0)


def where_they_part(pair: TwoSides) -> TwoSides:
    """Two models of one text, with a text that parts them if this one does not and there is one."""
    a, texts = pair.a.source, texts_that_part(pair)
    if not texts or a.file or how_sure(pair, a.sentence):
        return pair
    return TwoSides(pair.a.with_text(texts[0]), pair.b.with_text(texts[0]))
