"""What is there to learn? The right answers over the example, and some of the sequences that a model learns from."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gatescope.train_one.example import Example
from lstm_core import SequenceModel
from lstm_core.models.embeddings import Vocabulary
from lstm_core.training import Batch, Task, copying, counts, words

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
