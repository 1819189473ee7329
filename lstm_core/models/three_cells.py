"""What do an LSTM, a GRU and a plain RNN make of the same sentence, and what is left of its beginning?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.inputs.vectors import token_vectors
from lstm_core.models.random import drawn
from lstm_core.recording.record import run
from lstm_core.traces.gru import GruTrace
from lstm_core.traces.rnn import RnnTrace
from lstm_core.traces.trace import Trace


class ThreeCells(NamedTuple):
    """One sequence of tokens, read by an untrained LSTM, GRU and plain RNN."""

    lstm: Trace
    gru: GruTrace
    rnn: RnnTrace
    parameters: tuple[int, ...]
    """The number of weights of the LSTM, the GRU and the RNN."""

    def kept(self) -> tuple[float, float]:
        """The share of memory kept from step to step: the mean of the LSTM's forget gate, and of the GRU's update gate.
        The RNN has no gate for it: it computes all of h anew."""
        return self.lstm.f.mean().item(), self.gru.z.mean().item()


def three_cells(tokens: Sequence[str], input_size: int = 4, hidden_size: int = 3, seed: int = 2) -> ThreeCells:
    """One sentence through `nn.LSTM`, `nn.GRU` and `nn.RNN` of one size, each as `torch.manual_seed(seed)` makes it.

    Torch's global random state is neither read nor changed. Raises LstmCoreError when there is no token.

    >>> read = three_cells(["Giraffes", "in", "a", "field"])
    >>> read.parameters                               # 4, 3 and 1 blocks of units * (features + units + 2)
    (108, 81, 27)
    >>> read.gru.z.shape
    torch.Size([1, 1, 4, 1, 3])
    """
    if not tokens:
        raise LstmCoreError("Expected at least one token, got none. Give the words of a sentence.")
    x = token_vectors(tokens, input_size, seed)
    lstm, gru, rnn = three_modules(input_size, hidden_size, seed)
    parameters = tuple(sum(weight.numel() for weight in module.parameters()) for module in (lstm, gru, rnn))
    traces = run(lstm, x, tokens=tokens), run(gru, x, tokens=tokens), run(rnn, x, tokens=tokens)
    return ThreeCells(*traces, parameters)


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
