"""How are the gates of a finished call of a GRU or an RNN found again, and proved?

h of every step is known: the module's own output for the last layer, and what the layers below give when PyTorch runs
them again. With h known there is no recurrence left: matrix products and the equations give the gates of many steps at
once, and the h that they make, put beside the module's, is the proof.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from lstm_core.recording.call import HiddenCall, Weights
from lstm_core.recording.kinds import Kind, Step
from lstm_core.recording.order import before, last_states, past_end
from lstm_core.recording.replay import ROWS_AT_ONCE, empty, gap, largest, layer_outputs, sorted_states, without_autocast


class Found(NamedTuple):
    """The quantities of a call (layer, direction, time, batch, unit), and how far from the module they are."""

    values: dict[str, Tensor]
    max_error: float


def replay_hidden(call: HiddenCall, kind: Kind) -> Found:
    """Every gate and state of a call, and their proof against what the module returned."""
    layers, directions, batch, units = call.h_n.shape
    shape, dtype, device = (layers, directions, len(call.x), batch, units), call.output.dtype, call.x.device
    values = {quantity: empty(shape, dtype, device) for quantity in kind.trace.quantities}
    # What is allocated outside of it stays a plain tensor; the many calls on its views cost less in it.
    with torch.inference_mode():
        gaps, x = [], call.x
        outputs = layer_outputs(call, kind.kernel, sorted_states(call.h0, call.packed))
        for layer, (weights, output) in enumerate(zip(call.weights, outputs, strict=True)):
            for direction, (w, h) in enumerate(zip(weights, output.chunk(directions, dim=-1), strict=True)):
                h_before = before(h, call.h0[layer, direction], direction, call.lengths)
                here = {quantity: tensor[layer, direction] for quantity, tensor in values.items()}
                with without_autocast(device.type):
                    gaps += _fill(call, kind.step, w, here, x, h, h_before)
            x = output
        gaps += gap(last_states(values["h"], call.lengths), call.h_n)
        if call.lengths is not None:
            for tensor in values.values():
                tensor.masked_fill_(past_end(tensor, call.lengths), torch.nan)
        return Found(values, largest(gaps))


def _fill(
    call: HiddenCall, step: Step, w: Weights, here: dict[str, Tensor], x: Tensor, h: Tensor, h_before: Tensor
) -> list[Tensor]:
    """Fill in the quantities (time, batch, unit) of one layer and direction from what it read and showed; returns how
    far the h that they give is from the one it showed."""
    run = Products(call, w)
    gaps: list[Tensor] = []
    size = max(1, ROWS_AT_ONCE // max(1, x.shape[1]))
    for first in range(0, len(x), size):
        piece = slice(first, min(first + size, len(x)))
        was = h_before[piece]
        found = step(run.from_x(x[piece]), run.from_h(was), was.to(call.wide), _untouched)
        for quantity, value in found.items():
            here[quantity][piece].copy_(value)
        ended = None if call.lengths is None else past_end(h, call.lengths, piece)
        gaps += gap(here["h"][piece], h[piece], ended)
        # What the module showed, to the bit.
        here["h"][piece].copy_(h[piece])
    return gaps


def _untouched(_quantity: str, value: Tensor) -> Tensor:
    return value


class Products:
    """The matrix products of one layer and direction, rounded and added as the module does it."""

    def __init__(self, call: HiddenCall, w: Weights) -> None:
        self.rounded = call.rounded
        self.ih, self.hh = call.rounded(w.ih), call.rounded(w.hh)
        self.bias_ih, self.bias_hh = (None if t is None else call.rounded(t) for t in (w.bias_ih, w.bias_hh))

    def from_x(self, x: Tensor) -> Tensor:
        """W_i x + b_i, (…, blocks * unit)."""
        return functional.linear(self.rounded(x), self.ih, self.bias_ih)

    def from_h(self, h_before: Tensor) -> Tensor:
        """W_h h_before + b_h, (…, blocks * unit)."""
        return functional.linear(self.rounded(h_before), self.hh, self.bias_hh)
