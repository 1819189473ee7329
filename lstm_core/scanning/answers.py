"""What does the model answer at each step of a corpus?

An answer is kept as one number: of a class its label's row, of a set of labels a bit for each.
"""

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.scanning.shards import Shard

MOST_OF_A_SET = 31
"""The most labels of a model whose answer is a set: a number has so many bits."""
NONE = ""
"""What stands for the answer of a model that answers with numbers, or with nothing."""


def answers_in_words(model: nn.Module) -> bool:
    """Whether the model's answer at a step is a label, or some of its labels."""
    if not isinstance(model, SequenceModel):
        return False
    return model.gives == "classes" or (model.gives == "set" and len(model.labels) <= MOST_OF_A_SET)


class Answers:
    """The answer after each step of a shard's texts, one text after the other: `numbers` (step,)."""

    def __init__(self, model: nn.Module, shard: Shard) -> None:
        self._model, self._begins = model, shard.begins
        self.numbers = np.full(shard.steps, -1, np.int32)

    def add(self, scores: Tensor, steps: np.ndarray) -> None:
        """Add the scores (time, batch, label) of the steps (time, batch) of a window; -1 past the end of a sequence."""
        assert isinstance(self._model, SequenceModel)
        if self._model.gives == "classes":
            found = scores.argmax(-1).numpy()
        else:
            found = (scores.numpy() > 0) @ (1 << np.arange(scores.shape[-1]))
        self.numbers[steps[steps >= 0]] = found[steps >= 0]

    def at(self, texts: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The answers after some steps."""
        found: np.ndarray = self.numbers[self._begins[texts] + times]
        return found


def answers_named(model: nn.Module, numbers: Sequence[int]) -> list[str]:
    """What the model said, in words; the labels of a set are in their order."""
    if not answers_in_words(model):
        return [NONE] * len(numbers)
    assert isinstance(model, SequenceModel)
    labels = model.labels
    if model.gives == "classes":
        return [labels[number] if number >= 0 else NONE for number in numbers]
    return [" ".join(label for bit, label in enumerate(labels) if number >> bit & 1) for number in numbers]


def encoded_answers(model: nn.Module, numbers: np.ndarray | None) -> tuple[np.ndarray, list[str]] | None:
    """Answers as the numbers of different words, and these words; None where there are none."""
    if numbers is None:
        return None
    different, which = np.unique(numbers, return_inverse=True)
    return which.astype(np.int32), answers_named(model, different.tolist())
