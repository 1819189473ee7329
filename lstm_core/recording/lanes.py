"""What does the kernel fill, layer by layer, direction by direction and unit by unit?"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
import numpy.typing as npt
from torch import Tensor

from lstm_core.recording.call import Weights

Array = npt.NDArray[np.float32]
Span = tuple[int, int]
"""From the first to before the last."""

# So many pre-activations are worked on at once: they stay in a core's cache until they are gates.
AT_ONCE = 1 << 15


@dataclass
class Direction:
    """One direction of a layer: its weights, the gates (time, batch, 4 * unit) and states (time + 2, batch, unit) to
    fill, and where h is wanted as well (time, batch, unit)."""

    number: int
    weights: Weights
    gates: Array
    h: Array
    c: Array
    copy: Array | None = None


class Lane:
    """Some units of one direction: their weights as the kernel takes them.

    The lanes of a direction tell each other in `done`, each in its own `share` of it, how many steps they have.
    """

    def __init__(
        self, kernel: ModuleType, direction: Direction, units: Span, done: npt.NDArray[np.int64], share: int
    ) -> None:
        self.kernel, self.direction, self.units, self.done, self.share = kernel, direction, units, done, share
        w = direction.weights
        # A row goes over so many panels at once, so there are always as many.
        together = kernel.PANEL * kernel.TOGETHER
        self.width = -(-4 * (units[1] - units[0]) // together) * together
        self.w, self.u = (kernel.pack(self._own(weight), self.width) for weight in (w.ih, w.hh))
        if w.bias_ih is None or w.bias_hh is None:
            self.bias = np.zeros(self.width, np.float32)
        else:
            self.bias = kernel.add(self._own(w.bias_ih), self._own(w.bias_hh), self.width)

    def _own(self, weight: Tensor) -> Array:
        """The rows of these units, of each gate."""
        every: Array = weight.numpy()
        size = len(every) // 4
        if self.units == (0, size):
            return every
        by_gate = every.reshape(4, size, *every.shape[1:])
        return by_gate[:, slice(*self.units)].reshape(-1, *every.shape[1:])

    def run(self, x: Array, sequences: Span) -> float:
        """Fill in every step of some sequences; returns how far the h that their gates rebuild is from h."""
        try:
            return self._run(x, sequences)
        finally:
            self.let_go()

    def _run(self, x: Array, sequences: Span) -> float:
        count, d = sequences[1] - sequences[0], self.direction
        at_once = min(max(1, AT_ONCE // (count * self.width)), len(x))
        room = np.empty((at_once, count, self.width), np.float32)
        filled = d.gates, d.h, d.c
        self.kernel.run(
            self.units, sequences, d.number, x, self.w, self.u, self.bias, room, *filled, self.done, self.share
        )
        if d.copy is not None:
            here = slice(None), slice(*sequences), slice(*self.units)
            d.copy[here] = d.h[1:-1][here]
        return float(self.kernel.rebuilt(self.units, sequences, d.number, *filled))

    def let_go(self) -> None:
        """Nobody waits for this lane any more, even if it has failed or never begun."""
        self.done[self.share] = len(self.direction.gates)


class Layer:
    """The directions of a layer, each in so many lanes; `shown`: what they give to the next layer (time, batch,
    direction * unit)."""

    def __init__(
        self, kernel: ModuleType, weights: list[Weights], gates: Array, h: Array, c: Array, shares: int
    ) -> None:
        self.directions = [Direction(*of) for of in zip(range(len(weights)), weights, gates, h, c, strict=True)]
        units = spans(h.shape[-1], shares)
        self.lanes = []
        for direction in self.directions:
            done = np.zeros((len(units), kernel.LINE), np.int64)
            self.lanes += [Lane(kernel, direction, span, done, share) for share, span in enumerate(units)]
        self.shown: Array = h[0, 1:-1]
        if len(self.directions) == 2:
            self.shows_a_copy()

    def shows_a_copy(self) -> Array:
        """What it gives, in memory of its own."""
        if self.directions[0].copy is None:
            time, batch, units = self.directions[0].h[1:-1].shape
            self.shown = np.empty((time, batch, len(self.directions) * units), np.float32)
            for direction in self.directions:
                direction.copy = self.shown[:, :, direction.number * units :][:, :, :units]
        return self.shown


def spans(total: int, count: int) -> list[Span]:
    """A range in at most so many parts, each but the last as long and a multiple of four."""
    size = -(-total // (4 * count)) * 4
    return [(first, min(first + size, total)) for first in range(0, total, size)]


def states_from(first: Array, time: int) -> Array:
    """Room for the states (layer, direction, time + 2, batch, unit), with those before the first step in."""
    states = np.empty((*first.shape[:2], time + 2, *first.shape[2:]), np.float32)
    states[:, 0, 0], states[:, -1, -1] = first[:, 0], first[:, -1]
    return states
