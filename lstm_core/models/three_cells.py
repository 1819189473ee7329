"""What do an LSTM, a GRU and a plain RNN make of the same sentence?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.inputs.vectors import token_vectors
from lstm_core.models.random import drawn
from lstm_core.recording.record import run
from lstm_core.traces.gru import GruTrace
from lstm_core.traces.rnn import RnnTrace
from lstm_core.traces.trace import Trace


class ThreeCells(NamedTuple):
    """The same tokens read by one of each, untrained."""

    lstm: Trace
    gru: GruTrace
    rnn: RnnTrace
    parameters: tuple[int, ...]
    """How many weights each has, in the same order."""

    def kept(self) -> tuple[float, float]:
        """How much of its memory is kept from step to step: the mean of the LSTM's forget gate, and of the GRU's update
        gate. The RNN has no gate for it: it makes all of h anew."""
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
    x, bound = token_vectors(tokens, input_size, seed), hidden_size**-0.5
    sizes: dict[str, Any] = {"input_size": input_size, "hidden_size": hidden_size, "device": "meta"}
    lstm, gru, rnn = nn.LSTM(**sizes), nn.GRU(**sizes), nn.RNN(**sizes)
    for module in (lstm, gru, rnn):
        drawn(module, bound, torch.Generator().manual_seed(seed)).eval()
    parameters = tuple(sum(weight.numel() for weight in module.parameters()) for module in (lstm, gru, rnn))
    traces = run(lstm, x, tokens=tokens), run(gru, x, tokens=tokens), run(rnn, x, tokens=tokens)
    return ThreeCells(*traces, parameters)
