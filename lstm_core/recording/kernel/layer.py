"""How does the kernel fill a layer?

The machine's BLAS computes W x for a piece of steps at once, and with many sequences also U h, step by step. With few
sequences a step is too small for BLAS: then the recurrence is a compiled loop. In a long run threads share its units,
and compute W x as well.
"""

import math
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lstm_core.recording.call import Weights
from lstm_core.recording.kernel.jobs import Jobs
from lstm_core.recording.kernel.product import affine_with, product_with
from lstm_core.recording.kernel.signals import Signals
from lstm_core.recording.kernel.threads import side_by_side

Array = npt.NDArray[np.float32]
Gates = tuple[Array, Array, Array, Array]

CACHE_LINE = 64
"""Bytes of a cache line."""
# From this many sequences on, BLAS computes a step's product.
MANY_SEQUENCES = 8
# Pre-activations computed at once: enough for BLAS, and few enough to be in the last-level cache when they are read.
AT_ONCE = 1 << 21
# Fewer where many sequences make each product large: they are then nearer to the core.
AT_ONCE_OF_MANY = 1 << 19
# Aligning fewer numbers costs more than it saves.
FEW = 1 << 14

NO_STEPS: Array = np.empty((0, 0, 0), np.float32)
NO_SIGNALS = Signals(0)


class Layer:
    """A layer's weights, by direction; the gates i f g o (direction, time, batch, unit) and states h c
    (direction, time + 2, batch, unit) to fill."""

    def __init__(self, loops: ModuleType, weights: list[Weights], gates: Gates, h: Array, c: Array) -> None:
        self.loops, self.weights, self.gates, self.h, self.c = loops, weights, gates, h, c

    @property
    def shown(self) -> Array:
        """The output for the next layer, (time, batch, direction * unit); with one direction a view of h."""
        directions = list(self.h[:, 1:-1])
        return directions[0] if len(directions) == 1 else np.concatenate(directions, axis=-1)

    def fill(self, x: Tensor, jobs: Jobs) -> Array:
        """Fill in every step of x (time, batch, feature); returns for each unit the largest distance of h from the h
        that the gates rebuild; NaN if any value is NaN."""
        if x.shape[1] < MANY_SEQUENCES:
            return self._by_units(x, jobs)
        return np.stack([self._by_steps(x, direction) for direction in range(len(self.weights))])

    def _by_units(self, x: Tensor, jobs: Jobs) -> Array:
        """For few sequences: jobs share the units."""
        loops, read, signals = self.loops, x.numpy(), Signals(len(jobs.spans)) if jobs.at_once else NO_SIGNALS
        farthest = np.zeros((len(self.weights), self.h.shape[-1]), np.float32)
        parts = [_Part(self.weights[d], slice(*span)) for d, span in zip(jobs.directions, jobs.spans, strict=True)]
        weights, waiting = [part.arrays() for part in parts], (signals.posted, signals.failed)

        def work(job: int, first: int = 0, pre: Array = NO_STEPS) -> None:
            direction, (begin, end) = jobs.directions[job], jobs.spans[job]
            whose, at, apart = (jobs.together[job], jobs.spans), (direction, first), farthest[direction, begin:end]
            try:
                loops.run(job, *whose, at, read, pre, weights[job], self._filled(direction), waiting, apart)
            except BaseException:
                signals.failed[0] = 1
                raise

        if jobs.at_once:
            side_by_side(work, len(parts))
        else:
            for job, part in enumerate(parts):
                for first, pre in part.pieces(x, jobs.directions[job]):
                    work(job, first, pre.numpy())
        return farthest

    def _by_steps(self, x: Tensor, direction: int) -> Array:
        """For many sequences: one matrix product a step."""
        part, filled = _Part(self.weights[direction], slice(0, self.h.shape[-1])), self._filled(direction)
        h, farthest = torch.from_numpy(self.h[direction]).unbind(0), np.zeros(self.h.shape[-1], np.float32)
        with_u = product_with(part.u, x.shape[1])
        size = part.steps_at_once(x, AT_ONCE_OF_MANY)
        with_w = affine_with(part.w, part.bias, size * x.shape[1])
        for first, last in _spans(len(x), size, direction):
            steps = with_w(x[first:last].flatten(0, 1)).view(last - first, x.shape[1], -1).unbind(0)
            for n in range(len(steps)) if direction == 0 else reversed(range(len(steps))):
                values = with_u(h[first + n + 2 * direction], steps[n])
                self.loops.step(direction, first + n, values.numpy(), filled, farthest)
        return farthest

    def _filled(self, direction: int) -> tuple[Array, ...]:
        i, f, g, o = (gate[direction] for gate in self.gates)
        return i, f, g, o, self.h[direction], self.c[direction]


