"""Which steps does a picture show, how many to a column, what of them, and what stands under them?"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import as_numpy
from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import FONT

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


# What stands under the steps of a figure on paper? Words, dates or numbers, as many as have room.

ISO_DATE = re.compile(r"\d{4}-\d\d")


class Steps(NamedTuple):
    """The numbers of steps, their names if they have some, and what the names are if that is known, else ""."""

    numbers: Sequence[int]
    names: Sequence[Any] | None
    kind: str


class TimeAxis(NamedTuple):
    """Which steps are named, by their places, and how. Plotly turns the names where they have no room side by side; of
    `dates`, one a step, it names years, days or hours itself."""

    title: str
    places: Sequence[int] = ()
    names: Sequence[str] = ()
    dates: np.ndarray | None = None


def time_axis(steps: Steps, column: float, letters: int) -> TimeAxis:
    """The axis of some steps, `column` pixels each; of their names those that have room. Of words or characters, whose
    `kind` is "", all are shown, or none."""
    numbers, names, kind = steps
    if names is not None:
        dates = as_dates(names)
        if dates is not None:
            apart = np.diff(dates)
            if len(apart) and 0 < apart.max() <= 2 * apart.min():
                return TimeAxis("time", dates=dates)
            # Days as such, other times to the minute.
            days = bool((dates == dates.astype("datetime64[D]")).all())
            written = np.datetime_as_string(dates, "D" if days else "m", casting="unsafe")
            names, kind = [text.replace("T", " ") for text in written], "time"
        shown = [label(str(name)) for name in names]
        if 1.15 * letters <= column:
            return TimeAxis(kind or _kind_of(shown), range(len(shown)), shown)
        if kind:
            every = every_for((max(map(width_of, shown)) * letters / FONT + letters) / column)
            return TimeAxis(kind, range(0, len(shown), every), shown[::every])
    every = every_for((width_of(f"{numbers[-1]:,}") * letters / FONT + 2 * letters) / column)
    places = [place for place, number in enumerate(numbers) if number % every == 0]
    return TimeAxis("step", places, [f"{numbers[place]:,}" for place in places])


def every_for(number: float) -> int:
    """Every which one is named where only every so manieth has room: 1, 2, 5, 10, …"""
    return 1 if number <= 1 else round_up(number)


def as_dates(names: Sequence[Any]) -> np.ndarray | None:
    """Dates, or texts that are dates as ISO 8601 writes them; None for anything else."""
    import pandas

    dated = all(isinstance(name, date | np.datetime64) for name in names)
    if not dated and not all(isinstance(name, str) and ISO_DATE.match(name) for name in names):
        return None
    try:
        read = pandas.DatetimeIndex(pandas.to_datetime(list(names), format=None if dated else "ISO8601"))
    except ValueError:
        return None
    # The hour that a clock shows there.
    there = read.tz_localize(None).to_numpy()
    return None if np.isnat(there).any() else there


def _kind_of(names: Sequence[str]) -> str:
    """What tokens are, as far as they say it."""
    if all(len(name) == 1 for name in names) and any(name.isalpha() for name in names):
        return "character"
    return "word" if any(letter.isalpha() for name in names for letter in name) else "step"
