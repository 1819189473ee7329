"""How is the kernel's result proved?

A step of an LSTM depends only on its input and the state before. So PyTorch's own cell, with the module's weights and
started from recorded states, computes any steps that we choose, as one batch; and at every step the gates must rebuild
h (`loops`).

States h c (time + 2, batch, unit) as in `loops`: the state of step t is at t + 1.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch

from lstm_core.recording.kernel.layer import Array, Layer
from lstm_core.recording.rounding import FEW_ROUNDINGS

# PyTorch checks one in 32 of all steps of all sequences, at least 32, with the ends of 8 sequences among them.
ONE_IN, AT_LEAST, ENDS = 32, 32, 8


def apart_from_the_cell(layer: Layer, x: Array, direction: int) -> tuple[float, float, float]:
    """The largest distance of h, and of c, of some steps from the result of `torch.lstm_cell` for x
    (time, batch, feature) and the states before, and that of c in proportion; NaN if any value is NaN."""
    loops, rows, w = layer.loops, some_rows(*x.shape[:2]), layer.weights[direction]
    h, c = layer.h[direction], layer.c[direction]
    read = loops.before(rows, direction, x, h, c)
    given, *state = map(torch.from_numpy, read)
    their_h, their_c = torch.lstm_cell(given, state, w.ih, w.hh, w.bias_ih, w.bias_hh)
    h_apart, c_apart = loops.apart(rows, h, their_h.numpy()), loops.apart(rows, c, their_c.numpy())
    return h_apart, c_apart, _in_proportion(c_apart, c, rows, their_c.numpy())


def _in_proportion(apart: float, states: Array, rows: npt.NDArray[np.int64], theirs: Array) -> float:
    """The largest distance of c from `theirs` (row, unit), each divided by the value, or by 1 where that is smaller."""
    if apart <= FEW_ROUNDINGS * np.finfo(np.float32).eps or not np.isfinite(apart):
        return apart
    ours = states[1:-1].reshape(-1, states.shape[-1])[rows]
    return float((np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))).max())


@lru_cache
def some_rows(time: int, batch: int) -> npt.NDArray[np.int64]:
    """Sample rows of (time * batch): first and last steps of some sequences, and others spread evenly."""
    rows, wanted = time * batch, max(AT_LEAST, time * batch // ONE_IN)
    if rows <= wanted:
        return np.arange(rows)
    firsts = np.linspace(0, batch - 1, min(batch, ENDS), dtype=np.int64)
    ends = np.union1d(firsts, firsts + rows - batch)
    # The fractions of the golden ratio's multiples are spread evenly for any batch size.
    fractions = np.arange(3 * wanted) * (5**0.5 - 1) / 2 % 1
    spread = (fractions * rows).astype(np.int64)
    _, once = np.unique(spread, return_index=True)
    others = spread[np.sort(once)]
    return np.concatenate([ends, others[~np.isin(others, ends)][: wanted - len(ends)]])
