"""What does the model answer at a step when one word is left out? As where it is left out in the picture: the text is
read as if the word were not there, and every other word keeps its place."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gatescope.question.holds import Holds
from gatescope.reading.answers import Said, said_by
from gatescope.reading.held import HeldReading, run_held, steps_left
from gatescope.why.changes import FRAMED, unlike
from gatescope.why.drawer import Without

MOST, MOST_NUMBERS = 300_000_000, 8_000_000
"""The most multiplications, about 0.2 s, and numbers in memory: all these texts are read at once."""
MOST_HELD = 1_000
"""The most steps of all these texts while a gate is held: it makes its layer run step by step."""


def words_of(found: HeldReading, step: int) -> list[int]:
    """The words that may be left out: those that the answer at a step can know of, without its own."""
    steps = len(found.reading.tokens)
    return [
        word
        for word in steps_left(found.holds, steps)
        if word != step and (word < step or found.reading.lstm.bidirectional)
    ]


def how_many(found: HeldReading, step: int) -> int:
    """How many words are left out, one by one, while a visitor waits."""
    reading = found.reading
    read = len(reading.tokens) if reading.lstm.bidirectional else step + 1
    states = reading.lstm.hidden_size * reading.lstm.num_layers * (1 + reading.lstm.bidirectional)
    most = min(MOST // (read * reading.parameters), MOST_NUMBERS // (read * (reading.lstm.input_size + states)))
    return min(most, MOST_HELD // read) if found.holds.gates else most


@torch.no_grad()
def answers_without(found: HeldReading, step: int, words: Sequence[int]) -> Tensor:
    """(word, label): the model's answers at a step without each of some words."""
    reading, holds, model, trace = found.reading, found.holds, found.model, found.trace
    if holds.gates:
        after = []
        for word in words:
            run = run_held(reading.lstm, trace.x, Holds(holds.gates, (*holds.without, word)), reading.tokens)
            after.append(model.probabilities(model.scores(run))[step, 0])
        return torch.stack(after)
    known = [one for one in steps_left(holds, len(trace.x)) if one <= step or reading.lstm.bidirectional]
    left = torch.tensor([[one for one in known if one != word] for word in words]).T
    output, _ = reading.lstm(trace.x[left, 0])
    at = torch.tensor([known.index(step) - (word < step) for word in words])
    return model.probabilities(model.linear(output[at, torch.arange(len(words))])[None])[0]


def without_each(
    found: HeldReading, words: Sequence[int], before: Tensor, after: Tensor, spread: float
) -> list[Without]:
    """What is said without each word, `after` (word, label), where `before` (label,) is said with all."""
    moved = unlike(found.model, before, after, spread).tolist()
    return [
        Without(step=word, label=one.label, share=one.share, framed=change > FRAMED)
        for word, one, change in zip(words, said_by(found.model, after), moved, strict=True)
    ]


def said(found: HeldReading, answer: Tensor) -> Said:
    """One answer (label,) in words."""
    [one] = said_by(found.model, answer[None])
    return one
