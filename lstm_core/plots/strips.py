"""Which quantities does a picture show, in which strips, and on which scales?"""

from collections.abc import Collection, Iterable

import numpy as np

from lstm_core.plots.columns import round_up
from lstm_core.quantities import GRU, LSTM, RNN, Described, table_of
from lstm_core.quantities import LIMITS as LIMITS

Strip = Described
STRIPS, GRU_STRIPS, RNN_STRIPS = LSTM, GRU, RNN
UNGATED = (
    Described("decay", "decay", "keep what was there?", "what multiplies the memory", "states", sums=True),
    Described("added", "what is added", "what is written?", "what a step adds to the memory", "states", sums=True),
)


def scale_of(values: Iterable[np.ndarray]) -> float:
    """The end of the scale of a memory: 1, or the next of 2, 5, 10, 20, … if it counts beyond."""
    end = _largest(values)
    return 1.0 if end <= 1 else float(round_up(end))


def fine_scale(values: Iterable[np.ndarray], least: float = 0.0) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, … or of a tenth, a hundredth … of these, from the largest value on;
    `least` at least. 1 for values that are nearly 0."""
    end = max(least, _largest(values))
    if end < 1e-6:
        return 1.0
    power = 10.0 ** np.floor(np.log10(end))
    steps = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
    return float(next(step * power for step in steps if step * power >= end * (1 - 1e-9)))


def _largest(values: Iterable[np.ndarray]) -> float:
    return max(float(np.abs(np.nan_to_num(each)).max()) for each in values)


def strips_of(quantities: Collection[str]) -> tuple[Strip, ...]:
    """The strips of an LSTM, a GRU or an RNN that has these quantities, as far as they are there; also those of a
    memory that no single gate lets in."""
    table = (*LSTM[:1], *UNGATED, *LSTM[3:]) if "added" in quantities else table_of(quantities)
    return tuple(strip for strip in table if strip.quantity in quantities)
