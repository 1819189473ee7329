"""What did we record of a plain RNN, and what is its equation?

As on PyTorch's `nn.RNN` page (Elman 1990):

    h = tanh(W_ih x + b_ih + W_hh h_before + b_hh)      or relu in the place of tanh
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from lstm_core.traces.hidden import HiddenTrace


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RnnTrace(HiddenTrace):
    """Every state of one plain RNN over one run, detached, in the module's dtype and on its device.

    `h` (layer, direction, time, batch, unit): the hidden state after the step; there are no gates. `max_error`: the
    proof, the largest absolute difference between tanh(W_ih x + b_ih + W_hh h_before + b_hh) and what the module itself
    returned at every step, and between the last h of each layer and its h_n. `config["nonlinearity"]` is "tanh" or
    "relu". The rest is as in `Trace`.

    >>> import torch
    >>> from lstm_core import run
    >>> run(torch.nn.RNN(4, 3, nonlinearity="relu"), torch.zeros(5, 2, 4)).h.shape
    torch.Size([1, 1, 5, 2, 3])
    """

    quantities: ClassVar[tuple[str, ...]] = ("h",)
    module: ClassVar[str] = "an RNN"


def tanh_step(
    from_x: Tensor, from_h: Tensor, _h_before: Tensor, touch: Callable[[str, Tensor], Tensor]
) -> dict[str, Tensor]:
    """h (…, unit) from W_ih x + b_ih and W_hh h_before + b_hh, as `touch("h", value)` leaves it."""
    return {"h": touch("h", (from_x + from_h).tanh())}


def relu_step(
    from_x: Tensor, from_h: Tensor, _h_before: Tensor, touch: Callable[[str, Tensor], Tensor]
) -> dict[str, Tensor]:
    """The same with relu."""
    return {"h": touch("h", (from_x + from_h).relu())}
