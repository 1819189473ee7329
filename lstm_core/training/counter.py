"""The task `counter`: how many a's were there?"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import MISSING, Batch, Sizes, Task, untrained

SYMBOLS = ["a", "b"]
END = "end"


@dataclass(frozen=True)
class Counter(Task):
    """aⁿbⁿ: n a's, n b's and the end, for n from 1 to `longest`; at each symbol, which one is next?

    Among the a's nobody can know. From the first b on, every step has one right answer.
    """

    name: ClassVar[str] = "counter"
    description: ClassVar[str] = "Count the a’s of aⁿbⁿ, to know when the b’s must end."
    sizes = Sizes(hidden_size=4, num_layers=1, input_size=2, epochs=60, learning_rate=0.05)

    longest: int = 20

    @property
    def least_loss(self) -> float:
        """The mean loss of the best possible model: after k a's, one of the longest − k + 1 sequences that reach so far
        goes on with a b. Their entropies sum to longest · ln longest, over longest · (longest + 1) steps."""
        return math.log(self.longest) / (self.longest + 1)

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        embedding = Vocabulary(SYMBOLS, sizes.input_size, generator)
        return untrained(self, [*SYMBOLS, END], embedding, sizes, generator, reads="symbols", gives="classes")

    def batches(self, model: SequenceModel, _progress: float, _generator: torch.Generator, /) -> Iterator[Batch]:
        batch = examples(model, range(1, self.longest + 1))
        for _ in range(20):
            yield batch

    def texts(self) -> list[str]:
        return ["a" * n + "b" * n for n in range(1, 101)]

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        return {"right for every n up to": right_up_to(model, most=1000)}


def examples(model: SequenceModel, counts: Iterable[int]) -> Batch:
    """One sequence for each n. Only the steps whose next symbol is determined are judged: those of the b's."""
    n = torch.tensor(list(counts))
    step = torch.arange(2 * int(n.max())).unsqueeze(1)
    a, b = model.embedding.read(SYMBOLS)
    first, second, end = (model.labels.index(label) for label in (*SYMBOLS, END))
    following = torch.where(step < n - 1, first, torch.where(step < 2 * n - 1, second, end))
    return Batch(
        numbers=torch.where(step < n, a, b),
        targets=torch.where(step < 2 * n, following, MISSING),
        judged=(step >= n) & (step < 2 * n),
    )


@torch.no_grad()
def margins(model: SequenceModel, counts: Iterable[int], compute: Callable[[Tensor], Tensor] | None = None) -> Tensor:
    """For each n, the smallest lead, over the judged steps, of the right symbol's score over the best other score.

    `compute` is another way to compute the model's scores (time, batch, label) of x (time, batch, feature).
    """
    batch = examples(model, counts)
    scores = (compute or model)(model.embedding.embed(batch.numbers))
    right = batch.targets.clamp(min=0).unsqueeze(-1)
    best_other = scores.scatter(-1, right, -torch.inf).amax(-1)
    lead: Tensor = scores.gather(-1, right).squeeze(-1) - best_other
    return lead.masked_fill(~batch.judged, torch.inf).amin(0)


def right_up_to(model: SequenceModel, most: int, compute: Callable[[Tensor], Tensor] | None = None) -> int:
    """The largest N ≤ `most` so that the model is right at every judged step for every n from 1 to N; `compute` as in
    `margins`."""
    wrong = margins(model, range(1, most + 1), compute) <= 0
    return int(wrong.int().argmax()) if wrong.any() else most
