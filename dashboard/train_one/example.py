"""Which example does a model in training read, and what does it answer there?"""

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from gatescope.offline.carried import zipped_floats
from gatescope.wording.sentences import proof
from lstm_core import SequenceModel, record
from lstm_core.training import Batch, Task, copying, counts, words
from lstm_core.training.series import COLUMN, DAY, Forecast, series
from lstm_core.training.words import Text, sentences

SENTENCES = {
    "counter": "aaaaaaaabbbbbbbb",
    "brackets": "(()((())))()",
    "copy": "b..............?",
    "grammar": "Giraffes in a field",
}
# The right tags of the example of `grammar`.
TAGS = {"Giraffes": "NOUN", "in": "ADP", "a": "DET", "field": "NOUN"}
MOST_STEPS, MOST_UNITS = 48, 64
# The quantities of the last layer that are drawn, in this order.
DRAWN = ("f", "i", "c")


class Example(NamedTuple):
    """One sequence that the model reads after every epoch."""

    text: str
    """The sequence as a person would type it."""
    tokens: list[str]
    """The words over the columns; empty if the steps have only numbers."""
    read: Tensor
    """The sequence after the embedding's `read`, (time, …)."""
    right: list[list[str]]
    """The right answers at each step; none where nobody can know it, or nothing is asked."""
    came: list[float]
    """The numbers of a series' first column; none where words are read."""


class Picture(NamedTuple):
    """One run of a model over an example."""

    epoch: int
    """The number of epochs before this run; 0 is untrained."""
    cells: str
    """(quantity of `DRAWN`, unit, step) of the last layer, in float32, compressed, in base64."""
    says: list[list[str]]
    """The answers at each step."""
    forecast: list[float]
    """What is forecast for the next step of a series' first column; none where words are read."""
    proof: str
    """How near the trace comes to PyTorch's own output, in words."""


def example_of(task: Task, model: SequenceModel) -> Example:
    """The example that the page shows for a task."""
    if model.reads == "numbers":
        rows = task.table[-MOST_STEPS:] if isinstance(task, Forecast) else _one_series()
        text = " ".join(f"{value:.6g}" for value in rows.flatten().tolist())
        return Example(text, [], rows, [], rows[:, 0].tolist())
    text = "".join(task.trained[:MOST_STEPS]) if isinstance(task, Text) else SENTENCES[task.name]
    tokens = model.tokens(text)
    read = model.embedding.read(tokens)
    return Example(text, tokens, read, right_answers(task, model, tokens, read), [])


def _one_series() -> Tensor:
    # Buildings are heated until hour 14, then cooled, and storms come before and after.
    return series(2 * DAY, 1, torch.Generator().manual_seed(208))[:, 0]


@torch.no_grad()
def picture_of(model: SequenceModel, example: Example, epoch: int) -> Picture:
    """A picture of the example with the model as it is now."""
    with record(model, ["lstm"]) as recording:
        scores = model(model.vectors(example.read))
    trace = recording.lstm()
    cells = torch.stack([getattr(trace, name)[-1, 0, :, 0, :MOST_UNITS].T for name in DRAWN])
    said = model.probabilities(scores)[:, 0]
    if model.gives == "value":
        return Picture(epoch, zipped_floats(cells), [], said[:, 0].tolist(), proof(trace))
    chosen = said > 0.5 if model.gives == "set" else said == said.amax(-1, keepdim=True)
    return Picture(epoch, zipped_floats(cells), [_labels(model, row) for row in chosen], [], proof(trace))


def right_answers(task: Task, model: SequenceModel, tokens: list[str], read: Tensor) -> list[list[str]]:
    """The right answers at each step of an example."""
    batch = as_batch(task, model, tokens, read)
    classes = torch.arange(len(model.labels))
    targets, judged = batch.targets[:, 0], batch.judged[:, 0]
    wanted = targets.unsqueeze(-1) == classes if model.gives == "classes" else targets == 1
    found = [_labels(model, row) if asked else [] for row, asked in zip(wanted, judged, strict=True)]
    return found + [[]] * (len(tokens) - len(found))


def _labels(model: SequenceModel, chosen: Tensor) -> list[str]:
    return [model.labels[number] for number in chosen.nonzero().flatten().tolist()]


def as_batch(task: Task, model: SequenceModel, tokens: list[str], read: Tensor) -> Batch:
    """The example as the task gives its sequences to learn from."""
    match task:
        case counts.Counter():
            return counts.counter_examples(model, [tokens.count("a")])
        case counts.Brackets():
            return counts.bracket_examples(model, torch.tensor([[1 if token == "(" else -1] for token in tokens]))
        case copying.Copy():
            return copying.examples(model, len(tokens) - 2, torch.tensor([copying.SYMBOLS.index(tokens[0])]))
        case words.Grammar():
            return words.tagged_examples(model, [[(word, TAGS[word]) for word in tokens]])
    return words.character_examples(read.unsqueeze(1))


# What can a visitor train on who has no text or series at hand?


OWN_SENTENCES, DAYS = 400, 14


@cache
def text() -> str:
    """Sentences of the task `grammar`, one a line."""
    drawn = sentences(OWN_SENTENCES, torch.Generator().manual_seed(0), held_out=False)
    return "\n".join(" ".join(word for word, _ in sentence) for sentence in drawn)


@cache
def table() -> str:
    """Two weeks of an hourly series like those of the task `series`, with the name of its column."""
    hours = series(DAYS * DAY, 1, torch.Generator().manual_seed(3)).flatten().tolist()
    return "\n".join([COLUMN, *(f"{value:.1f}" for value in hours)])
