"""What did we record of a GRU, and what are its equations?

As on PyTorch's `nn.GRU` page:

    r = σ(W_ir x + b_ir + W_hr h_before + b_hr)             reset gate: may the candidate see what was there?
    z = σ(W_iz x + b_iz + W_hz h_before + b_hz)             update gate: keep what was there?
    n = tanh(W_in x + b_in + r ⊙ (W_hn h_before + b_hn))    candidate: what would come in its place
    h = (1 - z) ⊙ n + z ⊙ h_before                          hidden state: memory and output in one

Cho et al. 2014, with r inside the brackets as in cuDNN, and z for keeping where the paper has it for writing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from lstm_core.traces.hidden import HiddenTrace


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class GruTrace(HiddenTrace):
    """Every gate and state of one GRU over one run, detached, in the module's dtype and on its device.

    `r z n h` (layer, direction, time, batch, unit): reset gate, update gate, candidate, and the hidden state after the
    step. `max_error`: the proof, the largest absolute difference between (1 - z) ⊙ n + z ⊙ h_before and what the module
    itself returned at every step, and between the last h of each layer and its h_n. The rest is as in `Trace`.

    >>> import torch
    >>> from lstm_core import run
    >>> trace = run(torch.nn.GRU(4, 3), torch.zeros(5, 2, 4))
    >>> trace.z.shape, torch.allclose(trace.h, (1 - trace.z) * trace.n + trace.z * trace.before("h"))
    (torch.Size([1, 1, 5, 2, 3]), True)
    """

    quantities: ClassVar[tuple[str, ...]] = ("r", "z", "n", "h")
    module: ClassVar[str] = "a GRU"

    r: Tensor
    z: Tensor
    n: Tensor


def gru_step(
    from_x: Tensor, from_h: Tensor, h_before: Tensor, touch: Callable[[str, Tensor], Tensor]
) -> dict[str, Tensor]:
    """r z n h (…, unit) from W_i x + b_i and W_h h_before + b_h (…, 3 * unit), in PyTorch's order r z n; each of them
    as `touch(letter, value)` leaves it."""
    (x_r, x_z, x_n), (h_r, h_z, h_n) = from_x.chunk(3, dim=-1), from_h.chunk(3, dim=-1)
    r = touch("r", (x_r + h_r).sigmoid())
    z = touch("z", (x_z + h_z).sigmoid())
    n = touch("n", (x_n + r * h_n).tanh())
    return {"r": r, "z": z, "n": n, "h": touch("h", (1 - z) * n + z * h_before)}
