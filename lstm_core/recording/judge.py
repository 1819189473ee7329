"""Who proves what the kernel computed?

An LSTM's step hangs on nothing but its input and the state before it. So PyTorch's own cell, with the module's weights
and started from recorded states, judges any steps that we choose, side by side as one batch; and at every step the
gates must rebuild h.

States h c (time + 2, batch, unit) as in `kernel`: that of a step is one further on, and beside it the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import torch
from torch import Tensor

from lstm_core.recording.call import Weights
from lstm_core.recording.replay import gap

# Of all steps of all sequences PyTorch judges one in 32, but 32 at least, and the ends of some 16 sequences.
ONE_IN = AT_LEAST = 32
ENDS = 16


def judged_by_the_cell(w: Weights, direction: int, x: Tensor, h: Tensor, c: Tensor) -> Iterator[Tensor]:
    """How far h and c of some steps are from what `torch.lstm_cell` makes of x (time, batch, feature) and the states
    before them, in one layer and direction."""
    rows, batch = some_rows(*x.shape[:2]), x.shape[1]
    before, after = rows + 2 * direction * batch, rows + batch
    h, c = h.flatten(0, 1), c.flatten(0, 1)
    state = h.index_select(0, before), c.index_select(0, before)
    theirs = torch.lstm_cell(x.flatten(0, 1).index_select(0, rows), state, w.ih, w.hh, w.bias_ih, w.bias_hh)
    for ours, their in zip((h, c), theirs, strict=True):
        yield from gap(ours.index_select(0, after), their)


@lru_cache
def some_rows(time: int, batch: int) -> Tensor:
    """Rows of (time * batch) that stand for all: first and last steps of some sequences, and others spread evenly."""
    rows = time * batch
    if rows <= AT_LEAST:
        return torch.arange(rows)
    # The fractions of the golden ratio's multiples never bunch up, and share no rhythm with the batch.
    multiples = torch.arange(1, max(AT_LEAST, rows // ONE_IN) + 1, dtype=torch.float64) * (5**0.5 - 1) / 2
    ends = torch.arange(0, batch, -(-batch // ENDS))
    return torch.cat([ends, ends + rows - batch, (multiples % 1 * rows).long()])
