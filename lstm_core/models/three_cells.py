"""An LSTM, a GRU and a plain RNN of one size: how are they drawn, and what is left of a beginning in each?"""

from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.models.random import drawn


def three_modules(input_size: int, hidden_size: int, seed: int) -> tuple[nn.LSTM, nn.GRU, nn.RNN]:
    """An untrained LSTM, GRU and plain RNN, each as `torch.manual_seed(seed)` makes it."""
    sizes: dict[str, Any] = {"input_size": input_size, "hidden_size": hidden_size, "device": "meta"}
    modules = nn.LSTM(**sizes), nn.GRU(**sizes), nn.RNN(**sizes)
    for module in modules:
        drawn(module, hidden_size**-0.5, torch.Generator().manual_seed(seed)).eval()
    return modules


@torch.no_grad()
def left_of_first(module: nn.RNNBase, x: Tensor, others: Tensor) -> Tensor:
    """How much of the first step is left in h after each step: (time,), 1 after the first step.

    The module reads x (time, 1, feature) again with each of `others` (other, feature) as its first step. What is left
    is the distance of h to the nearest of those readings, as a share of that distance after the first step: at 0 h
    does not tell what the first step was. It can grow past 1. NaN if another first step gives the same h at once.

    >>> three = three_modules(4, 3, seed=2)
    >>> left = [left_of_first(module, torch.ones(9, 1, 4), torch.zeros(1, 4)) for module in three]
    >>> [(int(one[0]), bool(one[-1] < 0.1)) for one in left]             # untrained: soon forgotten
    [(1, True), (1, True), (1, True)]
    """
    readings = x.repeat(1, 1 + len(others), 1)
    readings[0, 1:] = others
    h = module(readings)[0]
    distance: Tensor = (h[:, 1:] - h[:, :1]).norm(dim=-1).amin(dim=1)
    return distance / distance[0]
