"""In which order does a direction read, and where does a sequence end?

Everything is kept in sentence order. Direction 0 reads from the left and starts at step 0; direction 1 reads from the
right and starts at each sequence's last step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError

if TYPE_CHECKING:
    from lstm_core.traces.recorded import Recorded


def before(
    states: Tensor, start: Tensor, direction: int, lengths: Tensor | None = None, steps: slice | None = None
) -> Tensor:
    """The state before each step, (time, batch, unit): the state after the step read before, or `start` (batch, unit).

    With `steps`, the result is a view of `states`, unless it includes `start`.
    """
    first, last = (0, len(states)) if steps is None else (steps.start, steps.stop)
    begin = start.unsqueeze(0).to(states.dtype)
    if direction == 0:
        return states[first - 1 : last - 1] if first else torch.cat([begin, states[: last - 1]])
    after = states[first + 1 : last + 1] if last < len(states) else torch.cat([states[first + 1 :], begin])
    if lengths is None:
        return after
    step = torch.arange(first, last, device=states.device).view(-1, 1, 1)
    return torch.where(step == lengths.to(states.device).unsqueeze(-1) - 1, begin, after)


def last_states(states: Tensor, lengths: Tensor | None = None) -> Tensor:
    """The states (layer, direction, batch, unit) after the step that each direction read last in each sequence."""
    if lengths is None:
        ends = states[:, 0, -1]
    else:
        last = lengths.to(states.device) - 1
        ends = states[:, 0, last, torch.arange(len(last), device=last.device)]
    return ends.unsqueeze(1) if states.shape[1] == 1 else torch.stack([ends, states[:, 1, 0]], dim=1)


def past_end(values: Tensor, lengths: Tensor, steps: slice | None = None) -> Tensor:
    """A mask (time, batch, 1), true past a sequence's end, for values (..., time, batch, unit); `steps` narrows it."""
    first, last = (0, values.shape[-3]) if steps is None else (steps.start, steps.stop)
    step = torch.arange(first, last, device=values.device).unsqueeze(1)
    return (step >= lengths.to(values.device)).unsqueeze(-1)


def check_sequences(trace: Recorded) -> None:
    """Raise LstmCoreError if a trace has no sequences, as of an empty batch."""
    if not trace.sizes["batch"]:
        raise LstmCoreError("Expected a trace with a sequence, got none: it is of an empty batch. Leave it out.")
