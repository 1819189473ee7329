"""In which order does a direction read, and where does a sequence end?"""

from __future__ import annotations

import torch
from torch import Tensor

from lstm_core.call import Call


def reading_order(call: Call, direction: int) -> Tensor | None:
    """Where step t of this direction's reading stands in the sentence, (time, batch); None: as it stands.

    Direction 1 begins at each sequence's last token, so turned round it is a plain run.
    """
    if direction == 0:
        return None
    time, batch = call.x.shape[:2]
    step = torch.arange(time, device=call.x.device).unsqueeze(1)
    lengths = torch.full((batch,), time) if call.lengths is None else call.lengths
    from_the_right = lengths.to(step.device) - 1 - step
    return torch.where(from_the_right < 0, step, from_the_right)


def take(sequence: Tensor, order: Tensor | None) -> Tensor:
    """(time, batch, ...) with its steps in another order; taken twice it is as before."""
    return sequence if order is None else sequence.gather(0, order.unsqueeze(-1).expand_as(sequence))


def last_read(call: Call, direction: int) -> tuple[Tensor, Tensor]:
    """Indices (time, batch) of the step that this direction read last in each sequence."""
    time, batch = call.x.shape[:2]
    sequences = torch.arange(batch)
    if direction == 1:
        return torch.zeros(batch, dtype=torch.long), sequences
    return (torch.full((batch,), time) if call.lengths is None else call.lengths) - 1, sequences


def past_end_as_nan(values: Tensor, lengths: Tensor | None) -> Tensor:
    """Values (..., time, batch, unit) with NaN where a sequence has ended."""
    if lengths is None:
        return values
    step = torch.arange(values.shape[-3], device=values.device).unsqueeze(1)
    return values.masked_fill((step >= lengths.to(values.device)).unsqueeze(-1), torch.nan)
