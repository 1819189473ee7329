"""What did we record of a plain RNN?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lstm_core.quantities import RNN, recorded, states
from lstm_core.traces.recorded import Recorded


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RnnTrace(Recorded):
    """Every state of one plain RNN over one run, detached, in the module's dtype and on its device.

    `h` (layer, direction, time, batch, unit): the hidden state after the step; there are no gates. `max_error`: the
    proof, the largest absolute difference between tanh(W_ih x + b_ih + W_hh h_before + b_hh) and what the module itself
    returned at every step, and between the last h of each layer and its h_n. `config["nonlinearity"]` is "tanh" or
    "relu". All else is as in `Trace`.

    >>> import torch
    >>> from lstm_core import run
    >>> run(torch.nn.RNN(4, 3, nonlinearity="relu"), torch.zeros(5, 2, 4)).h.shape
    torch.Size([1, 1, 5, 2, 3])
    """

    quantities: ClassVar[tuple[str, ...]] = recorded(RNN)
    states: ClassVar[tuple[str, ...]] = states(RNN)
    module: ClassVar[str] = "an RNN"
