"""How does the kernel fill a layer?"""

from __future__ import annotations

import math
from types import ModuleType

import numpy as np
import numpy.typing as npt

from lstm_core.recording.call import Weights
from lstm_core.recording.shares import Shares
from lstm_core.recording.threads import side_by_side

Array = npt.NDArray[np.float32]
Gates = tuple[Array, Array, Array, Array]

# Vectors are read fastest that lie in one line of a cache (bytes), and two threads must not write into the same.
CACHE_LINE = 64
# Of so few numbers neither is worth the trouble.
FEW = 1 << 14


class Layer:
    """A layer's weights, by direction; the gates i f g o (direction, time, batch, unit) and states h c
    (direction, time + 2, batch, unit) to fill; and `shown`, what it gives to the next layer
    (time, batch, direction * unit). Of one direction that is a view of h, but for a layer that `keeps` it in memory of
    its own."""

    def __init__(
        self, kernel: ModuleType, weights: list[Weights], gates: Gates, h: Array, c: Array, keeps: bool
    ) -> None:
        self.kernel, self.weights, self.gates, self.h, self.c = kernel, weights, gates, h, c
        (time, batch, size), copies = h[0, 1:-1].shape, keeps or len(weights) == 2
        self._copy = np.empty((time if copies else 0, batch, len(weights) * size), np.float32)
        self.shown: Array = self._copy if copies else h[0, 1:-1]

    def fill(self, x: Array, shares: Shares) -> list[float]:
        """Fill in every step of x (time, batch, feature); returns how far the h that gates rebuild is from h, at most,
        in some parts; NaN where any is."""
        kernel, jobs, threads = self.kernel, shares.jobs, shares.threads
        arrays = [_arrays(weights) for weights in self.weights]
        rooms = aligned(min(threads, len(jobs)), kernel.room(jobs, len(x), x.shape[-1], self.h.shape[-1]))
        done, farthest = np.zeros((len(jobs), kernel.LINE), np.int64), np.array([np.nan] * len(jobs), np.float32)
        filled = self.gates, self.h, self.c, self._copy
        run = (jobs, rooms, x, (arrays[0], arrays[-1]), filled, done, farthest)
        side_by_side(kernel.run, kernel.run_in_team, threads, run)
        errors: list[float] = farthest.tolist()
        return errors


def _arrays(weights: Weights) -> tuple[Array, Array, Array, Array]:
    """W, U and both biases, which have no numbers where the module has none."""
    w, u = weights.ih.contiguous().numpy(), weights.hh.contiguous().numpy()
    if weights.bias_ih is None or weights.bias_hh is None:
        return w, u, *(np.empty(0, np.float32),) * 2
    return w, u, weights.bias_ih.contiguous().numpy(), weights.bias_hh.contiguous().numpy()


def aligned(*shape: int) -> Array:
    """Room for numbers that begins where a line of the cache does, if they are many."""
    size = math.prod(shape)
    if size < FEW:
        return np.empty(shape, np.float32)
    numbers = np.empty(size + CACHE_LINE // 4, np.float32)
    first = -numbers.ctypes.data % CACHE_LINE // 4
    return numbers[first : first + size].reshape(shape)


def states_from(start: Array, time: int) -> Array:
    """Room for states (layer, direction, time + 2, batch, unit), with those before the first step in."""
    states = aligned(*start.shape[:2], time + 2, *start.shape[2:])
    states[:, 0, 0], states[:, -1, -1] = start[:, 0], start[:, -1]
    return states


def ends_of(states: Array) -> Array:
    """Of such states a copy of what each direction read last: the last step, or from the right the first."""
    ends = states[:, :, -2].copy()
    if states.shape[1] == 2:
        ends[:, 1] = states[:, 1, 1]
    return ends
