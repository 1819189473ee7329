"""How are the gates of a finished call found again, and proved?

The module has run, so h of every step is known: its own output for the last layer, and for the layers
below a run of that layer alone by the same kernel. With h known there is no recurrence left but that
of c: one matrix product gives the pre-activations of all steps at once, on any device and in any dtype.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core import gates
from lstm_core.call import Call, Weights
from lstm_core.order import last_read, past_end_as_nan, reading_order, take

HALVES = (torch.bfloat16, torch.float16)


class Replayed(NamedTuple):
    """i f g o c h of a call (layer, direction, time, batch, unit), and how far from the module they are."""

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    c: Tensor
    h: Tensor
    max_error: float


def replay(call: Call) -> Replayed:
    """Every gate and state of a call, and their proof against what the module returned."""
    directions = len(call.weights[0])
    x, gaps, found = call.x, [], []
    for layer, (weights, output) in enumerate(zip(call.weights, layer_outputs(call), strict=True)):
        states = output.chunk(directions, dim=-1)
        for direction, (w, h) in enumerate(zip(weights, states, strict=True)):
            start = call.h0[layer, direction], call.c0[layer, direction]
            order = reading_order(call, direction)
            # Inside a module, autocast would round our matrix products a second time.
            with torch.autocast(h.device.type, enabled=False):
                *run, rebuilt = _run(take(x, order), take(h, order), *start, w, call.precision)
            i, f, g, o, c, h, rebuilt = (take(t, order) for t in (*run, take(h, order), rebuilt))
            found.append(tuple(past_end_as_nan(t, call.lengths) for t in (i, f, g, o, c, h)))
            # Below the last layer the module shows only its final state.
            shown = h if layer == len(call.weights) - 1 else None
            gaps += errors(call, layer, direction, c, rebuilt, shown)
        x = output
    sizes = (len(call.weights), directions)
    i, f, g, o, c, h = (torch.stack(q).view(*sizes, *q[0].shape) for q in zip(*found, strict=True))
    return Replayed(i, f, g, o, c, h, torch.stack(gaps).max().item())


def layer_outputs(call: Call) -> Iterator[Tensor]:
    """h of every layer, (time, batch, direction * unit): the lower layers run again, the last as it was."""
    packed, data = call.packed, call.x if call.packed is None else call.packed.data
    for weights, h0, c0 in zip(call.weights[:-1], call.h0, call.c0, strict=False):
        flat = [tensor for w in weights for tensor in w.flat()]
        has_biases, both = weights[0].bias_ih is not None, len(weights) == 2
        if packed is None:
            data, _, _ = torch.lstm(data, (h0, c0), flat, has_biases, 1, 0.0, False, both, False)
            yield data
        else:
            state = tuple(_sorted(t, packed) for t in (h0, c0))
            data, _, _ = torch.lstm(data, packed.batch_sizes, state, flat, has_biases, 1, 0.0, False, both)
            yield pad_packed_sequence(packed._replace(data=data))[0]
    yield call.output


def _sorted(state: Tensor, packed: PackedSequence) -> Tensor:
    """A state (direction, batch, unit) in the order that packing sorted the sequences into."""
    order = packed.sorted_indices
    return (state if order is None else state.index_select(1, order)).contiguous()


def _run(
    x: Tensor, h: Tensor, h0: Tensor, c0: Tensor, w: Weights, precision: torch.dtype
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """i f g o c (time, batch, unit) of one layer and direction, and h rebuilt from them, in h's dtype."""
    # Halves are what the module stores and multiplies; it adds in float32, and so do we.
    wide = torch.float32 if h.dtype in HALVES else h.dtype

    def rounded(tensor: Tensor) -> Tensor:
        return tensor.to(precision).to(wide)

    bias = None if w.bias_ih is None or w.bias_hh is None else rounded(w.bias_ih) + rounded(w.bias_hh)
    h_before, c0 = gates.shift(rounded(h), rounded(h0)), c0.to(wide)
    i, f, g, o = gates.activate(gates.preactivations(rounded(x), h_before, rounded(w.ih), rounded(w.hh), bias))
    c = gates.remember(i, f, g, c0)
    rebuilt = gates.rebuild(i, f, g, o, gates.shift(c, c0), None if w.hr is None else rounded(w.hr))
    i, f, g, o, c, rebuilt = (t.to(h.dtype) for t in (i, f, g, o, c, rebuilt))
    return i, f, g, o, c, rebuilt


def errors(call: Call, layer: int, direction: int, c: Tensor, rebuilt: Tensor, shown: Tensor | None) -> list[Tensor]:
    """Largest differences: rebuilt h against the module's at its last step and every one shown, c against c_n."""
    last = last_read(call, direction)
    pairs = [(rebuilt[last], call.h_n[layer, direction]), (c[last], call.c_n[layer, direction])]
    if shown is not None:
        pairs.append((past_end_as_nan(rebuilt, call.lengths), past_end_as_nan(shown, call.lengths)))
    return [difference(ours, theirs) for ours, theirs in pairs]


def difference(ours: Tensor, theirs: Tensor) -> Tensor:
    """The largest |ours - theirs|, a scalar; NaN on both sides counts as agreement, on one as NaN."""
    gap = (ours - theirs).abs().masked_fill(ours.isnan() & theirs.isnan(), 0.0)
    return gap.max().float() if gap.numel() else torch.zeros((), device=gap.device)
