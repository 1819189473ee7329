"""How does an LSTM run step by step, where a hand can reach into it?

Slower than the module's own kernel, but every gate of every step is a tensor of its own: it can be held at a
value, and it lies on the path of the gradients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import linear

from lstm_core.recording import gates
from lstm_core.recording.call import Call
from lstm_core.recording.hold import Hold, holds_of
from lstm_core.recording.order import before, last_states, past_end
from lstm_core.recording.replay import gap, largest
from lstm_core.traces.trace import QUANTITIES, Quantity


class Unrolled(NamedTuple):
    """i f g o c h of a call (layer, direction, time, batch, unit), and its output and last states."""

    values: dict[Quantity, Tensor]
    output: Tensor
    h_n: Tensor
    c_n: Tensor


class Step(NamedTuple):
    """One step of one layer and direction, in the dims (batch, unit)."""

    number: int
    values: tuple[Tensor, ...]
    """i f g o c h."""
    h: Tensor
    """What goes on to the next step: a sequence that has ended keeps what it had."""
    c: Tensor


def unroll(call: Call, holds: Sequence[Hold] = (), probes: Mapping[Quantity, Tensor] | None = None) -> Unrolled:
    """Run a call again, one step after the other, with some gates held.

    `probes`: zeros by quantity (layer, direction, time, batch, unit), added to each value where it is computed, so that
    the gradient of anything with respect to a probe is the one with respect to that value.
    """
    # Inside a module, autocast would round our matrix products a second time.
    with torch.autocast(call.x.device.type, enabled=False):
        return _unroll(call, holds, probes or {})


def _unroll(call: Call, holds: Sequence[Hold], probes: Mapping[Quantity, Tensor]) -> Unrolled:
    dtype, read = call.output.dtype, call.x
    runs: list[dict[Quantity, Tensor]] = []
    last = []
    for layer, weights in enumerate(call.weights):
        for direction in range(len(weights)):
            steps = list(steps_of(call, read, layer, direction, holds_of(holds, layer, direction), probes))
            last.append((steps[-1].h.to(dtype), steps[-1].c.to(dtype)))
            in_order = sorted(steps, key=lambda step: step.number)
            values = (torch.stack(column).to(dtype) for column in zip(*(step.values for step in in_order), strict=True))
            runs.append(dict(zip(QUANTITIES, values, strict=True)))
        read = torch.cat([run["h"] for run in runs[-len(weights) :]], dim=-1)
    sizes = (len(call.weights), len(call.weights[0]))
    stacked: dict[Quantity, Tensor] = {q: by_layer_and_direction(sizes, [run[q] for run in runs]) for q in QUANTITIES}
    h_n, c_n = (by_layer_and_direction(sizes, list(states)) for states in zip(*last, strict=True))
    return Unrolled(stacked, read, h_n, c_n)


def by_layer_and_direction(sizes: tuple[int, int], tensors: list[Tensor]) -> Tensor:
    """One tensor a layer and direction as one of (layer, direction, ...)."""
    return torch.stack(tensors).reshape(*sizes, *tensors[0].shape)


def steps_of(
    call: Call,
    x: Tensor,
    layer: int,
    direction: int,
    holds: Sequence[Hold] = (),
    probes: Mapping[Quantity, Tensor] | None = None,
) -> Iterator[Step]:
    """The steps of one layer and direction that reads x (time, batch, feature), in the order in which it reads."""
    dtype, wide, w = call.output.dtype, call.wide, call.weights[layer][direction]
    ih, hh = call.rounded(w.ih), call.rounded(w.hh)
    bias_ih, bias_hh, hr = (None if t is None else call.rounded(t) for t in w[2:])
    bias = None if bias_ih is None or bias_hh is None else bias_ih + bias_hh
    h, c = call.h0[layer, direction].to(wide), call.c0[layer, direction].to(wide)
    added = {q: probe[layer, direction].to(wide) for q, probe in (probes or {}).items()}
    held = [(hold, *hold.spread(h if hold.gate == "h" else c)) for hold in holds]
    touched = added.keys() | {hold.gate for hold in holds}

    def touch(quantity: Quantity, value: Tensor) -> Tensor:
        probe = added[quantity][step] if quantity in added else None
        value = value if probe is None else value + probe
        for hold, units, at in held:
            if hold.gate == quantity and hold.at(step):
                value = torch.where(units, at if probe is None else at + probe, value)
        return value

    reads = None if call.lengths is None else ~past_end(x, call.lengths)
    from_x, hh = linear(call.rounded(x), ih, bias).unbind(0), hh.T.contiguous()
    for step in range(len(x)) if direction == 0 else reversed(range(len(x))):
        i, f, g, o = gates.activate(torch.addmm(from_x[step], call.rounded(h), hh))
        if touched:
            i, f, g, o = touch("i", i), touch("f", f), touch("g", g), touch("o", o)
        c_now = torch.addcmul(i * g, f, c)
        c_now = touch("c", c_now) if "c" in touched else c_now
        h_now = gates.show(o, c_now, hr)
        h_now = (touch("h", h_now) if "h" in touched else h_now).to(dtype).to(wide)
        # Past a packed sequence's end nothing is read.
        c = c_now if reads is None else torch.where(reads[step], c_now, c)
        h = h_now if reads is None else torch.where(reads[step], h_now, h)
        yield Step(step, (i, f, g, o, c_now, h_now), h, c)


def distance(run: Unrolled, call: Call, holds: Sequence[Hold]) -> float:
    """The proof: how far o ⊙ tanh(f ⊙ c_before + i ⊙ g), with what is held, is from what the module returned."""
    gaps = [*gap(last_states(run.values["c"], call.lengths), call.c_n)]
    gaps += gap(last_states(run.values["h"], call.lengths), call.h_n)
    # Below the last layer the module shows only its final state: there the h of the steps is our own.
    shown = [*run.values["h"][:-1], call.output.chunk(len(call.weights[0]), dim=-1)]
    for layer, weights in enumerate(call.weights):
        for direction, w in enumerate(weights):
            at, here = (layer, direction), holds_of(holds, layer, direction)
            i, f, g, o, c = (run.values[q][at] for q in QUANTITIES[:5])
            c_before = before(c, call.c0[at].to(c.dtype), direction, call.lengths)
            rebuilt = gates.show(o, _held(f * c_before + i * g, "c", here), w.hr)
            ended = None if call.lengths is None else past_end(rebuilt, call.lengths)
            gaps += gap(_held(rebuilt, "h", here), shown[layer][direction], ended)
    return largest(gaps)


def _held(values: Tensor, quantity: Quantity, holds: Sequence[Hold]) -> Tensor:
    """A quantity (time, batch, unit) with what is held in it."""
    for hold in holds:
        if hold.gate == quantity:
            hold.put(values, 0)
    return values


def past_ends(values: Mapping[Quantity, Tensor], call: Call) -> dict[Quantity, Tensor]:
    """Values with NaN where a packed sequence has ended."""
    if call.lengths is None:
        return dict(values)
    return {q: tensor.masked_fill(past_end(tensor, call.lengths), torch.nan) for q, tensor in values.items()}
