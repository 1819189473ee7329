"""Is all that a model computes finite? Where it is not, no other question can be asked: NaN equals nothing."""

from lstm_core.checking.report import Verdict, broken, passes
from lstm_core.checking.subject import Subject

_MENDS = {
    "x": "Look at what was computed before: a logarithm, a division, numbers that are not scaled.",
    "h": "Start its recurrent weights smaller, scale x, or take tanh in place of relu.",
}


def ask(subject: Subject) -> Verdict:
    """Broken where a module reads or returns what is not finite, or no answer is finite; a note where some are NaN."""
    calls = subject.first.calls
    for count, (name, module, call) in enumerate(calls):
        for letter, values in (("x", call.x), ("h", call.output)):
            finite = values.flatten(1).isfinite().all(1)
            if not finite.all():
                step = int((~finite).nonzero()[0])
                what = "NaN" if values[step].isnan().any() else "infinite"
                step += sum(len(each.call.x) for each in calls[:count] if each.name == name)
                said = f"{letter} of {name or type(module).__name__} is {what} from step {step} on."
                return broken(f"{letter} {what} from step {step} on", f"{said} {_MENDS[letter]}")
    answers = subject.first.answer
    numbers = int(answers.isfinite().sum())
    number = f"{numbers:,} of {answers.numel():,} answers"
    # One answer that is infinite may be masked.
    if not numbers or answers.isnan().any():
        return Verdict("look" if numbers else "broken", number, f"Not all answers are numbers. {_MENDS['x']}")
    return passes(number)
