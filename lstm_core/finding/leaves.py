"""How does a gradient of a loss come to gates that were found, step by step, in the model's own graph?"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from lstm_core.finding.chain import Chain
from lstm_core.finding.roles import Roles
from lstm_core.finding.update import BACK, TOWARDS


class InGraph(Tensor):
    """Recorded values that stand for the model's own tensors of each step.

    `torch.autograd.grad(loss, trace.f)` is the gradient with respect to what the model multiplied with, by all its
    ways: where i is computed as 1 − f, that of f holds what goes through i.
    """

    _edges: list[Any]
    _shape_of_step: torch.Size

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


def with_gradients(values: Mapping[str, Tensor], chain: Chain, roles: Roles) -> dict[str, Any]:
    """The recorded values as `InGraph`, each with the places in the graph of its steps."""
    form = chain.reading.form
    edges: dict[str, list[Any]] = {"c": [step.edges["c"] for step in chain.steps]}
    gate = [_only(step.edges["gate"]) for step in chain.steps]
    if form in (TOWARDS, BACK):
        edges["i" if form == TOWARDS else "f"] = gate
        edges["g"] = [_only(step.edges["write"]) for step in chain.steps]
    else:
        edges["f"] = gate
        for letter, which in (("i", roles.i), ("g", roles.g)):
            edges[letter] = [_only(tuple(step.edges["write"][n] for n in which)) for step in chain.steps]
    if roles.shown is not None:
        reads = [step.reads[roles.shown].edges for step in chain.steps]
        edges["h"] = [one[-1] for one in reads]
        if roles.has_o:
            edges["o"] = [_only(one[:-1]) for one in reads]
    found = {}
    for letter, own in edges.items():
        if any(edge is not None for edge in own):
            tensor = values[letter].as_subclass(InGraph)
            tensor._edges, tensor._shape_of_step = own, chain.steps[0].result.shape
            found[letter] = tensor
    return found


def _only(edges: tuple[Any, ...]) -> Any:
    """The place of a value that is one tensor of the model's; a product of several has none."""
    known = [edge for edge in edges if edge is not None]
    return known[0] if len(known) == 1 else None
