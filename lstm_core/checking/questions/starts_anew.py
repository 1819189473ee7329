"""Does a memory go on through a text, where a loop steps through it?"""

import torch

from lstm_core.checking.report import Verdict, look, passes
from lstm_core.checking.subject import Subject
from lstm_core.traces.trace import CellTrace

_SHOWN = 3
"""So many steps are named."""


def ask(subject: Subject) -> Verdict | None:
    """A note where a step of a loop starts from the first state again. None without a loop of two steps."""
    stepped = {called.name for called in subject.first.calls if len(called.call.x) == 1}
    steps = 0
    for name, trace in subject.traces.items():
        if not isinstance(trace, CellTrace) and name not in stepped:
            continue
        steps = max(steps, trace.sizes["time"])
        before = trace.before(trace.states[0])
        # The steps after the first that start as the first does.
        if anew := [step for step in trace.resets if torch.equal(before[:, :, step], before[:, :, 0])]:
            *first, last = [str(step) for step in anew[:_SHOWN]] + ["later ones"] * (len(anew) > _SHOWN)
            at = f"steps {', '.join(first)} and {last}" if first else f"step {last}"
            return look(
                f"{len(anew)} of {trace.sizes['time']} steps anew",
                f"The memory of {name or 'the cell'} starts anew before {at}, and nothing older is left. If no "
                "other text begins there, look where the loop makes a first state.",
            )
    return passes(f"{steps:,} steps") if steps > 1 else None
