"""In which order does a direction read, where does a sequence end, and what is left of a trace if only some layers,
steps, sequences, units or quantities are taken?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import index
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, cast

import torch
from torch import Tensor

from lstm_core.arrays import DIMS
from lstm_core.errors import LstmCoreError, refuse_unknown

if TYPE_CHECKING:
    from lstm_core.traces.recorded import Recorded

    Kind = TypeVar("Kind", bound=Recorded)


# In which order does a direction read, and where does a sequence end?
#
# Everything is kept in sentence order. Direction 0 reads from the left and starts at step 0; direction 1 reads from the
# right and starts at each sequence's last step.


def before(
    states: Tensor, start: Tensor, direction: int, lengths: Tensor | None = None, steps: slice | None = None
) -> Tensor:
    """The state before each step, (time, batch, unit): the state after the step read before, or `start` (batch, unit).

    With `steps`, the result is a view of `states`, unless it includes `start`.
    """
    first, last = (0, len(states)) if steps is None else (steps.start, steps.stop)
    begin = start.unsqueeze(0).to(states.dtype)
    if direction == 0:
        return states[first - 1 : last - 1] if first else torch.cat([begin, states[: last - 1]])
    after = states[first + 1 : last + 1] if last < len(states) else torch.cat([states[first + 1 :], begin])
    if lengths is None:
        return after
    step = torch.arange(first, last, device=states.device).view(-1, 1, 1)
    return torch.where(step == lengths.to(states.device).unsqueeze(-1) - 1, begin, after)


def last_states(states: Tensor, lengths: Tensor | None = None) -> Tensor:
    """The states (layer, direction, batch, unit) after the step that each direction read last in each sequence."""
    if lengths is None:
        ends = states[:, 0, -1]
    else:
        last = lengths.to(states.device) - 1
        ends = states[:, 0, last, torch.arange(len(last), device=last.device)]
    return ends.unsqueeze(1) if states.shape[1] == 1 else torch.stack([ends, states[:, 1, 0]], dim=1)


def past_end(values: Tensor, lengths: Tensor, steps: slice | None = None) -> Tensor:
    """A mask (time, batch, 1), true past a sequence's end, for values (..., time, batch, unit); `steps` narrows it."""
    first, last = (0, values.shape[-3]) if steps is None else (steps.start, steps.stop)
    step = torch.arange(first, last, device=values.device).unsqueeze(1)
    return (step >= lengths.to(values.device)).unsqueeze(-1)


def check_sequences(trace: Recorded) -> None:
    """Raise LstmCoreError if a trace has no sequences, as of an empty batch."""
    if not trace.sizes["batch"]:
        raise LstmCoreError("Expected a trace with a sequence, got none: it is of an empty batch. Leave it out.")


def units_of(trace: Recorded, quantity: str) -> Sequence[int]:
    """The numbers in the whole run of the units that a quantity has in a trace, which may be a part."""
    # A projection's h has units of its own, and no part of them is taken.
    if trace.dims_of(quantity)[-1] == "h_unit":
        return range(getattr(trace, quantity).shape[-1])
    return trace.coords["unit"]


# What is left of a trace if only some layers, steps, sequences, units or quantities are taken?

# Some layers, directions, steps, sequences or units: one number, a slice as in Python, or several numbers.
Numbers = int | slice | Iterable[int]


class PartOfTrace(TypedDict, total=False):
    """A part of a trace, dim by dim; None, or a dim that is not named: all of it."""

    layer: Numbers | None
    direction: Numbers | None
    time: Numbers | None
    batch: Numbers | None
    unit: Numbers | None


def cut(trace: Kind, wanted: PartOfTrace) -> Kind:
    """The part of a trace with the numbers that are wanted of each dim; None: all.

    Raises LstmCoreError when the trace has none of these numbers.
    """
    refuse_unknown(wanted, DIMS)
    chosen = {dim: positions(trace, dim, cast("Numbers", which)) for dim, which in wanted.items() if which is not None}
    trace = _with_resets_of(trace, chosen.get("batch"))
    values: dict[str, Any] = {
        name: _taken(tensor, trace.dims_of(name), chosen) for name, tensor in trace.tensors().items()
    }
    if "time" in chosen:
        values |= _started(trace, chosen)
        if trace.lengths is not None:
            # How many of the chosen steps each sequence has.
            lengths, times = values["lengths"], torch.tensor(chosen["time"])
            values["lengths"] = (times.unsqueeze(1) < lengths.cpu()).sum(0).to(lengths)
    if trace.tokens is not None:
        values["tokens"] = _tokens(trace.tokens, chosen)
    numbers = dict(trace.numbers) | {dim: tuple(trace.coords[dim][n] for n in at) for dim, at in chosen.items()}
    return trace.with_values(**values, numbers=numbers)


def only(trace: Kind, names: Collection[str]) -> Kind:
    """A trace with these quantities alone, each in memory of its own."""
    absent = {name: None for name in (*trace.quantities, "h_read", "x") if name not in names}
    # What a cell read of its c goes with c.
    absent |= {} if "c" in names or not hasattr(trace, "c_read") else {"c_read": None}
    own = {name: tensor.clone() for name, tensor in trace.tensors().items() if name in names}
    return trace.with_values(**own | absent)


