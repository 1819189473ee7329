"""The tasks `counter` and `brackets`: how many a's were there, and how many brackets are still open?"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import MISSING, Batch, Sizes, Task

# The task `counter`: how many a's were there?

LETTERS = ("a", "b")
END = "end"


@dataclass(frozen=True)
class Counter(Task):
    """aⁿbⁿ: n a's, n b's and the end, for n from 1 to `longest`; at each symbol, which one is next?

    Among the a's nobody can know. From the first b on, every step has one right answer.
    """

    name: ClassVar[str] = "counter"
    description: ClassVar[str] = "Count the a’s of aⁿbⁿ, to know when the b’s must end."
    sizes = Sizes(hidden_size=4, num_layers=1, input_size=2, epochs=60, learning_rate=0.05)

    symbols, labels = LETTERS, (*LETTERS, END)

    longest: int = 20

    @property
    def least_loss(self) -> float:
        """The mean loss of the best possible model: after k a's, one of the longest − k + 1 sequences that reach so far
        goes on with a b. Their entropies sum to longest · ln longest, over longest · (longest + 1) steps."""
        return math.log(self.longest) / (self.longest + 1)

    def batches(self, model: SequenceModel, _progress: float, _generator: torch.Generator, /) -> Iterator[Batch]:
        batch = counter_examples(model, range(1, self.longest + 1))
        for _ in range(20):
            yield batch

    def texts(self) -> list[str]:
        return ["a" * n + "b" * n for n in range(1, 101)]

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        return {"right for every n up to": right_up_to(model, most=1000)}


def counter_examples(model: SequenceModel, counts: Iterable[int]) -> Batch:
    """One sequence for each n. Only the steps whose next symbol is determined are judged: those of the b's."""
    n = torch.tensor(list(counts))
    step = torch.arange(2 * int(n.max())).unsqueeze(1)
    a, b = model.embedding.read(LETTERS)
    first, second, end = (model.labels.index(label) for label in (*LETTERS, END))
    following = torch.where(step < n - 1, first, torch.where(step < 2 * n - 1, second, end))
    return Batch(
        numbers=torch.where(step < n, a, b),
        targets=torch.where(step < 2 * n, following, MISSING),
        judged=(step >= n) & (step < 2 * n),
    )


