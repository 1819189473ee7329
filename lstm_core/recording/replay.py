"""How are the gates of a finished call computed again, and proved?

The module has run, so h of every step is known: the output of the last layer, and the outputs of the layers below,
kept from the call or computed again. The gates follow from h (`layer_gates`). The proof compares the h from these
gates with the module's. It works on any device and in any dtype.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core.recording.call import Call
from lstm_core.recording.distance import gap, largest
from lstm_core.recording.forward import without_autocast
from lstm_core.recording.held_call import HeldCall
from lstm_core.recording.layer_gates import KnownState, ScannedMemory
from lstm_core.traces.reading_order import last_states, past_end


class Replayed(NamedTuple):
    """The quantities of a call by letter (layer, direction, time, batch, unit), and their distance from the module."""

    values: dict[str, Tensor]
    max_error: float


def replay(call: Call, holds: Sequence[HeldCall] = ()) -> Replayed:
    """Every gate and state of a call, with its holds, and their proof against the module's result."""
    run = ScannedMemory(call, holds) if "c" in call.kind.states else KnownState(call, holds)
    directions, gaps, x = len(call.weights[0]), list[Tensor](), call.x
    # Tensors from outside inference mode stay plain tensors; the many calls on their views are cheaper inside it.
    with torch.inference_mode():
        for layer, output in enumerate(layer_outputs(call)):
            by_direction = (output,) if directions == 1 else output.chunk(directions, dim=-1)
            for direction, shown in enumerate(by_direction):
                with without_autocast(x.device.type):
                    gaps += run.fill(layer, direction, x, shown)
            x = after_dropout(call, layer, output)
        gaps += gap(last_states(run.values["h"], call.lengths), call.end["h"])
        if call.lengths is not None:
            for values in run.values.values():
                values.masked_fill_(past_end(values, call.lengths), torch.nan)
        return Replayed(run.values, largest(gaps))


def after_dropout(call: Call, layer: int, output: Tensor) -> Tensor:
    """The output of a layer (time, batch, direction * unit), as the next layer read it."""
    return output * call.dropout[layer] if layer < len(call.dropout) else output


def layer_outputs(call: Call) -> Iterator[Tensor]:
    """h of every layer, (time, batch, direction * unit); the lower layers run again if their h is unknown."""
    if call.lower is not None:
        yield from (*call.lower, call.output)
        return
    packed, data = call.packed, call.x if call.packed is None else call.packed.data
    starts = {letter: _sorted(states, packed) for letter, states in call.start.items()}
    for layer, weights in enumerate(call.weights[:-1]):
        flat = [tensor for w in weights for tensor in w.flat()]
        has_biases, both = weights[0].bias_ih is not None, len(weights) == 2
        state = call.kind.as_given({letter: states[layer] for letter, states in starts.items()})
        if packed is None:
            data, *_ = call.kind.kernel(data, state, flat, has_biases, 1, 0.0, False, both, False)
            yield data
        else:
            data, *_ = call.kind.kernel(data, packed.batch_sizes, state, flat, has_biases, 1, 0.0, False, both)
            yield pad_packed_sequence(packed._replace(data=data))[0]
    yield call.output


def _sorted(states: Tensor, packed: PackedSequence | None) -> Tensor:
    """States (layer, direction, batch, unit) in the order that packing sorted the sequences into."""
    order = None if packed is None else packed.sorted_indices
    return (states if order is None else states.index_select(2, order)).contiguous()
