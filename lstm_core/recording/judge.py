"""Who proves what the kernel computed?

An LSTM's step hangs on nothing but its input and the state before it. So PyTorch's own cell, with the module's weights
and started from recorded states, judges any steps that we choose, side by side as one batch; and at every step the
gates must rebuild h.

States h c (time + 2, batch, unit) as in `kernel`: that of a step is one further on, and beside it the one before it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch

from lstm_core.recording.fill import Array, Layer

# Of all steps of all sequences PyTorch judges one in 32, but 32 at least, the ends of 8 sequences among them.
ONE_IN, AT_LEAST, ENDS = 32, 32, 8


def judged_by_the_cell(layer: Layer, direction: int, x: Array) -> tuple[float, float]:
    """How far h and how far c of some steps are, at most, from what `torch.lstm_cell` makes of x
    (time, batch, feature) and the states before them."""
    kernel, states, w = layer.kernel, (layer.h[direction], layer.c[direction]), layer.weights[direction]
    rows = some_rows(*x.shape[:2])
    read, *state = map(torch.from_numpy, kernel.before(rows, direction, x, *states))
    h, c = torch.lstm_cell(read, state, w.ih, w.hh, w.bias_ih, w.bias_hh)
    apart: tuple[float, float] = kernel.apart(rows, *states, h.numpy(), c.numpy())
    return apart


@lru_cache
def some_rows(time: int, batch: int) -> npt.NDArray[np.int64]:
    """Rows of (time * batch) that stand for all: first and last steps of some sequences, and others spread evenly."""
    rows, wanted = time * batch, max(AT_LEAST, time * batch // ONE_IN)
    if rows <= wanted:
        return np.arange(rows)
    firsts = np.linspace(0, batch - 1, min(batch, ENDS), dtype=np.int64)
    ends = np.union1d(firsts, firsts + rows - batch)
    # The fractions of the golden ratio's multiples never bunch up, and share no rhythm with the batch.
    fractions = np.arange(3 * wanted) * (5**0.5 - 1) / 2 % 1
    spread = (fractions * rows).astype(np.int64)
    _, once = np.unique(spread, return_index=True)
    others = spread[np.sort(once)]
    return np.concatenate([ends, others[~np.isin(others, ends)][: wanted - len(ends)]])
