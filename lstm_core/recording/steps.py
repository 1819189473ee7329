"""How does a module run step by step, so that a gate can be held, have a gradient, or be a plain loop?

This is slower than the module's own kernel, but every gate of every step is a separate tensor: it can be held at a
value, gradients flow through it, and forward-mode derivatives, Hessians and rules that are set on operations reach it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.recording.call import (
    Call,
    Weights,
    after_dropout,
    as_returned,
    precision_of,
    read_cell,
    read_input,
    weights_of,
    without_autocast,
)
from lstm_core.recording.gates import Products, run_layer
from lstm_core.recording.hold import HeldCall, holds_of
from lstm_core.recording.kinds import has_pytorchs_forward, kind_of
from lstm_core.recording.modules import modules_to_record
from lstm_core.traces.cut import past_end


class Rerun(NamedTuple):
    """A call that ran again: the output of each layer, (time, batch, direction * unit), and its last states by letter,
    (layer, direction, batch, unit)."""

    layers: list[Tensor]
    end: dict[str, Tensor]


class UnrolledStep(NamedTuple):
    """One step of one layer and direction, in the dims (batch, unit), by letter."""

    number: int
    values: dict[str, Tensor]
    states: dict[str, Tensor]
    """The states for the next step: a sequence that has ended keeps its states."""


def run_again(call: Call, holds: Sequence[HeldCall] = (), probes: Mapping[str, Tensor] | None = None) -> Rerun:
    """Run a call again with some gates or states held; gradients flow through it if the call has any.

    `probes`: zeros by quantity (layer, direction, time, batch, unit), added to each value when it is computed, so that
    the gradient with respect to a probe is the gradient with respect to that value. Without them only a layer with a
    hold runs step by step, the others in PyTorch's own kernel.
    """
    places, plain = len(call.weights[0]), call.lengths is None and call.precision == call.wide and probes is None
    stepped = [not plain or any(hold.layer == layer for hold in holds) for layer in range(len(call.weights))]
    read, layers, last = call.x, list[Tensor](), list[Mapping[str, Tensor]]()
    for layer, by_steps in enumerate(stepped):
        if by_steps:
            shown = []
            for direction in range(places):
                h, end = one_direction(call, read, layer, direction, holds_of(holds, layer, direction), probes)
                shown.append(h)
                last.append(end)
            output = torch.cat(shown, dim=-1)
        else:
            output, ends = run_layer(call, read, layer)
            last += ends
        layers.append(output)
        read = after_dropout(call, layer, output)
    return Rerun(layers, by_layer_and_direction(call, last))


def by_layer_and_direction(call: Call, each: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Stack the tensors of each layer and direction to one tensor (layer, direction, ...) for each letter."""
    sizes = len(call.weights), len(call.weights[0])
    return {
        letter: torch.stack([one[letter] for one in each]).reshape(*sizes, *first.shape)
        for letter, first in each[0].items()
    }


def one_direction(
    call: Call,
    x: Tensor,
    layer: int,
    direction: int,
    holds: Sequence[HeldCall] = (),
    probes: Mapping[str, Tensor] | None = None,
) -> tuple[Tensor, dict[str, Tensor]]:
    """h of one layer and direction that runs step by step, (time, batch, unit), and its last states by letter."""
    shown: list[Tensor] = []
    with without_autocast(x.device.type):
        for step in steps_of(call, x, layer, direction, holds, probes):
            shown.append(step.values["h"])
        h = torch.stack(shown[::-1] if direction else shown).to(call.output.dtype)
    return h, {letter: state.to(h.dtype) for letter, state in step.states.items()}


def steps_of(
    call: Call,
    x: Tensor,
    layer: int,
    direction: int,
    holds: Sequence[HeldCall] = (),
    probes: Mapping[str, Tensor] | None = None,
) -> Iterator[UnrolledStep]:
    """The steps of one layer and direction that reads x (time, batch, feature), in reading order."""
    dtype, wide, products = call.output.dtype, call.wide, Products(call, call.weights[layer][direction])
    states = {letter: state[layer, direction].to(wide) for letter, state in call.start.items()}
    # One unbind instead of a select for each step, because the gradient of a select is as large as the whole tensor.
    added = {q: probe[layer, direction].to(wide).unbind(0) for q, probe in (probes or {}).items()}
    touched = added.keys() | {hold.gate for hold in holds}

    def touch(quantity: str, value: Tensor) -> Tensor:
        if quantity not in touched:
            return value
        for hold in holds:
            if hold.gate == quantity:
                value = hold.hold_at(step, value)
        return value + added[quantity][step] if quantity in added else value

    reads = None if call.lengths is None else (~past_end(x, call.lengths)).unbind(0)
    from_x, hh = products.from_x(x).unbind(0), products.hh.T.contiguous()

    def from_h(h: Tensor) -> Tensor:
        """U h + b of one step, with U transposed once for all steps: `products.from_h` transposes it at each."""
        h, bias = products.rounded(h), products.bias_hh
        return torch.mm(h, hh) if bias is None else torch.addmm(bias, h, hh)

    for step in reversed(range(len(x))) if direction else range(len(x)):
        values = call.kind.step(from_x[step], from_h(states["h"]), states, touch, products.hr)
        # The next step reads h in its stored dtype.
        values["h"] = values["h"].to(dtype).to(wide)
        # A packed sequence reads nothing past its end.
        states = {
            letter: values[letter] if reads is None else torch.where(reads[step], values[letter], before)
            for letter, before in states.items()
        }
        yield UnrolledStep(step, values, states)


