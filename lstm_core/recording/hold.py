"""Which gate or state is held at a value, where, and what does that do in a call?"""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError, from_zero
from lstm_core.quantities import Gate
from lstm_core.recording.call import Call
from lstm_core.recording.kinds import kind_of
from lstm_core.traces.cut import past_end
from lstm_core.traces.recorded import Recorded

# At what a gate is held: a number, an array, a function of the value that would have been, or another trace.
Value = float | Tensor | np.ndarray | Sequence[Any] | Callable[[Tensor], Any] | Recorded


@dataclass(frozen=True, eq=False)
class Hold:
    """One gate, or a state after the step's own computation, of some units held at a value.

    `gate`: one of i f g o c h, of a GRU r z n h, of an RNN h.
    `value`: a number; an array that broadcasts to (time, batch, unit), the units being those that are held; a function
    that takes the value that would have been (batch, unit) at a step and returns what broadcasts to it; or a `Trace`,
    `GruTrace` or `RnnTrace`, whose own values of this gate, layer, direction and units are put in (activation
    patching): a whole one, of which `units` and `steps` say what is held.
    `units`: their numbers; None: all. `layer`, `direction`: the one layer and direction where they are, the first if
    left out; to hold several, give `intervene` a hold for each.
    `steps`: the steps of each call in sentence order; below 0 counted from each sequence's end; None: all. A cell runs
    one step a call: there its calls are counted, from the start of the outermost block; of a hand-written cell, steps
    are counted from the start of each sequence.

    Raises LstmCoreError when the value, the units or the steps are of another kind, or the value is NaN.

    >>> Hold("f", 1.0, units=[2], steps=[-1])
    Hold(gate='f', value=1.0, units=(2,), layer=0, direction=0, steps=(-1,))
    """

    gate: Gate
    value: Value
    units: Sequence[int] | None = None
    layer: int = 0
    direction: int = 0
    steps: Iterable[int] | None = None

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {"value": _value(self.value)}
        for name in ("units", "steps"):
            given = getattr(self, name)
            checked[name] = None if given is None else _whole_numbers(name, given)
        for name in ("layer", "direction"):
            [checked[name]] = _whole_numbers(name, [getattr(self, name)])
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def units_of(self, module: nn.Module) -> list[int]:
        """The numbers of the units that are held in a module."""
        return list(range(_size(module, self.gate)) if self.units is None else self.units)


def check_hold(hold: Hold, module: nn.Module) -> None:
    """Raise LstmCoreError unless a module has the gate, layer, direction and units of a hold, and its value fits."""
    kind = kind_of(module)
    layers, directions = getattr(module, "num_layers", 1), 1 + getattr(module, "bidirectional", False)
    gates, size, units = kind.trace.quantities, _size(module, hold.gate), hold.units_of(module)
    wrong = (
        f"a gate of {', '.join(gates)}, got {hold.gate!r}" if hold.gate not in gates
        else f"{from_zero('layer', layers)}, got {hold.layer}" if not 0 <= hold.layer < layers
        else f"{from_zero('direction', directions)}, got {hold.direction}" if not 0 <= hold.direction < directions
        else f"units from 0 to {size - 1}, got {units}" if not all(0 <= unit < size for unit in units)
        else f"each unit once, got {units}" if len(set(units)) < len(units)
        else f"a value that broadcasts to (time, batch, {len(units)}), got one of shape {tuple(hold.value.shape)}"
        if isinstance(hold.value, Tensor)
        and (hold.value.dim() > 3 or [*hold.value.shape[-1:]] not in ([], [1], [len(units)]))
        else _why_not(hold.value, hold, kind.trace, size)
        if isinstance(hold.value, Recorded)
        else None
    )  # fmt: skip
    if wrong:
        raise LstmCoreError(f"Expected {wrong}. Look at the module: {module}.")
    if isinstance(module, nn.RNNCellBase) and (below := [step for step in hold.steps or () if step < 0]):
        raise LstmCoreError(
            f"Expected steps from 0 for an nn.{kind.name}Cell, whose calls are counted as they come, with no last one "
            f"known, got {below}. Count from the first: of n calls the last is step n - 1."
        )


def _why_not(trace: Recorded, hold: Hold, kind: type[Recorded], size: int) -> str | None:
    """Why a trace can't be the value of a hold in a module of this kind and size, or None."""
    if not isinstance(trace, kind):
        return f"a {kind.__name__} as the value, got {type(trace).__name__}"
    layers, directions, *_, units = getattr(trace, hold.gate).shape
    if units == size and hold.layer < layers and hold.direction < directions:
        return None
    at = f"{size} units of {hold.gate} in layer {hold.layer}, direction {hold.direction}"
    return f"a trace with {at}, got one of {trace.sizes}"


def _size(module: nn.Module, gate: str) -> int:
    """How many units of a gate a module has."""
    hidden = int(getattr(module, "hidden_size", 0))
    return (int(getattr(module, "proj_size", 0)) or hidden) if gate == "h" else hidden


