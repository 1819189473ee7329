"""What does a long sequence look like in a few columns?"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import as_numpy


class Bins(NamedTuple):
    """The smallest, mean and largest value of each bin, arrays (unit, bin)."""

    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray

    @property
    def extreme(self) -> np.ndarray:
        """The value of each bin farthest from its mean, so that a spike of one step is never averaged away."""
        return np.where(self.high - self.mean > self.mean - self.low, self.high, self.low)

    @property
    def other(self) -> np.ndarray:
        """The smallest or the largest value of each bin, whichever `extreme` is not."""
        return np.where(self.high - self.mean > self.mean - self.low, self.low, self.high)


def bins(values: Tensor, per: int) -> Bins:
    """Values (step, unit) in bins of `per` steps; the last bin holds what is left over.

    >>> import torch
    >>> binned = bins(torch.tensor([[0.0], [1.0], [8.0], [2.0], [4.0]]), per=2)
    >>> binned.low.tolist(), binned.mean.tolist(), binned.high.tolist()
    ([[0.0, 2.0, 4.0]], [[0.5, 5.0, 4.0]], [[1.0, 8.0, 4.0]])
    """
    whole = len(values) // per * per
    parts = [values[:whole].reshape(-1, per, values.shape[1])] if whole else []
    if whole < len(values):
        parts.append(values[whole:].unsqueeze(0))
    low, mean, high = (torch.cat([find(part, 1) for part in parts]) for find in (torch.amin, torch.mean, torch.amax))
    return Bins(as_numpy(low).T, as_numpy(mean).T, as_numpy(high).T)


def changes(values: Tensor) -> Tensor:
    """The distance of each value (step, unit) from the value of the step before; 0 at the first step.

    >>> import torch
    >>> changes(torch.tensor([[1.0], [4.0], [2.0]])).T
    tensor([[0., 3., 2.]])
    """
    return torch.diff(values, dim=0, prepend=values[:1]).abs()
