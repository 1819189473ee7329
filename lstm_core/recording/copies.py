"""How is a copy or a pickle that is made of a module in a block as clean as one made outside?"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from torch import nn

from lstm_core.errors import LstmCoreError
from lstm_core.recording.forward import OwnForward
from lstm_core.recording.hooks import OwnHook

_blocks: WeakKeyDictionary[nn.Module, int] = WeakKeyDictionary()
_lock = threading.Lock()


@contextmanager
def left_out_of_copies(module: nn.Module) -> Iterator[None]:
    """Inside the block a copy or a pickle of a module has no hook and no forward of ours, nor any trace of us.

    `torch.jit.script`, which would compile our hooks, is refused.
    """
    ways = {"__getstate__": MethodType(_state, module), "__prepare_scriptable__": MethodType(_refuse_scripting, module)}
    if hasattr(type(module), "__deepcopy__"):
        ways["__deepcopy__"] = MethodType(_deep_copy, module)
    with _lock:
        _blocks[module] = _blocks.get(module, 0) + 1
        vars(module).update(ways)
    try:
        yield
    finally:
        with _lock:
            _blocks[module] -= 1
            if not _blocks[module]:
                del _blocks[module]
                for name in ways:
                    del vars(module)[name]


def _refuse_scripting(module: nn.Module) -> NoReturn:
    raise LstmCoreError(
        f"Expected torch.jit.script of {type(module).__name__} outside of a block, got it inside one, whose hooks "
        "can't be compiled. Script it before or after the block."
    )


def _state(module: Any) -> Any:
    """What a module's class gives away to be copied or pickled, without what is ours."""
    its_class: Any = type(module)
    state = its_class.__getstate__(module)
    return _without_ours(dict(state), module) if isinstance(state, dict) else state


def _deep_copy(module: Any, memo: dict[int, Any]) -> Any:
    """The copy of a class that makes it by itself, without what is ours."""
    copied = type(module).__deepcopy__(module, memo)
    _without_ours(vars(copied), module)
    return copied


def _without_ours(attributes: dict[str, Any], module: nn.Module) -> dict[str, Any]:
    own = vars(module)
    for hooks in ("_forward_hooks", "_forward_pre_hooks"):
        ours = {number for number, hook in own[hooks].items() if isinstance(hook, OwnHook)}
        for name in (hooks, f"{hooks}_with_kwargs", "_forward_hooks_always_called"):
            kept = ((number, kept) for number, kept in attributes[name].items() if number not in ours)
            attributes[name] = OrderedDict(kept)
    if isinstance(own.get("forward"), OwnForward):
        del attributes["forward"]
    for name in ("__getstate__", "__deepcopy__", "__prepare_scriptable__"):
        attributes.pop(name, None)
    return attributes
