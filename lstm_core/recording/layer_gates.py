"""How are the gates of one layer and direction computed again when h of every step is known?

With h known no step waits for the one before: matrix products and the equations give the gates of many steps at
once. A GRU and a plain RNN have no other state. An LSTM also has its memory c, which is scanned along the steps.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from lstm_core.quantities import LSTM, blocks
from lstm_core.recording import equations
from lstm_core.recording.allocate import empty
from lstm_core.recording.call import Call, Weights
from lstm_core.recording.distance import Distance, scale_of
from lstm_core.recording.held_call import HeldCall, holds_of
from lstm_core.traces.cut import before, past_end

# Steps × batch computed at once: so few that their gates are still in the cache when c is computed.
ROWS_AT_ONCE = 1024

GATES = blocks(LSTM)


class KnownState:
    """The quantities of a GRU or a plain RNN, with its holds: every step follows from x and the h before."""

    def __init__(self, call: Call, holds: Sequence[HeldCall] = ()) -> None:
        self.call, self.holds, self.distance = call, holds, Distance()
        layers, directions, batch, units = call.end["h"].shape
        shape = layers, directions, len(call.x), batch, units
        self.values = {q: empty(shape, call.output.dtype, call.x.device) for q in call.kind.trace.quantities}
        """By letter, (layer, direction, time, batch, unit)."""

    def fill(self, layer: int, direction: int, x: Tensor, shown: Tensor) -> None:
        """Fill in one layer and direction from its input x and output h `shown`, (time, batch, …), and add to
        `distance` how far the h from its gates is from `shown`."""
        call, run = self.call, Products(self.call, self.call.weights[layer][direction])
        here = {quantity: tensor[layer, direction] for quantity, tensor in self.values.items()}
        h_before = before(shown, call.start["h"][layer, direction], direction, call.lengths)
        scale = scale_of_h(call, self.holds, shown)
        for piece in pieces(len(x), x.shape[1]):
            was = {"h": h_before[piece].to(call.wide)}
            touch = partial(with_holds, holds_of(self.holds, layer, direction), piece)
            found = call.kind.step(run.from_x(x[piece]), run.from_h(h_before[piece]), was, touch, None)
            for quantity, value in found.items():
                here[quantity][piece].copy_(value)
            ended = None if call.lengths is None else past_end(shown, call.lengths, piece)
            self.distance.add(here["h"][piece], shown[piece], ended, scale)
            # Store the module's own h, to the bit.
            here["h"][piece].copy_(shown[piece])


class ScannedMemory:
    """The quantities of an LSTM, with its holds: the gates of many steps at once, and c from them step by step."""

    def __init__(self, call: Call, holds: Sequence[HeldCall] = ()) -> None:
        self.call, self.holds, self.distance = call, holds, Distance()
        dtype, device = call.output.dtype, call.x.device
        layers, directions, batch, units = call.start["c"].shape
        shape = layers, directions, len(call.x), batch
        sizes = dict.fromkeys(call.kind.trace.quantities, units) | {"h": call.start["h"].shape[-1]}
        # Each has memory of its own, so that one can be kept without the others.
        self.values = {quantity: empty((*shape, size), dtype, device) for quantity, size in sizes.items()}
        """By letter, (layer, direction, time, batch, unit)."""

    def fill(self, layer: int, direction: int, x: Tensor, shown: Tensor) -> None:
        """Fill in one layer and direction from its input x and output h `shown`, (time, batch, …), and add to
        `distance` how far the h from its gates is from `shown`, and the last c from the module's."""
        at = layer, direction
        run = _OneWay(self.call, *at, holds_of(self.holds, *at))
        here = {quantity: tensor[at] for quantity, tensor in self.values.items()}
        last = run.fill(here, x, shown, self.distance)
        self.distance.add(last, self.call.end["c"][at])


def scale_of_h(call: Call, holds: Sequence[HeldCall], shown: Tensor) -> Tensor | None:
    """By what differences of h (time, batch, unit) are divided; None if |h| is at most 1."""
    return None if call.h_is_small and not holds else scale_of(shown)


