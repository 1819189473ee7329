"""Does the memory go on through a text, is it read at its end, and how many steps back does an answer depend on it?"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from lstm_core.checking.reading import BatchReading, Change, RecurrentCall, apart
from lstm_core.checking.subject import Row, Subject, broken, look, passes
from lstm_core.explaining.horizon import LITTLE, powers_below
from lstm_core.recording.call import as_returned
from lstm_core.recording.kinds import LSTM, LSTMS, kind_of
from lstm_core.traces.trace import CellTrace

# Are h and c handed from call to call as they are: not exchanged, not thrown away, and c not taken for h?

# So many calls of one step, each from zeros, are a loop that forgets.
_FEW = 3


def handed_on(subject: Subject) -> Row | None:
    """Broken where a call starts with h and c exchanged, or where every step of a loop starts from zeros; a note where
    the answer is made of c. None where there is no state to hand on."""
    calls = subject.first.calls
    if exchanged := _exchanged(calls):
        return broken(
            f"{exchanged} of {len(calls)} calls",
            "h and c are exchanged between calls. PyTorch's order is h first: output, (h, c) = lstm(x, (h, c)).",
        )
    for name in subject.modules:
        of_one = [called.call for called in calls if called.name == name]
        if len(of_one) >= _FEW and all(len(c.x) == 1 and not any(s.any() for s in c.start.values()) for c in of_one):
            return broken(
                f"{len(of_one)} steps from zeros",
                f"{name or 'The module'} starts anew at each step: give each call the state that the one before "
                "returned.",
            )
    if taken := next(
        (name for name, m in subject.modules.items() if isinstance(m, LSTMS) and _takes_c(subject, name)), None
    ):
        return look(
            "c_n is answered from",
            f"The answer takes the memory c of {taken}, not what it shows, h. The order is output, (h_n, c_n).",
        )
    handed = sum(any(s.any() for s in called.call.start.values()) for called in calls)
    return passes(f"{handed} of {len(calls)} calls go on") if handed else None


def _exchanged(calls: list[RecurrentCall]) -> int:
    """How many calls start with the h of an earlier one as c, or with its c as h."""
    lstms = [called.call for called in calls if called.call.kind is LSTM]
    return sum(
        any(torch.equal(call.start[one], before.end[other]) for before in lstms[:n] for one, other in ("hc", "ch"))
        for n, call in enumerate(lstms)
        if any(start.any() for start in call.start.values())
    )


def _takes_c(subject: Subject, name: str) -> bool:
    """Whether the answer changes with the last c of a module that no later call goes on from, by another way than the
    c from which a later call starts: a bridge between two modules may change it."""
    ended = [called.call.end["c"] for called in subject.first.calls if called.name == name]
    starts = [called.call.start["c"] for called in subject.first.calls if "c" in called.call.start]
    if not ended or any(torch.equal(end, start) for end in ended for start in starts):
        return False

    before = iter(subject.first.calls)

    def change(called: RecurrentCall, result: Any) -> Any:
        now, first = called.call, next(before, called).call
        if torch.equal(now.x, first.x) and torch.equal(now.start["h"], first.start["h"]):
            # It differs by its first c at most: then it gives what it gave.
            result = as_returned(now, first.output, first.end)
        if called.name != name:
            return result
        kind, cell = now.kind, isinstance(called.module, nn.RNNCellBase)
        values = kind.by_letter(result if cell else result[1])
        states = kind.as_given(values | {"c": values["c"] + 0.5})
        return states if cell else (result[0], states)

    return apart(subject.first.answer, subject.run(subject.inputs, change).answer) > 0


# Does a memory go on through a text, where a loop steps through it?

# So many steps are named.
_SHOWN = 3
# So many numbers of steps are tried between two powers of two.
MOST_TRIED = 32


def starts_anew(subject: Subject) -> Row | None:
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


# Is each direction read at the step at which it has read all? Backward, that is the first step, not the last.

_WAYS = ("forward", "backward")


def read_end(subject: Subject) -> Row | None:
    """Broken where an answer to a sequence takes of a direction only the step that it reads first.

    None for answers at each step, and for sequences of fewer than three steps.
    """
    reading = subject.reading
    if reading is None or min(reading.lengths) < 3:
        return None
    inputs = reading.only(range(reading.sequences), min(reading.lengths))
    answer = subject.run(inputs).answer
    by_sequence = reading.by_sequence(answer)
    if by_sequence is None or (by_sequence.dim() > 1 and by_sequence.shape[1] == min(reading.lengths)):
        return None
    whole = [(name, m) for name, m in subject.modules.items() if isinstance(m, nn.RNNBase)]
    halves = [(name, way) for name, module in whole for way in range(2 if module.bidirectional else 1)]

    def moves(name: str, way: int, at: str) -> bool:
        changed = subject.run(inputs, _changed(name, way, at, reading.sequences)).answer
        return apart(answer, changed) > 0

    wrong = [(name, _WAYS[way]) for name, way in halves if moves(name, way, "first") and not moves(name, way, "rest")]
    if wrong:
        name, way = wrong[0]
        end = "output[:, 0] of its half, or h_n[-1]" if way == "backward" else "output[:, -1], or h_n[-1]"
        return broken(
            f"1 of {min(reading.lengths)} steps, {way}",
            f"Of {name or 'the module'}, read {way}, the answer takes the step that has read one word. Take {end} "
            "(with batch_first; of both directions torch.cat([h_n[-2], h_n[-1]], -1)).",
        )
    return passes(f"{len(halves)} of {len(halves)}") if halves else None


def _changed(name: str, direction: int, at: str, sequences: int) -> Change:
    """Changes what a direction gives at the step that it reads `first`, or at the `rest` of its steps and in its last
    state."""

    def change(called: RecurrentCall, result: Any) -> Any:
        module = called.module
        if called.name != name or not isinstance(module, nn.RNNBase):
            return None
        output, states = result
        packed = isinstance(output, PackedSequence)
        values = output.data if packed else output
        # Of equal lengths, packed data are step after step; without a batch too.
        steps_first = not (module.batch_first and not packed and values.dim() == 3)
        by_step = values if steps_first else values.transpose(0, 1)
        by_step = by_step.reshape(-1, sequences, values.shape[-1]).clone()
        ways = 2 if module.bidirectional else 1
        half = by_step.chunk(ways, dim=-1)[direction]
        first, rest = (-1, slice(0, -1)) if direction else (0, slice(1, None))
        half[first if at == "first" else rest] += 0.5
        moved = by_step.reshape(values.shape) if steps_first else by_step.transpose(0, 1).reshape(values.shape)
        output = output._replace(data=moved) if packed else moved
        if at == "first":
            return output, states
        kind = kind_of(module)
        values = {letter: state.clone() for letter, state in kind.by_letter(states).items()}
        for state in values.values():
            # One direction of the last layer.
            state[len(state) - ways + direction] += 0.5
        return output, kind.as_given(values)

    return change


# How many steps back does an answer still depend on what was read? All before them is replaced by another text.


def steps_that_count(subject: Subject) -> Row | None:
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
    enough = next((k for k in cuts if k > few), steps)
    # A smaller k may be enough again where a larger one is not: down from what is enough, each is tried.
    by = max(1, (enough - few) // MOST_TRIED)
    while enough - by > few and is_enough(enough - by):
        enough -= by
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
