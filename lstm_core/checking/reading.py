"""What does a model answer, which dim of what it reads is time, which are its sequences, and how long is each?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

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
    elif isinstance(given, tuple | list) and not isinstance(given, PackedSequence):
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


class RecurrentCall(NamedTuple):
    """One call of a recurrent module in a model."""

    name: str
    module: nn.Module
    call: Call


class CheckedRun(NamedTuple):
    """What a model answered, and the calls of its recurrent modules in their order."""

    answer: Tensor
    calls: list[RecurrentCall]


# Takes a call of a recurrent module and its result, and returns the result to go on with, or None.
Change = Callable[[RecurrentCall, Any], Any]


def run(model: nn.Module, inputs: tuple[Any, ...], change: Change | None = None) -> CheckedRun:
    """What a model answers, with the results of its recurrent modules changed; without gradients."""
    calls: list[RecurrentCall] = []
    with torch.no_grad(), ExitStack() as hooks:
        for name, module in model.named_modules():
            if isinstance(module, RECORDED):
                handle = module.register_forward_hook(_watch(name, calls, change), with_kwargs=True)
                hooks.callback(handle.remove)
        return CheckedRun(answer(model, inputs), calls)


def _watch(name: str, calls: list[RecurrentCall], change: Change | None) -> Callable[..., Any]:
    def after(module: nn.Module, args: Any, kwargs: Any, result: Any) -> Any:
        try:
            check_form(name, module, args, kwargs, result)
        except LstmCoreError:
            # A forward of its own: what it does is none of PyTorch's calls.
            return None
        calls.append(RecurrentCall(name, module, read_call(module, args, kwargs, result)))
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
    padded = (pad_packed_sequence(one)[0] if isinstance(one, PackedSequence) else one for _, one in parts_of(result))
    if floats := [one for one in padded if isinstance(one, Tensor) and one.is_floating_point()]:
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


def as_percent(change: float) -> str:
    """A difference, as a row's number."""
    if change in (0, float("inf")):
        return "infinitely far apart" if change else "equal"
    return f"{change:.0%} apart" if change >= 0.01 else f"{change:.0e} apart"


# Which dim is time, which are the sequences, and how long is each?


@dataclass(frozen=True)
class BatchReading:
    """The inputs of a model whose recurrent module steps along dim `time` of x, over the sequences of dim `batch`.

    `given`: x as it stands among the inputs, maybe packed. `lengths`: the steps of each sequence that are no padding;
    `told`: the input that says them; `mask`: the one, of the dims of x, that says which steps are none.
    """

    x: Tensor
    inputs: tuple[Any, ...]
    given: Any
    time: int
    batch: int
    lengths: list[int]
    told: Any = None
    mask: Tensor | None = None

    @property
    def packed(self) -> bool:
        """Whether x came packed."""
        return isinstance(self.given, PackedSequence)

    @property
    def sequences(self) -> int:
        """How many there are."""
        return self.x.shape[self.batch]

    @property
    def steps(self) -> int:
        """The longest."""
        return self.x.shape[self.time]

    @property
    def all_equal(self) -> bool:
        """Whether every sequence is the first one, so that no change of places can be seen."""
        return bool((self.x == self.x.narrow(self.batch, 0, 1)).all())

    def only(self, sequences: Sequence[int], steps: int | None = None, x: Tensor | None = None) -> tuple[Any, ...]:
        """The inputs of some sequences, in this order, cut to a number of steps; `x`: other values in its place."""
        index = torch.tensor(list(sequences), device=self.x.device)
        steps = self.steps if steps is None else steps
        chosen = (self.x if x is None else x).index_select(self.batch, index).narrow(self.time, 0, steps)
        lengths = [min(self.lengths[one], steps) for one in sequences]
        first = pack_padded_sequence(chosen, torch.tensor(lengths), enforce_sorted=False) if self.packed else chosen

        def of_these(given: Any) -> Any:
            if given is self.given:
                return first
            if given is self.told:
                return torch.as_tensor(lengths, device=given.device) if isinstance(given, Tensor) else lengths
            return self._chosen(given, index, steps) if isinstance(given, Tensor) else given

        return tuple(with_parts(given, of_these) for given in self.inputs)

    def _chosen(self, given: Tensor, index: Tensor, steps: int) -> Tensor:
        """Another input of these sequences, if it has a row for each of them; a mask, or beside x in a dict, of these
        steps."""
        by_step = given is self.mask or isinstance(self.inputs[0], Mapping)
        if by_step and given.shape[:2] == self.x.shape[:2]:
            return given.index_select(self.batch, index).narrow(self.time, 0, steps)
        if given.dim():
            # A state is (layer, batch, unit), all else has its sequences first.
            for dim in (1, 0) if given.dim() == 3 else (0, 1):
                if given.dim() > dim and given.shape[dim] == self.sequences:
                    return given.index_select(dim, index)
        return given

    def by_sequence(self, answer: Tensor) -> Tensor | None:
        """An answer as (batch, …), or (batch, time, …) if there is one a step; None if it has no dim of sequences."""
        dims = [dim for dim in range(min(2, answer.dim())) if answer.shape[dim] == self.sequences]
        if not dims:
            return None
        like_x = answer.shape[:2] == self.x.shape[:2]
        return answer.movedim(self.batch if like_x and self.batch in dims else dims[0], 0)

    def each_step(self, answer: Tensor) -> bool:
        """Whether there is an answer a step, in the dims of `by_sequence`."""
        return answer.dim() > 1 and answer.shape[1] == self.steps > 1


