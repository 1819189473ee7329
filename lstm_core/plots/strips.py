"""Which quantities does a picture show, and in which strips?"""

from collections.abc import Collection

from lstm_core.plots.columns import round_up
from lstm_core.quantities import GRU, LSTM, RNN, Described, table_of
from lstm_core.quantities import LIMITS as LIMITS

Strip = Described
STRIPS, GRU_STRIPS, RNN_STRIPS = LSTM, GRU, RNN
UNGATED = (
    Described("decay", "decay", "keep what was there?", "what multiplies the memory", "states", sums=True),
    Described("added", "what is added", "what is written?", "what a step adds to the memory", "states", sums=True),
)


def reach_of(largest: float) -> float:
    """The end of the scale of a memory whose largest value is known: 1, or the next of 2, 5, 10, 20, … if it counts
    beyond."""
    return 1.0 if largest <= 1 else float(round_up(largest))


def strips_of(quantities: Collection[str]) -> tuple[Strip, ...]:
    """The strips of an LSTM, a GRU or an RNN that has these quantities, as far as they are there; also those of a
    memory that no single gate lets in."""
    table = (*LSTM[:1], *UNGATED, *LSTM[3:]) if "added" in quantities else table_of(quantities)
    return tuple(strip for strip in table if strip.quantity in quantities)