def positions(trace: Recorded, dim: str, which: Numbers) -> list[int]:
    """The positions along a dim of the numbers that are wanted; a step before another stays before it."""
    there = trace.coords[dim]
    whole = dim not in trace.numbers
    try:
        numbers = _numbers(there, which)
    except TypeError as error:
        raise LstmCoreError(
            f"Expected {dim} as a whole number, several of them, or a slice, got {which!r}. Give {dim}=0 or "
            f"{dim}=slice(0, 2)."
        ) from error
    numbers = [there[number] if -len(there) <= number < 0 else number for number in numbers]
    place = {number: position for position, number in enumerate(there)}
    strange = [number for number in numbers if number not in place]
    if strange or not numbers or len(set(numbers)) < len(numbers) or (dim == "time" and numbers != sorted(numbers)):
        order = " in increasing order" if dim == "time" else ""
        raise LstmCoreError(
            f"Expected one or more {dim} numbers of the trace{order}, each once, got {str(which)[:200]}. It has "
            f"{f'0 to {len(there) - 1}' if whole else str(list(there))[:200]}."
        )
    return [place[number] for number in numbers]


def _numbers(there: Sequence[int], which: Numbers) -> list[int]:
    """The numbers that are wanted; one below 0 counts from the end of what is there."""
    if isinstance(which, slice):
        if any(end is not None and end < 0 for end in (which.start, which.stop)):
            return list(there[which])
        last = there[-1] + 1 if which.stop is None else which.stop
        return [number for number in there if number in range(which.start or 0, last)][:: which.step]
    if isinstance(which, Tensor):
        which = which.tolist()
    several = [which] if isinstance(which, int) or not isinstance(which, Iterable) else list(which)
    if any(isinstance(number, bool) for number in several):
        raise TypeError("a truth value")
    return [index(number) for number in several]


def after_gaps(trace: Recorded) -> list[int]:
    """The steps in `resets` whose step before was left out."""
    times = trace.coords["time"]
    return [step for step in trace.resets if times[step] != times[step - 1] + 1]


def _taken(tensor: Tensor, dims: Sequence[str], chosen: Mapping[str, list[int]]) -> Tensor:
    """The chosen part of a tensor, in memory of its own."""
    cut = [dim for dim in dims if dim in chosen]
    for dim in cut:
        tensor = tensor.index_select(dims.index(dim), torch.tensor(chosen[dim], device=tensor.device))
    return tensor if cut else tensor.clone(memory_format=torch.contiguous_format)


def _tokens(tokens: list[list[str]], chosen: Mapping[str, list[int]]) -> list[list[str]]:
    rows = [tokens[sequence] for sequence in chosen["batch"]] if "batch" in chosen else tokens
    if "time" not in chosen:
        return rows
    return [[row[step] for step in chosen["time"] if step < len(row)] for row in rows]


def _with_resets_of(trace: Kind, rows: list[int] | None) -> Kind:
    """A trace without the resets at which all of these sequences went on."""
    anew = None if rows is None else trace.anew_in()
    if anew is None:
        return trace
    there = [n for n, one in enumerate(anew[:, rows].any(1).tolist()) if one]
    starts = {f"reset_{state}": trace.tensors()[f"reset_{state}"][there] if there else None for state in trace.states}
    return trace.with_values(resets=tuple(trace.resets[n] for n in there), **starts)


def _started(trace: Recorded, chosen: Mapping[str, list[int]]) -> dict[str, Any]:
    """Where the chosen steps started: a step whose step before was left out starts anew."""
    times = chosen["time"]
    firsts = [n for n, t in enumerate(times) if n == 0 or times[n - 1] != t - 1 or t in trace.resets]
    found: dict[str, Any] = {"resets": tuple(firsts[1:])}
    for state in trace.states:
        if state not in trace.kept:
            found |= {f"{state}0": None, f"reset_{state}": None}
            continue
        before = trace.before(state)
        parts = zip(firsts, [*firsts[1:], len(times)], strict=True)
        starts = torch.stack([_start(trace, before, times[first:end]) for first, end in parts])
        dims = ("reset", *trace.dims_of(f"{state}0"))
        others = {dim: at for dim, at in chosen.items() if dim != "time"}
        first, *rest = _taken(starts, dims, others).unbind(0)
        found |= {f"{state}0": first, f"reset_{state}": torch.stack(rest) if rest else None}
    return found


def _start(trace: Recorded, before: Tensor, read: list[int]) -> Tensor:
    """The state (layer, direction, batch, unit) before the first that each direction reads of some steps."""
    lengths = trace.lengths_or_time()
    # A sequence that ends within the part is read from its own last step on.
    lasts = [max((t for t in read if t < length), default=read[0]) for length in lengths]
    begins = [lasts if direction else [read[0]] * len(lengths) for direction in trace.coords["direction"]]
    return torch.stack([before[:, n, begin, range(len(lengths))] for n, begin in enumerate(begins)], dim=1)
