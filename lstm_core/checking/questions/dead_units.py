"""Which units never move, whatever is read?"""

from lstm_core.checking.answers import LayerPlace, by_layer, changed_without, named
from lstm_core.checking.report import Verdict, passes
from lstm_core.checking.subject import Subject

STILL = 1e-3
"""A unit whose state stays within this range does not move."""
ENOUGH = 50
"""Fewer steps of all sequences are too few to call a whole layer dead."""


def ask(subject: Subject) -> Verdict | None:
    """A note where a unit of a layer keeps its state; broken where all of a layer's do, over many steps.

    Of an LSTM the state is c, of a GRU or RNN h. None for a single step.
    """
    traces = subject.traces
    if all(trace.sizes["time"] < 3 for trace in traces.values()):
        return None
    still: dict[LayerPlace, dict[int, float]] = {}
    units, whole = 0, False
    enough = sum(trace.sizes["time"] * trace.sizes["batch"] for trace in traces.values()) >= ENOUGH
    for name, trace in traces.items():
        for place, each in by_layer(name, getattr(trace, trace.states[0])):
            quiet = (each.amax(0) - each.amin(0) < STILL).nonzero().flatten().tolist()
            units += each.shape[1]
            whole |= enough and len(quiet) == each.shape[1]
            if quiet:
                still[place] = {unit: float(each[:, unit].mean()) for unit in quiet}
    if not still:
        return passes(f"{units:,} of {units:,}")
    count = sum(len(values) for values in still.values())
    changed = changed_without(subject, still)
    what = named(still)
    advice = f"{what[:1].upper()}{what[1:]}: nothing ever changes there. With them held still {changed} change."
    mends = " The model does without them: leave them out, or train anew." if not changed.changed else " Train anew."
    return Verdict("broken" if whole else "look", f"{count:,} of {units:,} do not", advice + mends)
