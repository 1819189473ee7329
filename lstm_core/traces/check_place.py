"""Where in a trace is this layer, direction, time, batch or unit, and is it an LSTM's?"""

from collections.abc import Sequence
from operator import index
from typing import SupportsIndex

from lstm_core.errors import LstmCoreError, from_zero
from lstm_core.traces.cell import CellTrace
from lstm_core.traces.reading_order import check_sequences
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.trace import Trace


def places_of(trace: Recorded, **asked: int | None) -> tuple[int, ...]:
    """The positions in a trace of the numbers asked for: layer, direction, time, batch or unit.

    They are numbers in the whole run, as in `Recorded.sel`: a part of a trace has unit 3 at another position. None is
    the first that is there. Raises LstmCoreError when one is not there, or is no whole number. A time must be inside
    its sequence; without a batch, inside the longest one. A negative one counts from there, as in `explain` and a hold:
    -1 is the last step.
    """
    check_sequences(trace)
    if trace.coords["direction"][0] != 0:
        raise LstmCoreError("Expected a trace with direction 0, got direction 1 alone. Ask the whole trace.")
    there = dict(trace.coords)
    numbers = {name: there[name][0] if number is None else _whole(name, number) for name, number in asked.items()}
    if (batch := numbers.get("batch")) in there["batch"]:
        there["time"] = there["time"][: trace.lengths_or_time()[there["batch"].index(batch)]]
    if -len(there["time"]) <= numbers.get("time", 0) < 0:
        numbers["time"] = there["time"][numbers["time"]]
    for name, number in numbers.items():
        if number not in there[name]:
            left = there[name]
            if name not in trace.numbers:
                which = from_zero(name, len(left))
            elif len(left) == 1:
                which = f"{name} {left[0]}, the only one left"
            else:
                which = f"a {name} of {str(list(left))[:200]}, which are left"
            raise LstmCoreError(f"Expected {which}, got {number}. The trace has {dict(trace.sizes)}.")
    return tuple(there[name].index(number) for name, number in numbers.items())


def _whole(name: str, number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, SupportsIndex):
        raise LstmCoreError(f"Expected {name} as a whole number, got {number!r}. Give {name}=0.")
    return index(number)


def units_of(trace: Recorded, quantity: str) -> Sequence[int]:
    """The numbers in the whole run of the units that a quantity has in a trace, which may be a part."""
    # A projection's h has units of its own, and no part of them is taken.
    if trace.dims_of(quantity)[-1] == "h_unit":
        return range(getattr(trace, quantity).shape[-1])
    return trace.coords["unit"]


def check_memory(trace: Recorded) -> None:
    """Raise LstmCoreError unless a trace is that of an LSTM, or of a hand-written cell whose next step reads c as it
    is."""
    if not isinstance(trace, CellTrace):
        check_lstm(trace)
    elif trace.c_read is not None:
        raise LstmCoreError(
            f"Expected a cell whose next step reads c itself, got one that reads it changed: {trace.roles['c']}. What "
            "a step wrote can't be followed through that."
        )


def check_lstm(trace: Recorded) -> None:
    """Raise LstmCoreError unless a trace is that of an LSTM: only it has a memory c beside h."""
    if not isinstance(trace, Trace):
        got = f"{trace.module}'s" if isinstance(trace, Recorded) else f"a {type(trace).__name__}"
        said = f"Expected the trace of an LSTM, which has a memory c beside h, got {got}."
        if isinstance(trace, CellTrace):
            said += " Its weights are not known here: ledger(trace, time) says which steps wrote what its memory holds."
        raise LstmCoreError(said)
