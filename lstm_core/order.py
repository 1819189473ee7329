"""In which order does a direction read, and where does a sequence end?

Everything is kept in sentence order. Direction 0 reads from the left and starts at step 0; direction 1 reads from the
right and starts at each sequence's last step.
"""

from __future__ import annotations

import torch
from torch import Tensor


def before(states: Tensor, start: Tensor, direction: int, lengths: Tensor | None = None) -> Tensor:
    """The state before each step, (time, batch, unit): that of the step read before it, or `start` (batch, unit)."""
    shifted = torch.empty_like(states)
    if direction == 0:
        shifted[1:], shifted[0] = states[:-1], start
        return shifted
    shifted[:-1], shifted[-1] = states[1:], start
    if lengths is not None:
        ends = lengths.to(states.device) - 1
        shifted[ends, torch.arange(len(ends), device=ends.device)] = start
    return shifted


def last_read(values: Tensor, direction: int, lengths: Tensor | None = None) -> Tensor:
    """The value (batch, unit) at the step that a direction read last in each sequence."""
    if direction == 1:
        return values[0]
    if lengths is None:
        return values[-1]
    ends = lengths.to(values.device) - 1
    return values[ends, torch.arange(len(ends), device=ends.device)]


def past_end(values: Tensor, lengths: Tensor) -> Tensor:
    """Where a sequence has ended: a mask (time, batch, 1) for values (..., time, batch, unit)."""
    step = torch.arange(values.shape[-3], device=values.device).unsqueeze(1)
    return (step >= lengths.to(values.device)).unsqueeze(-1)
