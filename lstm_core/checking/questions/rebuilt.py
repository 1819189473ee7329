"""Do the gates, put together by the equations, give what the module returned: on this device, and in float64?"""

import torch

from lstm_core.checking.inputs import with_parts
from lstm_core.checking.report import Verdict, broken, look, passes
from lstm_core.checking.run import seeded
from lstm_core.checking.subject import Subject
from lstm_core.errors import LstmCoreError
from lstm_core.recording.kinds import AnyTrace
from lstm_core.recording.proof import NotRebuiltError
from lstm_core.recording.record import record
from lstm_core.traces.summary import to_or_exactly


def ask(subject: Subject) -> Verdict:
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
    again = _in_float64(subject)
    return passes(number if again is None else f"{number}, in float64 {to_or_exactly(f'{again:.0e}')}")


def _in_float64(subject: Subject) -> float | None:
    """The largest difference in float64; None where the model does not run in it."""
    try:
        model, inputs = subject.in_float64(), with_parts(subject.inputs, as_float64)
        with torch.no_grad(), seeded(0), record(model) as recording:
            model(*inputs)
        traces: list[AnyTrace] = [recording[name] for name in recording]
    except (RuntimeError, TypeError, LstmCoreError):
        return None
    return max(trace.max_error for trace in traces)


def as_float64(given: object) -> object:
    """A tensor in float64; what holds no floating numbers stays as it is."""
    is_float = getattr(getattr(given, "data", given), "is_floating_point", bool)
    return given.double() if is_float() else given  # type: ignore[attr-defined]
