"""What does an LSTM, GRU or RNN compute while a gate or state is held?

Only a layer with a hold runs step by step; the others run in PyTorch's own kernel.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.progress import Progress, part_of
from lstm_core.recording.call import Call
from lstm_core.recording.forward import without_autocast
from lstm_core.recording.held_call import HeldCall, holds_of
from lstm_core.recording.unroll import by_layer_and_direction, steps_of

STEPS_BETWEEN = 100
"""Steps between two calls of `progress`."""


class HeldRun(NamedTuple):
    """The result of a call with a hold: h of each layer (time, batch, direction * unit), and the last states by letter
    (layer, direction, batch, unit)."""

    layers: list[Tensor]
    end: dict[str, Tensor]


def run_held(call: Call, holds: Sequence[HeldCall], progress: Progress | None = None) -> HeldRun:
    """Run a call again with some gates or states held; gradients flow through it if the call has any."""
    sizes = len(call.weights), len(call.weights[0])
    stepped = [layer for layer in range(sizes[0]) if _needs_steps(call, holds, layer)]
    share = 1 / max(1, len(stepped) * sizes[1])
    last: list[dict[str, Tensor]] = []
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
    return HeldRun(layers, by_layer_and_direction(call, last))


def _needs_steps(call: Call, holds: Sequence[HeldCall], layer: int) -> bool:
    """Whether a layer must run step by step: it has a hold, or the call is packed or rounded to fewer bits."""
    plain = call.lengths is None and call.precision == call.wide
    return not plain or any(hold.layer == layer for hold in holds)


def _by_steps(
    call: Call, x: Tensor, layer: int, direction: int, holds: Sequence[HeldCall], progress: Progress | None
) -> tuple[Tensor, dict[str, Tensor]]:
    """h of one layer and direction (time, batch, unit), and its last states by letter."""
    shown: list[Tensor] = []
    with without_autocast(x.device.type):
        for step in steps_of(call, x, layer, direction, holds):
            shown.append(step.values["h"])
            if progress is not None and len(shown) % STEPS_BETWEEN == 0:
                progress(len(shown) / len(x))
        h = torch.stack(shown if direction == 0 else shown[::-1]).to(call.output.dtype)
    return h, {letter: state.to(h.dtype) for letter, state in step.states.items()}


def _by_kernel(call: Call, x: Tensor, layer: int) -> tuple[Tensor, list[dict[str, Tensor]]]:
    """h of one layer (time, batch, direction * unit), and the last states of each direction by letter."""
    weights, start = call.weights[layer], {letter: t[layer].contiguous() for letter, t in call.start.items()}
    flat = [tensor for w in weights for tensor in w.flat()]
    has_biases, both = weights[0].bias_ih is not None, len(weights) == 2
    # cuDNN gives gradients only in training mode; without dropout the results are equal.
    training, state = torch.is_grad_enabled(), call.kind.as_given(start)
    output, *end = call.kind.kernel(x, state, flat, has_biases, 1, 0.0, training, both, False)
    return output, [dict(zip(call.kind.states, states, strict=True)) for states in zip(*end, strict=True)]
