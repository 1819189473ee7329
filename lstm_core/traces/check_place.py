"""Does a trace have this layer, direction, time, batch or unit, and is it an LSTM's?"""

from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.trace import Trace


def check_place(trace: Recorded, **asked: int) -> None:
    """Raise LstmCoreError unless the trace has each index that is given: layer, direction, time, batch or unit.

    A time must be inside its sequence; without a batch, inside the longest one.
    """
    if trace.coords["direction"][0] != 0:
        raise LstmCoreError("Expected a trace with direction 0, got direction 1 alone. Ask the whole trace.")
    sizes = dict(trace.sizes)
    batch = asked.get("batch", -1)
    if 0 <= batch < sizes["batch"]:
        sizes["time"] = trace.lengths_or_time()[batch]
    wrong = [name for name in asked if not 0 <= asked[name] < sizes[name]]
    if wrong:
        raise LstmCoreError(
            f"Expected a cell within {sizes}, got {asked}. Give a {wrong[0]} from 0 to {sizes[wrong[0]] - 1}."
        )


def check_lstm(trace: Recorded) -> None:
    """Raise LstmCoreError unless a trace is that of an LSTM: only it has a memory c beside h."""
    if not isinstance(trace, Trace):
        got = f"{trace.module}'s" if isinstance(trace, Recorded) else f"a {type(trace).__name__}"
        raise LstmCoreError(f"Expected the trace of an LSTM, which has a memory c beside h, got {got}.")
