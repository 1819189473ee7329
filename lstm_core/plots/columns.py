"""Which steps does a picture show, how many to a column, and what does it show of them?"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import as_numpy

Zoom = tuple[float, float] | None

# The most bytes of numbers in one picture; the bytes of a step's value, and of a bin's three values.
MOST_BYTES, STEP_BYTES, BIN_BYTES = 900_000, 4, 6
# Never fewer than these: a sentence is read word by word, and fewer bins say nothing.
LEAST_STEPS, LEAST_BINS = 64, 24


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


class Columns(NamedTuple):
    """`number` columns of `per` steps each, from step `first` on, of a sequence of `steps`."""

    first: int
    per: int
    number: int
    steps: int

    @property
    def end(self) -> int:
        """The first step after the columns."""
        return min(self.steps, self.first + self.per * self.number)

    def positions(self) -> list[float]:
        """The middle of each column, in steps."""
        middles = self.first + self.per * np.arange(self.number) + (self.per - 1) / 2
        return [int(middle) if self.per == 1 else float(middle) for middle in middles]

    def take(self, values: Tensor) -> Bins:
        """Bins, one for each column, from values (step, unit) of the whole sequence."""
        return bins(values[self.first : self.end], self.per)


def whole(steps: int) -> Columns:
    """Columns of one step each, for all steps."""
    return Columns(0, 1, steps, steps)


def fit(steps: int, width: float, numbers: int, zoom: Zoom) -> Columns:
    """The columns to send for the visible part, which is `width` pixels wide, with `numbers` values a step.

    Single steps while each has a pixel and all fit into MOST_BYTES, with some to the left and right of the visible
    part; else bins of a round number of steps.
    """
    first, last = (0, steps) if zoom is None else (max(0, round(zoom[0])), min(steps, round(zoom[1]) + 1))
    if first >= last:
        # The zoom belongs to a longer sequence.
        first, last = 0, steps
    seen = max(1, last - first)
    most = max(LEAST_STEPS, MOST_BYTES // (STEP_BYTES * numbers))
    if steps <= min(width, most):
        return whole(steps)
    if seen <= min(width, most):
        beside = min(-(-seen // 2), (most - seen) // 2)
        first, last = max(0, first - beside), min(steps, last + beside)
        return Columns(first, 1, last - first, steps)
    per = round_up(seen / max(LEAST_BINS, min(width, MOST_BYTES // (BIN_BYTES * numbers))))
    first -= first % per
    return Columns(first, per, -(-(last - first) // per), steps)


def round_up(number: float) -> int:
    """The next of 2, 5, 10, 20, 50, 100, …: bins that a reader can count with."""
    scale = 1
    while True:
        for one in (2, 5, 10):
            if one * scale >= number:
                return one * scale
        scale *= 10
