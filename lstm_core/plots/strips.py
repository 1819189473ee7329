"""Which quantities does a picture show, and in which strips?"""

from collections.abc import Collection

from lstm_core.plots.columns import round_up
from lstm_core.quantities import GRU, LSTM, RNN, Described, table_of
from lstm_core.quantities import LIMITS as LIMITS

Strip = Described
STRIPS, GRU_STRIPS, RNN_STRIPS = LSTM, GRU, RNN


def reach_of(largest: float) -> float:
    """The end of the scale of a memory whose largest value is known: 1, or the next of 2, 5, 10, 20, … if it counts
    beyond."""
    return 1.0 if largest <= 1 else float(round_up(largest))


def strips_of(quantities: Collection[str]) -> tuple[Strip, ...]:
    """The strips of an LSTM, a GRU or an RNN that has these quantities, as far as they are there."""
    return tuple(strip for strip in table_of(quantities) if strip.quantity in quantities)
