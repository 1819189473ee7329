"""Which example does a model in training read, so that the visitor sees it learn?"""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gatescope.wording.sentences import proof
from lstm_core import SequenceModel, record
from lstm_core.traces import QUANTITIES, Quantity
from lstm_core.training import Task
from lstm_core.training.series import DAY, Forecast, series
from lstm_core.training.words import Text

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
