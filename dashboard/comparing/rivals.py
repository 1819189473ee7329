"""Which small change of a text turns a later answer? Some thousand texts, each one token apart, are read in a batch.

And what does the page open on, where nobody has asked for a text? On a change of a word that a person would write.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from gatescope.comparing.candidates import Candidate, candidates, of_one_kind, vectors
from gatescope.question.view import SIZES, Source
from gatescope.reading.models import examples, trained_sizes
from gatescope.reading.read import Reading, read
from gatescope.store.remembered import Budget, remembered
from lstm_core import SequenceModel

STEPS = 40
"""The first steps of a text in which a change is looked for."""
READINGS, WORK = 3_000, 1e10
"""The most texts that are tried, and multiplications: about half a second."""
SURE = 0.6
"""An answer turns if both answers are at least as sure; a forecast, if it moves by this many standard deviations."""


class Rival(NamedTuple):
    """A text with one other token, the last step whose answer it turns, and how sure the less sure answer is."""

    step: int
    token: str
    text: str
    turned: int
    sure: float


class Rivals(NamedTuple):
    """The texts that turn a later answer, words of one kind first, then the nearest; and how many were tried."""

    found: list[Rival]
    tried: int
    smallest: Rival | None
    """Where none turns one: the first in the same order that moves a later answer most."""


def _bytes(found: Rivals) -> int:
    return sum(len(one.text) + 100 for one in found.found)


@remembered(Budget.ALTERNATIVES, key=lambda source, reading: (source, reading.model is None), bytes_of=_bytes)
def rivals(source: Source, reading: Reading) -> Rivals:
    """The texts that turn a later answer of a source: words of one kind first, then the smallest change of spelling."""
    steps = min(len(reading.tokens), STEPS)
    if reading.trace is None or source.file or steps < 2:
        return Rivals([], 0, None)
    most = int(min(READINGS / steps, WORK / (steps**2 * reading.parameters)))
    tried = [one for one in candidates(source, reading, steps, most) if one.step < steps - 1]
    if not tried:
        return Rivals([], 0, None)
    at = torch.tensor([one.step for one in tried])
    later = torch.arange(steps)[:, None] > at
    sure, moved = _effects(source, reading, steps, tried)
    sure, moved = sure.where(later, 0), moved.where(later, 0)
    last = (torch.arange(steps)[:, None] * (sure >= SURE)).amax(0)
    found = [
        (one.is_strange, one.spelling, one.step - turned, -float(sure[turned, n]), n)
        for n, (one, turned) in enumerate(zip(tried, last.tolist(), strict=True))
        if turned
    ]
    if found:
        some = [_rival(tried[n], int(last[n]), -less) for *_, less, n in sorted(found)]
        return Rivals(some, len(tried), None)
    *_, n = min((one.is_strange, one.spelling, -float(moved[:, n].max()), n) for n, one in enumerate(tried))
    return Rivals([], len(tried), _rival(tried[n], int(moved[:, n].argmax()), 0.0))


def _rival(one: Candidate, turned: int, sure: float) -> Rival:
    return Rival(one.step, one.token, one.text, turned, sure)


@torch.no_grad()
def _effects(source: Source, reading: Reading, steps: int, tried: list[Candidate]) -> tuple[Tensor, Tensor]:
    """(step, candidate): how surely each answer turns, and by how much it moves; without answers, h does."""
    assert reading.trace is not None
    # The text as it is stands last: from both ends, the first steps are read differently without the rest.
    x = reading.trace.x[:steps].repeat(1, len(tried) + 1, 1)
    x[torch.tensor([one.step for one in tried]), torch.arange(len(tried))] = vectors(source, reading, tried)
    h, _ = reading.lstm(x)
    model = reading.model
    if model is None or model.gives == "hidden":
        moved = (h[:, :-1] - h[:, -1:]).abs().amax(-1)
        return torch.zeros_like(moved), moved
    said = model.probabilities(model.linear(h))
    after, before = said[:, :-1], said[:, -1:]
    return turns(model, before, after), (after - before).abs().amax(-1)


def turns(model: SequenceModel, before: Tensor, after: Tensor) -> Tensor:
    """(…): how sure the less sure of two answers (…, label) is, 0 where the answer stays; of forecasts, how many
    standard deviations they are apart."""
    if model.gives == "classes":
        both = torch.minimum(before.amax(-1), after.amax(-1))
        return both.where(before.argmax(-1) != after.argmax(-1), 0)
    if model.gives == "set":
        distance = torch.minimum((before - 0.5).abs(), (after - 0.5).abs())
        return (0.5 + distance).where((before > 0.5) != (after > 0.5), 0).amax(-1)
    deviation = getattr(model.embedding, "deviation", torch.ones(1))
    return ((after - before).abs() / deviation.mean()).amax(-1)


def first_reading(source: Source) -> Source:
    """The source, or the first larger size or example text of its model in which another word of the same kind turns a
    later answer; the source itself, if there is none."""
    reading = read(source)
    if reading.model is None or reading.model.reads != "words" or source.file:
        return source
    return next(filter(turns_by_a_word_of_one_kind, _tried(source)), source)


def turns_by_a_word_of_one_kind(source: Source) -> bool:
    """Whether the first rival of a text has a word of the same kind: rivals with such a word come first."""
    reading = read(source)
    return any(of_one_kind(reading.tokens[one.step], one.token) for one in rivals(source, reading).found[:1])


def _tried(source: Source) -> Iterator[Source]:
    yield source
    if source.model == SIZES:
        for units in trained_sizes()["hidden_dim"]:
            if units > source.hidden_dim:
                yield replace(source, hidden_dim=units)
    model = read(source).model
    for text in examples(model, "words").values():
        yield replace(source, sentence=text)
