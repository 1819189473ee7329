"""What does the kernel fill, layer by layer and direction by direction?"""

from __future__ import annotations

from types import ModuleType

import numpy as np
import numpy.typing as npt

from lstm_core.recording.call import Weights

Array = npt.NDArray[np.float32]
Span = tuple[int, int]
"""From the first to before the last."""

# So many pre-activations are worked on at once: they stay in a core's cache until they are gates.
AT_ONCE = 1 << 15


class Lane:
    """One layer and direction: its weights, and its gates and states to fill."""

    def __init__(self, kernel: ModuleType, weights: Weights, direction: int, gates: Array, h: Array, c: Array) -> None:
        self.kernel, self.weights, self.direction = kernel, weights, direction
        self.filled = self.gates, self.h, self.c = gates, h, c
        self.copy: Array | None = None
        """Where h is wanted as well, (time, batch, unit)."""
        ih, hh = weights.ih.numpy(), weights.hh.numpy()
        # A row goes over so many panels at once, so there are always as many.
        together = kernel.PANEL * kernel.AT_ONCE
        self.width = -(-len(ih) // together) * together
        self.w, self.u = kernel.pack(ih, self.width), kernel.pack(hh, self.width)
        if weights.bias_ih is None or weights.bias_hh is None:
            self.bias = np.zeros(self.width, np.float32)
        else:
            self.bias = kernel.add(weights.bias_ih.numpy(), weights.bias_hh.numpy(), self.width)
        self.products = gates.shape[0] * gates.shape[1] * (ih.size + hh.size)

    def run(self, x: Array, steps: Span, sequences: Span) -> float:
        """Fill in some steps, as the direction counts them, of some sequences; returns how far the h that their gates
        rebuild is from h."""
        count = sequences[1] - sequences[0]
        at_once = min(max(1, AT_ONCE // (count * self.width)), steps[1] - steps[0])
        room = np.empty((at_once, count, self.width), np.float32)
        self.kernel.run(steps, sequences, self.direction, x, self.w, self.u, self.bias, room, *self.filled)
        if self.copy is not None:
            first, last = steps if self.direction == 0 else (len(x) - steps[1], len(x) - steps[0])
            here = slice(first, last), slice(*sequences)
            self.copy[here] = self.h[1:-1][here]
        return float(self.kernel.rebuilt(steps, sequences, self.direction, *self.filled))


class Layer:
    """The directions of a layer; `shown`: what they give to the next layer (time, batch, direction * unit)."""

    def __init__(self, kernel: ModuleType, weights: list[Weights], gates: Array, h: Array, c: Array) -> None:
        by_direction = enumerate(zip(weights, gates, h, c, strict=True))
        self.lanes = [Lane(kernel, w, direction, *to_fill) for direction, (w, *to_fill) in by_direction]
        self.shown: Array = h[0, 1:-1]
        if len(self.lanes) == 2:
            self.shows_a_copy()

    def shows_a_copy(self) -> Array:
        """What it gives, in memory of its own."""
        time, batch, units = self.lanes[0].h[1:-1].shape
        self.shown = np.empty((time, batch, len(self.lanes) * units), np.float32)
        for lane in self.lanes:
            lane.copy = self.shown[:, :, lane.direction * units :][:, :, :units]
        return self.shown


def states_from(first: Array, time: int) -> Array:
    """Room for the states (layer, direction, time + 2, batch, unit), with those before the first step in."""
    states = np.empty((*first.shape[:2], time + 2, *first.shape[2:]), np.float32)
    states[:, 0, 0], states[:, -1, -1] = first[:, 0], first[:, -1]
    return states


def last_of(states: Array) -> Array:
    """The states (layer, direction, batch, unit) at the step that each direction read last."""
    last = states[:, :, -1].copy()
    last[:, 1:] = states[:, 1:, 0]
    return last
