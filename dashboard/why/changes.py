"""How much does an answer change, and is that worth telling?"""

import torch
from torch import Tensor

from lstm_core import SequenceModel

FRAMED, WORTH = 0.02, 0.1
"""The change of an answer that is marked, and that is offered as what turns it."""


def unlike(model: SequenceModel, before: Tensor, after: Tensor, spread: float) -> Tensor:
    """(change,): how much an answer (label,) changes to each of some answers (change, label).

    Of classes: how far the probability of the label that was said moves; of a set, the probability that moves most; of
    forecasts, the largest change as a share of `spread`, how far the forecasts of the whole reading lie apart.
    """
    moved = (after - before).abs()
    if model.gives == "classes":
        return moved[:, before.argmax()]
    return moved.amax(-1) if model.gives == "set" else moved.amax(-1) / (spread or 1.0)


def turned(model: SequenceModel, before: Tensor, after: Tensor) -> Tensor:
    """(change,): by how much each change turns the answer (label,) into another one; 0 where the answer stays.

    Of classes: what the old label loses or the new one gains, whichever is less, so that 0.51 which becomes 0.49 turns
    by 0.02; of a set, how far the probability that crosses a half moves. A forecast never turns.
    """
    if model.gives == "classes":
        old, new = before.argmax(), after.argmax(-1)
        gained = after.gather(1, new[:, None])[:, 0] - before[new]
        return torch.minimum(before[old] - after[:, old], gained).masked_fill(new == old, 0)
    if model.gives == "set":
        return (after - before).abs().masked_fill((before > 0.5) == (after > 0.5), 0).amax(-1)
    return torch.zeros(len(after))
