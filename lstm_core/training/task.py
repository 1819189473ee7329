"""What is a task: which examples are there, and how well does a model do?"""

import abc
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.models.embeddings import Embedding, Vocabulary
from lstm_core.models.sequence_model import Gives, Reads, SequenceModel
from lstm_core.models.untrained import draw_lstm, drawn

# The target class of a step without a target, for example past a sequence's end.
MISSING = -100


class Sizes(NamedTuple):
    """A model's dimensions, epochs and learning rate. For numbers, input_size is the number of columns."""

    hidden_size: int
    num_layers: int
    input_size: int
    epochs: int
    learning_rate: float


class Batch(NamedTuple):
    """Sequences side by side, padded at the end."""

    numbers: Tensor
    """(time, batch, …): the result of the model's `embedding.read` for each sequence."""
    targets: Tensor
    """Classes: (time, batch), MISSING without a target. Sets and values: (time, batch, label), NaN without a target."""
    judged: Tensor
    """(time, batch), bool: the steps that the accuracy counts."""


class Task(abc.ABC):
    """Something to learn. Its fields, if it has any, describe the examples."""

    name: ClassVar[str]
    description: ClassVar[str]
    sizes: Sizes
    """The defaults of `epochs`."""
    symbols: Sequence[str]
    """The tokens that the model knows."""
    labels: Sequence[str]
    """What the model answers with."""
    reads: ClassVar[Reads] = "symbols"
    gives: ClassVar[Gives] = "classes"

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        """An untrained model, its weights drawn from the generator: the embedding, then as PyTorch draws an LSTM and a
        Linear."""
        embedding, labels, bound = self.embedding(sizes, generator), self.labels, sizes.hidden_size**-0.5
        lstm = draw_lstm(embedding.size, sizes.hidden_size, sizes.num_layers, generator)
        linear = drawn(nn.Linear(sizes.hidden_size, len(labels), device="meta"), bound, generator)
        parts: dict[str, Any] = {"embedding": embedding, "lstm": lstm, "linear": linear}
        return SequenceModel(self.name, self.description, labels, reads=self.reads, gives=self.gives, **parts).eval()

    def embedding(self, sizes: Sizes, generator: torch.Generator) -> Embedding:
        """What turns its symbols into numbers."""
        return Vocabulary(self.symbols, sizes.input_size, generator)

    @abc.abstractmethod
    def batches(self, model: SequenceModel, progress: float, generator: torch.Generator, /) -> Iterable[Batch]:
        """One epoch's examples; `progress` is the share of epochs done, for tasks that grow harder."""

    def texts(self) -> Sequence[Any]:
        """Texts like those it learns from, or tables (time, feature), to look at a model with; none of a caller's own
        data. Always the same ones."""
        return ()

    @abc.abstractmethod
    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        """How well a model does on held-out examples: figures by name, the main one first."""