_WEIGHTS = "weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"


class PlainLoop(nn.Module):
    """The loop that `unrolled` makes: it takes and returns what the module does, and holds the module's own weights.

    Its `state_dict` has the module's names. Each gate is a tensor of its own in the graph.
    """

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.kind, self.is_cell = kind_of(module), isinstance(module, nn.RNNCellBase)
        self.num_layers = getattr(module, "num_layers", 1)
        self.directions = 2 if getattr(module, "bidirectional", False) else 1
        self.batch_first, self.dropout = getattr(module, "batch_first", False), getattr(module, "dropout", 0.0)
        for name, weight in module.named_parameters(recurse=False):
            self.register_parameter(name, weight)
        self.train(module.training)

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """Output and last states, in the form of the module's own `forward`.

        Raises LstmCoreError for a packed input, one without steps, and one of another shape.
        """
        weights = [[self._weights(layer, d) for d in range(self.directions)] for layer in range(self.num_layers)]
        self._check(input, weights[0][0].ih.shape[1])
        call = self._call(input, hx, weights)
        done = run_again(call, probes={})
        return as_returned(call, done.layers[-1], done.end)

    def _call(self, given: Tensor, hx: Any, weights: list[list[Weights]]) -> Call:
        """The call of the module, of which here only the dtype of the output is known."""
        state = None if hx is None else tuple(self.kind.by_letter(hx).values())
        read = read_cell(given, state) if self.is_cell else read_input(given, state, self.batch_first, self.num_layers)
        hh = weights[0][0].hh.shape
        sizes = {"h": hh[1], "c": hh[0] // self.kind.blocks}
        places = self.num_layers, self.directions, read.x.shape[1]
        started = read.state or tuple(read.x.new_zeros(*places, sizes[letter]) for letter in self.kind.states)
        start = dict(zip(self.kind.states, started, strict=True))
        return Call(
            kind=self.kind,
            x=read.x,
            start=start,
            output=read.x,
            end=start,
            weights=weights,
            precision=precision_of(read.x),
            form=read.form,
            dropout=self._dropped(read.x, places[1] * sizes["h"]) if self.training else [],
        )

    def _dropped(self, x: Tensor, size: int) -> list[Tensor]:
        """What dropout multiplies each layer's output by, drawn as the module would."""
        layers = range(self.num_layers - 1) if self.dropout else ()
        return [torch.dropout(x.new_ones(*x.shape[:2], size), self.dropout, True) for _ in layers]

    def _check(self, given: Any, features: int) -> None:
        shape = "(batch, feature)" if self.is_cell else "(batch, time, feature)" if self.batch_first else "(time, …)"
        advice = "A plain loop reads no packed sequences: give sequences of one length together, others one by one."
        check_kind(given, Tensor, f"a tensor {shape}", advice)
        dims = 2 if self.is_cell else 3
        if given.dim() not in (dims - 1, dims) or given.shape[-1] != features or 0 in given.shape[:-1]:
            raise LstmCoreError(
                f"Expected x of shape {shape} with {features} features and a step or more, got {tuple(given.shape)}."
            )

    def _weights(self, layer: int, direction: int) -> Weights:
        place = "" if self.is_cell else f"_l{layer}{'_reverse' * direction}"
        own: list[Any] = [getattr(self, f"{name}{place}", None) for name in _WEIGHTS]
        return Weights(*own)

    def extra_repr(self) -> str:
        """The kind of module that it was made from."""
        return self.kind.name


def unrolled(module: nn.Module) -> PlainLoop:
    """An `nn.LSTM`, `nn.GRU`, `nn.RNN` or one of their cells as a plain loop over steps that shares its weights.

    The loop's outputs equal the module's to rounding, and so do its gradients. Unlike the module it runs under
    `torch.func` (`hessian`, `jacfwd`, `jacrev`, `vmap`), `torch.export`, and whatever sets rules on single operations.
    Its weights are the module's own parameters, under the module's own names: what trains one trains the other.

    Raises LstmCoreError for a module of another kind, one that is quantised or scripted, and one whose weights are
    computed (`weight_norm`, `torch.nn.utils.parametrize`), which a loop can't share.

    >>> lstm = nn.LSTM(4, 3)
    >>> loop, x = unrolled(lstm), torch.ones(5, 2, 4)
    >>> torch.allclose(loop(x)[0], lstm(x)[0], atol=1e-6), loop.weight_hh_l0 is lstm.weight_hh_l0
    (True, True)
    >>> torch.func.vmap(torch.func.grad(lambda x: loop(x)[0][-1].sum()))(x.repeat(6, 1, 1, 1)).shape
    torch.Size([6, 5, 2, 4])
    """
    got = type(module).__name__
    if not modules_to_record(module, [""]) or not has_pytorchs_forward(module):
        raise LstmCoreError(
            f"Expected PyTorch's nn.LSTM, nn.GRU, nn.RNN or one of their cells, got {got}, whose forward is another."
        )
    used = [weight for sides in weights_of(module) for side in sides for weight in side.flat()]
    if {*map(id, module.parameters(recurse=False))} != {*map(id, used)}:
        raise LstmCoreError(
            f"Expected a module that holds its weights, got {got} whose weights are computed from others. Take that "
            "away first: torch.nn.utils.parametrize.remove_parametrizations, "
            "torch.nn.utils.remove_weight_norm, or torch.nn.utils.prune.remove."
        )
    return PlainLoop(module)
