"""The task `copy`: what was the first symbol?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import MISSING, Batch, Sizes, Task, untrained

SYMBOLS = ["a", "b", "c", "d"]
BLANK, ASK = ".", "?"


@dataclass(frozen=True)
class Copy(Task):
    """One of four symbols, a gap of dots, a question mark: then the model has to repeat the first symbol.

    The gap grows from 0 to `longest_gap` in the first half of the epochs, slowly at first, because an untrained forget
    gate leaves nothing to learn from after a long gap.
    """

    name: ClassVar[str] = "copy"
    description: ClassVar[str] = "Remember the first symbol across a long gap, and say it when asked."
    sizes = Sizes(hidden_size=4, num_layers=1, input_size=4, epochs=50, learning_rate=0.02)

    longest_gap: int = 100

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        embedding = Vocabulary([*SYMBOLS, BLANK, ASK], sizes.input_size, generator)
        return untrained(self, SYMBOLS, embedding, sizes, generator, reads="symbols", gives="classes")

    def batches(self, model: SequenceModel, progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        longest = round(self.longest_gap * min(1.0, 2 * progress) ** 2)
        for _ in range(20):
            gap = int(torch.randint(longest + 1, (), generator=generator))
            yield examples(model, gap, torch.randint(len(SYMBOLS), (32,), generator=generator))

    def texts(self) -> list[str]:
        return [f"{first}{BLANK * gap}{ASK}" for gap in range(self.longest_gap + 1) for first in SYMBOLS]

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        return {f"right after a gap of {gap:,}": right_after(model, gap) for gap in (1000, 500, 100)}


def examples(model: SequenceModel, gap: int, first: Tensor) -> Batch:
    """Sequences of gap + 2 steps that begin with the symbols `first` (batch,); only the last step's answer counts."""
    *symbols, blank, ask = model.embedding.read([*SYMBOLS, BLANK, ASK])
    numbers = blank.repeat(gap + 2, len(first))
    numbers[0], numbers[-1] = torch.stack(symbols)[first], ask
    targets = torch.full_like(numbers, MISSING)
    targets[-1] = torch.tensor([model.labels.index(symbol) for symbol in SYMBOLS])[first]
    return Batch(numbers, targets, judged=targets != MISSING)


@torch.no_grad()
def right_after(model: SequenceModel, gap: int) -> float:
    """The share of first symbols that the model repeats after a gap, over all sequences with that gap."""
    batch = examples(model, gap, torch.arange(len(SYMBOLS)))
    answers: Tensor = model(model.embedding.embed(batch.numbers))[-1].argmax(-1)
    return (answers == batch.targets[-1]).float().mean().item()
