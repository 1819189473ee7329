"""How are the gates of a finished call found again, and proved?

The module has run, so h of every step is known: its own output for the last layer, and for the layers below a run of
that layer alone by the same kernel. With h known there is no recurrence left but that of c: matrix products give the
pre-activations of many steps at once, and c is scanned. It works on any device and in any dtype.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core import gates
from lstm_core.call import Call, Weights
from lstm_core.order import before, last_read, past_end

HALVES = (torch.bfloat16, torch.float16)

# Steps times batch that are worked on at once: their gates are still in the cache when c is made of them.
ROWS_AT_ONCE = 1024


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
    layers, directions = len(call.weights), len(call.weights[0])
    time, batch = call.x.shape[:2]
    units, dtype = call.c0.shape[-1], call.output.dtype
    # i, f, g, o lie side by side, as one matrix product gives them.
    activated = _empty((layers, directions, time, batch, 4 * units), dtype, call.x.device)
    c = _empty((layers, directions, time, batch, units), dtype, call.x.device)
    h = _empty((layers, directions, time, batch, call.h0.shape[-1]), dtype, call.x.device)
    x, gaps = call.x, []
    for layer, (weights, output) in enumerate(zip(call.weights, layer_outputs(call), strict=True)):
        for direction, (w, states) in enumerate(zip(weights, output.chunk(directions, dim=-1), strict=True)):
            at = layer, direction
            h[at] = states
            # Inside a module, autocast would round our matrix products a second time.
            with torch.autocast(call.x.device.type, enabled=False):
                run = _Run(call, w, direction, call.h0[at], call.c0[at])
                rebuilt = run.into(activated[at], c[at], x, h[at])
            # Below the last layer the module shows only its final state.
            gaps += errors(call, at, c[at], rebuilt, h[at] if layer == layers - 1 else None)
        x = output
    if call.lengths is not None:
        for values in (activated, c, h):
            values.masked_fill_(past_end(values, call.lengths), torch.nan)
    i, f, g, o = activated.chunk(4, dim=-1)
    return Replayed(i, f, g, o, c, h, torch.stack(gaps).max().item())


def layer_outputs(call: Call) -> Iterator[Tensor]:
    """h of every layer, (time, batch, direction * unit): the lower layers run again if unknown, the last as it was."""
    if call.lower is not None:
        yield from (*call.lower, call.output)
        return
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


class _Run:
    """One layer and direction of a call: its weights and states as they are multiplied and added."""

    def __init__(self, call: Call, w: Weights, direction: int, h0: Tensor, c0: Tensor) -> None:
        dtype = call.output.dtype
        self.precision, self.direction, self.lengths = call.precision, direction, call.lengths
        # Halves are what the module stores and multiplies; it adds in float32, and so do we.
        self.wide = torch.float32 if dtype in HALVES else dtype
        self.ih, self.hh = self.rounded(w.ih), self.rounded(w.hh)
        self.hr = None if w.hr is None else self.rounded(w.hr)
        self.bias = (
            None if w.bias_ih is None or w.bias_hh is None else self.rounded(w.bias_ih) + self.rounded(w.bias_hh)
        )
        self.h0, self.c0 = h0, c0.to(self.wide)

    def rounded(self, tensor: Tensor) -> Tensor:
        return tensor.to(self.precision).to(self.wide)

    def into(self, activated: Tensor, c: Tensor, x: Tensor, h: Tensor) -> Tensor:
        """Fill in the gates (time, batch, 4 * unit) and c (time, batch, unit); returns h rebuilt from them."""
        time, batch = x.shape[:2]
        h_before, carried = before(h, self.h0, self.direction, self.lengths), self.c0
        size = max(1, ROWS_AT_ONCE // batch)
        rebuilt = []
        pieces = [slice(first, min(first + size, time)) for first in range(0, time, size)]
        for piece in pieces if self.direction == 0 else reversed(pieces):
            reading, recalling = self.rounded(x[piece]), self.rounded(h_before[piece])
            ours = activated[piece] if self.wide == activated.dtype else None
            pre = gates.preactivations(reading, recalling, self.ih, self.hh, self.bias, out=ours)
            i, f, g, o = gates.activate_(pre)
            kept, written = f, i * g
            if self.lengths is not None:
                # Past its end a sequence keeps what it had, so direction 1 starts there from c0.
                ended = past_end(activated, self.lengths)[piece]
                kept, written = f.masked_fill(ended, 1.0), written.masked_fill(ended, 0.0)
            cells = gates.remember(kept, written, carried, self.direction)
            c_before = before(cells, carried, self.direction)
            carried = cells[-1] if self.direction == 0 else cells[0]
            rebuilt.append(gates.show(o, torch.addcmul(written, kept, c_before), self.hr))
            if ours is None:
                activated[piece] = pre
            c[piece] = cells
        return torch.cat(rebuilt if self.direction == 0 else rebuilt[::-1]).to(h.dtype)


def errors(call: Call, at: tuple[int, int], c: Tensor, rebuilt: Tensor, shown: Tensor | None) -> list[Tensor]:
    """Largest differences: rebuilt h against the module's at its last step and every one shown, c against c_n."""
    _, direction = at
    pairs = [
        (last_read(rebuilt, direction, call.lengths), call.h_n[at]),
        (last_read(c, direction, call.lengths), call.c_n[at]),
    ]
    if shown is not None and call.lengths is not None:
        ended = past_end(shown, call.lengths)
        rebuilt, shown = rebuilt.masked_fill(ended, 0.0), shown.masked_fill(ended, 0.0)
    if shown is not None:
        pairs.append((rebuilt, shown))
    return [torch.linalg.vector_norm((ours - theirs).flatten().float(), torch.inf) for ours, theirs in pairs]


def _empty(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Memory to fill. NumPy asks the system for huge pages, which are first written several times faster."""
    if device.type != "cpu" or dtype not in (torch.float32, torch.float64):
        return torch.empty(shape, dtype=dtype, device=device)
    return torch.from_numpy(np.empty(shape, np.float32 if dtype == torch.float32 else np.float64))