def _whole_numbers(name: str, given: Any) -> tuple[int, ...]:
    """Units, steps or places as numbers. Raises LstmCoreError when they are something else, or there are none."""
    try:
        several = list(given.tolist() if isinstance(given, Tensor | np.ndarray) else given)
        if any(isinstance(number, bool | np.bool_) for number in several):
            raise TypeError("a truth value")
        numbers = tuple(map(operator.index, several))
    except TypeError as error:
        raise LstmCoreError(
            f"Expected {name} as a list of whole numbers, got {str(given)[:80]}. For example units=[0, 2], "
            "steps=range(-3, 0), layer=0."
        ) from error
    if not numbers:
        raise LstmCoreError(f"Expected {name}, got none, so that nothing would be held. Leave {name} out for all.")
    return numbers


def _value(given: Any) -> Any:
    """A value as it is used: a number or an array as a tensor. Raises LstmCoreError when it is something else."""
    if isinstance(given, Recorded) and (left := sorted(given.numbers.keys() - {"batch"})):
        raise LstmCoreError(
            f"Expected a whole trace as value, got a part of one, of some {' and '.join(left)}. Give the whole trace: "
            "units=, steps=, layer= and direction= say what is held."
        )
    if isinstance(given, Recorded) or (callable(given) and not isinstance(given, type | Tensor | np.ndarray)):
        return given
    # Text of digits would be taken for a number by some and refused by others.
    numeric = not isinstance(given, bool | str | bytes | type(None) | type)
    try:
        value = given if isinstance(given, Tensor) else torch.from_numpy(np.asarray(given)) if numeric else None
    except (TypeError, ValueError, RuntimeError):
        value = None
    if value is None or value.dtype == torch.bool or value.is_complex():
        raise LstmCoreError(
            "Expected as value a number, an array of numbers that broadcasts to (time, batch, unit), a function of the "
            f"value that would have been, or a Trace, got {type(given).__name__}."
        )
    if value.dim() == 0 and bool(value.isnan()):
        raise LstmCoreError("Expected a number as value, got NaN, from which on the whole run would be NaN.")
    return given if isinstance(given, float | int) else value


class HeldCall:
    """A hold in one call: its units, steps and value with the dims of that call."""

    def __init__(self, hold: Hold, module: nn.Module, call: Call, number: int | None = None) -> None:
        """`number`: of a cell, which runs one step, the number of this call in its block.

        Raises LstmCoreError when the value does not fit the call.
        """
        self.gate, self.layer, self.direction = hold.gate, hold.layer, hold.direction
        self._units = hold.units_of(module)
        self._states = call.start["h" if hold.gate == "h" else call.kind.states[-1]][hold.layer, hold.direction]
        self._wide, self._time = call.wide, len(call.x)
        steps = None if number is not None else hold.steps
        self._where = _where(steps, call.x, call.lengths)
        # Of a packed call, steps past a sequence's end are passed over too.
        self._at = None if self._where is None else set(torch.nonzero(self._where.any(1).squeeze(-1))[:, 0].tolist())
        self._value = _value_in(hold, self._units, call, self._where, number)
        # The values that a function gave, (batch, unit held), by step.
        self._computed: dict[int, Tensor] = {}

    def hold_at(self, step: int, values: Tensor) -> Tensor:
        """The values (batch, unit) of a step, with those that are held."""
        if self._at is not None and step not in self._at:
            return values
        if callable(self._value):
            return self._by_function(self._value, step, values)
        held, at = self._spread
        return torch.where(held[step % len(held)], at[step % len(at)], values)

    def put(self, values: Tensor, piece: slice, value: float | None = None) -> Tensor:
        """The values (time, batch, unit) of the steps in `piece`, with those held that were held as the call ran; at
        another `value` if given."""
        held, at = self._as_it_ran
        held, at = (t if len(t) == 1 else t[piece] for t in (held, at))
        return torch.where(held, at if value is None else torch.full_like(values, value), values)

    @cached_property
    def _spread(self) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Each step's mask and values over all units, or of all steps in one."""
        held, at = self._over_all_units(self._value)
        return held.unbind(0), at.unbind(0)

    @cached_property
    def _as_it_ran(self) -> tuple[Tensor, Tensor]:
        """The mask and the values over all units, (time or 1, batch or 1, unit), as the call ran."""
        if not callable(self._value):
            return self._over_all_units(self._value)
        found = self._states.new_zeros((self._time, len(self._states), len(self._units)), dtype=self._wide)
        for step, values in self._computed.items():
            found[step] = values
        return self._over_all_units(found)

    def _over_all_units(self, value: Tensor) -> tuple[Tensor, Tensor]:
        """Which units are held and their values, (time or 1, batch or 1, unit), from values of the units held."""
        size = self._states.shape[-1]
        units = torch.tensor(self._units, device=self._states.device)
        held = torch.zeros(1, 1, size, dtype=torch.bool, device=units.device).index_fill(-1, units, True)
        value = value.expand(*value.shape[:2], len(units))
        at = value.new_zeros((*value.shape[:2], size)).index_copy(-1, units, value)
        return held if self._where is None else held & self._where, at

    def _by_function(self, function: Callable[[Tensor], Any], step: int, values: Tensor) -> Tensor:
        would_be = values[:, self._units]
        given = function(would_be)
        try:
            new = torch.as_tensor(given, dtype=values.dtype, device=values.device).broadcast_to(would_be.shape)
        except (TypeError, ValueError, RuntimeError):
            shape = f" of shape {tuple(given.shape)}" if isinstance(given, Tensor) else ""
            raise LstmCoreError(
                f"Expected the function that holds {self.gate} to return a value that broadcasts to (batch, unit) = "
                f"{tuple(would_be.shape)}, as the one that it gets, got {type(given).__name__}{shape}."
            ) from None
        if self._where is not None:
            new = torch.where(self._where[step], new, would_be)
        self._computed[step] = new.detach()
        return values.index_copy(-1, torch.tensor(self._units, device=values.device), new)


