"""How are the gates of a finished call found again, and proved?

The module has run, so h of every step is known: its own output for the last layer, and what the layers below gave on
the way, or give when they run again. With h known there is no recurrence left but that of c: matrix products give the
pre-activations of many steps at once, and c is scanned. It works on any device and in any dtype.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core.recording import gates
from lstm_core.recording.call import Call, HiddenCall, Weights
from lstm_core.recording.hold import Hold, holds_of
from lstm_core.recording.order import before, last_states, past_end
from lstm_core.traces.trace import Quantity

# Steps times batch that are worked on at once: their gates are still in the cache when c is made of them.
ROWS_AT_ONCE = 1024


GATES: tuple[Quantity, ...] = ("i", "f", "g", "o")


class Replayed(NamedTuple):
    """i f g o c h of a call (layer, direction, time, batch, unit), and how far from the module they are."""

    i: Tensor
    f: Tensor
    g: Tensor
    o: Tensor
    c: Tensor
    h: Tensor
    max_error: float


def replay(call: Call, holds: Sequence[Hold] = ()) -> Replayed:
    """Every gate and state of a call, and their proof against what the module returned; some held in that run."""
    layers, directions = len(call.weights), len(call.weights[0])
    time, batch = call.x.shape[:2]
    units, dtype, device = call.c0.shape[-1], call.output.dtype, call.x.device
    # i, f, g, o lie side by side, as one matrix product gives them.
    activated = empty((layers, directions, time, batch, 4 * units), dtype, device)
    c = empty((layers, directions, time, batch, units), dtype, device)
    h = empty((layers, directions, time, batch, call.h0.shape[-1]), dtype, device)
    # What is allocated outside of it stays a plain tensor; the many calls on its views cost less in it.
    with torch.inference_mode():
        max_error = _fill(call, holds, activated, c, h)
    i, f, g, o = activated.chunk(4, dim=-1)
    return Replayed(i, f, g, o, c, h, max_error)


def _fill(call: Call, holds: Sequence[Hold], activated: Tensor, c: Tensor, h: Tensor) -> float:
    """Fill in the gates (layer, direction, time, batch, 4 * unit), c and h of a call; returns its proof."""
    directions, device = len(call.weights[0]), call.x.device.type
    places = zip(*(t.flatten(0, 1).unbind(0) for t in (activated, c, h, call.h0, call.c0, call.c_n)), strict=True)
    starts = zip(*(sorted_states(t, call.packed) for t in (call.h0, call.c0)), strict=True)
    outputs, x = layer_outputs(call, torch.lstm, starts), call.x
    gaps: list[Tensor] = []
    for layer, (weights, output) in enumerate(zip(call.weights, outputs, strict=True)):
        by_direction = (output,) if directions == 1 else output.chunk(directions, dim=-1)
        for direction, (w, shown) in enumerate(zip(weights, by_direction, strict=True)):
            gates_here, c_here, h_here, h0, c0, c_n = next(places)
            with without_autocast(device):
                run = _Run(call, w, direction, holds_of(holds, layer, direction), h0, c0)
                gaps += run.fill(gates_here, c_here, h_here, x, shown, c_n)
        x = output
    gaps += gap(last_states(h, call.lengths), call.h_n)
    if call.lengths is not None:
        for values in (activated, c, h):
            values.masked_fill_(past_end(values, call.lengths), torch.nan)
    return largest(gaps)


def without_autocast(device: str) -> AbstractContextManager[Any]:
    """Inside a module, autocast would round our matrix products a second time."""
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()


def layer_outputs(call: HiddenCall, kernel: Any, states: Iterable[Any]) -> Iterator[Tensor]:
    """h of every layer, (time, batch, direction * unit): the lower layers run again if unknown, the last as it was.

    `kernel`: PyTorch's function, as `torch.lstm`; `states`: what each layer starts from, as that takes it.
    """
    if call.lower is not None:
        yield from (*call.lower, call.output)
        return
    packed, data = call.packed, call.x if call.packed is None else call.packed.data
    for weights, state in zip(call.weights[:-1], states, strict=False):
        flat = [tensor for w in weights for tensor in w.flat()]
        has_biases, both = weights[0].bias_ih is not None, len(weights) == 2
        if packed is None:
            data, *_ = kernel(data, state, flat, has_biases, 1, 0.0, False, both, False)
            yield data
        else:
            data, *_ = kernel(data, packed.batch_sizes, state, flat, has_biases, 1, 0.0, False, both)
            yield pad_packed_sequence(packed._replace(data=data))[0]
    yield call.output


def sorted_states(states: Tensor, packed: PackedSequence | None) -> Tensor:
    """States (layer, direction, batch, unit) in the order that packing sorted the sequences into."""
    order = None if packed is None else packed.sorted_indices
    return (states if order is None else states.index_select(2, order)).contiguous()


class _Run:
    """One layer and direction of a call: its weights and states as they are multiplied and added, and what is held."""

    def __init__(self, call: Call, w: Weights, direction: int, holds: Sequence[Hold], h0: Tensor, c0: Tensor) -> None:
        self.call, self.direction, self.holds, self.lengths = call, direction, holds, call.lengths
        self.in_place = call.wide == call.output.dtype
        self.ih, self.hh = call.rounded(w.ih), call.rounded(w.hh)
        bias_ih, bias_hh, self.hr = (None if t is None else call.rounded(t) for t in w[2:])
        self.bias = None if bias_ih is None or bias_hh is None else bias_ih + bias_hh
        self.h0, self.c0 = h0, c0.to(call.wide)

    def fill(self, activated: Tensor, c: Tensor, h: Tensor, x: Tensor, shown: Tensor, c_n: Tensor) -> list[Tensor]:
        """Fill in the gates (time, batch, 4 * unit), c and h (time, batch, unit) from what the layer read and showed;
        returns how far the h that they give is from the one it showed, and the last c from c_n."""
        time, batch = x.shape[:2]
        size = max(1, ROWS_AT_ONCE // max(1, batch))
        pieces = [slice(first, min(first + size, time)) for first in range(0, time, size)]
        carried = self.c0
        gaps: list[Tensor] = []
        for piece in pieces if self.direction == 0 else reversed(pieces):
            ours, theirs = (activated[piece], c[piece]), shown[piece]
            h[piece].copy_(theirs)
            h_before = before(shown, self.h0, self.direction, self.lengths, piece)
            pre = gates.preactivations(
                self.call.rounded(x[piece]),
                self.call.rounded(h_before),
                self.ih,
                self.hh,
                self.bias,
                self.to_fill(ours[0]),
            )
            i, f, g, o = gates.activate_(pre)
            for gate, values in zip(GATES, (i, f, g, o), strict=True):
                self.hold(gate, values, piece)
            ended = None if self.lengths is None else past_end(activated, self.lengths, piece)
            cells = self.cells(i, f, g, carried, piece, ended, self.to_fill(ours[1]))
            carried = cells[-1 if self.direction == 0 else 0]
            rebuilt = gates.show(o, cells, self.hr).to(h.dtype)
            self.hold("h", rebuilt, piece)
            gaps += gap(rebuilt, theirs, ended)
            if not self.in_place:
                ours[0].copy_(pre)
                ours[1].copy_(cells)
        gaps += gap(carried.to(c_n.dtype), c_n)
        return gaps

    def cells(
        self, i: Tensor, f: Tensor, g: Tensor, start: Tensor, piece: slice, ended: Tensor | None, out: Tensor | None
    ) -> Tensor:
        """c of some steps (time, batch, unit), from `start`."""
        kept, written = f, torch.mul(i, g, out=out)
        if any(hold.gate == "c" for hold in self.holds):
            # What is held is all that is there: nothing is kept of what was.
            kept = f.clone()
            self.hold("c", kept, piece, value=0.0)
            self.hold("c", written, piece)
        if ended is not None:
            # Past its end a sequence keeps what it had, so direction 1 starts there from c0.
            kept, written = kept.masked_fill(ended, 1.0), written.masked_fill_(ended, 0.0)
        return gates.accumulate_(written, kept, start, self.direction)

    def hold(self, quantity: Quantity, values: Tensor, piece: slice, value: float | None = None) -> None:
        """Hold in place what is held of a quantity in some steps (time, batch, unit), at another `value` if given."""
        for hold in self.holds:
            if hold.gate == quantity:
                hold.put(values, piece.start, value)

    def to_fill(self, tensor: Tensor) -> Tensor | None:
        """Where a result can be computed: in its own place, unless that holds fewer bits."""
        return tensor if self.in_place else None


def gap(ours: Tensor, theirs: Tensor, ended: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The least and the greatest difference of two tensors, but where a sequence has ended."""
    difference = ours - theirs
    if not difference.numel():
        return difference.new_zeros(()), difference.new_zeros(())
    if ended is not None:
        difference.masked_fill_(ended, 0.0)
    # One pass; a norm makes several, and is slow at the infinite one.
    return torch.aminmax(difference)


def largest(gaps: list[Tensor]) -> float:
    """The largest absolute difference of those that `gap` gave."""
    return torch.stack(gaps).abs().max().item()


def empty(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """Memory to fill. NumPy asks the system for huge pages, which are first written several times faster."""
    if device.type != "cpu" or dtype not in (torch.float32, torch.float64):
        return torch.empty(shape, dtype=dtype, device=device)
    return torch.from_numpy(np.empty(shape, np.float32 if dtype == torch.float32 else np.float64))
