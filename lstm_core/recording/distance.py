"""How far is a recording from what the module computed?"""

from __future__ import annotations

import torch
from torch import Tensor


def gap(ours: Tensor, theirs: Tensor, ended: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The smallest and the largest difference of two tensors, except past the end of a sequence."""
    difference = ours - theirs
    if not difference.numel():
        return difference.new_zeros(()), difference.new_zeros(())
    if ended is not None:
        difference.masked_fill_(ended, 0.0)
    # One pass; a norm needs several, and the infinity norm is slow.
    return torch.aminmax(difference)


def largest(gaps: list[Tensor]) -> float:
    """The largest absolute difference among results of `gap`."""
    return torch.stack(gaps).abs().max().item()
