"""What went into one forward call, and what came out, whatever form it had?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstm_core.recording.layers import lower_layers

HALVES = (torch.bfloat16, torch.float16)


class Weights(NamedTuple):
    """One layer and direction: W (4 * unit, feature), U (4 * unit, h unit), biases, W_hr, as the module ran them.

    A GRU has 3 blocks of units where an LSTM has 4, an RNN one.
    """

    ih: Tensor
    hh: Tensor
    bias_ih: Tensor | None
    bias_hh: Tensor | None
    hr: Tensor | None

    def flat(self) -> list[Tensor]:
        """In the order `torch.lstm` and the like take them."""
        return [weight for weight in self if weight is not None]


@dataclass(frozen=True, kw_only=True)
class HiddenCall:
    """One forward call, in the trace's dims, of a module that goes from hidden state to hidden state.

    x (time, batch, feature), h0 h_n (layer, direction, batch, unit), output (time, batch,
    direction * unit) as the module returned it; `packed` is the input when it came packed, `lengths` then
    its lengths. Weights by [layer][direction]. `precision` is what x, W, U and h were rounded to before
    they were multiplied: the output's dtype, or a lower one under autocast. `form` is how the module takes
    and gives: "time first", "batch first", "unbatched", "packed", "cell" or "unbatched cell". `lower`: what each layer
    below the last gave, in the dims of `output`, where that is known.
    """

    x: Tensor
    h0: Tensor
    output: Tensor
    h_n: Tensor
    weights: list[list[Weights]]
    precision: torch.dtype
    packed: PackedSequence | None = None
    lengths: Tensor | None = None
    form: str = "time first"
    lower: list[Tensor] | None = None

    @property
    def wide(self) -> torch.dtype:
        """In which products are added: halves are what the module stores and multiplies; it adds in float32."""
        return torch.float32 if self.output.dtype in HALVES else self.output.dtype

    def rounded(self, tensor: Tensor) -> Tensor:
        """As it is multiplied: in the bits of `precision`, then in the dtype in which products are added."""
        return tensor if tensor.dtype == self.precision == self.wide else tensor.to(self.precision).to(self.wide)

    @property
    def start(self) -> dict[str, Tensor]:
        """The state it started from, by the names that a trace gives it."""
        return {"h0": self.h0}

    @property
    def end(self) -> tuple[Tensor, ...]:
        """The state it ended in, in the same order."""
        return (self.h_n,)

    def reach(self) -> float:
        """How far from 0 the memory goes: rounding errors grow with it."""
        return max(self.output.abs().max().item(), self.h_n.abs().max().item())


@dataclass(frozen=True, kw_only=True)
class Call(HiddenCall):
    """One forward call of an LSTM: beside h it has c, whose first and last states are c0 c_n (layer, direction, batch,
    unit)."""

    c0: Tensor
    c_n: Tensor

    @property
    def start(self) -> dict[str, Tensor]:
        return {"h0": self.h0, "c0": self.c0}

    @property
    def end(self) -> tuple[Tensor, ...]:
        return self.h_n, self.c_n

    def reach(self) -> float:
        return self.c_n.abs().max().item()


class Given(NamedTuple):
    """What a module was called with, in the trace's dims: as in `HiddenCall`; `state` is h0, an LSTM's h0 and c0, or
    None."""

    x: Tensor
    state: tuple[Tensor, ...] | None
    form: str
    packed: PackedSequence | None = None
    lengths: Tensor | None = None


def read_call(module: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Call:
    """The call of an `nn.LSTM` or `nn.LSTMCell` that has just returned `result`."""
    if isinstance(module, nn.LSTMCell):
        return _read_cell(module, args, kwargs, result)
    assert isinstance(module, nn.LSTM)
    return _read_lstm(module, args, kwargs, result)


def _read_lstm(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Call:
    """The call of an `nn.LSTM`: `forward(input, hx=None)`, dense or packed, batched or not."""
    given = read_given(module, *arguments(args, kwargs))
    output, states = result
    lower = lower_layers(module, states[1])
    if given.packed is not None:
        lower = lower and [pad_packed_sequence(given.packed._replace(data=data))[0] for data in lower]
    elif lower is not None and module.batch_first:
        lower = [layer.transpose(0, 1) for layer in lower]
    output, (h_n, c_n) = in_our_dims(module, given, output, states)
    h0, c0 = given.state or (torch.zeros_like(h_n), torch.zeros_like(c_n))
    return Call(
        x=given.x,
        h0=h0,
        c0=c0,
        output=output,
        h_n=h_n,
        c_n=c_n,
        weights=weights_of(module),
        precision=precision_of(output),
        packed=given.packed,
        lengths=given.lengths,
        form=given.form,
        lower=lower,
    )


def in_our_dims(
    module: nn.RNNBase, given: Given, output: Any, states: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """What a module returned, in the trace's dims: output (time, batch, direction * unit) and the last states."""
    if given.packed is not None:
        output, _ = pad_packed_sequence(output)
    elif given.form == "unbatched":
        output, *states = (t.unsqueeze(1) for t in (output, *states))
    elif given.form == "batch first":
        output = output.transpose(0, 1)
    return output, tuple(_by_layer(t, module.num_layers) for t in states)


