"""What does a model in training read, so that one can see it learn?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core import QUANTITIES, Quantity, SequenceModel, record
from lstm_core.training import Task
from lstm_core.training.forecast import Forecast
from lstm_core.training.series import DAY, series
from lstm_core.training.text import Text

SENTENCES = {
    "counter": "aaaaaaaabbbbbbbb",
    "brackets": "(()((())))()",
    "copy": "b..............?",
    "grammar": "Giraffes in a field",
}
MOST_STEPS, MOST_LABELS = 48, 12


class Example(NamedTuple):
    """One sequence that is read after every epoch."""

    text: str
    """As a person would type it."""
    tokens: list[str]
    """The words over its columns; none where steps are just counted."""
    read: Tensor
    """What the model's embedding read of it (time, …)."""
    labels: list[str]
    """The answers that are shown: all, or where they are many those that this sequence has."""
    chosen: list[int]
    """Where those are among the model's labels."""


class Picture(NamedTuple):
    """An example as a model read it once."""

    epoch: int
    """After how many; 0 is untrained."""
    cells: Mapping[Quantity, np.ndarray]
    """(layer, unit, step)"""
    answers: np.ndarray
    """(label, step): probabilities, or forecasts in the units of the data."""
    max_error: float
    """How far the gates are from PyTorch's own output."""

    @property
    def numbers(self) -> int:
        """How much room it takes."""
        return self.answers.size + sum(values.size for values in self.cells.values())


def example_of(task: Task, model: SequenceModel) -> Example:
    """The example that a task's models are shown with."""
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
    return series(2 * DAY, 1, torch.Generator().manual_seed(1))[:, 0]


@torch.no_grad()
def picture_of(model: SequenceModel, example: Example, epoch: int) -> Picture:
    """What the model does with the example now."""
    with record(model, ["lstm"]) as recording:
        scores = model(model.vectors(example.read))
    trace = recording.only
    cells = {q: np.stack([trace.cells(q, layer) for layer in range(model.lstm.num_layers)]) for q in QUANTITIES}
    answers = model.probabilities(scores)[:, 0, example.chosen].T.numpy()
    return Picture(epoch, cells, np.ascontiguousarray(answers), trace.max_error)
