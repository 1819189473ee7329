"""Is padding read as text? Each sequence alone, without its padding, is the judge."""

import torch

from lstm_core.checking.reading import BatchReading, without_zeros
from lstm_core.checking.report import Verdict, broken, look, passes
from lstm_core.checking.run import apart, told, tolerance
from lstm_core.checking.subject import Subject

_READ_AS_TEXT = (
    "Padding is read as text. Pack the sequences (pack_padded_sequence with their lengths), or take each one's output "
    "at its own last step and leave padded steps out of means."
)
MOST_ALONE = 8
"""Sequences that are read alone."""


def ask(subject: Subject) -> Verdict | None:
    """Broken where an answer changes once its padding is cut off; a note where steps of zeros may be padding.

    Padding is told by `lengths`, by an `attention_mask`, or by an embedding's `padding_idx`. None where there is none,
    or all is packed."""
    reading = subject.reading
    if reading is None or packs(subject):
        return None
    if reading.told is None and reading.mask is None and reading.x.is_floating_point():
        found = of_alone(alone(subject, without_zeros(reading)), tolerance(subject.model), _READ_AS_TEXT)
        if found is None or found.result == "pass":
            return found
        # Numbers may end in zeros of their own, as rain does.
        return look(found.number, f"If the zeros at the ends are no data: {_READ_AS_TEXT}")
    changes = alone(subject, reading)
    return end_unread(subject, reading) or of_alone(changes, tolerance(subject.model), _READ_AS_TEXT)


def of_alone(changes: dict[int, float], most: float, mends: str) -> Verdict | None:
    """What is said of the changes of the sequences that were read alone; None if none were."""
    if not changes:
        return None
    wrong = sum(change > most for change in changes.values())
    if wrong:
        return broken(f"{wrong} of {len(changes)} change, by {max(changes.values()):.0%}", mends)
    return passes(f"{len(changes)} alone, {told(max(changes.values()))}")


def end_unread(subject: Subject, reading: BatchReading) -> Verdict | None:
    """Broken where the last step of each sequence could be any other: its length was counted one too small."""
    if reading.told is None or min(reading.lengths) < 2:
        return None
    x = reading.x.clone()
    by_sequence = x.movedim(reading.batch, 0)
    for one, length in enumerate(reading.lengths):
        by_sequence[one, length - 1] = by_sequence[one, 0]
    if torch.equal(x, reading.x):
        return None
    everybody = range(reading.sequences)
    if apart(subject.first.answer, subject.run(reading.only(everybody, x=x)).answer) > 0:
        return None
    mends = "No answer depends on the last step of its sequence. Count lengths from 1: the last step is length - 1."
    return broken(f"0 of {reading.sequences} ends are read", mends)


def packs(subject: Subject) -> bool:
    """Whether a module of the model was given packed sequences."""
    return any(called.call.packed is not None for called in subject.first.calls)


def alone(subject: Subject, reading: BatchReading) -> dict[int, float]:
    """By how much the answer to each shorter sequence differs from that to it alone, without its padding."""
    together = reading.by_sequence(subject.first.answer)
    shorter = [one for one, length in enumerate(reading.lengths) if length < reading.steps]
    if together is None:
        return {}
    changes = {}
    for one in shorter[:MOST_ALONE]:
        length = reading.lengths[one]
        answer = subject.run(reading.only([one], length)).answer
        # Of one sequence, a dim of size 1 is the batch.
        each_step = reading.each_step(together)
        alone = answer.reshape(length, *together.shape[2:]) if each_step else answer.reshape(together.shape[1:])
        changes[one] = apart(alone, together[one, :length] if each_step else together[one])
    return changes
