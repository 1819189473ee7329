"""Does rounding reach the answers? Then float64 answers in another way."""

import torch

from lstm_core.checking.inputs import with_parts
from lstm_core.checking.questions.rebuilt import as_float64
from lstm_core.checking.report import Verdict, look, passes
from lstm_core.checking.run import answer, apart, told
from lstm_core.checking.subject import Subject


def ask(subject: Subject) -> Verdict | None:
    """A note where rounding moves an answer by more than a thousandth; None where the model does not run in float64."""
    dtypes = {weight.dtype for weight in subject.model.parameters() if weight.is_floating_point()}
    if dtypes == {torch.float64}:
        return None
    try:
        with torch.no_grad():
            wide = answer(subject.in_float64(), with_parts(subject.inputs, as_float64))
    except (RuntimeError, TypeError):
        return None
    change = apart(subject.first.answer, wide)
    coarse = max(torch.finfo(dtype).eps for dtype in dtypes) if dtypes else 1e-7
    if change > max(1e-4, 10 * coarse):
        return look(
            told(change),
            "Rounding reaches the answers. Look for large numbers that are added and taken away again, and for inputs "
            "that are not scaled; or compute in float64.",
        )
    return passes(told(change))
