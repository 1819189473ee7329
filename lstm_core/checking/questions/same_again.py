"""Is the answer the same again: twice, after another text, and from its gates?"""

import torch

from lstm_core.checking.reading import answer, apart, as_percent, run, tolerance
from lstm_core.checking.report import Row, broken, look, passes
from lstm_core.checking.subject import Subject
from lstm_core.errors import LstmCoreError
from lstm_core.recording.proof import NotRebuiltError
from lstm_core.traces.summary import to_or_exactly

# Does a model in eval mode give the same answer twice? Dropout that never ends, or noise, does not.


def same_twice(subject: Subject) -> Row:
    """Broken where two runs with other random numbers differ."""
    with torch.no_grad():
        once, again = (answer(subject.fresh(), subject.inputs, seed) for seed in (0, 1))
    change = apart(once, again)
    if change > tolerance(subject.model):
        return broken(
            as_percent(change),
            "Something is drawn at random in eval mode. Write F.dropout(x, p, training=self.training), or nn.Dropout; "
            "draw with torch.rand and its like only if self.training, or turn it off: check(model, x, name=value).",
        )
    return passes(as_percent(change))


# Does each text start anew, or does a state go on from a text to the next?


def carried_state(subject: Subject) -> Row:
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
            as_percent(change) if change > tolerance(subject.model) else f"first states {as_percent(started)}",
            "The model keeps a state from the call before. Set it to None before each text that does not go on from "
            "the last one.",
        )
    return passes(as_percent(change))


# Do the gates, put together by the equations, give what the module returned?


def rebuilt(subject: Subject) -> Row:
    """Broken where rounding does not explain the difference; a note where a module can't be recorded."""
    try:
        traces = list(subject.traces.values())
    except NotRebuiltError as error:
        return broken("not rebuilt", str(error))
    except LstmCoreError as error:
        return look("not recorded", str(error))
    if not traces:
        names = ", ".join(name or "itself" for name in subject.modules)
        return look("not called", f"The model did not call its {names}. Give it inputs that reach them.")
    wrong = [trace for trace in traces if trace.proof is not None and not trace.proof.rounding]
    number = to_or_exactly(f"{max(trace.max_error for trace in traces):.0e}")
    if wrong:
        what = wrong[0].name or wrong[0].module
        return broken(
            number,
            f"{what} does not return the h of its equations. Look at its forward and its hooks; if it is PyTorch's "
            "own, the device computes it wrongly: try model.cpu().",
        )
    return passes(number)
