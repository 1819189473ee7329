"""What did we record of a GRU?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from lstm_core.quantities import GRU, recorded, states
from lstm_core.traces.recorded import Recorded


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GruTrace(Recorded):
    """Every gate and state of one GRU over one run, detached, in the module's dtype and on its device.

    `r z n h` (layer, direction, time, batch, unit): reset gate, update gate, candidate, and the hidden state after the
    step. `max_error`: the proof, the largest absolute difference between (1 - z) ⊙ n + z ⊙ h_before and what the module
    itself returned at every step, and between the last h of each layer and its h_n. All else is as in `Trace`.

    >>> import torch
    >>> from lstm_core import run
    >>> trace = run(torch.nn.GRU(4, 3), torch.zeros(5, 2, 4))
    >>> trace.z.shape, torch.allclose(trace.h, (1 - trace.z) * trace.n + trace.z * trace.before("h"))
    (torch.Size([1, 1, 5, 2, 3]), True)
    """

    quantities: ClassVar[tuple[str, ...]] = recorded(GRU)
    states: ClassVar[tuple[str, ...]] = states(GRU)
    module: ClassVar[str] = "a GRU"

    r: Tensor
    z: Tensor
    n: Tensor
