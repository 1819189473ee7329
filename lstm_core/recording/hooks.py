"""How does a hook of ours stay out of other people's threads, copies and files?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from lstm_core.errors import LstmCoreError


class OwnHook:
    """A forward hook for the calls for which `is_ours(module)` holds; for any other it does nothing.

    A copy or a pickle of a module that is made while the hook is set gets `nothing` in its place, which keeps nothing
    alive.
    """

    def __init__(self, is_ours: Callable[[nn.Module], bool], after_forward: Callable[..., Any]) -> None:
        self._is_ours, self._after_forward = is_ours, after_forward

    def __call__(self, module: nn.Module, args: Any, *rest: Any) -> Any:
        # PyTorch forgets that a hook takes kwargs as soon as it is removed, and another thread may then still call it.
        if not self._is_ours(module):
            return None
        return self._after_forward(module, args, *rest)

    def __reduce__(self) -> Any:
        return _the_function_that_does_nothing, ()


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """What a hook of ours is in a copy."""


def _the_function_that_does_nothing() -> Callable[..., None]:
    return nothing


def foreign_hooks(module: nn.Module) -> list[str]:
    """The forward hooks of a module that are not ours, by name."""
    foreign = [hook for hook in module._forward_hooks.values() if not isinstance(hook, OwnHook) and hook is not nothing]
    return [getattr(hook, "__qualname__", type(hook).__qualname__) for hook in foreign]


def refuse_transforms(name: str, module: nn.Module) -> None:
    """Refuse a call without numbers: inside `torch.func.grad`, `vmap` and the like a tensor stands for others, and on
    the meta device it has only a shape."""
    from torch._C import _functorch

    if any(weight.is_meta for weight in module.parameters()):
        raise LstmCoreError(
            f"Expected {name or type(module).__name__!r} with numbers as weights, got weights on the meta device, "
            "which have only shapes. Give it weights first: model.to_empty(device='cpu') and load_state_dict."
        )
    if _functorch.peek_interpreter_stack() is not None:
        raise LstmCoreError(
            f"Expected a plain call of {name or type(module).__name__!r}, got one inside torch.func (grad, jacrev, "
            "vmap or the like), where there are no numbers to record. Call torch.func outside of the record or "
            "intervene block, and run the model in it once by itself."
        )


def is_traced() -> bool:
    """Whether `torch.jit.trace` or `torch.export` is taking down what runs: our own operations would become part of the
    model."""
    traced = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    return bool(traced) or torch.compiler.is_exporting()
