"""How far is a recording from what the module computed?"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


class Distance:
    """The largest difference of several pairs of tensors, and the largest in proportion to the values."""

    def __init__(self) -> None:
        self._plain: list[Tensor] = []
        self._own: list[Tensor] = []
        self._scaled: list[Tensor] = []

    def add(self, ours: Tensor, theirs: Tensor, ended: Tensor | None = None, scale: Tensor | None = None) -> None:
        """Compare two tensors, except past the end of a sequence; `scale`: by what differences are divided."""
        difference = ours - theirs
        if not difference.numel():
            return
        if ended is not None:
            difference.masked_fill_(ended, 0.0)
        # One pass; a norm needs several, and the infinity norm is slow.
        found = torch.aminmax(difference)
        if scale is None:
            self._plain += found
        else:
            self._own += found
            self._scaled += torch.aminmax(difference / scale)

    def largest(self) -> tuple[float, float]:
        """The largest difference, and the largest in proportion; NaN if any value is NaN."""
        plain, own, scaled = _largest(self._plain, self._own, self._scaled)
        return larger(plain, own), larger(plain, scaled)


def scale_of(values: Tensor) -> Tensor:
    """The largest |value| that each unit of each sequence took, at least 1: (batch, unit) of (time, batch, unit)."""
    return sizes(values).clamp_(min=1.0)


def sizes(values: Tensor) -> Tensor:
    """The largest |value| along the first dim."""
    least, most = torch.aminmax(values, dim=0)
    return torch.maximum(-least, most)


def larger(*numbers: float) -> float:
    """The largest number; NaN if any is NaN."""
    return math.nan if any(number != number for number in numbers) else max(numbers)


def _largest(*groups: Sequence[Tensor]) -> list[float]:
    """The largest |number| of each group, 0 for an empty one."""
    every = [number for group in groups for number in group]
    numbers = iter(torch.stack(every).abs().tolist() if every else [])
    return [larger(0.0, *(next(numbers) for _ in group)) for group in groups]