@torch.no_grad()
def counter_margins(
    model: SequenceModel, counts: Iterable[int], compute: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """For each n, the smallest lead, over the judged steps, of the right symbol's score over the best other score.

    `compute` is another way to compute the model's scores (time, batch, label) of x (time, batch, feature).
    """
    batch = counter_examples(model, counts)
    scores = (compute or model)(model.embedding.embed(batch.numbers))
    right = batch.targets.clamp(min=0).unsqueeze(-1)
    best_other = scores.scatter(-1, right, -torch.inf).amax(-1)
    lead: Tensor = scores.gather(-1, right).squeeze(-1) - best_other
    return lead.masked_fill(~batch.judged, torch.inf).amin(0)


def right_up_to(model: SequenceModel, most: int, compute: Callable[[Tensor], Tensor] | None = None) -> int:
    """The largest N ≤ `most` so that the model is right at every judged step for every n from 1 to N; `compute` as in
    `margins`."""
    wrong = counter_margins(model, range(1, most + 1), compute) <= 0
    return int(wrong.int().argmax()) if wrong.any() else most


# The task `brackets`: how many are still open?

BRACKETS = ("(", ")")


@dataclass(frozen=True)
class Brackets(Task):
    """Well-nested brackets of one kind, as random walks and as ramps; after each bracket, what may come next?

    An opening bracket may always come. A closing one may come while one is open, the end while none is.
    """

    name: ClassVar[str] = "brackets"
    description: ClassVar[str] = "Keep count of open brackets, to know whether one may be closed."
    sizes = Sizes(hidden_size=4, num_layers=1, input_size=2, epochs=80, learning_rate=0.05)

    symbols, labels, gives = BRACKETS, (*BRACKETS, END), "set"

    deepest: int = 8
    length: int = 80

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        # Random walks are rarely deep: a model that learns without ramps fails on deep strings.
        straight = ramps(self.deepest, self.length)
        for _ in range(10):
            walked = walks(24, self.length, self.deepest, generator)
            yield bracket_examples(model, torch.cat([walked, straight], dim=1))

    def texts(self) -> list[str]:
        walked = walks(400, self.length, self.deepest, torch.Generator().manual_seed(0))
        return ["".join(BRACKETS[0] if step == 1 else BRACKETS[1] for step in walk) for walk in walked.T.tolist()]

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        return scores_at(model, depth=20, length=400, count=1000)


def walks(count: int, length: int, deepest: int, generator: torch.Generator) -> Tensor:
    """Well-nested strings as +1 and -1, (time, string), drawn evenly from all strings at most `deepest` deep."""
    ways = _ways_home(length, deepest)
    depth, steps = torch.zeros(count, dtype=torch.long), []
    for left in range(length - 1, -1, -1):
        # The share of all ways back to depth 0 that begin with an opening bracket.
        opening = ways[left, depth + 1]
        share = opening / (opening + torch.where(depth > 0, ways[left, depth - 1], 0.0))
        step = torch.where(torch.rand(count, generator=generator, dtype=share.dtype) < share, 1, -1)
        depth = depth + step
        steps.append(step)
    return torch.stack(steps)


def ramps(deepest: int, length: int) -> Tensor:
    """Strings as +1 and -1, (time, depth), that go up to a depth and down to 0 again and again."""
    step = torch.arange(length).unsqueeze(1)
    depth = torch.arange(1, deepest + 1)
    return torch.where(step % (2 * depth) < depth, 1, -1)


def _ways_home(length: int, deepest: int) -> Tensor:
    """The number of ways in which `left` steps lead from a depth to 0: (left, depth), each row over its maximum."""
    ways = torch.zeros(length, deepest + 2, dtype=torch.float64)
    ways[0, 0] = 1
    for left in range(1, length):
        row = torch.zeros_like(ways[0])
        row[1 : deepest + 1] += ways[left - 1, :deepest]
        row[: deepest + 1] += ways[left - 1, 1 : deepest + 2]
        ways[left] = row / row.max()
    return ways


def bracket_examples(model: SequenceModel, steps: Tensor) -> Batch:
    """A batch of strings given as +1 and -1, (time, string)."""
    opening, closing = model.embedding.read(BRACKETS)
    is_open = (steps.cumsum(0) > 0).float()
    legal = {BRACKETS[0]: torch.ones_like(is_open), BRACKETS[1]: is_open, END: 1 - is_open}
    return Batch(
        numbers=torch.where(steps == 1, opening, closing),
        targets=torch.stack([legal[label] for label in model.labels], dim=-1),
        judged=torch.ones_like(steps, dtype=torch.bool),
    )


@torch.no_grad()
def bracket_margins(model: SequenceModel, steps: Tensor) -> Tensor:
    """How far the least certain label's score is from 0, positive if right: (time, string)."""
    batch = bracket_examples(model, steps)
    scores = model(model.embedding.embed(batch.numbers))
    return torch.where(batch.targets == 1, scores, -scores).amin(-1)


def scores_at(model: SequenceModel, depth: int, length: int, count: int) -> Mapping[str, float]:
    """The shares of right answers on `count` random strings of one length whose deepest point is `depth`."""
    found: list[Tensor] = []
    generator = torch.Generator().manual_seed(1)
    while sum(strings.shape[1] for strings in found) < count:
        drawn = walks(count, length, depth, generator)
        found.append(drawn[:, drawn.cumsum(0).amax(0) == depth])
    strings = torch.cat(found, dim=1)[:, :count]
    right, at_0 = bracket_margins(model, strings) > 0, strings.cumsum(0) == 0
    return {
        f"strings of {length} brackets, {depth} deep, with every step right": right.all(0).float().mean().item(),
        "their steps that are right": right.float().mean().item(),
        "their steps at depth 0 that are right": right[at_0].float().mean().item(),
        "their steps that always answering ( and ) would get right": 1 - at_0.float().mean().item(),
    }
