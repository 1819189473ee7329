"""Where do the copied values of many steps stand? Side by side: small copies leave a process's memory in pieces."""

from __future__ import annotations

from collections.abc import Hashable
from mmap import mmap

import torch
from torch import Tensor

_FIRST, _MOST = 4, 64
"""The steps of the first block, and of the largest."""


class Copies:
    """Copies of tensors in blocks, a block for a quantity of several steps; it goes with its last step."""

    def __init__(self) -> None:
        self._last: dict[Hashable, tuple[Tensor, int]] = {}

    def of(self, quantity: Hashable, value: Tensor) -> Tensor:
        """A tensor's values, copied."""
        block, used = self._last.get(quantity, (None, 0))
        if block is None or used == len(block) or not _takes(block, value):
            steps = _FIRST if block is None else min(_MOST, 2 * len(block))
            block, used = _block(value.detach(), steps), 0
        self._last[quantity] = block, used + 1
        return block[used].copy_(value.detach())


def _block(value: Tensor, steps: int) -> Tensor:
    """Room for a tensor's values at so many steps. On a CPU it is the system's own, which has it back at once: freed
    pieces of a process's memory fit no trace, which would be a second copy beside them."""
    shape = (steps, *value.shape)
    if value.device.type != "cpu" or not value.numel():
        return value.new_empty(shape)
    room = mmap(-1, steps * value.numel() * value.element_size())
    return torch.frombuffer(room, dtype=value.dtype).view(shape)


def _takes(block: Tensor, value: Tensor) -> bool:
    """Whether a block has rows of a tensor's kind, and may be written to now."""
    same = (block.shape[1:], block.dtype, block.device) == (value.shape, value.dtype, value.device)
    return same and block.is_inference() == torch.is_inference_mode_enabled()
