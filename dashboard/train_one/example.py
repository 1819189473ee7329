"""Which example does a model in training read, what is there to learn, and what can be learned from?"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gatescope.wording.sentences import proof
from lstm_core import SequenceModel, record
from lstm_core.models.embeddings import Vocabulary
from lstm_core.traces import QUANTITIES, Quantity
from lstm_core.training import Batch, Task, copying, counts, words
from lstm_core.training.series import COLUMN, DAY, Forecast, series
from lstm_core.training.words import Text, sentences

SENTENCES = {
    "counter": "aaaaaaaabbbbbbbb",
    "brackets": "(()((())))()",
    "copy": "b..............?",
    "grammar": "Giraffes in a field",
}
MOST_STEPS, MOST_LABELS = 48, 12


class Example(NamedTuple):
    """One sequence that the model reads after every epoch."""

    text: str
    """The sequence as a person would type it."""
    tokens: list[str]
    """The words over the columns; empty if the steps have only numbers."""
    read: Tensor
    """The sequence after the embedding's `read`, (time, …)."""
    labels: list[str]
    """The answers that are shown: all, or only those that occur in this sequence if there are many."""
    chosen: list[int]
    """The indices of `labels` among the model's labels."""


class Picture(NamedTuple):
    """One run of a model over an example."""

    epoch: int
    """The number of epochs before this run; 0 is untrained."""
    cells: Mapping[Quantity, np.ndarray]
    """Each quantity, (layer, unit, step)."""
    answers: np.ndarray
    """(label, step): probabilities, or forecasts in the units of the data."""
    proof: str
    """How near the trace comes to PyTorch's own output, in words."""

    @property
    def numbers(self) -> int:
        """How many numbers the picture holds."""
        return self.answers.size + sum(values.size for values in self.cells.values())


def example_of(task: Task, model: SequenceModel) -> Example:
    """The example that the page shows for a task."""
    if model.reads == "numbers":
        rows = task.table[-MOST_STEPS:] if isinstance(task, Forecast) else _one_series()
        text = " ".join(f"{value:.6g}" for value in rows.flatten().tolist())
        return Example(text, [], rows, model.labels, list(range(len(model.labels))))
    text = "".join(task.trained[:MOST_STEPS]) if isinstance(task, Text) else SENTENCES[task.name]
    tokens = model.tokens(text)
    labels = model.labels
    if len(labels) > MOST_LABELS:
        common = Counter(token for token in tokens if token in labels).most_common(MOST_LABELS)
        labels = sorted(label for label, _ in common)
    return Example(text, tokens, model.embedding.read(tokens), labels, [model.labels.index(label) for label in labels])


def _one_series() -> Tensor:
    # Buildings are heated until hour 14, then cooled, and storms come before and after.
    return series(2 * DAY, 1, torch.Generator().manual_seed(208))[:, 0]


@torch.no_grad()
def picture_of(model: SequenceModel, example: Example, epoch: int) -> Picture:
    """A picture of the example with the model as it is now."""
    with record(model, ["lstm"]) as recording:
        scores = model(model.vectors(example.read))
    trace = recording.only
    cells = {q: np.stack([trace.cells(q, layer) for layer in range(model.lstm.num_layers)]) for q in QUANTITIES}
    answers = model.probabilities(scores)[:, 0, example.chosen].T.numpy()
    return Picture(epoch, cells, np.ascontiguousarray(answers), proof(trace))


# What is there to learn? The right answers over the example, and some of the sequences that a model learns from.


# The right tags of the example of `grammar`.
TAGS = {"Giraffes": "NOUN", "in": "ADP", "a": "DET", "field": "NOUN"}
# The task `copy` begins with gaps of no dots; at this share of the epochs its gaps still fit a line.
EARLY = 0.18
MOST_SEQUENCES = 5


class Exercise(NamedTuple):
    """One step to learn from: what is read, and the labels that are right; no label where nothing can be known."""

    token: str
    right: list[str]


def right_answers(task: Task, model: SequenceModel, example: Example) -> np.ndarray:
    """(label, step): 1 for a right answer and 0 for a wrong one, or the number to forecast; NaN where none is asked."""
    found = np.full((len(example.labels), len(example.read)), np.nan, dtype=np.float32)
    answers = _answers(model, as_batch(task, model, example))[:, 0, example.chosen]
    found[:, : len(answers)] = answers.T
    return found


def sequences(task: Task, model: SequenceModel, seed: int) -> list[list[Exercise]]:
    """Some of the sequences that a model learns from; none for numbers."""
    if not isinstance(model.embedding, Vocabulary):
        return []
    batch = next(iter(task.batches(model, EARLY, torch.Generator().manual_seed(seed))))
    answers, found = _answers(model, batch), list[list[Exercise]]()
    for numbers, right, judged in zip(batch.numbers.T, answers.unbind(1), batch.judged.T, strict=True):
        # Past the last judged step there is padding.
        steps = int(judged.nonzero().max()) + 1
        read = [model.embedding.tokens[number - 1] for number in numbers[:steps].tolist() if number]
        asked = [
            Exercise(token, [label for label, share in zip(model.labels, labels, strict=True) if share == 1])
            for token, labels in zip(read, right.tolist(), strict=False)
        ]
        # Without a word the rest would stand below the wrong one: some words of `grammar` are hidden.
        if len(read) == steps and asked not in found:
            found.append(asked)
        if len(found) == MOST_SEQUENCES:
            break
    return found


def as_batch(task: Task, model: SequenceModel, example: Example) -> Batch:
    """The example as the task gives its sequences to learn from."""
    tokens = example.tokens
    match task:
        case counts.Counter():
            return counts.counter_examples(model, [tokens.count("a")])
        case counts.Brackets():
            return counts.bracket_examples(model, torch.tensor([[1 if token == "(" else -1] for token in tokens]))
        case copying.Copy():
            return copying.examples(model, len(tokens) - 2, torch.tensor([copying.SYMBOLS.index(tokens[0])]))
        case words.Grammar():
            return words.tagged_examples(model, [[(word, TAGS[word]) for word in tokens]])
    return words.character_examples(example.read.unsqueeze(1))


def _answers(model: SequenceModel, batch: Batch) -> Tensor:
    """(time, batch, label): 1 for a right answer, 0 for a wrong one; NaN at a step that is not judged."""
    targets = batch.targets
    if model.gives == "classes":
        targets = functional.one_hot(targets.clamp(min=0), len(model.labels)).float()
    return targets.masked_fill(~batch.judged.unsqueeze(-1), torch.nan)


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
