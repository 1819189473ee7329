"""What has a model learnt? Asked of texts that it was not shown."""

from collections.abc import Sequence
from typing import TypedDict

import torch
from torch import Tensor

from lstm_core import SequenceModel, record
from lstm_core.training import Task, counts

# So much of a count's variance (R²) a unit's c must tell, to be called the count.
IS_COUNT = 0.95


class Learnt(TypedDict):
    scores: dict[str, float]
    """How well the model does on texts that it was not shown: figures by name, the main one first."""
    shown: int
    """How far it was shown to count; 0 where nothing is counted."""
    unit: int | None
    """The unit of the last layer whose c is the count; None where no unit's is."""
    change: dict[str, float]
    """How that unit's c changes at each symbol, in the mean."""


@torch.no_grad()
def learnt(task: Task, model: SequenceModel) -> Learnt:
    found = Learnt(scores=dict(task.scores(model)), shown=0, unit=None, change={})
    if not isinstance(task, counts.Counter | counts.Brackets):
        return found
    found["shown"] = task.longest if isinstance(task, counts.Counter) else task.deepest
    # The first symbol counts up, the second down.
    c, moves = _memories(model, _new_steps(task), task.symbols)
    both = torch.cat([c, moves.cumsum(0).unsqueeze(-1)], -1).flatten(0, 1)
    told = torch.corrcoef(both.T)[-1, :-1].square().nan_to_num()
    unit = int(told.argmax())
    if told[unit] >= IS_COUNT:
        change = c[1:, :, unit] - c[:-1, :, unit]
        found["unit"] = unit
        for symbol, way in zip(task.symbols, (1, -1), strict=True):
            found["change"][symbol] = change[moves[1:] == way].mean().item()
    return found


def _new_steps(task: counts.Counter | counts.Brackets) -> Tensor:
    """Texts as +1 and -1, (time, text): as far again as the model was shown."""
    if isinstance(task, counts.Counter):
        n = 2 * task.longest
        return torch.tensor([1] * n + [-1] * n).unsqueeze(-1)
    return counts.walks(50, 2 * task.length, 2 * task.deepest, torch.Generator().manual_seed(4))


def _memories(model: SequenceModel, moves: Tensor, symbols: Sequence[str]) -> tuple[Tensor, Tensor]:
    """c of the last layer after each step, (time, text, unit), and the steps."""
    up, down = model.embedding.read(symbols)
    with record(model, ["lstm"]) as recording:
        model(model.embedding.embed(torch.where(moves == 1, up, down)))
    return recording.lstm().c[-1, 0], moves.float()
