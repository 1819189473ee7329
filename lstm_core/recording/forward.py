"""What runs in place of a module's own forward while it is recorded?"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn

from lstm_core.open_blocks import Block
from lstm_core.recording.hooks import is_traced

Way = Callable[[Any, Sequence[Any], Mapping[str, Any]], tuple[Any, Any]]
"""Takes (module, args, kwargs) of a call and returns its result, and a value to keep beside it."""


@dataclass
class _Replaced:
    """The ways of the open blocks: a call runs the first whose block it is inside. `kept`: by thread, the last call's
    last state and the value kept beside it."""

    ways: list[tuple[Block, Way]] = field(default_factory=list)
    kept: dict[int, tuple[ref[Tensor], Any]] = field(default_factory=dict)


_replaced: WeakKeyDictionary[nn.Module, _Replaced] = WeakKeyDictionary()
_lock = threading.Lock()


def can_be_replaced(module: nn.Module) -> bool:
    """Whether a module's forward is PyTorch's own, of `nn.LSTM`, `nn.GRU` or `nn.RNN`."""
    plain = next((kind.forward for kind in (nn.LSTM, nn.GRU, nn.RNN) if isinstance(module, kind)), None)
    if plain is None or type(module).forward is not plain:
        return False
    own = vars(module).get("forward")
    return own is None or isinstance(own, OwnForward)


@contextmanager
def runs_by(module: nn.Module, way: Way, ahead: bool = False) -> Iterator[None]:
    """Inside the block a module runs `way`; `ahead` puts it before the ways of other blocks."""
    entry = Block(), way
    with _lock:
        replaced = _replaced.setdefault(module, _Replaced())
        replaced.ways.insert(0 if ahead else len(replaced.ways), entry)
        vars(module)["forward"] = OwnForward(module)
    try:
        with entry[0]:
            yield
    finally:
        with _lock:
            replaced.ways.remove(entry)
            if not replaced.ways:
                del _replaced[module], vars(module)["forward"]


def kept_beside(module: nn.Module, last_state: Tensor) -> Any:
    """The value kept in the call that just returned this c_n (of a GRU or an RNN: this h_n); None if another did."""
    replaced = _replaced.get(module)
    if replaced is None or threading.get_ident() not in replaced.kept:
        return None
    returned, kept = replaced.kept[threading.get_ident()]
    # Another hook may have replaced the result: then the kept value does not belong to it.
    return kept if returned() is last_state else None


class OwnForward:
    """What stands in the place of a module's forward."""

    def __init__(self, module: nn.Module) -> None:
        self._module = module

    @property
    def __code__(self) -> CodeType:
        # `torch.export` reads it.
        return type(self._module).forward.__code__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _forward(self._module, *args, **kwargs)


def _forward(module: Any, *args: Any, **kwargs: Any) -> Any:
    if is_traced():
        return type(module).forward(module, *args, **kwargs)
    replaced = _replaced.get(module)
    way = next((way for block, way in tuple(replaced.ways) if block.is_here()), None) if replaced else None
    if replaced is None or way is None:
        return type(module).forward(module, *args, **kwargs)
    result, kept = way(module, args, kwargs)
    _, states = result
    replaced.kept[threading.get_ident()] = ref(states if isinstance(states, Tensor) else states[-1]), kept
    return result


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
