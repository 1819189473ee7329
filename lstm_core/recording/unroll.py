"""How does an LSTM run step by step, where a hand can reach into it?

Slower than the module's own kernel, but every gate of every step is a tensor of its own: it can be held at a
value, and it lies on the path of the gradients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from lstm_core.recording import gates
from lstm_core.recording.call import Call, Weights
from lstm_core.recording.order import before, last_states, past_end
from lstm_core.recording.replay import gap, largest
from lstm_core.traces.trace import QUANTITIES, Quantity


@dataclass(frozen=True)
class Hold:
    """One gate or state of some units held at a value at some steps (None: all) of one layer and direction."""

    gate: Quantity
    value: float | Tensor
    units: tuple[int, ...]
    layer: int = 0
    direction: int = 0
    steps: frozenset[int] | None = None

    def on(self, values: Tensor) -> Tensor:
        """The values (batch, unit) of one step with these units held."""
        held = values.clone()
        held[:, self.units] = torch.as_tensor(self.value, dtype=values.dtype, device=values.device)
        return held


class Unrolled(NamedTuple):
    """i f g o c h of a call (layer, direction, time, batch, unit), and its output and last states."""

    values: dict[Quantity, Tensor]
    output: Tensor
    h_n: Tensor
    c_n: Tensor


def unroll(call: Call, holds: Sequence[Hold] = (), probes: Mapping[Quantity, Tensor] | None = None) -> Unrolled:
    """Run a call again, one step after the other, with some gates held.

    `probes`: zeros by quantity (layer, direction, time, batch, unit), added to each value where it is computed, so that
    the gradient of anything with respect to a probe is the one with respect to that value.
    """
    # Inside a module, autocast would round our matrix products a second time.
    with torch.autocast(call.x.device.type, enabled=False):
        return _unroll(call, holds, probes or {})


def _unroll(call: Call, holds: Sequence[Hold], probes: Mapping[Quantity, Tensor]) -> Unrolled:
    read, runs, last = call.x, [], []
    for layer, weights in enumerate(call.weights):
        outputs = []
        for direction, w in enumerate(weights):
            here = [hold for hold in holds if (hold.layer, hold.direction) == (layer, direction)]
            added = {q: probe[layer, direction] for q, probe in probes.items()}
            values, h, c = _run(call, read, layer, direction, w, here, added)
            runs.append(values)
            last.append((h, c))
            outputs.append(values["h"])
        read = torch.cat(outputs, dim=-1)
    sizes = (len(call.weights), len(call.weights[0]))
    stacked: dict[Quantity, Tensor] = {q: by_layer_and_direction(sizes, [run[q] for run in runs]) for q in QUANTITIES}
    h_n, c_n = by_layer_and_direction(sizes, [h for h, _ in last]), by_layer_and_direction(sizes, [c for _, c in last])
    return Unrolled(stacked, read, h_n, c_n)


def by_layer_and_direction(sizes: tuple[int, int], tensors: list[Tensor]) -> Tensor:
    """One tensor a layer and direction as one of (layer, direction, ...)."""
    return torch.stack(tensors).reshape(*sizes, *tensors[0].shape)


def _run(
    call: Call,
    x: Tensor,
    layer: int,
    direction: int,
    w: Weights,
    holds: Sequence[Hold],
    added: Mapping[Quantity, Tensor],
) -> tuple[dict[Quantity, Tensor], Tensor, Tensor]:
    """One layer and direction: its values by quantity (time, batch, unit), and its last h and c."""
    dtype = call.output.dtype
    wide = call.wide
    ih, hh = call.rounded(w.ih), call.rounded(w.hh)
    bias_ih, bias_hh, hr = (None if t is None else call.rounded(t) for t in w[2:])
    bias = None if bias_ih is None or bias_hh is None else bias_ih + bias_hh
    x = call.rounded(x)
    h, c = call.h0[layer, direction].to(wide), call.c0[layer, direction].to(wide)
    found: dict[int, dict[Quantity, Tensor]] = {}
    time = len(x)
    for step in range(time) if direction == 0 else reversed(range(time)):

        def touched(quantity: Quantity, value: Tensor, step: int = step) -> Tensor:
            if quantity in added:
                value = value + added[quantity][step].to(wide)
            for hold in holds:
                if hold.gate == quantity and (hold.steps is None or step in hold.steps):
                    value = hold.on(value)
            return value

        pre = x[step] @ ih.T + call.rounded(h) @ hh.T
        i, f, g, o = gates.activate(pre if bias is None else pre + bias)
        i, f, g, o = touched("i", i), touched("f", f), touched("g", g), touched("o", o)
        c_now = touched("c", f * c + i * g)
        h_now = touched("h", gates.show(o, c_now, hr)).to(dtype).to(wide)
        found[step] = {"i": i, "f": f, "g": g, "o": o, "c": c_now, "h": h_now}
        # Past a packed sequence's end nothing is read.
        reads = None if call.lengths is None else (step < call.lengths.to(x.device)).unsqueeze(-1)
        c, h = (c_now, h_now) if reads is None else (torch.where(reads, c_now, c), torch.where(reads, h_now, h))
    values = {q: torch.stack([found[step][q] for step in range(time)]).to(dtype) for q in QUANTITIES}
    return values, h.to(dtype), c.to(dtype)


def distance(run: Unrolled, call: Call, holds: Sequence[Hold]) -> float:
    """The proof: how far o ⊙ tanh(f ⊙ c_before + i ⊙ g), with what is held, is from what the module returned."""
    gaps = [*gap(last_states(run.values["c"], call.lengths), call.c_n)]
    gaps += gap(last_states(run.values["h"], call.lengths), call.h_n)
    # Below the last layer the module shows only its final state: there the h of the steps is our own.
    shown = [*run.values["h"][:-1], call.output.chunk(len(call.weights[0]), dim=-1)]
    for layer, weights in enumerate(call.weights):
        for direction, w in enumerate(weights):
            at = layer, direction
            i, f, g, o, c = (run.values[q][at] for q in QUANTITIES[:5])
            c_before = before(c, call.c0[at].to(c.dtype), direction, call.lengths)
            rebuilt = gates.show(o, _held(f * c_before + i * g, "c", layer, direction, holds), w.hr)
            rebuilt = _held(rebuilt, "h", layer, direction, holds)
            ended = None if call.lengths is None else past_end(rebuilt, call.lengths)
            gaps += gap(rebuilt, shown[layer][direction], ended)
    return largest(gaps)


def _held(values: Tensor, quantity: Quantity, layer: int, direction: int, holds: Sequence[Hold]) -> Tensor:
    """A quantity (time, batch, unit) of one layer and direction with what is held in it."""
    steps = list(values)
    for hold in holds:
        if (hold.gate, hold.layer, hold.direction) == (quantity, layer, direction):
            steps = [hold.on(v) if hold.steps is None or t in hold.steps else v for t, v in enumerate(steps)]
    return torch.stack(steps)


def past_ends(values: Mapping[Quantity, Tensor], call: Call) -> dict[Quantity, Tensor]:
    """Values with NaN where a packed sequence has ended."""
    if call.lengths is None:
        return dict(values)
    return {q: tensor.masked_fill(past_end(tensor, call.lengths), torch.nan) for q, tensor in values.items()}
