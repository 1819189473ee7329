"""How are the gates of a finished call computed again, where h of every step is known?

The module has run, so h of every step is known: the output of the last layer, and the outputs of the layers below,
kept from the call or computed again. No step waits for the one before: matrix products and the equations give the gates
of many steps at once. A GRU and a plain RNN have no other state; an LSTM also has its memory c, which is scanned along
the steps. What these gates give is compared with the module's own h (`proof`), on any device and in any dtype.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lstm_core.quantities import LSTM, blocks
from lstm_core.recording import equations
from lstm_core.recording.call import Call, Weights, after_dropout, without_autocast
from lstm_core.recording.hold import HeldCall, holds_of, with_holds
from lstm_core.recording.proof import proof_of
from lstm_core.traces.cut import before, last_states, past_end
from lstm_core.traces.summary import Proof

# Steps × batch computed at once: so few that their gates are still in the cache when c is computed.
ROWS_AT_ONCE = 1024
GATES = blocks(LSTM)


def empty(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """An empty tensor. NumPy asks the system for huge pages, whose first write is several times faster."""
    if device.type != "cpu" or dtype not in (torch.float32, torch.float64):
        return torch.empty(shape, dtype=dtype, device=device)
    return torch.from_numpy(np.empty(shape, np.float32 if dtype == torch.float32 else np.float64))


class Replayed(NamedTuple):
    """The quantities of a call by letter (layer, direction, time, batch, unit), and their distance from the module."""

    values: dict[str, Tensor]
    max_error: float
    proof: Proof


def replay(call: Call, holds: Sequence[HeldCall] = ()) -> Replayed:
    """Every gate and state of a call, with its holds, and their proof against the module's result."""
    h, units = call.end["h"], call.end[call.kind.states[-1]].shape[-1]
    sizes = dict.fromkeys(call.kind.trace.quantities, units) | {"h": h.shape[-1]}
    shape = (*h.shape[:2], len(call.x), h.shape[2])
    # Each has memory of its own, so that one can be kept without the others.
    values = {q: empty((*shape, size), call.output.dtype, call.x.device) for q, size in sizes.items()}
    off, x = [], call.x
    # Tensors from outside inference mode stay plain tensors; the many calls on their views are cheaper inside it.
    with torch.inference_mode():
        for layer, output in enumerate(layer_outputs(call)):
            for direction, shown in enumerate(output.chunk(len(call.weights[layer]), dim=-1)):
                here = {quantity: tensor[layer, direction] for quantity, tensor in values.items()}
                with without_autocast(x.device.type):
                    gates = LayerGates(call, layer, direction, holds)
                    off.append(gates.fill(here, x, shown))
            x = after_dropout(call, layer, output)
        ends = {state: (last_states(values[state], call.lengths) - end).abs() for state, end in call.end.items()}
        max_error, proof = proof_of(call, values, off, ends, holds)
        if call.lengths is not None:
            for tensor in values.values():
                tensor.masked_fill_(past_end(tensor, call.lengths), torch.nan)
        return Replayed(values, max_error, proof)


def layer_outputs(call: Call) -> Iterator[Tensor]:
    """h of every layer, (time, batch, direction * unit); the lower layers run again if their h is unknown."""
    lower, read = call.lower, call.x
    for layer in range(len(call.weights) - 1):
        read = run_layer(call, read, layer)[0] if lower is None else lower[layer]
        yield read
    yield call.output


def run_layer(call: Call, read: Tensor, layer: int) -> tuple[Tensor, list[dict[str, Tensor]]]:
    """h of one layer (time, batch, direction * unit) by PyTorch's own kernel, and the last states of each direction by
    letter, in the order in which packing sorted the sequences."""
    weights, start = call.weights[layer], {letter: states[layer] for letter, states in call.start.items()}
    flat = [tensor for w in weights for tensor in w.flat()]
    # cuDNN gives gradients only in training mode; without dropout the results are equal.
    options = weights[0].bias_ih is not None, 1, 0.0, torch.is_grad_enabled(), len(weights) == 2
    if call.lengths is None:
        state = call.kind.as_given({letter: states.contiguous() for letter, states in start.items()})
        output, *end = call.kind.kernel(read, state, flat, *options, False)
    else:
        packed = pack_padded_sequence(read, call.lengths.cpu(), enforce_sorted=False)
        assert packed.sorted_indices is not None
        state = call.kind.as_given({q: states.index_select(1, packed.sorted_indices) for q, states in start.items()})
        data, *end = call.kind.kernel(packed.data, packed.batch_sizes, state, flat, *options)
        output, _ = pad_packed_sequence(packed._replace(data=data))
    return output, [dict(zip(call.kind.states, states, strict=True)) for states in zip(*end, strict=True)]


