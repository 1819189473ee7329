"""How is a gate of a hand-written cell held, where an earlier block has found it?"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.finding.known import Known, WatchKnown, all_known
from lstm_core.recording.compiled import compilation_steps_aside
from lstm_core.recording.hold import Hold
from lstm_core.recording.modules import first_names
from lstm_core.traces.recorded import Recorded

HeldC = dict[Any, dict[str, set[int]]]
"""By the key of a memory, the `steps` of its sequences at which c was held, and of which `units`."""


class _HeldHere(threading.local):
    """This thread's holds by model, and the models that are recorded in it: their watch holds the gates itself."""

    def __init__(self) -> None:
        self.held: dict[nn.Module, list[tuple[Known, Any, Hold]]] = {}
        self.steps: dict[Hold, Counter[int]] = {}
        """How often each step came at which a hold's gate was computed."""
        self.recorded: list[nn.Module] = []
        self.held_c: list[tuple[nn.Module, HeldC]] = []
        """For each block that records a model, where its memories were held."""


_here = _HeldHere()


@contextmanager
def holding_itself(model: nn.Module) -> Iterator[HeldC]:
    """The watch that records a model holds its gates too, inside the block; gives where c was held in it."""
    entry = model, HeldC()
    _here.recorded.append(model)
    _here.held_c.append(entry)
    try:
        yield entry[1]
    finally:
        _here.recorded.remove(model)
        _here.held_c.remove(entry)


def known_held(model: nn.Module) -> Known | None:
    """Where the memories are of which a gate is held."""
    held = _here.held.get(model)
    return held[0][0] if held else None


def is_held(model: nn.Module) -> bool:
    """Whether this thread holds a gate of a model."""
    return model in _here.held


def change_now(model: nn.Module, key: Any, letter: str, step: int | None, value: Tensor) -> Tensor:
    """What this thread's holds make of a quantity at a step. Raises LstmCoreError if nobody knows which step it is."""
    for _, of, hold in _here.held.get(model, ()):
        if of == key and step is None:
            raise LstmCoreError(
                f"Expected to know which step is held, but the memory of {key[1]} comes back by a way that is not "
                "followed, such as another sum, numpy or a Python number. Keep it in a tensor that only masks, "
                "dropout, norms, stacks and indices touch between steps."
            )
        if of == key and step is not None and hold.gate == letter:
            _here.steps.setdefault(hold, Counter())[step] += 1
            if hold.steps is None or step in hold.steps:
                value = _put(hold, step, value)
                for recorded, where in _here.held_c if letter == "c" else ():
                    if recorded is model:
                        held = where.setdefault(key, {"steps": set(), "units": set()})
                        held["steps"].add(step)
                        held["units"].update(_units(hold, value))
    return value


@contextmanager
def cell_held(model: nn.Module, name: str | None, holds: Sequence[Hold]) -> Iterator[None]:
    """Hold gates of the found cell `name` of a model inside the block."""
    known, key = _memory(model, name)
    for hold in holds:
        _check(hold, known, key)
    length = known.lengths[key] or 0
    from_end = [any(step < 0 for step in hold.steps or ()) for hold in holds]
    holds = [_from_start(hold, length) for hold in holds]
    entries = [(known, key, hold) for hold in holds]
    first = model not in _here.held
    own = _here.held.setdefault(model, [])
    own.extend(entries)
    names = {id(module): named for module, named in first_names(model).items()}
    try:
        if first:
            with compilation_steps_aside(), _HeldCells(model, names, known):
                yield
        else:
            yield
    finally:
        del own[-len(entries) :]
        if not own:
            del _here.held[model]
        came = {hold: _here.steps.pop(hold, Counter()) for hold in holds}
    for hold, by_end in zip(holds, from_end, strict=True):
        if by_end and (came[hold][length] or came[hold][length - 1] != came[hold][0]):
            raise LstmCoreError(
                f"Expected sequences of {length:,} steps, as in the recording before, because steps are counted from "
                f"the end, got others, up to step {max(came[hold]):,}: other steps were held. Record this input "
                "first, or count from 0."
            )
        missing = sorted(set(hold.steps or ()) - came[hold].keys())
        if missing or not came[hold]:
            raise LstmCoreError(
                f"Expected the cell to run each step that is held, got no step {missing or ''} in the block: nothing "
                "was held there. Give steps that it has, and run the model in the block."
            )


class _HeldCells(WatchKnown):
    """Holds gates while nobody records the model."""

    def __init__(self, model: nn.Module, names: dict[int, str], known: Known) -> None:
        super().__init__(model, names, True, known, lambda *held: change_now(model, *held))
        self._is_recorded: Callable[[], bool] = lambda: model in _here.recorded

    def run(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run one operation, unless the recording does."""
        return func(*args, **kwargs) if self._is_recorded() else super().run(func, name, args, kwargs, frame)


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
        else f"steps from 0, because {why}, got steps below 0"
        if any(step < 0 for step in hold.steps or ()) and (why := _why_no_end(known.lengths[key], hold))
        else "another gate than f, which is 1 in this cell" if hold.gate == "f" and said["f"].startswith("1:")
        else "another quantity than h, which is no product here: hold c"
        if hold.gate == "h" and not known.roles[key].has_o
        else None
    )  # fmt: skip
    if wrong:
        raise LstmCoreError(f"Expected {wrong}.")


def _why_no_end(length: int | None, hold: Hold) -> str:
    """Why steps can't be counted from a sequence's end; "" if they can."""
    if length is None:
        return "the sequences recorded before had several lengths"
    least = min(hold.steps or (0,))
    return f"{length:,} steps were recorded before, which have no step {least}" if least < -length else ""


def _from_start(hold: Hold, length: int) -> Hold:
    """A hold whose steps are counted from the start of each sequence."""
    steps = None if hold.steps is None else [step + length if step < 0 else step for step in hold.steps]
    return replace(hold, steps=steps)


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
