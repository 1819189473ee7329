"""What stands under the steps of a figure on paper? Words, dates or numbers, as many as have room."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from lstm_core.plots.columns import round_up
from lstm_core.plots.labels import label, width_of
from lstm_core.plots.page_figure import FONT

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
