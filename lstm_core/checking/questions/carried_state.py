"""Does each text start anew, or does a state go on from a text to the next?"""

from lstm_core.checking.report import Verdict, broken, passes
from lstm_core.checking.run import apart, run, told, tolerance
from lstm_core.checking.subject import Subject


def ask(subject: Subject) -> Verdict:
    """Broken where the second of two equal calls is answered in another way, or starts from another state.

    After a long text an answer may have forgotten the state that it started from.
    """
    model = subject.fresh()
    once, again = (run(model, subject.inputs) for _ in range(2))
    change, calls = apart(once.answer, again.answer), zip(once.calls, again.calls, strict=False)
    starts = ((one.call.start, other.call.start) for one, other in calls)
    started = max((apart(one[letter], other[letter]) for one, other in starts for letter in one), default=0.0)
    if max(change, started) > tolerance(subject.model):
        return broken(
            told(change) if change > tolerance(subject.model) else f"first states {told(started)}",
            "The model keeps a state from the call before. Set it to None before each text that does not go on from "
            "the last one.",
        )
    return passes(told(change))
