"""How does a hook of ours stay out of other people's threads, files, compiled and exported programs?"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock
from typing import Any, NoReturn

import torch
from torch import nn

from lstm_core.errors import LstmCoreError, unreadable
from lstm_core.finding.place import is_taken_down


class OwnHook:
    """A forward hook for the calls for which `is_ours(module)` holds; for any other it does nothing.

    While `torch.jit.trace` or `torch.export` takes down what runs it does nothing either, or refuses them if it changes
    what module `changes` computes.
    """

    def __init__(
        self, is_ours: Callable[[nn.Module], bool], after_forward: Callable[..., Any], changes: str | None = None
    ) -> None:
        self._is_ours, self._after_forward, self._changes = is_ours, after_forward, changes

    def __call__(self, module: nn.Module, args: Any, *rest: Any) -> Any:
        if is_traced():
            if self._changes is not None and (_strict_export() or (not _is_read() and self._is_ours(module))):
                _refuse_tracing(self._changes)
            return None
        # PyTorch forgets that a hook takes kwargs as soon as it is removed, and another thread may then still call it.
        if not self._is_ours(module):
            return None
        try:
            return self._after_forward(module, args, *rest)
        except RuntimeError as error:
            raise unreadable(type(module).__name__, [*module.parameters(), *args], error) from error

    def __reduce__(self) -> Any:
        # A copy or a pickle gets what takes anything, does nothing and comes with Python.
        return getattr, (nullcontext(), "__exit__")

    @property
    def __name__(self) -> str:
        # `torch.jit.script` asks for it, to compile a hook.
        raise LstmCoreError(
            "Expected torch.jit.script outside of a block, got it inside one, whose hooks can't be compiled. Script "
            "the model before or after the block."
        )


def foreign_hooks(module: nn.Module) -> list[str]:
    """The forward hooks of a module that are not ours, by name."""
    foreign = [hook for hook in module._forward_hooks.values() if not isinstance(hook, OwnHook)]
    return [getattr(hook, "__qualname__", type(hook).__qualname__) for hook in foreign]


def refuse_transforms(name: str, module: nn.Module) -> None:
    """Refuse a call inside `torch.func.grad`, `vmap` or the like, of fake tensors, or with weights on the meta device:
    there are no numbers."""
    from torch._C import _functorch

    fake = torch._C._get_dispatch_mode(torch._C._TorchDispatchModeKey.FAKE)
    with torch._C.DisableTorchFunction():
        on_meta = any(weight.is_meta for weight in module.parameters())
    if _functorch.peek_interpreter_stack() is not None or fake is not None or on_meta:
        raise LstmCoreError(
            f"Expected a plain call of {name or type(module).__name__!r}, got one inside torch.func (grad, jacrev, "
            "vmap or the like) or FakeTensorMode, or with weights on the meta device, where there are no numbers to "
            "record. Call them outside of the record or intervene block, and run the model in it once by itself, with "
            "weights."
        )


# PyTorch's stance while blocks are open, and once more for each of them.
_eager: list[Any] = []
_lock = Lock()


@contextmanager
def compilation_steps_aside() -> Iterator[None]:
    """Inside the block what `torch.compile` made runs as it was written, in the whole process: a compiled model runs
    code that was made without our hooks. Who first compiles inside of a block is not reached."""
    # To import the compiler costs a second: who has not imported it has compiled nothing.
    if "torch._dynamo" not in sys.modules:
        yield
        return
    if _is_read():
        raise LstmCoreError("Expected a block outside of what torch.compile compiles, got one inside. Open it around.")
    with _lock:
        # Blocks of several threads end in any order, so the last that ends puts back what was before the first.
        _eager.append(_eager[0] if _eager else torch.compiler.set_stance("force_eager"))
    try:
        yield
    finally:
        with _lock:
            stance = _eager.pop()
            if not _eager:
                stance.__exit__(None, None, None)


def is_traced() -> bool:
    """Whether a compiler takes down what runs, so that our own operations would become part of the model: that of
    `torch.jit.trace`, `torch.export` or, in a thread without a block, `torch.compile`."""
    return _is_read() or is_taken_down()


def _is_read() -> bool:
    """Whether these lines don't run but are read, to be compiled: no thread can be asked for then."""
    return torch.compiler.is_dynamo_compiling()


def _strict_export() -> bool:
    return _is_read() and getattr(torch.compiler, "is_exporting", bool)()


def _refuse_tracing(name: str) -> NoReturn:
    raise LstmCoreError(
        f"Expected a plain call of {name!r}, got one inside torch.jit.trace or torch.export, whose result would "
        "outlive the hold. Call them outside of the intervene block."
    )


# A strict torch.export runs what is so marked, and so the error is ours, not the one of what reads.
_refuse_tracing._dynamo_marked_constant = True  # type: ignore[attr-defined]
