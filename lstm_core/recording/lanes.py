"""What does the kernel fill, layer by layer, direction by direction and unit by unit?"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_core.recording.call import Weights

Array = npt.NDArray[np.float32]
Gates = tuple[Array, Array, Array, Array]
Span = tuple[int, int]
"""From the first to before the last."""


@dataclass
class Direction:
    """One direction of a layer: its weights, as tensors and as arrays; the gates i f g o (time, batch, unit) and states
    (time + 2, batch, unit) to fill; and where a copy of h goes that has the other direction's beside it
    (time, batch, direction * unit), of no steps where none is wanted."""

    number: int
    weights: Weights
    arrays: tuple[Array, Array, Array, Array]
    gates: Gates
    h: Array
    c: Array
    copy: Array


class Lane(NamedTuple):
    """Some units of one direction.

    The lanes of a direction tell each other in `done`, each in its own `share` of it, how many steps they have.
    """

    kernel: ModuleType
    direction: Direction
    units: Span
    done: npt.NDArray[np.int64]
    share: int

    def run(self, x: Array, sequences: Span) -> float:
        """Fill in every step of some sequences; returns how far the h that their gates rebuild is from h."""
        d, filled = self.direction, (self.direction.gates, self.direction.h, self.direction.c)
        try:
            self.kernel.run(self.units, sequences, d.number, x, *d.arrays, *filled, d.copy, self.done, self.share)
        finally:
            self.let_go()
        return float(self.kernel.rebuilt(self.units, sequences, d.number, *filled))

    def let_go(self) -> None:
        """Nobody waits for this lane any more, even if it has failed or never begun."""
        self.done[self.share] = len(self.direction.gates[0])


def _arrays(weights: Weights) -> tuple[Array, Array, Array, Array]:
    """W, U and both biases, which have no numbers where the module has none."""
    w, u = weights.ih.contiguous().numpy(), weights.hh.contiguous().numpy()
    if weights.bias_ih is None or weights.bias_hh is None:
        return w, u, *(np.empty(0, np.float32),) * 2
    return w, u, weights.bias_ih.contiguous().numpy(), weights.bias_hh.contiguous().numpy()


class Layer:
    """The directions of a layer, each in so many lanes; `shown`: what they give to the next layer (time, batch,
    direction * unit). Of one direction that is a view of h, but for a layer that `keeps` it in memory of its own."""

    def __init__(
        self, kernel: ModuleType, weights: list[Weights], gates: Gates, h: Array, c: Array, shares: int, keeps: bool
    ) -> None:
        (time, batch, size), copies = h[0, 1:-1].shape, keeps or len(weights) == 2
        copy = np.empty((time if copies else 0, batch, len(weights) * size), np.float32)
        self.shown: Array = copy if copies else h[0, 1:-1]
        of_directions = zip(weights, zip(*gates, strict=True), h, c, strict=True)
        self.directions = [
            Direction(number, w, _arrays(w), its_gates, its_h, its_c, copy)
            for number, (w, its_gates, its_h, its_c) in enumerate(of_directions)
        ]
        units = spans(h.shape[-1], shares)
        self.lanes = []
        for direction in self.directions:
            done = np.zeros((len(units), kernel.LINE), np.int64)
            self.lanes += [Lane(kernel, direction, span, done, share) for share, span in enumerate(units)]


def spans(total: int, count: int) -> list[Span]:
    """A range in at most so many parts, each but the last as long and a multiple of four."""
    size = -(-total // (4 * count)) * 4
    return [(first, min(first + size, total)) for first in range(0, total, size)]


def states_from(start: Array, time: int) -> Array:
    """Room for states (layer, direction, time + 2, batch, unit), with those before the first step in."""
    states = np.empty((*start.shape[:2], time + 2, *start.shape[2:]), np.float32)
    states[:, 0, 0], states[:, -1, -1] = start[:, 0], start[:, -1]
    return states


def ends_of(states: Array) -> Array:
    """Of such states a copy of what each direction read last: the last step, or from the right the first."""
    ends = states[:, :, -2].copy()
    if states.shape[1] == 2:
        ends[:, 1] = states[:, 1, 1]
    return ends
