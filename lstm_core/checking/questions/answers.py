"""Is an answer the same again: twice, after another text, from its gates, among others, with padding, and packed?"""

import torch

from lstm_core.checking.reading import (
    BatchReading,
    answer,
    apart,
    as_percent,
    padding_in,
    run,
    tolerance,
    without_zeros,
)
from lstm_core.checking.subject import Row, Subject, broken, look, passes
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


# Do sequences that change places change answers alone? If not, the batch is read as time, or sequences are mixed.

_MENDS = (
    "Say batch_first=True where x is (batch, time, feature); put dims in order with transpose, never with view or "
    "reshape; of both directions join h_n[-2] and h_n[-1] with torch.cat."
)


def swapped(subject: Subject) -> Row | None:
    """Broken where answers do not move with their sequences, or change with others.

    None for a sequence alone, for equal ones, and for one answer to all, a loss.
    """
    reading = subject.reading
    if reading is None or reading.sequences < 2 or reading.all_equal or not subject.first.answer.dim():
        return None
    if _padded_along_batch(subject, reading):
        padded = f"padding ends the {reading.sequences} entries along the batch"
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
        return broken(as_percent(min(changes)), f"One sequence changes the answers of others. {_MENDS}")
    return passes(shapes)


def _padded_along_batch(subject: Subject, reading: BatchReading) -> bool:
    """Whether sequences end with padding along the dim that is read as the batch, and not along that of time."""
    is_told = reading.packed or reading.told is not None
    is_padding = None if is_told else padding_in(subject.model, reading.x)
    if is_padding is None:
        return False
    time, batch = (int(is_padding.flip(dim).cumprod(dim).sum()) for dim in (reading.time, reading.batch))
    return time < int(is_padding.sum()) <= batch


# Is padding read as text? Each sequence alone, without its padding, is the judge.

_READ_AS_TEXT = (
    "Padding is read as text. Pack the sequences (pack_padded_sequence with their lengths), or take each one's output "
    "at its own last step and leave padded steps out of means."
)
# Sequences that are read alone.
MOST_ALONE = 8


def padding_is_unread(subject: Subject) -> Row | None:
    """Broken where an answer changes once its padding is cut off; a note where steps of zeros may be padding.

    Padding is told by `lengths`, by an `attention_mask`, or by an embedding's `padding_idx`. None where there is none,
    or all is packed."""
    reading = subject.reading
    if reading is None or packs(subject):
        return None
    if reading.told is None and reading.mask is None and reading.x.is_floating_point():
        found = of_alone(subject, without_zeros(reading), _READ_AS_TEXT)
        if found is None or found.result == "pass":
            return found
        # Numbers may end in zeros of their own, as rain does.
        return look(found.number, f"If the zeros at the ends are no data: {_READ_AS_TEXT}")
    return end_unread(subject, reading) or of_alone(subject, reading, _READ_AS_TEXT)


def of_alone(subject: Subject, reading: BatchReading, mends: str) -> Row | None:
    """What is said of the changes of the sequences that are read alone; None if none are."""
    changes = alone(subject, reading)
    if not changes:
        return None
    if wrong := sum(change > tolerance(subject.model) for change in changes):
        return broken(f"{wrong} of {len(changes)} change, by {max(changes):.0%}", mends)
    return passes(f"{len(changes)} alone, {as_percent(max(changes))}")


def end_unread(subject: Subject, reading: BatchReading) -> Row | None:
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


def alone(subject: Subject, reading: BatchReading) -> list[float]:
    """By how much the answer to each shorter sequence differs from that to it alone, without its padding."""
    together = reading.by_sequence(subject.first.answer)
    shorter = [one for one, length in enumerate(reading.lengths) if length < reading.steps]
    if together is None:
        return []
    changes = []
    for one in shorter[:MOST_ALONE]:
        length = reading.lengths[one]
        answer = subject.run(reading.only([one], length)).answer
        # Of one sequence, a dim of size 1 is the batch.
        each_step = reading.each_step(together)
        alone = answer.reshape(length, *together.shape[2:]) if each_step else answer.reshape(together.shape[1:])
        changes.append(apart(alone, together[one, :length] if each_step else together[one]))
    return changes


# Do packed sequences answer as they do unpacked? Each alone is the judge.


def packed_agree(subject: Subject) -> Row | None:
    """Broken where a packed batch is answered in another way than its sequences alone; None where none is packed."""
    reading = subject.reading
    if reading is None or not packs(subject):
        return None
    return end_unread(subject, reading) or of_alone(
        subject,
        reading,
        "Give pack_padded_sequence each sequence's own length, with enforce_sorted=False so that answers keep their "
        "order, and after it take h_n, or the output at length - 1: output[:, -1] is padding. Leave padded steps out "
        "of means and maxima.",
    )
