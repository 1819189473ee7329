"""The lesson "LSTM Structure", run live: one step at a time against all at once."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.models.random import draw_lstm
from lstm_core.recording.record import record, run
from lstm_core.traces.trace import Trace

State = tuple[Tensor, Tensor]


class Lesson(NamedTuple):
    """The lesson's module, inputs and states after `torch.manual_seed(seed)`.

    Inputs (time, 1, feature); two states, each h and c of (1, 1, unit). The lesson's loop starts from `first`; the
    lesson draws `second` before it reads all steps in one call.
    """

    lstm: nn.LSTM
    inputs: Tensor
    first: State
    second: State


class ThreeWays(NamedTuple):
    """One sequence of inputs, read in three ways."""

    reset: Trace
    """One step at a time, each from the same state, as the lesson's loop does."""
    carried: Trace
    """One step at a time, each from the state that the step before ended in."""
    at_once: Trace
    """All steps in one call."""

    def difference(self) -> float:
        """The largest difference of h or c between carrying the state and reading all at once."""
        pairs = ((self.carried.h, self.at_once.h), (self.carried.c, self.at_once.c))
        return max((ours - theirs).abs().max().item() for ours, theirs in pairs)


def lesson(input_size: int = 4, hidden_size: int = 3, steps: int = 5, seed: int = 2) -> Lesson:
    """The lesson's own example, number for number, or an example of other dimensions.

    >>> example = lesson()
    >>> three_ways(example).reset.h[0, 0, 0, 0]
    tensor([-0.4372,  0.2583,  0.2947])
    """
    if steps < 1:
        raise LstmCoreError(f"Expected at least 1 step, got {steps}. Give a positive whole number.")
    # One generator draws in the lesson's order: the module, the inputs, then the states.
    drawing = torch.Generator().manual_seed(seed)
    lstm = draw_lstm(input_size, hidden_size, 1, drawing)
    inputs = torch.stack([torch.randn(1, input_size, generator=drawing) for _ in range(steps)])

    def state() -> State:
        h0 = torch.randn(1, 1, hidden_size, generator=drawing)
        return h0, torch.randn(1, 1, hidden_size, generator=drawing)

    return Lesson(lstm, inputs, state(), state())


def three_ways(example: Lesson, same_start: bool = False) -> ThreeWays:
    """Read in three ways: the lesson's loop, a loop that carries its state, and one call.

    The lesson's loop starts from its first state, the other two from its second; with `same_start` all three start
    from the first.
    """
    start = example.first if same_start else example.second
    steps = [x.unsqueeze(0) for x in example.inputs]
    with torch.no_grad():
        with record(example.lstm) as reset:
            for step in steps:
                example.lstm(step, example.first)
        with record(example.lstm) as carried:
            state = start
            for step in steps:
                _, state = example.lstm(step, state)
    return ThreeWays(reset.lstm(), carried.lstm(), run(example.lstm, example.inputs, start))