def pieces(time: int, batch: int) -> list[slice]:
    """The steps in pieces, each computed at once."""
    size = max(1, ROWS_AT_ONCE // max(1, batch))
    return [slice(first, min(first + size, time)) for first in range(0, time, size)]


def with_holds(holds: Sequence[HeldCall], piece: slice, quantity: str, values: Tensor) -> Tensor:
    """The values (time, batch, unit) of a quantity in some steps, with those that are held."""
    for hold in holds:
        values = hold.put(values, piece) if hold.gate == quantity else values
    return values


class Products:
    """The matrix products of one layer and direction, rounded and added as in the module."""

    def __init__(self, call: Call, w: Weights) -> None:
        self.rounded = call.rounded
        self.ih, self.hh = call.rounded(w.ih), call.rounded(w.hh)
        self.bias_ih, self.bias_hh, self.hr = (None if t is None else call.rounded(t) for t in w[2:])

    def from_x(self, x: Tensor) -> Tensor:
        """W x + b, (…, blocks * unit)."""
        return functional.linear(self.rounded(x), self.ih, self.bias_ih)

    def from_h(self, h_before: Tensor) -> Tensor:
        """U h_before + b, (…, blocks * unit)."""
        return functional.linear(self.rounded(h_before), self.hh, self.bias_hh)


class _OneWay:
    """One layer and direction of an LSTM: its weights and states, in the dtypes of its products, and its holds."""

    def __init__(self, call: Call, layer: int, direction: int, holds: Sequence[HeldCall]) -> None:
        w, (h0, c0) = call.weights[layer][direction], (call.start[state][layer, direction] for state in "hc")
        self.call, self.direction, self.holds, self.lengths = call, direction, holds, call.lengths
        self.in_place = call.wide == call.output.dtype
        self.ih, self.hh = call.rounded(w.ih), call.rounded(w.hh)
        bias_ih, bias_hh, self.hr = (None if t is None else call.rounded(t) for t in w[2:])
        self.bias = None if bias_ih is None or bias_hh is None else bias_ih + bias_hh
        self.h0, self.c0 = h0, c0.to(call.wide)

    def fill(self, here: Mapping[str, Tensor], x: Tensor, shown: Tensor, distance: Distance) -> Tensor:
        """Fill in the gates, c and h (time, batch, unit) from the layer's input and output h, and add to `distance` how
        far the h of these gates is from the output h. Returns the last c."""
        in_pieces = pieces(*x.shape[:2])
        carried, h = self.c0, here["h"]
        # One room for the sums of every piece: it stays in the cache.
        room = x.new_empty((in_pieces[0].stop if in_pieces else 0, x.shape[1], len(self.hh)), dtype=self.call.wide)
        scale = scale_of_h(self.call, self.holds, shown)
        for piece in in_pieces if self.direction == 0 else reversed(in_pieces):
            theirs, gates = shown[piece], [here[gate][piece] for gate in GATES]
            h[piece].copy_(theirs)
            h_before = before(shown, self.h0, self.direction, self.lengths, piece)
            pre = equations.preactivations(
                self.call.rounded(x[piece]),
                self.call.rounded(h_before),
                self.ih,
                self.hh,
                self.bias,
                room[: len(theirs)],
            )
            i, f, g, o = equations.activate_(pre, gates if self.in_place else None)
            for gate, values in zip(GATES, (i, f, g, o), strict=True):
                self.hold(gate, values, piece)
            ended = None if self.lengths is None else past_end(h, self.lengths, piece)
            cells = self.cells(i, f, g, carried, piece, ended, here["c"][piece] if self.in_place else None)
            carried = cells[-1 if self.direction == 0 else 0]
            made = equations.show(o, cells, partial(with_holds, self.holds, piece), self.hr)
            distance.add(made.pop("h").to(h.dtype), theirs, ended, scale)
            if not self.in_place:
                made |= dict(zip((*GATES, "c"), (i, f, g, o, cells), strict=True))
            for quantity, values in made.items():
                here[quantity][piece].copy_(values)
        return carried.to(shown.dtype)

    def cells(
        self, i: Tensor, f: Tensor, g: Tensor, start: Tensor, piece: slice, ended: Tensor | None, out: Tensor | None
    ) -> Tensor:
        """c of some steps (time, batch, unit), from `start`."""
        kept, written = f, torch.mul(i, g, out=out)
        if any(hold.gate == "c" for hold in self.holds):
            # The held value is all of c: nothing of the memory before is kept.
            kept = f.clone()
            self.hold("c", kept, piece, value=0.0)
            self.hold("c", written, piece)
        if ended is not None:
            # Past its end a sequence keeps its state, so direction 1 starts there from c0.
            kept, written = kept.masked_fill(ended, 1.0), written.masked_fill_(ended, 0.0)
        return equations.accumulate_(written, kept, start, self.direction)

    def hold(self, quantity: str, values: Tensor, piece: slice, value: float | None = None) -> None:
        """Overwrite the held units of a quantity in some steps (time, batch, unit), with another `value` if given."""
        for hold in self.holds:
            if hold.gate == quantity:
                values.copy_(hold.put(values, piece, value))
