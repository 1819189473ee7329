"""How many steps back does an answer still depend on what was read? All before them is replaced by another text."""

from bisect import bisect_left

from torch import Tensor

from lstm_core.checking.reading import BatchReading
from lstm_core.checking.report import Verdict, look, passes
from lstm_core.checking.subject import Subject
from lstm_core.explaining.horizon import LITTLE, powers_below


def ask(subject: Subject) -> Verdict | None:
    """A note where the last step alone decides; None for two steps or fewer, one sequence, or equal ones."""
    reading = subject.reading
    if reading is None or reading.sequences < 2 or min(reading.lengths) < 3 or reading.all_equal:
        return None
    steps = min(reading.lengths)
    whole = _last(subject, reading, reading.x, steps)
    if whole is None:
        return None
    spread = float((whole - whole.mean(0)).square().mean().sqrt())
    if not spread > 1e-6 * float(whole.abs().max()):
        return look("0", "All sequences get one answer: nothing that is read counts.")

    def is_enough(k: int) -> bool:
        # The steps before the last k come from the next sequence.
        x, other = reading.x.clone(), reading.x.roll(1, reading.batch)
        x.narrow(reading.time, 0, steps - k).copy_(other.narrow(reading.time, 0, steps - k))
        cut = _last(subject, reading, x, steps)
        return cut is not None and float((cut - whole).square().mean().sqrt()) <= LITTLE * spread

    cuts = powers_below(steps)
    few = max((k for k in cuts if not is_enough(k)), default=0)
    between = range(few + 1, next((k for k in cuts if k > few), steps))
    enough = few + 1 + bisect_left(between, True, key=is_enough)
    number = f"{enough} of {steps}"
    if enough == 1:
        return look(
            number,
            "The last step alone decides the answer. See whether the whole x reaches the module, and whether its "
            "forget gates keep anything.",
        )
    return passes(number)


def _last(subject: Subject, reading: BatchReading, x: Tensor, steps: int) -> Tensor | None:
    """The answer to each sequence, at its last step if there is one a step, (batch, …); 0 where it is not finite."""
    found = subject.run(reading.only(range(reading.sequences), steps, x)).answer
    answer = reading.by_sequence(found.nan_to_num(0.0, 0.0, 0.0))
    if answer is None:
        return None
    return answer[:, -1] if answer.dim() > 1 and answer.shape[1] == steps else answer
