"""How is a gate of a hand-written cell held, where an earlier block has found it?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.finding.known import Known, WatchKnown, all_known
from lstm_core.finding.place import passes_on
from lstm_core.open_blocks import Block, blocks_here
from lstm_core.recording.hold import Hold
from lstm_core.recording.hooks import compilation_steps_aside
from lstm_core.recording.modules import first_names
from lstm_core.traces.recorded import Recorded

# By the key of a memory, the `steps` of its sequences at which c was held, and of which `units`.
HeldC = dict[Any, dict[str, set[int]]]


@dataclass(eq=False)
class _HeldGate:
    """A hold of an open block, and the steps that came at which its gate was computed."""

    model: nn.Module
    known: Known
    key: Any
    hold: Hold
    came: set[int] = field(default_factory=set)


@dataclass(eq=False)
class _Recorded:
    """A model that an open block records, and where its memories were held."""

    model: nn.Module
    held_c: HeldC = field(default_factory=dict)


@contextmanager
def holding_itself(model: nn.Module) -> Iterator[HeldC]:
    """The watch that records a model holds its gates too, inside the block; gives where c was held in it."""
    recorded = _Recorded(model)
    with Block(recorded):
        yield recorded.held_c


def _held_in(model: nn.Module) -> list[_HeldGate]:
    return [held for held in blocks_here(_HeldGate) if held.model is model]


def known_held(model: nn.Module) -> Known | None:
    """Where the memories are of which a gate is held."""
    return next((held.known for held in _held_in(model)), None)


def is_held(model: nn.Module) -> bool:
    """Whether an open block here holds a gate of a model."""
    return bool(_held_in(model))


def change_now(model: nn.Module, key: Any, letter: str, step: int | None, value: Tensor) -> Tensor:
    """What the holds here make of a quantity at a step. Raises LstmCoreError if nobody knows which step it is."""
    for held in _held_in(model):
        if held.key == key and step is None:
            raise LstmCoreError(
                f"Expected to know which step is held, but the memory of {key[1]} comes back by a way that is not "
                "followed, such as another sum, numpy or a Python number. Keep it in a tensor that only masks, "
                "dropout, norms, stacks and indices touch between steps."
            )
        hold = held.hold
        if held.key == key and step is not None and hold.gate == letter:
            held.came.add(step)
            if hold.steps is None or step in hold.steps:
                value = _put(hold, step, value)
                for recorded in blocks_here(_Recorded) if letter == "c" else ():
                    if recorded.model is model:
                        where = recorded.held_c.setdefault(key, {"steps": set(), "units": set()})
                        where["steps"].add(step)
                        where["units"].update(_units(hold, value))
    return value


@contextmanager
def cell_held(model: nn.Module, name: str | None, holds: Sequence[Hold]) -> Iterator[None]:
    """Hold gates of the found cell `name` of a model inside the block."""
    known, key = _memory(model, name)
    for hold in holds:
        _check(hold, known, key)
    entries = [_HeldGate(model, known, key, hold) for hold in holds]
    names = {id(module): named for module, named in first_names(model).items()}
    with ExitStack() as leaving:
        if not is_held(model):
            leaving.enter_context(compilation_steps_aside())
            leaving.enter_context(_HeldCells(model, names, known))
        for held in entries:
            leaving.enter_context(Block(held))
        yield
    for held in entries:
        missing = sorted(set(held.hold.steps or ()) - held.came)
        if missing or not held.came:
            raise LstmCoreError(
                f"Expected the cell to run each step that is held, got no step {missing or ''} in the block: nothing "
                "was held there. Give steps that it has, and run the model in the block."
            )


class _HeldCells(WatchKnown):
    """Holds gates while nobody records the model."""

    def __init__(self, model: nn.Module, names: dict[int, str], known: Known) -> None:
        super().__init__(model, names, known, partial(change_now, model))
        self._model = model

    @passes_on
    def run(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run one operation, unless the recording does."""
        recorded = any(one.model is self._model for one in blocks_here(_Recorded))
        return func(*args, **kwargs) if recorded else super().run(func, name, args, kwargs, frame)


def _memory(model: nn.Module, name: str | None) -> tuple[Known, Any]:
    """Where the memory of a cell is. Raises LstmCoreError if no block has found it."""
    names = {id(module): named for module, named in first_names(model).items()}
    there = [
        (known, key) for known in all_known(model) for key in known.roles if name is None or names.get(key[0]) == name
    ]
    if len({key for _, key in there}) == 1:
        return there[0]
    what = "no memory that was found" if not there else f"{len(there)} memories: name one"
    raise LstmCoreError(
        f"Expected a cell of {type(model).__name__} that was recorded before, to know where its gates are, got {what}. "
        "Run it once: with lstm_core.record(model): model(x)."
    )


def _check(hold: Hold, known: Known, key: Any) -> None:
    said = known.roles[key].said
    wrong = (
        f"a quantity that was found in the cell, {', '.join(said)}, got {hold.gate!r}" if hold.gate not in said
        else f"layer 0 and direction 0, got {hold.layer} and {hold.direction}" if hold.layer or hold.direction
        else f"steps from 0, because steps are counted as they come, with no last one known, got {min(hold.steps)}"
        if hold.steps and min(hold.steps) < 0
        else "another gate than f, which is 1 in this cell" if hold.gate == "f" and said["f"].startswith("1:")
        else "another quantity than h, which is no product here: hold c"
        if hold.gate == "h" and not known.roles[key].has_o
        else None
    )  # fmt: skip
    if wrong:
        raise LstmCoreError(f"Expected {wrong}.")


def _flat(value: Tensor) -> Tensor:
    """A value (batch, *state) as (batch, unit)."""
    return value.reshape(1, -1) if value.dim() == 1 else value.flatten(1)


def _units(hold: Hold, value: Tensor) -> list[int]:
    return list(range(_flat(value).shape[1])) if hold.units is None else list(hold.units)


def _put(hold: Hold, step: int, value: Tensor) -> Tensor:
    """A value (batch, *state) with the held units at the value of the hold."""
    flat, units = _flat(value), _units(hold, value)
    if not all(0 <= unit < flat.shape[1] for unit in units):
        raise LstmCoreError(f"Expected units from 0 to {flat.shape[1] - 1}, got {units}.")
    given: Any = hold.value
    if isinstance(given, Recorded):
        given = getattr(given, hold.gate)[0, 0, step][:, units]
    elif callable(given):
        given = given(flat[:, units])
    shape, held = (len(flat), len(units)), flat.clone()
    try:
        at = torch.as_tensor(given, dtype=flat.dtype, device=flat.device)
        held[:, units] = (at[step % len(at)] if at.dim() == 3 else at).expand(shape)
    except (TypeError, ValueError, RuntimeError):
        got = type(given).__name__ + (f" of shape {tuple(given.shape)}" if isinstance(given, Tensor) else "")
        raise LstmCoreError(
            f"Expected a value of {hold.gate} that broadcasts to (batch, unit) = {shape}, got {got}."
        ) from None
    return held.reshape(value.shape)
