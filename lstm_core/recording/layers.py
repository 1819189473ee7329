"""What does each layer give on its way through the module?

`nn.LSTM` hands all its layers to one `torch.lstm` and gets back what the last one gave. Here it runs them one
`torch.lstm` a layer: the same kernels in the same order, the same to the bit, and what the lower layers gave stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lstm_core.recording.forward import can_be_replaced, kept_beside, runs_by


def layer_by_layer(module: nn.Module) -> AbstractContextManager[None]:
    """Inside the block an `nn.LSTM` of several layers runs them one by one; any other module as ever."""
    return runs_by(module, run_layer_by_layer) if _can_be_split(module) else nullcontext()


def lower_layers(module: nn.Module, c_n: Tensor) -> list[Tensor] | None:
    """What the layers below the last gave, as `torch.lstm` gives it, in the call that just returned this very c_n."""
    kept = kept_beside(module, c_n)
    return kept if isinstance(kept, list) and kept else None


def _can_be_split(module: nn.Module) -> bool:
    """On a CPU alone: cuDNN and others run all layers in one kernel, whose bits are its own."""
    if not can_be_replaced(module) or getattr(module, "num_layers", 1) == 1:
        return False
    return all(weight.device.type == "cpu" for weight in module.parameters())


def run_layer_by_layer(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, list[Tensor]]:
    """The module's own result, and what its lower layers gave; nothing where they can't be run alone."""
    with _EachLayerAlone() as run:
        result = nn.LSTM.forward(module, *args, **kwargs)
    return result, run.lower


class _EachLayerAlone(TorchFunctionMode):
    """Inside the block, `torch.lstm` of several layers is several of one layer; `lower`: what all but the last gave."""

    def __init__(self) -> None:
        super().__init__()
        self.lower: list[Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.lstm and not kwargs and len(args) == 9:
            return self._lstm(*args)
        return func(*args, **(kwargs or {}))

    def _lstm(self, *args: Any) -> tuple[Tensor, Tensor, Tensor]:
        """(input, state, weights, ...) or, packed, (data, batch_sizes, state, weights, ...)."""
        packed = isinstance(args[1], Tensor)
        given, sizes = args[0], args[1:2] if packed else ()
        (h0, c0), weights, has_biases, layers, dropout, train, *rest = args[1 + len(sizes) :]
        if layers == 1 or (dropout and train) or given.device.type != "cpu":
            return torch.lstm(*args)
        weights_a_layer, states_a_layer = len(weights) // layers, len(h0) // layers
        one_layer: Any = torch.lstm  # Its signatures tell dense from packed; here it is either.
        last = []
        for layer, state in enumerate(zip(h0.split(states_a_layer), c0.split(states_a_layer), strict=True)):
            own = weights[layer * weights_a_layer : (layer + 1) * weights_a_layer]
            given, h_n, c_n = one_layer(given, *sizes, state, own, has_biases, 1, dropout, train, *rest)
            self.lower.append(given.detach())
            last.append((h_n, c_n))
        self.lower.pop()
        h_n, c_n = (torch.cat(states) for states in zip(*last, strict=True))
        return given, h_n, c_n
