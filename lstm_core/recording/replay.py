"""How are the gates of a finished call computed again, and proved?

The module has run, so h of every step is known: the output of the last layer, and the outputs of the layers below,
kept from the call or computed again. The gates follow from h (`layer_gates`). The proof compares the h from these
gates with the module's. It works on any device and in any dtype.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core.recording.call import Call, after_dropout
from lstm_core.recording.forward import without_autocast
from lstm_core.recording.held_call import HeldCall
from lstm_core.recording.in_proportion import in_proportion, within_running_bound
from lstm_core.recording.layer_gates import KnownState, ScannedMemory
from lstm_core.recording.rounding import FEW_ROUNDINGS, explained, explained_alone
from lstm_core.traces.cut import last_states, past_end
from lstm_core.traces.summary import Proof


class Replayed(NamedTuple):
    """The quantities of a call by letter (layer, direction, time, batch, unit), and their distance from the module;
    `proves_nothing`: whether rounding would explain any output."""

    values: dict[str, Tensor]
    max_error: float
    proof: Proof
    proves_nothing: bool


def replay(call: Call, holds: Sequence[HeldCall] = ()) -> Replayed:
    """Every gate and state of a call, with its holds, and their proof against the module's result."""
    run = ScannedMemory(call, holds) if "c" in call.kind.states else KnownState(call, holds)
    directions, x = len(call.weights[0]), call.x
    # Tensors from outside inference mode stay plain tensors; the many calls on their views are cheaper inside it.
    with torch.inference_mode():
        for layer, output in enumerate(layer_outputs(call)):
            by_direction = (output,) if directions == 1 else output.chunk(directions, dim=-1)
            for direction, shown in enumerate(by_direction):
                with without_autocast(x.device.type):
                    run.fill(layer, direction, x, shown)
            x = after_dropout(call, layer, output)
        run.distance.add(last_states(run.values["h"], call.lengths), call.end["h"])
        proof, proves_nothing = _proof(call, run, holds)
        if call.lengths is not None:
            for values in run.values.values():
                values.masked_fill_(past_end(values, call.lengths), torch.nan)
        return Replayed(run.values, run.distance.largest()[0], proof, proves_nothing)


def _proof(call: Call, run: ScannedMemory | KnownState, holds: Sequence[HeldCall]) -> tuple[Proof, bool]:
    """The proof in proportion, and whether it proves nothing. A difference of a few roundings of 1 is left as it is."""
    max_error, relative = run.distance.largest()
    if "c" not in call.kind.states:
        # The state before each step is the module's own.
        return Proof(relative, explained(call, relative, run.values["h"])), False
    if relative > FEW_ROUNDINGS * torch.finfo(call.precision).eps:
        relative = min(max_error, in_proportion(call, run.values, holds))
    if explained_alone(call, relative):
        return Proof(relative, True), False
    # A memory passes its rounding on: the bound takes a pass over the run, and few runs need it.
    rounding, proves_nothing = within_running_bound(call, run.values, holds)
    return Proof(relative, rounding), proves_nothing


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
