"""Do sequences that change places change answers alone? If not, the batch is read as time, or sequences are mixed."""

import torch

from lstm_core.checking.reading import BatchReading, padding_in
from lstm_core.checking.report import Verdict, broken, passes
from lstm_core.checking.run import apart, told, tolerance
from lstm_core.checking.subject import Subject

_MENDS = (
    "Say batch_first=True where x is (batch, time, feature); put dims in order with transpose, never with view or "
    "reshape; of both directions join h_n[-2] and h_n[-1] with torch.cat."
)


def ask(subject: Subject) -> Verdict | None:
    """Broken where answers do not move with their sequences, or change with others.

    None for a sequence alone, for equal ones, and for one answer to all, a loss.
    """
    reading = subject.reading
    if reading is None or reading.sequences < 2 or reading.all_equal or not subject.first.answer.dim():
        return None
    if padded := _padded_along_batch(subject, reading):
        return broken(padded, f"The dims of time and batch are mistaken. {_MENDS}")
    # Sequences of one length: what becomes of padding is another question.
    steps, everybody = min(reading.lengths), range(reading.sequences)
    first = subject.run(reading.only(everybody, steps)).answer
    # The first one is gone, all others have moved.
    moved = [*everybody[1:], 1]
    turned = subject.run(reading.only(moved, steps)).answer
    shapes = f"{reading.steps} steps of {reading.sequences} sequences"
    dims = [dim for dim in range(min(2, first.dim())) if first.shape[dim] == reading.sequences]
    changes = [apart(first.index_select(dim, torch.tensor(moved, device=first.device)), turned) for dim in dims]
    if not changes:
        got = f"{shapes}, answers of shape {tuple(first.shape)}"
        return broken(got, f"There is no answer for each sequence that the LSTM reads. {_MENDS}")
    if min(changes) > tolerance(subject.model):
        return broken(told(min(changes)), f"One sequence changes the answers of others. {_MENDS}")
    return passes(shapes)


def _padded_along_batch(subject: Subject, reading: BatchReading) -> str:
    """What says that sequences end with padding along the dim that is read as the batch; "" if nothing does."""
    if reading.packed or reading.told is not None:
        return ""
    is_padding = padding_in(subject.model, reading.x)
    if is_padding is None or not is_padding.any():
        return ""
    at_ends = {dim: int(is_padding.flip(dim).cumprod(dim).sum()) for dim in (reading.time, reading.batch)}
    if at_ends[reading.time] == int(is_padding.sum()) or at_ends[reading.batch] < int(is_padding.sum()):
        return ""
    return f"padding ends the {reading.sequences} entries along the batch"
