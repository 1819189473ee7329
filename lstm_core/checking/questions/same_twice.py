"""Does a model in eval mode give the same answer twice? Dropout that never ends, or noise, does not."""

import torch

from lstm_core.checking.report import Verdict, broken, passes
from lstm_core.checking.run import answer, apart, told, tolerance
from lstm_core.checking.subject import Subject


def ask(subject: Subject) -> Verdict:
    """Broken where two runs with other random numbers differ."""
    with torch.no_grad():
        once, again = (answer(subject.fresh(), subject.inputs, seed) for seed in (0, 1))
    change = apart(once, again)
    if change > tolerance(subject.model):
        return broken(
            told(change),
            "Something is drawn at random in eval mode. Write F.dropout(x, p, training=self.training), or nn.Dropout; "
            "draw with torch.rand and its like only if self.training, or turn it off: check(model, x, name=value).",
        )
    return passes(told(change))
