"""What went into a forward call and what came out, in one form for all modules?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstm_core.errors import LstmCoreError
from lstm_core.recording.kinds import Kind, kind_of
from lstm_core.recording.layers import below_the_last

HALVES = (torch.bfloat16, torch.float16)


class Weights(NamedTuple):
    """One layer and direction: W (4 * unit, feature), U (4 * unit, h unit), biases, W_hr, as the module ran them.

    An LSTM has 4 blocks of units, a GRU 3, an RNN 1.
    """

    ih: Tensor
    hh: Tensor
    bias_ih: Tensor | None
    bias_hh: Tensor | None
    hr: Tensor | None

    def flat(self) -> list[Tensor]:
        """The weights in the order of `torch.lstm`'s arguments."""
        return [weight for weight in self if weight is not None]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One forward call of a module of some `kind`, in the trace's dims.

    x (time, batch, feature), output (time, batch, direction * unit) as the module returned it; `start` and `end`: the
    states before the first step and after the last, by letter, (layer, direction, batch, unit); `packed`: a packed
    input, `lengths` its lengths, else both None. Weights by [layer][direction]. `precision`: the dtype to which x, W, U
    and h were rounded before the products: the output's dtype, or a lower one under autocast. `form`: how the module
    takes and returns tensors: "time first", "batch first", "unbatched", "packed", "cell" or "unbatched cell". `lower`:
    the output of each layer below the last, in the dims of `output`, if known. `dropout`: what dropout multiplied each
    of them by before the next layer read it; empty without dropout.
    """

    kind: Kind
    x: Tensor
    start: Mapping[str, Tensor]
    output: Tensor
    end: Mapping[str, Tensor]
    weights: list[list[Weights]]
    precision: torch.dtype
    packed: PackedSequence | None = None
    lengths: Tensor | None = None
    form: str = "time first"
    lower: list[Tensor] | None = None
    dropout: list[Tensor] = field(default_factory=list)

    @property
    def wide(self) -> torch.dtype:
        """The dtype in which products are added: a module may store and multiply halves, but it adds in float32."""
        return torch.float32 if self.output.dtype in HALVES else self.output.dtype

    def rounded(self, tensor: Tensor) -> Tensor:
        """A tensor as the module multiplies it: rounded to `precision`, then in the dtype of `wide`."""
        return tensor if tensor.dtype == self.precision == self.wide else tensor.to(self.precision).to(self.wide)


def after_dropout(call: Call, layer: int, output: Tensor) -> Tensor:
    """The output of a layer (time, batch, direction * unit), as the next layer read it."""
    return output * call.dropout[layer] if layer < len(call.dropout) else output


class CallInput(NamedTuple):
    """The input of a call, in the trace's dims, with the fields of `Call`; `state` in the module's order, or None."""

    x: Tensor
    state: tuple[Tensor, ...] | None
    form: str
    packed: PackedSequence | None = None
    lengths: Tensor | None = None


def check_form(name: str, module: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> None:
    """Raise LstmCoreError unless a module takes and returns what PyTorch's own does; a subclass may do otherwise."""
    kind, (given, state) = kind_of(module), arguments(args, kwargs)
    cell = isinstance(module, nn.RNNCellBase)
    returned = (None, result) if cell else result
    taken = "input" if cell else "input, which may be packed,"
    states = f"({', '.join(kind.states)})" if len(kind.states) > 1 else kind.states[0]
    what = states if cell else f"(output, {states})"
    takes = isinstance(given, Tensor | PackedSequence) and (state is None or _is_state(kind, state))
    returns = isinstance(returned, tuple | list) and len(returned) == 2 and _is_state(kind, returned[1])
    if not takes or not returns or not (cell or isinstance(returned[0], Tensor | PackedSequence)):
        raise LstmCoreError(
            f"Expected {name or type(module).__name__!r} to take {taken} and a state {states} and to return {what}, "
            f"got {_form(args)} and {_form(result)}. Its class {type(module).__name__} has a forward of its own: let "
            f"it call an nn.{kind.name} of its own in place of super().forward, and record that one."
        )


