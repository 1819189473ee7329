"""Is each direction read at the step at which it has read all? Backward, that is the first step, not the last."""

from typing import Any

from torch import nn
from torch.nn.utils.rnn import PackedSequence

from lstm_core.checking.report import Verdict, broken, passes
from lstm_core.checking.run import Called, Change, apart
from lstm_core.checking.subject import Subject
from lstm_core.recording.kinds import kind_of

_WAYS = ("forward", "backward")


def ask(subject: Subject) -> Verdict | None:
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

    def change(called: Called, result: Any) -> Any:
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
        first = -1 if direction else 0
        rest = slice(0, -1) if direction else slice(1, None)
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
