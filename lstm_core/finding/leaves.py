"""How does a gradient of a loss come to gates that were found, step by step, in the model's own graph?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


class InGraph(Tensor):
    """Recorded values that stand for the model's own tensors of each step.

    `torch.autograd.grad(loss, trace.f)` is the gradient with respect to what the model multiplied with, by all its
    ways: where i is computed as 1 − f, that of f holds what goes through i.
    """

    _edges: list[Any]
    _shape_of_step: torch.Size

    @classmethod
    def of(cls, values: Tensor, edges: Sequence[Any], shape: torch.Size) -> InGraph:
        """Values with the place in the graph of each step's tensor, of this shape."""
        tensor = values.as_subclass(cls)
        tensor._edges, tensor._shape_of_step = list(edges), shape
        return tensor

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """As of a plain tensor, except for the gradient with respect to it."""
        kwargs = kwargs or {}
        if func is torch.autograd.grad:
            return _grad(*args, **kwargs)
        with torch._C.DisableTorchFunctionSubclass():
            return func(*_plain(args), **_plain(kwargs))


def _plain(values: Any) -> Any:
    if isinstance(values, InGraph):
        return values.detach().as_subclass(Tensor)
    if isinstance(values, tuple | list):
        return type(values)(_plain(value) for value in values)
    return {key: _plain(value) for key, value in values.items()} if isinstance(values, dict) else values


def _grad(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """`torch.autograd.grad` with each recorded tensor replaced by those of its steps."""
    several = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    flat = [edge for one in several for edge in (one._edges if isinstance(one, InGraph) else [one]) if edge is not None]
    kwargs["allow_unused"] = True
    found = iter(torch.autograd.grad(outputs, flat, *args, **kwargs))
    return tuple(_stacked(one, found) if isinstance(one, InGraph) else next(found) for one in several)


def _stacked(one: InGraph, found: Any) -> Tensor:
    """The gradients of all steps in the dims of the recorded tensor; 0 where a step has none."""
    steps = []
    for edge in one._edges:
        gradient = None if edge is None else next(found)
        zero = torch.zeros(one._shape_of_step, dtype=one.dtype, device=one.device)
        steps.append(zero if gradient is None else gradient.sum_to_size(gradient.shape).expand(one._shape_of_step))
    values = torch.stack(steps)
    return values.reshape(one.shape)