def _is_state(kind: Kind, state: Any) -> bool:
    states = state if len(kind.states) > 1 else (state,)
    if not isinstance(states, tuple | list) or len(states) != len(kind.states):
        return False
    return all(isinstance(tensor, Tensor) for tensor in states)


def _form(value: Any) -> str:
    """What something is, in a few words."""
    if isinstance(value, Tensor):
        return f"a tensor {tuple(value.shape)}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_form, value))})"
    return type(value).__name__


def read_call(module: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Call:
    """The call of a module that has just returned `result`."""
    kind, (given, state) = kind_of(module), arguments(args, kwargs)
    states, below = None if state is None else tuple(kind.by_letter(state).values()), None
    if isinstance(module, nn.RNNBase):
        output, last = result[0], tuple(kind.by_letter(result[1]).values())
        below = below_the_last(module, last[-1])
        read = read_input(given, states, module.batch_first, module.num_layers)
        output, ended = _in_our_dims(read, module.num_layers, output, last)
    else:
        read, ended = read_cell(given, states), read_cell(given, tuple(kind.by_letter(result).values())).state or ()
        output = ended[0][0]
    started = read.state or tuple(map(torch.zeros_like, ended))
    return Call(
        kind=kind,
        x=read.x,
        start=dict(zip(kind.states, started, strict=True)),
        output=output,
        end=dict(zip(kind.states, ended, strict=True)),
        weights=weights_of(module),
        precision=precision_of(output),
        packed=read.packed,
        lengths=read.lengths,
        form=read.form,
        lower=None if below is None else [_steps_first(module, read, output) for output in below.outputs],
        dropout=[] if below is None else [_steps_first(module, read, factor) for factor in below.dropout],
    )


def read_cell(given: Tensor, state: tuple[Tensor, ...] | None) -> CallInput:
    """The input and state (a tuple or None) of a cell in the trace's dims: one step of one layer and direction."""
    form = "cell" if given.dim() == 2 else "unbatched cell"
    if given.dim() == 1:
        given, state = given.unsqueeze(0), None if state is None else tuple(t.unsqueeze(0) for t in state)
    return CallInput(given[None], None if state is None else tuple(t[None, None] for t in state), form)


def read_input(given: Any, state: tuple[Tensor, ...] | None, batch_first: bool, layers: int) -> CallInput:
    """The input and state (a tuple or None) of a module of so many layers in the trace's dims."""
    packed: PackedSequence | None = None
    lengths: Tensor | None = None
    if isinstance(given, PackedSequence):
        form, packed = "packed", given
        x, lengths = pad_packed_sequence(given)
    elif given.dim() == 2:
        form, x = "unbatched", given.unsqueeze(1)
        state = None if state is None else tuple(t.unsqueeze(1) for t in state)
    elif batch_first:
        form, x = "batch first", given.transpose(0, 1)
    else:
        form, x = "time first", given
    state = None if state is None else tuple(_by_layer(t, layers) for t in state)
    return CallInput(x, state, form, packed, lengths)


def _in_our_dims(
    read: CallInput, layers: int, output: Any, states: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A module's result in the trace's dims: output (time, batch, direction * unit) and the last states."""
    if read.packed is not None:
        output, _ = pad_packed_sequence(output)
    elif read.form == "unbatched":
        output, *states = (t.unsqueeze(1) for t in (output, *states))
    elif read.form == "batch first":
        output = output.transpose(0, 1)
    return output, tuple(_by_layer(t, layers) for t in states)


def _steps_first(module: nn.Module, read: CallInput, inside: Tensor) -> Tensor:
    """What one layer gave inside a call, in the dims of `Call.output`."""
    if read.packed is not None:
        return pad_packed_sequence(read.packed._replace(data=inside))[0]
    return inside.transpose(0, 1) if module.batch_first else inside


def as_returned(call: Call, output: Any, end: Mapping[str, Tensor]) -> Any:
    """Put other values into the module's form of result: output (time, batch, direction * unit), and the last states by
    letter (layer, direction, batch, unit). A cell returns only its states."""
    if call.form == "cell":
        return call.kind.as_given({letter: t[0, 0] for letter, t in end.items()})
    if call.form == "unbatched cell":
        return call.kind.as_given({letter: t[0, 0, 0] for letter, t in end.items()})
    states = {letter: t.flatten(0, 1) for letter, t in end.items()}
    if call.form == "unbatched":
        output, states = output.squeeze(1), {letter: t.squeeze(1) for letter, t in states.items()}
    elif call.form == "batch first":
        output = output.transpose(0, 1)
    elif call.packed is not None and call.lengths is not None:
        order = call.packed.sorted_indices
        lengths = call.lengths if order is None else call.lengths[order.cpu()]
        output = output if order is None else output.index_select(1, order)
        output = call.packed._replace(data=pack_padded_sequence(output, lengths).data)
    return output, call.kind.as_given(states)


def precision_of(output: Tensor) -> torch.dtype:
    device = output.device.type
    lowered = torch.is_autocast_enabled(device) and output.dtype != torch.float64
    return torch.get_autocast_dtype(device) if lowered else output.dtype


def arguments(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """(input, hx) of a forward call, passed by position or by name."""
    by_name = dict(zip(("input", "hx"), args, strict=False)) | dict(kwargs)
    return by_name.get("input"), by_name.get("hx")


def _by_layer(state: Tensor, layers: int) -> Tensor:
    """(layer * direction, batch, unit) as (layer, direction, batch, unit)."""
    return state.reshape(layers, len(state) // layers, *state.shape[1:])


def weights_of(module: nn.Module) -> list[list[Weights]]:
    """The weights that a recurrent module's or cell's forward uses, by [layer][direction]."""
    if isinstance(module, nn.RNNCellBase):
        with _computing_no_new_ones(module):
            return [[Weights(module.weight_ih, module.weight_hh, module.bias_ih, module.bias_hh, None)]]
    assert isinstance(module, nn.RNNBase)
    # forward uses _flat_weights; a parametrized attribute may be another tensor.
    flat = [weight for weight in module._flat_weights if weight is not None]
    directions = 2 if module.bidirectional else 1
    size = 2 + 2 * module.bias + (module.proj_size > 0)
    each = [_weights(flat[first : first + size], module) for first in range(0, len(flat), size)]
    return [each[first : first + directions] for first in range(0, len(each), directions)]


@contextmanager
def _computing_no_new_ones(module: nn.Module) -> Iterator[None]:
    """Inside the block a weight that is computed is the one that the call used: to read it is to compute it again, and
    in train mode `spectral_norm` goes one step on each time."""
    rules = getattr(module, "parametrizations", nn.Module())
    training = [rule for rule in rules.modules() if rule.training]
    try:
        for rule in training:
            rule.training = False
        yield
    finally:
        for rule in training:
            rule.training = True


def plain_tensors() -> AbstractContextManager[Any]:
    """Inside the block tensors have no graph and are no inference tensors, even in the caller's inference mode."""
    if torch.is_inference_mode_enabled():
        return _out_of_inference()
    return torch.no_grad() if torch.is_grad_enabled() else nullcontext()


@contextmanager
def _out_of_inference() -> Iterator[None]:
    with torch.inference_mode(False), torch.no_grad():
        yield


def without_autocast(device: str) -> AbstractContextManager[Any]:
    """Inside a module, autocast would round our matrix products a second time."""
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()


def _weights(flat: list[Tensor], module: nn.RNNBase) -> Weights:
    """One layer and direction from its tensors in PyTorch's order: W, U, then biases and W_hr if it has them."""
    ih, hh, *rest = flat
    bias_ih, bias_hh = rest[:2] if module.bias else (None, None)
    return Weights(ih, hh, bias_ih, bias_hh, rest[-1] if module.proj_size else None)