def read_given(module: nn.RNNBase, given: Any, state: Any) -> Given:
    """The input and state (a tuple or None) of a module in the trace's dims."""
    packed: PackedSequence | None = None
    lengths: Tensor | None = None
    if isinstance(given, PackedSequence):
        form, packed = "packed", given
        x, lengths = pad_packed_sequence(given)
    elif given.dim() == 2:
        form, x = "unbatched", given.unsqueeze(1)
        state = None if state is None else tuple(t.unsqueeze(1) for t in state)
    elif module.batch_first:
        form, x = "batch first", given.transpose(0, 1)
    else:
        form, x = "time first", given
    state = None if state is None else tuple(_by_layer(t, module.num_layers) for t in state)
    return Given(x, state, form, packed, lengths)


def _read_cell(module: nn.LSTMCell, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Call:
    """The call of an `nn.LSTMCell`: one step of one layer and direction."""
    form, x, (h0, c0), (h_n, c_n) = read_cell(*arguments(args, kwargs), result)
    precision = precision_of(h_n)
    return Call(
        x=x, h0=h0, c0=c0, output=h_n[0], h_n=h_n, c_n=c_n, weights=weights_of(module), precision=precision, form=form
    )


def read_cell(
    given: Tensor, state: Sequence[Tensor] | None, after: Sequence[Tensor]
) -> tuple[str, Tensor, tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The form of a cell's call, and its x and the states before and after it in the trace's dims."""
    form = "cell" if given.dim() == 2 else "unbatched cell"
    if given.dim() == 1:
        given, *after = (t.unsqueeze(0) for t in (given, *after))
        state = None if state is None else [t.unsqueeze(0) for t in state]
    before = [torch.zeros_like(t) for t in after] if state is None else state
    return form, given[None], tuple(t[None, None] for t in before), tuple(t[None, None] for t in after)


def as_returned(call: Call, output: Tensor, h_n: Tensor, c_n: Tensor) -> Any:
    """Other values in the form in which the module returns its own: output (time, batch, direction * unit), h_n c_n
    (layer, direction, batch, unit)."""
    output, states = in_its_own_form(call, output, (h_n, c_n))
    return states if call.form.endswith("cell") else (output, states)


def in_its_own_form(call: HiddenCall, output: Any, states: Sequence[Tensor]) -> tuple[Any, tuple[Tensor, ...]]:
    """An output and last states as a module of the call's form shapes them; of a cell the states are all there is."""
    if call.form == "cell":
        return output, tuple(t[0, 0] for t in states)
    if call.form == "unbatched cell":
        return output, tuple(t[0, 0, 0] for t in states)
    states = tuple(t.flatten(0, 1) for t in states)
    if call.form == "unbatched":
        return output.squeeze(1), tuple(t.squeeze(1) for t in states)
    if call.form == "batch first":
        return output.transpose(0, 1), states
    if call.packed is None or call.lengths is None:
        return output, states
    order = call.packed.sorted_indices
    lengths = call.lengths if order is None else call.lengths[order.cpu()]
    output = output if order is None else output.index_select(1, order)
    return call.packed._replace(data=pack_padded_sequence(output, lengths).data), states


def precision_of(output: Tensor) -> torch.dtype:
    device = output.device.type
    lowered = torch.is_autocast_enabled(device) and output.dtype != torch.float64
    return torch.get_autocast_dtype(device) if lowered else output.dtype


def arguments(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """(input, hx) of a forward call, however they were passed."""
    by_name = dict(zip(("input", "hx"), args, strict=False)) | dict(kwargs)
    return by_name.get("input"), by_name.get("hx")


def _by_layer(state: Tensor, layers: int) -> Tensor:
    """(layer * direction, batch, unit) as (layer, direction, batch, unit)."""
    return state.reshape(layers, len(state) // layers, *state.shape[1:])


def weights_of(module: nn.Module) -> list[list[Weights]]:
    """The weights of a recurrent module or cell, by [layer][direction], as its forward takes them."""
    if isinstance(module, nn.RNNCellBase):
        return [[Weights(module.weight_ih, module.weight_hh, module.bias_ih, module.bias_hh, None)]]
    assert isinstance(module, nn.RNNBase)
    # What forward runs on is _flat_weights; a parametrized attribute may be another tensor.
    flat = [weight for weight in module._flat_weights if weight is not None]
    directions = 2 if module.bidirectional else 1
    size = 2 + 2 * module.bias + (module.proj_size > 0)
    each = [_weights(flat[first : first + size], module) for first in range(0, len(flat), size)]
    return [each[first : first + directions] for first in range(0, len(each), directions)]


def _weights(flat: list[Tensor], module: nn.RNNBase) -> Weights:
    """One layer and direction from its tensors in PyTorch's order: W, U, then biases and W_hr where there are."""
    ih, hh, *rest = flat
    bias_ih, bias_hh = rest[:2] if module.bias else (None, None)
    return Weights(ih, hh, bias_ih, bias_hh, rest[-1] if module.proj_size else None)
