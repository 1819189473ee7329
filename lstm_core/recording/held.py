"""What does an LSTM give while something in it is held?

Only a layer in which something is held goes step by step; the others run as ever, in PyTorch's own kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.progress import Progress, part_of
from lstm_core.recording.call import Call
from lstm_core.recording.hold import Hold, holds_of
from lstm_core.recording.replay import without_autocast
from lstm_core.recording.unroll import by_layer_and_direction, steps_of

STEPS_BETWEEN = 100
"""Steps between two calls of a Progress."""


class HeldRun(NamedTuple):
    """What a call gives with something held: the h of each layer (time, batch, direction * unit), and its last states
    (layer, direction, batch, unit)."""

    layers: list[Tensor]
    h_n: Tensor
    c_n: Tensor


def run_held(call: Call, holds: Sequence[Hold], progress: Progress | None = None) -> HeldRun:
    """Run a call again with some gates or states held, on the path of the gradients where there are any."""
    sizes = len(call.weights), len(call.weights[0])
    stepped = [layer for layer in range(sizes[0]) if _needs_steps(call, holds, layer)]
    share = 1 / max(1, len(stepped) * sizes[1])
    last: list[tuple[Tensor, Tensor]] = []
    read, layers, done = call.x, [], 0.0
    for layer in range(sizes[0]):
        if layer in stepped:
            outputs = []
            for direction in range(sizes[1]):
                here = holds_of(holds, layer, direction)
                h, end = _by_steps(call, read, layer, direction, here, part_of(progress, done, share))
                outputs.append(h)
                last.append(end)
                done += share
            read = torch.cat(outputs, dim=-1)
        else:
            read, ends = _by_kernel(call, read, layer)
            last += ends
        layers.append(read)
    h_n, c_n = (by_layer_and_direction(sizes, list(states)) for states in zip(*last, strict=True))
    return HeldRun(layers, h_n, c_n)


def _needs_steps(call: Call, holds: Sequence[Hold], layer: int) -> bool:
    """Where something is held; and where a kernel would have to be given what it reads in another form."""
    plain = call.lengths is None and call.precision == call.wide
    return not plain or any(hold.layer == layer for hold in holds)


def _by_steps(
    call: Call, x: Tensor, layer: int, direction: int, holds: Sequence[Hold], progress: Progress | None
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """h of one layer and direction (time, batch, unit), and its last h and c."""
    shown: list[Tensor] = []
    with without_autocast(x.device.type):
        for step in steps_of(call, x, layer, direction, holds):
            shown.append(step.values[-1])
            if progress is not None and len(shown) % STEPS_BETWEEN == 0:
                progress(len(shown) / len(x))
        h = torch.stack(shown if direction == 0 else shown[::-1]).to(call.output.dtype)
    return h, (step.h.to(h.dtype), step.c.to(h.dtype))


def _by_kernel(call: Call, x: Tensor, layer: int) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """h of one layer (time, batch, direction * unit), and the last h and c of each direction."""
    weights, start = call.weights[layer], (call.h0[layer].contiguous(), call.c0[layer].contiguous())
    flat = [tensor for w in weights for tensor in w.flat()]
    has_biases, both = weights[0].bias_ih is not None, len(weights) == 2
    # cuDNN gives gradients only of what it ran for training; without dropout that is the same run.
    output, h_n, c_n = torch.lstm(x, start, flat, has_biases, 1, 0.0, torch.is_grad_enabled(), both, False)
    return output, list(zip(h_n, c_n, strict=True))
