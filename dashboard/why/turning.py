"""Which change turns an answer over? Of several changes, the one that turns one most surely; and which word does."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from dashboard.question.source import Source
from dashboard.reading.read import Reading
from dashboard.store.budgets import Budget
from dashboard.store.remembered import remembered
from lstm_core import SequenceModel, Trace

# The most multiplications, about 0.1 s, and numbers in memory: the text without each of its words, all at once.
MOST, MOST_NUMBERS = 100_000_000, 8_000_000


class Answer(NamedTuple):
    """A label, and its probability."""

    label: str
    probability: float


class Turn(NamedTuple):
    """An answer that turns over at a step; of a model that gives a set, one label's yes or no."""

    step: int
    was: Answer
    becomes: Answer
    sure: float
    """How sure the less sure of the two answers is."""


class WordTurn(NamedTuple):
    """A word, and the answer that turns over without it."""

    word: int
    turn: Turn


def surest(model: SequenceModel, before: Tensor, after: Tensor) -> tuple[int, Turn] | None:
    """The change that turns an answer over most surely, and that answer; None if no change does.

    `before`, `after`: (step, change, label), the model's answers.
    """
    if model.gives == "classes":
        was, becomes = before.argmax(-1), after.argmax(-1)
        sure = torch.minimum(before.amax(-1), after.amax(-1)).masked_fill(was == becomes, 0).nan_to_num()
        step, change = (int(n) for n in torch.unravel_index(sure.argmax(), sure.shape))
        labels, surely = (int(was[step, change]), int(becomes[step, change])), float(sure[step, change])
    elif model.gives == "set":
        distance = torch.minimum((before - 0.5).abs(), (after - 0.5).abs())
        sure = distance.masked_fill((before > 0.5) == (after > 0.5), 0).nan_to_num()
        step, change, label = (int(n) for n in torch.unravel_index(sure.argmax(), sure.shape))
        labels, surely = (label, label), float(sure[step, change, label])
        surely += 0.5 if surely else 0
    else:
        return None
    if not surely:
        return None
    was_said, is_said = (
        Answer(model.labels[label], float(said[step, change, label]))
        for label, said in zip(labels, (before, after), strict=True)
    )
    return change, Turn(step, was_said, is_said, surely)


def word_turn(source: Source, reading: Reading) -> WordTurn | None:
    """The word without which an answer turns over most surely; None without a trained model, for a text or LSTM too
    large to try all words, or if no word turns an answer."""
    trace, model = reading.trace, reading.model
    if trace is None or model is None or model.gives not in ("classes", "set"):
        return None
    steps = len(trace.x)
    width = reading.lstm.input_size + reading.lstm.hidden_size * trace.c.shape[0] * trace.c.shape[1]
    if steps < 2 or steps**2 * reading.parameters > MOST or steps**2 * width > MOST_NUMBERS:
        return None
    return _found(source, reading, trace)


@remembered(Budget.MEASURED, key=lambda source, reading, _: (source, reading.model is None), bytes_of=lambda _: 0)
def _found(_source: Source, reading: Reading, trace: Trace) -> WordTurn | None:
    model, before, steps = reading.model, reading.probabilities(), len(trace.x)
    assert model is not None
    assert before is not None
    # (step that is left, word): the text without each word in turn.
    left = torch.tensor([[step for step in range(steps) if step != word] for word in range(steps)]).T
    with torch.no_grad():
        output, _ = reading.lstm(trace.x[left, 0])
        after = model.probabilities(model.linear(output))
    found = surest(model, before[left], after)
    if found is None:
        return None
    word, turn = found
    return WordTurn(word, turn._replace(step=int(left[turn.step, word])))