def holds_of(holds: Sequence[HeldCall], layer: int, direction: int) -> list[HeldCall]:
    """The holds of one layer and direction."""
    return [hold for hold in holds if (hold.layer, hold.direction) == (layer, direction)]


def with_holds(holds: Sequence[HeldCall], piece: slice, quantity: str, values: Tensor) -> Tensor:
    """The values (time, batch, unit) of a quantity in some steps, with those that are held."""
    for hold in holds:
        values = hold.put(values, piece) if hold.gate == quantity else values
    return values


def _where(steps: Iterable[int] | None, x: Tensor, lengths: Tensor | None) -> Tensor | None:
    """Which steps of which sequences are held, (time, batch, 1); None: all."""
    if steps is None:
        return None if lengths is None else ~past_end(x, lengths)
    time, batch = x.shape[:2]
    chosen = torch.tensor(list(steps)).unsqueeze(1)
    ends = torch.full((batch,), time) if lengths is None else lengths.cpu()
    numbers = torch.where(chosen < 0, chosen + ends, chosen)
    there = (numbers >= 0) & (numbers < ends)
    held = torch.zeros(time, batch, dtype=torch.bool)
    held[numbers[there], torch.arange(batch).expand_as(numbers)[there]] = True
    return held.unsqueeze(-1).to(x.device)


def _value_in(hold: Hold, units: list[int], call: Call, where: Tensor | None, number: int | None) -> Any:
    """The value of a hold in a call: (time or 1, batch or 1, unit held or 1), or a function."""
    if callable(hold.value):
        return hold.value
    if isinstance(hold.value, Recorded):
        given = getattr(hold.value, hold.gate)[hold.layer, hold.direction][..., units]
    else:
        given = torch.as_tensor(hold.value, dtype=call.wide)
    value = given.to(call.wide).to(call.x.device)
    value = value.reshape((1,) * (3 - value.dim()) + tuple(value.shape))
    if isinstance(hold.value, Recorded):
        value = _of_a_trace(value, hold, len(call.x), where, number)
    elif number is not None and len(value) > 1:
        # A cell's call reads the value of its own number; past the last there is none, and the shape says so.
        value = value[number : number + 1]
    time, batch = call.x.shape[:2]
    if len(value) not in (1, time) or value.shape[1] not in (1, batch):
        raise LstmCoreError(
            f"Expected a value that broadcasts to (time, batch, unit) = {(time, batch, len(units))} of this call, got "
            f"one of shape {tuple(given.shape)}" + ("." if number is None else f" at call {number} of a cell.")
        )
    missing = value.isnan() if where is None else value.isnan() & where
    if bool(missing.any()):
        what, why = ("a trace", "A sequence of the trace") if isinstance(hold.value, Recorded) else ("an array", "It")
        raise LstmCoreError(
            f"Expected {what} with a value of {hold.gate} at every step that is held, got NaN. {why} ends before, or "
            "its run held NaN: choose steps=… that both have."
        )
    return value


def _of_a_trace(value: Tensor, hold: Hold, time: int, where: Tensor | None, number: int | None) -> Tensor:
    """The values of a trace at the held steps of this call; chosen steps may come from a trace of another length."""
    if number is not None:
        held = [number]
    elif hold.steps is None or where is None or min(hold.steps) < 0:
        return value
    else:
        held = where.any(1)[:, 0].nonzero()[:, 0].tolist()
    if missing := [step for step in held if step >= len(value)]:
        raise LstmCoreError(
            f"Expected a trace that has the steps {str(missing)[:100]}, got one of {len(value)} steps. Choose steps=… "
            "that it has."
        )
    # A cell's call has one step.
    at = torch.tensor(held if number is None else [0], device=value.device)
    return value.new_zeros((time, *value.shape[1:])).index_copy(0, at, value[held])
