"""How does a GRU or an RNN run step by step, so that every gate lies on the path of the gradients?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.recording.call import HiddenCall, Weights
from lstm_core.recording.hidden import Products
from lstm_core.recording.kinds import Kind
from lstm_core.recording.unroll import by_layer_and_direction


class UnrolledHidden(NamedTuple):
    """The quantities of a call (layer, direction, time, batch, unit), and its output and last state."""

    values: dict[str, Tensor]
    output: Tensor
    h_n: Tensor


def unroll_hidden(call: HiddenCall, kind: Kind, probes: Mapping[str, Tensor]) -> UnrolledHidden:
    """Run a call again, one step after the other.

    `probes`: zeros by quantity (layer, direction, time, batch, unit), added to each value where it is computed, so that
    the gradient of anything with respect to a probe is the one with respect to that value.
    """
    read, runs, last = call.x, [], []
    # Inside a module, autocast would round our matrix products a second time.
    with torch.autocast(call.x.device.type, enabled=False):
        for layer, weights in enumerate(call.weights):
            outputs = []
            for direction, w in enumerate(weights):
                added = {quantity: probe[layer, direction] for quantity, probe in probes.items()}
                values, h = _run(call, kind, w, read, call.h0[layer, direction], direction, added)
                runs.append(values)
                last.append(h)
                outputs.append(values["h"])
            read = torch.cat(outputs, dim=-1)
    sizes = len(call.weights), len(call.weights[0])
    stacked = {q: by_layer_and_direction(sizes, [run[q] for run in runs]) for q in kind.trace.quantities}
    return UnrolledHidden(stacked, read, by_layer_and_direction(sizes, last))


def _run(
    call: HiddenCall, kind: Kind, w: Weights, x: Tensor, h0: Tensor, direction: int, added: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], Tensor]:
    """One layer and direction: its values by quantity (time, batch, unit), and its last h."""
    dtype, run = call.output.dtype, Products(call, w)
    from_x, h = run.from_x(x), h0.to(call.wide)
    found: dict[int, dict[str, Tensor]] = {}
    for step in range(len(x)) if direction == 0 else reversed(range(len(x))):

        def touched(quantity: str, value: Tensor, step: int = step) -> Tensor:
            return value + added[quantity][step].to(value.dtype) if quantity in added else value

        found[step] = kind.step(from_x[step], run.from_h(h), h, touched)
        # What goes on is what is stored; past a packed sequence's end nothing is read.
        after = found[step]["h"].to(dtype).to(call.wide)
        h = after if call.lengths is None else torch.where((step < call.lengths.to(x.device)).unsqueeze(-1), after, h)
    values = {q: torch.stack([found[step][q] for step in range(len(x))]).to(dtype) for q in kind.trace.quantities}
    return values, h.to(dtype)
