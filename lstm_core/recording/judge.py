"""Who proves what the kernel computed?

An LSTM's step hangs on nothing but its input and the state before it. So the module itself, started from recorded
states, judges any steps that we choose, side by side as one batch; and at every step the gates must rebuild h.

States h c (layer, direction, time + 2, batch, unit) as in `kernel`: that of a step is one further on, and beside it the
one before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn

from lstm_core.recording import gates as equations
from lstm_core.recording.replay import gap

# Of all steps of all sequences the module judges one in 32, but 32 at least, and the ends of some 16 sequences.
ONE_IN = AT_LEAST = 32
ENDS = 16

# Values that are worked on at once: their way from gates to h stays in the cache.
VALUES_AT_ONCE = 1 << 16


def judged_by_the_module(module: nn.LSTM, x: Tensor, h: Tensor, c: Tensor) -> Iterator[Tensor]:
    """How far h and c of some steps are from what the module makes of x and the states before them."""
    rows, batch = some_rows(*x.shape[:2]), x.shape[1]
    given = x.flatten(0, 1).index_select(0, rows).unsqueeze(0)
    before = _before(h, rows, batch), _before(c, rows, batch)
    layers, both, weights = module.num_layers, module.bidirectional, cast(list[Tensor], module._flat_weights)
    _, *after = torch.lstm(given, before, weights, module.bias, layers, 0.0, False, both, False)
    for states, theirs in zip((h, c), after, strict=True):
        yield from gap(states.flatten(0, 1).flatten(1, 2).index_select(1, rows + batch), theirs)


def _before(states: Tensor, rows: Tensor, batch: int) -> Tensor:
    """The states (layer * direction, row, unit) that the steps of some rows started from."""
    by_direction = states.flatten(2, 3).unbind(1)
    each = [one.index_select(1, rows + 2 * direction * batch) for direction, one in enumerate(by_direction)]
    return each[0] if len(each) == 1 else torch.stack(each, dim=1).flatten(0, 1)


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


def judged_by_the_gates(direction: int, gates: Tensor, h: Tensor, c: Tensor) -> Iterator[Tensor]:
    """How far o ⊙ tanh(f ⊙ c_before + i ⊙ g) is from h at every step of one layer and direction."""
    time, batch = gates.shape[:2]
    size = max(1, VALUES_AT_ONCE // (batch * h.shape[-1]))
    for first in range(0, time, size):
        last = min(first + size, time)
        i, f, g, o = gates[first:last].chunk(4, dim=-1)
        c_before = c[first + 2 * direction : last + 2 * direction]
        yield from gap(equations.show(o, (i * g).addcmul_(f, c_before)), h[first + 1 : last + 1])
