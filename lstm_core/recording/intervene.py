"""What if a gate were held at a value?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.recording.call import as_returned, read_call
from lstm_core.recording.held import run_held
from lstm_core.recording.hold import Hold
from lstm_core.recording.modules import lstms_of, refuse_dropout
from lstm_core.traces.trace import QUANTITIES, Quantity


@dataclass
class _Held:
    """What is held in a module while its blocks are open, at which step an `nn.LSTMCell` is, and what the layers below
    the last gave in the last call."""

    holds: list[Hold] = field(default_factory=list)
    step: int = -1
    lower: list[Tensor] = field(default_factory=list)
    progress: Progress | None = None


class _Here(threading.local):
    """What this thread holds, by module; `record` reads it too, so that a trace shows what really ran."""

    def __init__(self) -> None:
        self.held: WeakKeyDictionary[nn.Module, _Held] = WeakKeyDictionary()


_here = _Here()


@contextmanager
def intervene(
    model: nn.Module,
    name: str,
    layer: int = 0,
    direction: int = 0,
    units: Sequence[int] = (),
    gate: Quantity = "f",
    value: float | Tensor = 1.0,
    steps: Iterable[int] | None = None,
    progress: Progress | None = None,
) -> Iterator[None]:
    """Hold a gate of some units at a value: inside the block the model's LSTM computes with it.

    Whatever follows (Linear, loss, prediction) sees the change; out of the block, and in other threads, everything is
    as before. `gate` is one of i f g o, or c or h, which are set after the step's own computation. `value`: a number,
    or a tensor that broadcasts to (batch, len(units)). `steps`: of each call in sentence order, or for an
    `nn.LSTMCell`, which takes a step a call, counted from the outermost block's begin; None: all. Blocks nest, also
    with `record`, in any order.

    Raises LstmCoreError when the name, layer, direction, a unit or the gate is not there, when a tensor does not fit
    the units, and inside the block when the module would drop something out between its layers.

    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.LSTM(4, 3))
    >>> with intervene(model, "0", units=[2], gate="o", value=0.0):
    ...     output, _ = model(torch.ones(5, 1, 4))
    >>> output[:, 0, 2].any().item()
    False
    """
    [module] = lstms_of(model, [name]).values()
    hold = _checked_hold(module, layer, direction, units, gate, value, steps)
    held = _here.held.setdefault(module, _Held())
    with ExitStack() as leaving:
        if not held.holds:
            held.step = -1
            # First of all hooks: whoever records in the same block sees the changed output.
            handle = module.register_forward_hook(_run_with_holds(name, held), with_kwargs=True, prepend=True)
            leaving.callback(handle.remove)
            leaving.callback(_here.held.pop, module)
        if progress is not None:
            leaving.callback(setattr, held, "progress", held.progress)
            held.progress = progress
        held.holds.append(hold)
        leaving.callback(held.holds.remove, hold)
        yield


def holds_in(module: nn.Module) -> list[Hold]:
    """What is held in the call that a module has just made."""
    held = _here.held.get(module, _Held())
    if not isinstance(module, nn.LSTMCell):
        return list(held.holds)
    return [replace(hold, steps=None) for hold in held.holds if hold.steps is None or held.step in hold.steps]


def lower_layers_held(module: nn.Module) -> list[Tensor]:
    """What the layers below the last gave in that call, (time, batch, direction * unit)."""
    return _here.held[module].lower


def _run_with_holds(name: str, held: _Held) -> Callable[..., Any]:
    def after_forward(module: nn.Module, args: Any, kwargs: Any, result: Any) -> Any:
        # Another thread's call, or that of a copy that was made in the block.
        if _here.held.get(module) is not held:
            return None
        refuse_dropout(name, module)
        held.step += 1
        call = read_call(module, args, kwargs, result)
        run = run_held(call, holds_in(module), held.progress)
        *lower, output = run.layers
        held.lower = [layer.detach() for layer in lower]
        return as_returned(call, output, run.h_n, run.c_n)

    return after_forward


def _checked_hold(
    module: nn.Module,
    layer: int,
    direction: int,
    units: Sequence[int],
    gate: Quantity,
    value: float | Tensor,
    steps: Iterable[int] | None,
) -> Hold:
    layers, directions = getattr(module, "num_layers", 1), 1 + getattr(module, "bidirectional", False)
    hidden = getattr(module, "hidden_size", 0)
    size = (getattr(module, "proj_size", 0) or hidden) if gate == "h" else hidden
    wrong = (
        f"a gate of {', '.join(QUANTITIES)}, got {gate!r}" if gate not in QUANTITIES
        else f"layer 0 to {layers - 1}, got {layer}" if not 0 <= layer < layers
        else f"direction 0 to {directions - 1}, got {direction}" if not 0 <= direction < directions
        else f"units from 0 to {size - 1}, got {list(units)}" if not all(0 <= unit < size for unit in units)
        else f"a value that broadcasts to (batch, {len(units)}), got one of shape {tuple(value.shape)}"
        if isinstance(value, Tensor) and (value.dim() > 2 or [*value.shape[-1:]] not in ([], [1], [len(units)]))
        else None
    )  # fmt: skip
    if wrong:
        raise LstmCoreError(f"Expected {wrong}. Look at the module: {module}.")
    return Hold(gate, value, tuple(units), layer, direction, None if steps is None else frozenset(steps))
