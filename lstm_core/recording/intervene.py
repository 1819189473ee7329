"""How is a gate of somebody's model held at a value?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any, overload

from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.open_blocks import Block, blocks_here
from lstm_core.quantities import Gate
from lstm_core.recording.call import Call, as_returned, check_form, read_call
from lstm_core.recording.held_cell import cell_held
from lstm_core.recording.hold import HeldCall, Hold, Value, check_hold
from lstm_core.recording.hooks import OwnHook, compilation_steps_aside, refuse_transforms
from lstm_core.recording.modules import cells_to_watch, modules_to_record, refuse_dropout, the_only_name
from lstm_core.recording.steps import run_again


@dataclass(eq=False)
class _Open:
    """A hold of an open block, and the steps that calls had since: from `first` up to `longest`, not included."""

    held: _Held
    hold: Hold
    first: int
    longest: int = 0

    def had(self, step: int) -> bool:
        """Whether a call had a step; below 0 it is counted from the end."""
        return (self.first if step >= 0 else -self.longest) <= step < self.longest


@dataclass(eq=False)
class _Held:
    """A module with open holds, and the step of a cell; `last`: by thread, the holds of the last call, and the output
    of each layer."""

    module: nn.Module
    step: int = -1
    last: dict[int, tuple[list[HeldCall], list[Tensor]]] = field(default_factory=dict)


def _held_here(module: nn.Module) -> _Held | None:
    """The holds of a module here; `record` reads them too, so that a trace shows what really ran."""
    return next((held for held in blocks_here(_Held) if held.module is module), None)


@overload
def intervene(model: nn.Module, *holds: Hold, name: str | None = None) -> AbstractContextManager[None]: ...


@overload
def intervene(
    model: nn.Module,
    name: str,
    layer: int = 0,
    direction: int = 0,
    units: Sequence[int] | None = None,
    gate: Gate = "f",
    value: Value = 1.0,
    steps: Iterable[int] | None = None,
) -> AbstractContextManager[None]: ...


def intervene(model: nn.Module, *holds: Any, name: str | None = None, **parts: Any) -> AbstractContextManager[None]:
    """Hold gates or states at values: inside the block the model's LSTM, GRU or RNN computes with them.

    Everything after the module (Linear, loss, prediction) sees the change; after the block, and in threads and asyncio
    tasks that it did not begin, nothing is changed: as in `record`, they share a model and need no copy. `holds`: which
    gates of which units at which values, as in `Hold`. `name`: the module in the model; it may be left out if the model
    has one LSTM, or one module that can be recorded. Blocks nest, also with `record`, in any order. In place of one
    `Hold`, its parts may be given by name after the module's name.

    Raises LstmCoreError when the name, layer, direction, a unit or the gate does not exist, when a value does not fit,
    and inside the block when the module applies dropout between its layers; at the block's end when no call had one
    of the steps.

    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.LSTM(4, 3))
    >>> with intervene(model, Hold("o", 0.0, units=[2])):
    ...     output, _ = model(torch.ones(5, 1, 4))
    >>> output[:, 0, 2].any().item()
    False
    """
    if parts or (holds and isinstance(holds[0], str)):
        given: dict[str, Any] = parts if name is None else parts | {"name": name}
        name, *holds = _name_and_hold(*holds, **given)  # type: ignore[assignment]
    if not holds or not all(isinstance(hold, Hold) for hold in holds):
        got = ", ".join(type(hold).__name__ for hold in holds) or "nothing to hold"
        raise LstmCoreError(f"Expected one or more Hold(gate, value, …), got {got}. For example Hold('f', 0.0).")
    if watched := cells_to_watch(model, None if name is None else [name]):
        return cell_held(model, None if name is None else watched[0], holds)
    [(name, module)] = modules_to_record(model, [the_only_name(model) if name is None else name]).items()
    for hold in holds:
        check_hold(hold, module)
    return _held(name, module, holds)


def _name_and_hold(
    name: str | None = None,
    layer: int = 0,
    direction: int = 0,
    units: Sequence[int] | None = None,
    gate: Gate = "f",
    value: Value = 1.0,
    steps: Iterable[int] | None = None,
) -> tuple[str | None, Hold]:
    """A module's name and one hold, of parts in the order of the earlier form."""
    return name, Hold(gate, value, units, layer, direction, steps)


@contextmanager
def _held(name: str, module: nn.Module, holds: Sequence[Hold]) -> Iterator[None]:
    held = _held_here(module)
    with compilation_steps_aside(), ExitStack() as leaving:
        if held is None:
            held = _Held(module)
            # The first of all hooks, so that a `record` in the same block sees the changed output.
            handle = module.register_forward_hook(_run_with_holds(name, held), with_kwargs=True, prepend=True)
            leaving.callback(handle.remove)
            leaving.enter_context(Block(held))
        opened = [_Open(held, hold, first=held.step + 1 if isinstance(module, nn.RNNCellBase) else 0) for hold in holds]
        for one in opened:
            leaving.enter_context(Block(one))
        yield
    for one in opened:
        _refuse_steps_that_never_came(name or type(module).__name__, one)


def _refuse_steps_that_never_came(name: str, one: _Open) -> None:
    """Raise LstmCoreError if no call of a block had a step that was to be held."""
    missing = [step for step in one.hold.steps or () if not one.had(step)]
    if missing:
        had = f"steps {one.first} to {one.longest - 1}" if one.longest > one.first else "no call"
        raise LstmCoreError(
            f"Expected calls of {name!r} with each step that is held, got {had} in the block: nothing was held at step "
            f"{', '.join(map(str, missing[:5]))}{', …' if len(missing) > 5 else ''}. Give steps that the calls have."
        )


def is_held(module: nn.Module) -> bool:
    """Whether an open block here holds something in a module."""
    return _held_here(module) is not None


def held_layers(module: nn.Module) -> tuple[list[HeldCall], list[Tensor]]:
    """The holds of the call that a module has just made, and the output of each layer, (time, batch, direction *
    unit); nothing where nothing is held."""
    held = _held_here(module)
    return ([], []) if held is None else held.last[get_ident()]


def _run_with_holds(name: str, held: _Held) -> OwnHook:
    def after_forward(module: nn.Module, args: Any, kwargs: Any, result: Any) -> Any:
        refuse_transforms(name, module)
        check_form(name, module, args, kwargs, result)
        refuse_dropout(name, module)
        held.step += 1
        call = read_call(module, args, kwargs, result)
        now = _in_this_call(held, module, call)
        run = run_again(call, now)
        held.last[get_ident()] = now, [layer.detach() for layer in run.layers]
        return as_returned(call, run.layers[-1], run.end)

    # Not a call outside the block, nor of a copy that was made in it.
    return OwnHook(lambda module: _held_here(module) is held, after_forward, changes=name or "the module")


def _in_this_call(held: _Held, module: nn.Module, call: Call) -> list[HeldCall]:
    """What the open holds do in a call; of a cell, those that hold at its step."""
    number = held.step if isinstance(module, nn.RNNCellBase) else None
    steps = len(call.x) if call.lengths is None else int(call.lengths.max())
    opened = [one for one in blocks_here(_Open) if one.held is held]
    for one in opened:
        one.longest = max(one.longest, steps if number is None else number + 1)
    return [
        HeldCall(one.hold, module, call, number)
        for one in opened
        if number is None or one.hold.steps is None or number in one.hold.steps
    ]
