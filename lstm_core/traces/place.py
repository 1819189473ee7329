"""Is there such a layer, direction, step, sequence or unit in a trace?"""

from lstm_core.errors import LstmCoreError
from lstm_core.traces.trace import Trace


def check_place(trace: Trace, **asked: int) -> None:
    """Raise LstmCoreError unless the trace has what is asked: layer, direction, step, sequence and unit, or some.

    A step must be one of its sequence's own; without a sequence, one of the longest's.
    """
    layers, directions, _, batch, units = trace.c.shape
    sequence = asked.get("sequence", -1)
    steps = trace.lengths_or_time()[sequence] if 0 <= sequence < batch else len(trace.x)
    sizes = {"layer": layers, "direction": directions, "step": steps, "sequence": batch, "unit": units}
    wrong = [name for name in asked if not 0 <= asked[name] < sizes[name]]
    if wrong:
        raise LstmCoreError(
            f"Expected a cell within {sizes}, got {asked}. Give a {wrong[0]} from 0 to {sizes[wrong[0]] - 1}."
        )
