"""What does each layer of a module output, and what does dropout leave of it?

`nn.LSTM` hands all its layers to one `torch.lstm` and gets only the last layer's output; `nn.GRU` and `nn.RNN` do so
too. Here that function is called once a layer: the same kernels in the same order, equal to the bit, and the outputs of
the lower layers are kept. In train mode `torch.dropout` comes between, as inside `torch.lstm`: it draws the same random
numbers, and they are kept too.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lstm_core.recording.forward import can_be_replaced, kept_beside, runs_by

_KERNELS = (torch.lstm, torch.gru, torch.rnn_tanh, torch.rnn_relu)


@dataclass(frozen=True)
class Below:
    """What the layers below the last gave in one call, in the form of `torch.lstm`'s output."""

    outputs: list[Tensor] = field(default_factory=list)
    dropout: list[Tensor] = field(default_factory=list)
    """What dropout multiplied each output by; empty if there was no dropout."""


def layer_by_layer(module: nn.Module) -> AbstractContextManager[None]:
    """Inside the block a module of several layers runs one layer at a time; other modules are not changed."""
    return runs_by(module, run_layer_by_layer) if can_be_split(module) else nullcontext()


def below_the_last(module: nn.Module, last_state: Tensor) -> Below | None:
    """What the layers below the last gave in the call that just returned this c_n (of a GRU or an RNN: this h_n)."""
    kept = kept_beside(module, last_state)
    return kept if isinstance(kept, Below) and kept.outputs else None


def can_be_split(module: nn.Module) -> bool:
    """Whether layers can run one by one: only on a CPU, because one cuDNN kernel for all layers rounds differently."""
    if not can_be_replaced(module) or getattr(module, "num_layers", 1) == 1:
        return False
    return all(weight.device.type == "cpu" for weight in module.parameters())


def run_layer_by_layer(module: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, Below]:
    """The module's own result, and what its lower layers gave; nothing if the layers can't run one by one."""
    with _EachLayerAlone() as run:
        result = type(module).forward(module, *args, **kwargs)
    return result, run.below


class _EachLayerAlone(TorchFunctionMode):
    """Inside the block, `torch.lstm` and its like run once for each layer; `below`: what all layers except the last
    gave."""

    def __init__(self) -> None:
        super().__init__()
        self.below = Below()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _KERNELS and not kwargs and len(args) == 9:
            return self._each(func, *args)
        return func(*args, **(kwargs or {}))

    def _each(self, kernel: Any, *args: Any) -> tuple[Tensor, ...]:
        """Takes (input, state, weights, ...) or, packed, (data, batch_sizes, state, weights, ...)."""
        packed = not isinstance(args[3], bool)
        given, sizes = args[0], args[1:2] if packed else ()
        state, weights, has_biases, layers, dropout, train, *rest = args[1 + len(sizes) :]
        if layers == 1 or given.device.type != "cpu":
            return kernel(*args)  # type: ignore[no-any-return]
        weights_a_layer = len(weights) // layers
        states = (state,) if isinstance(state, Tensor) else state
        by_layer = zip(*(each.split(len(each) // layers) for each in states), strict=True)
        last: list[tuple[Tensor, ...]] = []
        for layer, own_states in enumerate(by_layer):
            own = weights[layer * weights_a_layer : (layer + 1) * weights_a_layer]
            own_state = own_states[0] if isinstance(state, Tensor) else own_states
            given, *ended = kernel(given, *sizes, own_state, own, has_biases, 1, dropout, train, *rest)
            last.append(tuple(ended))
            if layer < layers - 1:
                self.below.outputs.append(given.detach())
                if dropout and train:
                    given = self._dropped(given, dropout, batch_first=not packed and rest[-1])
        return given, *(torch.cat(each) for each in zip(*last, strict=True))

    def _dropped(self, given: Tensor, dropout: float, batch_first: bool) -> Tensor:
        """A layer's output as the next layer reads it."""
        # `torch.lstm` draws for the steps in memory, time first, and multiplies by what it drew.
        order = given.transpose(0, 1) if batch_first else given
        drawn = torch.dropout(torch.ones_like(order), dropout, True)
        drawn = drawn.transpose(0, 1) if batch_first else drawn
        self.below.dropout.append(drawn.detach())
        return given * drawn