def reading_of(
    model: nn.Module,
    inputs: tuple[Any, ...],
    sizes: tuple[int, int],
    first: CheckedRun,
    run: Callable[[tuple[Any, ...]], CheckedRun],
) -> BatchReading | None:
    """How a model reads its first input, or the tensor in it, whose memory makes so many steps over so many sequences;
    None where the sizes of x do not tell which dim is which. `first`: its run."""
    if isinstance(inputs[0], PackedSequence):
        padded, ends = pad_packed_sequence(inputs[0])
        return BatchReading(padded, inputs, inputs[0], 0, 1, ends.tolist())

    def counts(x: Tensor) -> bool:
        other = x.flip(0, 1)
        changed = with_parts(inputs, lambda given: other if given is x else given)
        return not torch.equal(run(changed).answer, first.answer)

    steps, sequences = sizes
    x = _x_in(inputs[0], steps, sequences, counts)
    # The sequences of a first module may be parts of those of a second, as the sentences of documents.
    if x is None or (steps > 1 and sequences == x.shape[0] * x.shape[1]):
        return None
    dims = [dim for dim in (0, 1) if x.shape[dim] == sequences]
    return _of(model, inputs, x, dims[0]) if len(dims) == 1 else None


def _x_in(given: Any, steps: int, sequences: int, counts: Callable[[Tensor], bool]) -> Tensor | None:
    """What the module reads of the first input: it, or of a dict the first tensor of these sizes that counts for it, or
    else of so many sequences, as where the last step is left out."""
    if not isinstance(given, Mapping):
        return given if isinstance(given, Tensor) and given.dim() > 1 else None
    sizes = {(steps, sequences), (sequences, steps)}
    fit = [x for _, x in parts_of(given) if isinstance(x, Tensor) and x.dim() > 1 and sequences in x.shape[:2]]
    # What does not change with time is (batch, feature).
    fit.sort(key=lambda x: (tuple(x.shape[:2]) not in sizes, -x.dim()))
    return next((x for x in fit if counts(x)), None)


def _of(model: nn.Module, inputs: tuple[Any, ...], x: Tensor, batch: int) -> BatchReading:
    steps, sequences = x.shape[1 - batch], x.shape[batch]
    named = list(parts_of(dict(zip(signature(model.forward).parameters, inputs, strict=False))))
    # A dict names its lengths: other whole numbers may be classes.
    by_name = [each for name, each in named if "len" in name.lower()]
    told = next((each for each in (*inputs[1:], *by_name) if _are_lengths(each, sequences, steps)), None)
    mask = next((each for name, each in named if name == "attention_mask" and _is_mask(each, x)), None)
    # Without the steps at the ends that the mask leaves out, or else an embedding's `padding_idx`.
    is_padding = padding_in(model, x) if mask is None else mask == 0
    unpadded = [steps] * sequences if is_padding is None else _without(is_padding, 1 - batch)
    lengths = unpadded if told is None else [int(length) for length in told]
    return BatchReading(x, inputs, x, 1 - batch, batch, lengths, told, mask)


def _are_lengths(given: Any, sequences: int, steps: int) -> bool:
    if isinstance(given, Tensor):
        given = given.tolist() if given.dim() == 1 and not given.is_floating_point() else None
    return (
        isinstance(given, list | tuple)
        and len(given) == sequences
        and all(isinstance(length, int) and 1 <= length <= steps for length in given)
    )


def _is_mask(given: Any, x: Tensor) -> bool:
    return isinstance(given, Tensor) and given.shape == x.shape[:2] and bool(((given == 0) | (given == 1)).all())


def padding_in(model: nn.Module, x: Tensor) -> Tensor | None:
    """Which steps of x, in its first two dims, are an embedding's padding; None if there is no such embedding."""
    row = next((one.padding_idx for one in model.modules() if isinstance(one, nn.Embedding)), None)
    return None if row is None or x.is_floating_point() else (x == row).flatten(2).all(-1) if x.dim() > 2 else x == row


def without_zeros(reading: BatchReading) -> BatchReading:
    """The reading if steps of zeros alone, at the end of a sequence, are padding."""
    x = reading.x
    is_zero = (x == 0).flatten(2).all(-1) if x.dim() > 2 else x == 0
    return replace(reading, lengths=_without(is_zero, reading.time))


def _without(is_padding: Tensor, time: int) -> list[int]:
    steps = is_padding.shape[time]
    at_end = is_padding.movedim(time, 1).flip(1).cumprod(1).sum(1)
    # What is padding alone is a whole sequence of it.
    return [steps - int(count) or steps for count in at_end]
