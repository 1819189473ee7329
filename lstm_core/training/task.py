"""What is there to learn, from which examples, and how well was it learned?"""

from __future__ import annotations

import abc
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.models.embeddings import Embedding
from lstm_core.models.random import draw_lstm, drawn
from lstm_core.models.sequence_model import Gives, Reads, SequenceModel

MISSING = -100
"""The target class of a step that is not learned from: past a sequence's end, for one."""


class Sizes(NamedTuple):
    """The dimensions of a model and how long, how fast it learns. With numbers, input_size is their columns' count."""

    hidden_size: int
    num_layers: int
    input_size: int
    epochs: int
    learning_rate: float


class Batch(NamedTuple):
    """Sequences side by side, padded at the end."""

    numbers: Tensor
    """(time, batch, …): what the model's `embedding.read` gives for each."""
    targets: Tensor
    """Classes: (time, batch), MISSING where there is nothing to learn. Sets and values: (time, batch, label), NaN
    there."""
    judged: Tensor
    """(time, batch), bool: the steps that the accuracy counts."""


class Task(abc.ABC):
    """Something to learn. Its fields, where it has any, say what the examples are like."""

    name: ClassVar[str]
    description: ClassVar[str]
    sizes: Sizes
    """What `epochs` takes where nothing else is asked for."""

    @abc.abstractmethod
    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        """An untrained model, its weights drawn from the generator."""

    @abc.abstractmethod
    def batches(self, model: SequenceModel, progress: float, generator: torch.Generator, /) -> Iterable[Batch]:
        """One epoch's examples; `progress` is the share of epochs that are over, for tasks that grow harder."""

    @abc.abstractmethod
    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        """How well a model does on examples that were not trained on: figures by name, the one that counts first."""


def untrained(
    task: Task,
    labels: Sequence[str],
    embedding: Embedding,
    sizes: Sizes,
    generator: torch.Generator,
    *,
    reads: Reads,
    gives: Gives,
) -> SequenceModel:
    """A task's model with its LSTM and Linear drawn from the generator, as PyTorch draws them."""
    lstm = draw_lstm(embedding.size, sizes.hidden_size, sizes.num_layers, generator)
    linear = drawn(nn.Linear(sizes.hidden_size, len(labels), device="meta"), sizes.hidden_size**-0.5, generator)
    made = SequenceModel(
        task.name, task.description, labels, reads=reads, gives=gives, embedding=embedding, lstm=lstm, linear=linear
    )
    return made.eval()
