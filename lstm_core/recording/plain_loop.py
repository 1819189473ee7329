"""How is an LSTM, GRU or RNN a plain loop over steps, with the same weights?

`nn.LSTM` is one call of a kernel: forward-mode derivatives, Hessians and rules that are set on operations do not reach
inside. Here each step is a few plain operations (`equations.py`).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.recording.call import weights_of
from lstm_core.recording.kinds import RECORDED, kind_of
from lstm_core.recording.modules import modules_to_record


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
        batched = 2 if self.is_cell else 3
        self._check(input, batched)
        alone = input.dim() < batched
        x = input.unsqueeze(-2 if self.is_cell or not self.batch_first else 0) if alone else input
        x = x.unsqueeze(0) if self.is_cell else x.transpose(0, 1) if self.batch_first else x
        states = self._start(x, hx, alone)
        output, ended = self._layers(x, states)
        if self.is_cell:
            return self.kind.as_given({letter: t[0, 0] if alone else t[0] for letter, t in ended.items()})
        if alone:
            return output.squeeze(1), self.kind.as_given({letter: t.squeeze(1) for letter, t in ended.items()})
        return output.transpose(0, 1) if self.batch_first else output, self.kind.as_given(ended)

    def _check(self, given: Any, dims: int) -> None:
        shape = "(batch, feature)" if self.is_cell else "(batch, time, feature)" if self.batch_first else "(time, …)"
        advice = "A plain loop reads no packed sequences: give sequences of one length together, others one by one."
        check_kind(given, Tensor, f"a tensor {shape}", advice)
        features = self._weight("weight_ih", 0, 0).shape[1]
        if given.dim() not in (dims - 1, dims) or given.shape[-1] != features or 0 in given.shape[:-1]:
            raise LstmCoreError(
                f"Expected x of shape {shape} with {features} features and a step or more, got {tuple(given.shape)}."
            )

    def _start(self, x: Tensor, hx: Any, alone: bool) -> dict[str, list[Tensor]]:
        """The states before the first step by letter, each a list of (batch, unit) over layers and directions."""
        if hx is not None:
            rows = 0 if self.is_cell else 1
            given = self.kind.by_letter(hx)
            return {
                letter: list((t.unsqueeze(rows) if alone else t).reshape(-1, x.shape[1], t.shape[-1]).unbind(0))
                for letter, t in given.items()
            }
        units = self._weight("weight_hh", 0, 0).shape
        size = {"h": units[1], "c": units[0] // 4}
        zeros = {letter: x.new_zeros(x.shape[1], size[letter]) for letter in self.kind.states}
        return {letter: [zero] * (self.num_layers * self.directions) for letter, zero in zeros.items()}

    def _layers(self, x: Tensor, states: dict[str, list[Tensor]]) -> tuple[Tensor, dict[str, Tensor]]:
        """Output (time, batch, direction * unit), and the last states (layer * direction, batch, unit)."""
        ended: dict[str, list[Tensor]] = {letter: [] for letter in states}
        for layer in range(self.num_layers):
            shown = []
            for direction in range(self.directions):
                place = layer * self.directions + direction
                started = {letter: t[place] for letter, t in states.items()}
                h, last = self._steps(x, layer, direction, started)
                shown.append(h)
                for letter, state in last.items():
                    ended[letter].append(state)
            x = torch.cat(shown, dim=-1)
            if self.dropout and self.training and layer < self.num_layers - 1:
                x = torch.dropout(x, self.dropout, True)
        return x, {letter: torch.stack(t) for letter, t in ended.items()}

    def _steps(
        self, x: Tensor, layer: int, direction: int, states: dict[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """h (time, batch, unit) of one layer and direction, and the states after its last step."""
        ih, hh, bias_ih, bias_hh, hr = (self._weight(name, layer, direction) for name in _WEIGHTS)
        shown = []
        for step in linear(x, ih, bias_ih).unbind(0)[:: -1 if direction else 1]:
            values = self.kind.step(step, linear(states["h"], hh, bias_hh), states, _unchanged, hr)
            states = {letter: values[letter] for letter in self.kind.states}
            shown.append(states["h"])
        return torch.stack(shown[::-1] if direction else shown), states

    def _weight(self, name: str, layer: int, direction: int) -> Any:
        """A weight; None where there is none."""
        return getattr(self, name if self.is_cell else f"{name}_l{layer}{'_reverse' * direction}", None)

    def extra_repr(self) -> str:
        """The kind of module that it was made from."""
        return self.kind.name


_WEIGHTS = "weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"


def _unchanged(_letter: str, value: Tensor) -> Tensor:
    return value


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
    if not modules_to_record(module, [""]):
        raise LstmCoreError(
            f"Expected PyTorch's nn.LSTM, nn.GRU, nn.RNN or one of their cells, got {type(module).__name__}, whose "
            "forward is another."
        )
    if _base(module).forward is not type(module).forward or "forward" in vars(module):
        raise LstmCoreError(
            f"Expected PyTorch's nn.{_base(module).__name__}, got {type(module).__name__}, whose forward is another."
        )
    if {*map(id, module.parameters(recurse=False))} != {*map(id, _used(module))}:
        raise LstmCoreError(
            f"Expected an nn.{_base(module).__name__} that holds its weights, got one whose weights are computed from "
            "others. Take that away first: torch.nn.utils.parametrize.remove_parametrizations, "
            "torch.nn.utils.remove_weight_norm, or torch.nn.utils.prune.remove."
        )
    return PlainLoop(module)


def _base(module: nn.Module) -> type[nn.Module]:
    """PyTorch's own class of a module."""
    return next(kind for kind in RECORDED if isinstance(module, kind))


def _used(module: nn.Module) -> list[Tensor]:
    """The weights that a module computes with."""
    return [weight for sides in weights_of(module) for side in sides for weight in side.flat()]
