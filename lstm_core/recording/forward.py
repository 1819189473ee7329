"""What runs in the place of a module's own forward while it is recorded?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from types import MethodType
from typing import Any
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn

Way = Callable[[nn.LSTM, Sequence[Any], Mapping[str, Any]], tuple[Any, Any]]
"""(module, args, kwargs) of a call to its result, and what is to be kept beside it."""


@dataclass
class _Replaced:
    """The ways of the open blocks, each with its thread, of which a thread's first runs; what the last call in each
    thread kept, and its c_n."""

    ways: list[tuple[int, Way]] = field(default_factory=list)
    kept: dict[int, tuple[ref[Tensor], Any]] = field(default_factory=dict)


_replaced: WeakKeyDictionary[nn.Module, _Replaced] = WeakKeyDictionary()
_lock = threading.Lock()


def can_be_replaced(module: nn.Module) -> bool:
    """Whether a module's forward is that of `nn.LSTM`, and nobody else's."""
    if not isinstance(module, nn.LSTM) or type(module).forward is not nn.LSTM.forward:
        return False
    # Ours may be there though no block is open: in a copy that was made in one.
    own = vars(module).get("forward")
    return own is None or getattr(own, "__func__", None) is _forward


@contextmanager
def runs_by(module: nn.Module, way: Way, ahead: bool = False) -> Iterator[None]:
    """Inside the block an `nn.LSTM` runs by a way of ours in this thread, `ahead` of the ways of other blocks or after
    them."""
    entry = threading.get_ident(), way
    with _lock:
        replaced = _replaced.setdefault(module, _Replaced())
        replaced.ways.insert(0 if ahead else len(replaced.ways), entry)
        # A method, and not a closure: a copy of the module made in the block then runs the copy.
        vars(module)["forward"] = MethodType(_forward, module)
    try:
        yield
    finally:
        with _lock:
            replaced.ways.remove(entry)
            if not replaced.ways:
                del _replaced[module], vars(module)["forward"]


def kept_beside(module: nn.Module, c_n: Tensor) -> Any:
    """What a way of ours kept in the call that just returned this very c_n; None if it was another."""
    replaced = _replaced.get(module)
    if replaced is None or threading.get_ident() not in replaced.kept:
        return None
    returned, kept = replaced.kept[threading.get_ident()]
    # Another hook may have put something else in its place: then what was kept is not of this result.
    return kept if returned() is c_n else None


def _forward(module: nn.LSTM, *args: Any, **kwargs: Any) -> Any:
    replaced = _replaced.get(module)
    here = threading.get_ident()
    way = next((way for thread, way in tuple(replaced.ways) if thread == here), None) if replaced else None
    if replaced is None or way is None:
        return nn.LSTM.forward(module, *args, **kwargs)
    result, kept = way(module, args, kwargs)
    _, (_, c_n) = result
    replaced.kept[here] = ref(c_n), kept
    return result


def plain_tensors() -> AbstractContextManager[Any]:
    """No graph, and no inference tensors though the caller may be in inference mode."""
    if torch.is_inference_mode_enabled():
        return _out_of_inference()
    return torch.no_grad() if torch.is_grad_enabled() else nullcontext()


@contextmanager
def _out_of_inference() -> Iterator[None]:
    with torch.inference_mode(False), torch.no_grad():
        yield