def pieces(time: int, batch: int) -> list[slice]:
    """The steps in pieces, each computed at once."""
    size = max(1, ROWS_AT_ONCE // max(1, batch))
    return [slice(first, min(first + size, time)) for first in range(0, time, size)]


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

    def sums(self, x: Tensor, h_before: Tensor, bias: Tensor | None, out: Tensor) -> Tensor:
        """W x + U h_before + `bias`, (time, batch, blocks * unit), in `out`."""
        rows, into = self.rounded(x).flatten(0, 1), out.flatten(0, 1)
        torch.mm(rows, self.ih.T, out=into) if bias is None else torch.addmm(bias, rows, self.ih.T, out=into)
        into.addmm_(self.rounded(h_before).flatten(0, 1), self.hh.T)
        return out


class LayerGates:
    """The gates of one layer and direction of a call, with its holds."""

    def __init__(self, call: Call, layer: int, direction: int, holds: Sequence[HeldCall]) -> None:
        self.call, self.direction, self.lengths = call, direction, call.lengths
        self.products, self.holds = Products(call, call.weights[layer][direction]), holds_of(holds, layer, direction)
        self.start = {letter: states[layer, direction] for letter, states in call.start.items()}
        self.in_place = call.wide == call.output.dtype

    def fill(self, here: Mapping[str, Tensor], x: Tensor, shown: Tensor) -> Tensor:
        """Fill in the quantities (time, batch, unit) by letter from the layer's input and output h `shown`. Returns how
        far the h of these gates is at most from `shown`, in each unit of each sequence."""
        off = x.new_zeros((x.shape[1], shown.shape[-1]), dtype=here["h"].dtype)
        in_pieces = pieces(*x.shape[:2])
        made = self._memory(here, x, shown, in_pieces) if "c" in self.start else self._known(here, x, shown, in_pieces)
        for piece, h in made:
            apart = h.sub_(shown[piece]).abs_()
            if self.lengths is not None:
                apart.masked_fill_(past_end(shown, self.lengths, piece), 0.0)
            off = torch.maximum(off, apart.amax(0))
            # Store the module's own h, to the bit.
            here["h"][piece].copy_(shown[piece])
        return off

    def _known(
        self, here: Mapping[str, Tensor], x: Tensor, shown: Tensor, in_pieces: list[slice]
    ) -> Iterator[tuple[slice, Tensor]]:
        """The pieces of a GRU or a plain RNN, whose steps follow from x and the h before, and h of their gates."""
        h_before = before(shown, self.start["h"], self.direction, self.lengths)
        for piece in in_pieces:
            was, touch = {"h": h_before[piece].to(self.call.wide)}, partial(with_holds, self.holds, piece)
            from_x, from_h = self.products.from_x(x[piece]), self.products.from_h(h_before[piece])
            found = self.call.kind.step(from_x, from_h, was, touch, None)
            h = found.pop("h").to(shown.dtype)
            for quantity, value in found.items():
                here[quantity][piece].copy_(value)
            yield piece, h

    def _memory(
        self, here: Mapping[str, Tensor], x: Tensor, shown: Tensor, in_pieces: list[slice]
    ) -> Iterator[tuple[slice, Tensor]]:
        """The pieces of an LSTM, and h of their gates: gates of many steps come at once, c from them in turn."""
        products, carried = self.products, self.start["c"].to(self.call.wide)
        bias = None if products.bias_ih is None or products.bias_hh is None else products.bias_ih + products.bias_hh
        # One room for the sums of every piece: it stays in the cache.
        room = x.new_empty((in_pieces[0].stop, x.shape[1], len(products.hh)), dtype=self.call.wide)
        for piece in reversed(in_pieces) if self.direction else in_pieces:
            gates = [here[gate][piece] for gate in GATES]
            h_before = before(shown, self.start["h"], self.direction, self.lengths, piece)
            sums = products.sums(x[piece], h_before, bias, room[: piece.stop - piece.start])
            i, f, g, o = equations.activate_(sums, gates if self.in_place else None)
            for gate, values in zip(GATES, (i, f, g, o), strict=True):
                self._hold(gate, values, piece)
            cells = self._cells(i, f, g, carried, piece, here["c"][piece] if self.in_place else None)
            carried = cells[0 if self.direction else -1]
            if not self.in_place:
                for values, computed in zip((*gates, here["c"][piece]), (i, f, g, o, cells), strict=True):
                    values.copy_(computed)
            made = equations.show(o, cells, partial(with_holds, self.holds, piece), products.hr)
            h = made.pop("h").to(shown.dtype)
            for quantity, values in made.items():
                here[quantity][piece].copy_(values)
            yield piece, h

    def _cells(self, i: Tensor, f: Tensor, g: Tensor, start: Tensor, piece: slice, out: Tensor | None) -> Tensor:
        """c of some steps (time, batch, unit), from `start`."""
        kept, written = f, torch.mul(i, g, out=out)
        if any(hold.gate == "c" for hold in self.holds):
            # The held value is all of c: nothing of the memory before is kept.
            kept = f.clone()
            self._hold("c", kept, piece, value=0.0)
            self._hold("c", written, piece)
        if self.lengths is not None:
            # Past its end a sequence keeps its state, so direction 1 starts there from c0.
            ended = past_end(self.call.x, self.lengths, piece)
            kept, written = kept.masked_fill(ended, 1.0), written.masked_fill_(ended, 0.0)
        return equations.accumulate_(written, kept, start, self.direction)

    def _hold(self, quantity: str, values: Tensor, piece: slice, value: float | None = None) -> None:
        """Overwrite the held units of a quantity in some steps (time, batch, unit), with another `value` if given."""
        for hold in self.holds:
            if hold.gate == quantity:
                values.copy_(hold.put(values, piece, value))