class _Part:
    """W (4 * unit, feature), U (4 * unit, h unit) and the bias of some units of a layer and direction."""

    def __init__(self, weights: Weights, units: slice) -> None:
        self.w, self.u = _rows(weights.ih.detach(), units), _rows(weights.hh.detach(), units)
        both = None if weights.bias_ih is None or weights.bias_hh is None else weights.bias_ih + weights.bias_hh
        self.bias = self.w.new_zeros(len(self.w)) if both is None else _rows(both, units)

    def arrays(self) -> tuple[Array, Array, Array]:
        """W, U and the bias for the compiled loops."""
        return self.w.contiguous().numpy(), self.u.contiguous().numpy(), self.bias.numpy()

    def steps_at_once(self, x: Tensor, numbers: int) -> int:
        """How many steps of x (time, batch, feature) give about so many numbers of W x + b."""
        return min(len(x), max(1, numbers // (x.shape[1] * len(self.w))))

    def pieces(self, x: Tensor, direction: int) -> Iterator[tuple[int, Tensor]]:
        """The first step of each piece of x (time, batch, feature), and W x + b of its steps (time, batch, 4 * unit);
        the pieces in reading order."""
        batch, size = x.shape[1], self.steps_at_once(x, AT_ONCE)
        room = x.new_empty(size, batch, len(self.w))
        for first, last in _spans(len(x), size, direction):
            now = last - first
            rows = x[first:last].reshape(now * batch, -1)
            torch.addmm(self.bias, rows, self.w.T, out=room[:now].view(now * batch, -1))
            yield first, room[:now]


def _spans(time: int, size: int, direction: int) -> Iterator[tuple[int, int]]:
    """Steps [first, last), so many at once, in reading order."""
    for start in range(0, time, size):
        now = min(size, time - start)
        first = start if direction == 0 else time - start - now
        yield first, first + now


def _rows(weight: Tensor, units: slice) -> Tensor:
    """The rows of some units of each gate, of a weight (4 * unit, …)."""
    if 4 * (units.stop - units.start) == len(weight):
        return weight
    return weight.reshape(4, -1, *weight.shape[1:])[:, units].flatten(0, 1)


def aligned(*shape: int) -> Array:
    """Room for numbers. Many begin at a cache line, because two threads should not write to the same line."""
    size = math.prod(shape)
    if size < FEW:
        return np.empty(shape, np.float32)
    numbers = np.empty(size + CACHE_LINE // 4, np.float32)
    first = -numbers.__array_interface__["data"][0] % CACHE_LINE // 4
    return numbers[first : first + size].reshape(shape)


def states_from(start: Array, time: int) -> Array:
    """An array for states (layer, direction, time + 2, batch, unit), with the states before the first step."""
    states = aligned(*start.shape[:2], time + 2, *start.shape[2:])
    states[:, 0, 0], states[:, -1, -1] = start[:, 0], start[:, -1]
    return states


def ends_of(states: Array) -> Array:
    """A copy of the last states in reading order: those after the last step, or in direction 1 after the first."""
    ends = states[:, :, -2].copy()
    if states.shape[1] == 2:
        ends[:, 1] = states[:, 1, 1]
    return ends
