"""The task `brackets`: how many are still open?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from lstm_core.models.embeddings import Vocabulary
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.task import Batch, Sizes, Task, untrained

SYMBOLS = ["(", ")"]
END = "end"


@dataclass(frozen=True)
class Brackets(Task):
    """Well-nested brackets of one kind, as random walks and as ramps; after each bracket, what may come next?

    An opening bracket may always come. A closing one may come while one is open, the end while none is.
    """

    name: ClassVar[str] = "brackets"
    description: ClassVar[str] = "Keep count of open brackets, to know whether one may be closed."
    sizes = Sizes(hidden_size=4, num_layers=1, input_size=2, epochs=80, learning_rate=0.05)

    deepest: int = 8
    length: int = 80

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        embedding = Vocabulary(SYMBOLS, sizes.input_size, generator)
        return untrained(self, [*SYMBOLS, END], embedding, sizes, generator, reads="symbols", gives="set")

    def batches(self, model: SequenceModel, _progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        # Random walks are rarely deep: a model that learns without ramps fails on deep strings.
        straight = ramps(self.deepest, self.length)
        for _ in range(10):
            walked = walks(24, self.length, self.deepest, generator)
            yield examples(model, torch.cat([walked, straight], dim=1))

    def texts(self) -> list[str]:
        walked = walks(400, self.length, self.deepest, torch.Generator().manual_seed(0))
        return ["".join(SYMBOLS[0] if step == 1 else SYMBOLS[1] for step in walk) for walk in walked.T.tolist()]

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


def examples(model: SequenceModel, steps: Tensor) -> Batch:
    """A batch of strings given as +1 and -1, (time, string)."""
    opening, closing = model.embedding.read(SYMBOLS)
    is_open = (steps.cumsum(0) > 0).float()
    legal = {SYMBOLS[0]: torch.ones_like(is_open), SYMBOLS[1]: is_open, END: 1 - is_open}
    return Batch(
        numbers=torch.where(steps == 1, opening, closing),
        targets=torch.stack([legal[label] for label in model.labels], dim=-1),
        judged=torch.ones_like(steps, dtype=torch.bool),
    )


@torch.no_grad()
def margins(model: SequenceModel, steps: Tensor) -> Tensor:
    """How far the least certain label's score is from 0, positive if right: (time, string)."""
    batch = examples(model, steps)
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
    right, at_0 = margins(model, strings) > 0, strings.cumsum(0) == 0
    return {
        f"strings of {length} brackets, {depth} deep, with every step right": right.all(0).float().mean().item(),
        "their steps that are right": right.float().mean().item(),
        "their steps at depth 0 that are right": right[at_0].float().mean().item(),
        "their steps that always answering ( and ) would get right": 1 - at_0.float().mean().item(),
    }
