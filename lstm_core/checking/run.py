"""What does a model answer, and what did its recurrent modules get and give?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from lstm_core.errors import LstmCoreError
from lstm_core.recording.call import Call, check_form, read_call
from lstm_core.recording.kinds import RECORDED

# What is among the inputs of a model: tensors in their order, in tuples, and in dicts by name?


def parts_of(given: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """An input and all that stands in it, each with the last name that a dict gives it ("" without a dict)."""
    yield name, given
    if isinstance(given, Mapping):
        for key, value in given.items():
            yield from parts_of(value, str(key))
    elif type(given) is tuple:
        for value in given:
            yield from parts_of(value, name)


def with_parts(given: Any, change: Callable[[Any], Any]) -> Any:
    """An input whose parts are changed; `change` returns a part itself where it, or what stands in it, is to stay."""
    changed = change(given)
    if changed is not given:
        return changed
    if isinstance(given, Mapping):
        return {key: with_parts(value, change) for key, value in given.items()}
    return tuple(with_parts(value, change) for value in given) if type(given) is tuple else given


# What does a model answer, and what did its recurrent modules get and give?


class Called(NamedTuple):
    """One call of a recurrent module in a model."""

    name: str
    module: nn.Module
    call: Call


class CheckedRun(NamedTuple):
    """What a model answered, and the calls of its recurrent modules in their order."""

    answer: Tensor
    calls: list[Called]


Change = Callable[[Called, Any], Any]
"""Takes a call of a recurrent module and its result, and returns the result to go on with, or None."""


def run(model: nn.Module, inputs: tuple[Any, ...], change: Change | None = None) -> CheckedRun:
    """What a model answers, with the results of its recurrent modules changed; without gradients."""
    calls: list[Called] = []
    with torch.no_grad(), ExitStack() as hooks:
        for name, module in model.named_modules():
            if isinstance(module, RECORDED):
                handle = module.register_forward_hook(_watch(name, calls, change), with_kwargs=True)
                hooks.callback(handle.remove)
        return CheckedRun(answer(model, inputs), calls)


def _watch(name: str, calls: list[Called], change: Change | None) -> Callable[..., Any]:
    def after(module: nn.Module, args: Any, kwargs: Any, result: Any) -> Any:
        try:
            check_form(name, module, args, kwargs, result)
        except LstmCoreError:
            # A forward of its own: what it does is none of PyTorch's calls.
            return None
        calls.append(Called(name, module, read_call(module, args, kwargs, result)))
        return None if change is None else change(calls[-1], result)

    return after


def answer(model: nn.Module, inputs: tuple[Any, ...], seed: int = 0) -> Tensor:
    """The first of `all_answers`, after a loss of one number."""
    floats = all_answers(model, inputs, seed)
    return next((each for each in floats if each.dim()), floats[0])


def all_answers(model: Callable[..., Any], inputs: tuple[Any, ...], seed: int = 0) -> list[Tensor]:
    """All tensors of floating numbers in what a model returns, packed ones padded. Raises LstmCoreError if none is."""
    with seeded(seed):
        result = model(*inputs)
    if floats := list(_floats(result)):
        return floats
    raise LstmCoreError(
        f"Expected a model that returns a tensor of numbers, got {type(result).__name__}. Check the part of it that "
        "does."
    )


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """A block in which random numbers are those of a seed, after which all go on as if it had not been."""
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        yield


def _floats(value: Any) -> Iterator[Tensor]:
    if isinstance(value, PackedSequence):
        yield pad_packed_sequence(value)[0]
    elif isinstance(value, Tensor):
        if value.is_floating_point():
            yield value
    else:
        parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple | list) else ()
        for part in parts:
            yield from _floats(part)


def apart(one: Tensor, other: Tensor) -> float:
    """The largest difference between finite numbers, in proportion to the largest of them; infinity where one number
    alone is finite, or the shapes differ. Where no number is finite nothing is known: NaN."""
    one, other = one.detach().double(), other.detach().double()
    if one.shape != other.shape or not torch.equal(one.isfinite(), other.isfinite()):
        return float("inf")
    one, other = one[one.isfinite()], other[other.isfinite()]
    if not len(one):
        return float("nan")
    return float((one - other).abs().max()) / max(float(one.abs().max()), float(other.abs().max()), 1e-12)


def tolerance(model: nn.Module) -> float:
    """The largest `apart` that another order of sums explains, in the coarsest dtype of a model."""
    coarsest = max((torch.finfo(w.dtype).eps for w in model.parameters() if w.is_floating_point()), default=1e-7)
    return max(1e-5, 100 * coarsest)


def told(change: float) -> str:
    """A difference, as a row's number."""
    if change in (0, float("inf")):
        return "infinitely far apart" if change else "equal"
    return f"{change:.0%} apart" if change >= 0.01 else f"{change:.0e} apart"
