"""How does a module run step by step, so that a gate can be held or have a gradient?

This is slower than the module's own kernel, but every gate of every step is a separate tensor: it can be held at a
value, and gradients flow through it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.recording.call import Call, after_dropout
from lstm_core.recording.held_call import HeldCall, holds_of
from lstm_core.recording.layer_gates import Products
from lstm_core.traces.cut import past_end


class Unrolled(NamedTuple):
    """The output of a call, (time, batch, direction * unit), and its last states by letter, (layer, direction, batch,
    unit)."""

    output: Tensor
    end: dict[str, Tensor]


class UnrolledStep(NamedTuple):
    """One step of one layer and direction, in the dims (batch, unit), by letter."""

    number: int
    values: dict[str, Tensor]
    states: dict[str, Tensor]
    """The states for the next step: a sequence that has ended keeps its states."""


def unroll(call: Call, holds: Sequence[HeldCall] = (), probes: Mapping[str, Tensor] | None = None) -> Unrolled:
    """Run a call again, one step after the other, with some gates held.

    `probes`: zeros by quantity (layer, direction, time, batch, unit), added to each value when it is computed, so that
    the gradient with respect to a probe is the gradient with respect to that value.
    """
    dtype, read = call.output.dtype, call.x
    last: list[dict[str, Tensor]] = []
    # Inside a module, autocast would round our matrix products a second time.
    with torch.autocast(call.x.device.type, enabled=False):
        for layer, weights in enumerate(call.weights):
            shown: list[Tensor] = []
            for direction in range(len(weights)):
                steps = list(steps_of(call, read, layer, direction, holds_of(holds, layer, direction), probes or {}))
                last.append({letter: state.to(dtype) for letter, state in steps[-1].states.items()})
                in_order = steps if direction == 0 else steps[::-1]
                shown.append(torch.stack([step.values["h"] for step in in_order]).to(dtype))
            output = torch.cat(shown, dim=-1)
            read = after_dropout(call, layer, output)
    return Unrolled(output, by_layer_and_direction(call, last))


def by_layer_and_direction(call: Call, each: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Stack the tensors of each layer and direction to one tensor (layer, direction, ...) for each letter."""
    sizes = len(call.weights), len(call.weights[0])
    return {
        letter: torch.stack([one[letter] for one in each]).reshape(*sizes, *first.shape)
        for letter, first in each[0].items()
    }


def steps_of(
    call: Call,
    x: Tensor,
    layer: int,
    direction: int,
    holds: Sequence[HeldCall] = (),
    probes: Mapping[str, Tensor] | None = None,
) -> Iterator[UnrolledStep]:
    """The steps of one layer and direction that reads x (time, batch, feature), in reading order."""
    dtype, wide, products = call.output.dtype, call.wide, Products(call, call.weights[layer][direction])
    states = {letter: state[layer, direction].to(wide) for letter, state in call.start.items()}
    # One unbind instead of a select for each step, because the gradient of a select is as large as the whole tensor.
    added = {q: probe[layer, direction].to(wide).unbind(0) for q, probe in (probes or {}).items()}
    touched = added.keys() | {hold.gate for hold in holds}

    def touch(quantity: str, value: Tensor) -> Tensor:
        if quantity not in touched:
            return value
        for hold in holds:
            if hold.gate == quantity:
                value = hold.hold_at(step, value)
        return value + added[quantity][step] if quantity in added else value

    reads = None if call.lengths is None else (~past_end(x, call.lengths)).unbind(0)
    from_x, hh = products.from_x(x).unbind(0), products.hh.T.contiguous()

    def from_h(h: Tensor) -> Tensor:
        """U h + b of one step, with U transposed once for all steps: `products.from_h` transposes it at each."""
        h, bias = products.rounded(h), products.bias_hh
        return torch.mm(h, hh) if bias is None else torch.addmm(bias, h, hh)

    for step in range(len(x)) if direction == 0 else reversed(range(len(x))):
        values = call.kind.step(from_x[step], from_h(states["h"]), states, touch, products.hr)
        # The next step reads h in its stored dtype.
        values["h"] = values["h"].to(dtype).to(wide)
        # A packed sequence reads nothing past its end.
        states = {
            letter: values[letter] if reads is None else torch.where(reads[step], values[letter], before)
            for letter, before in states.items()
        }
        yield UnrolledStep(step, values, states)
