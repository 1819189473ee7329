"""What does each layer give on its way through the module?

`nn.LSTM` hands all its layers to one `torch.lstm` and gets back what the last one gave. Here it runs them one
`torch.lstm` a layer: the same kernels in the same order, the same to the bit, and what the lower layers gave stays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MethodType
from typing import Any
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


@dataclass
class _Watched:
    """How many blocks watch a module; of its last call in each thread, the c_n it returned and its lower layers."""

    blocks: int = 0
    last: dict[int, tuple[ref[Tensor], list[Tensor]]] = field(default_factory=dict)


_watched: WeakKeyDictionary[nn.Module, _Watched] = WeakKeyDictionary()
_lock = threading.Lock()


@contextmanager
def layer_by_layer(module: nn.Module) -> Iterator[None]:
    """Inside the block an `nn.LSTM` of several layers runs them one by one; any other module as ever."""
    if not _can_be_split(module):
        yield
        return
    with _lock:
        _watched.setdefault(module, _Watched()).blocks += 1
        # A method, and not a closure: a copy of the module made in the block then runs the copy.
        vars(module)["forward"] = MethodType(_forward, module)
    try:
        yield
    finally:
        with _lock:
            _watched[module].blocks -= 1
            if not _watched[module].blocks:
                del _watched[module], vars(module)["forward"]


def lower_layers(module: nn.Module, c_n: Tensor) -> list[Tensor] | None:
    """What the layers below the last gave, as `torch.lstm` gives it, in the call that just returned this very c_n."""
    watched = _watched.get(module)
    if watched is None or threading.get_ident() not in watched.last:
        return None
    returned, lower = watched.last[threading.get_ident()]
    # Another hook may have put something else in its place: then the lower layers are not those of this result.
    return lower if returned() is c_n else None


def _can_be_split(module: nn.Module) -> bool:
    """On a CPU alone: cuDNN and others run all layers in one kernel, whose bits are its own."""
    if not isinstance(module, nn.LSTM) or module.num_layers == 1 or type(module).forward is not nn.LSTM.forward:
        return False
    untouched = "forward" not in vars(module) or module in _watched
    return untouched and all(weight.device.type == "cpu" for weight in module.parameters())


def _forward(module: nn.LSTM, *args: Any, **kwargs: Any) -> Any:
    with _EachLayerAlone() as run:
        result = nn.LSTM.forward(module, *args, **kwargs)
    watched = _watched.get(module)
    if watched and run.lower:
        _, (_, c_n) = result
        watched.last[threading.get_ident()] = ref(c_n), run.lower
    return result


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
