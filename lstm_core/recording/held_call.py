"""What does a hold do in one call?"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.recording.call import Call
from lstm_core.recording.hold import Hold, numbers_there
from lstm_core.traces.cut import past_end
from lstm_core.traces.recorded import Recorded


class HeldCall:
    """A hold in one call: its units, steps and value with the dims of that call."""

    def __init__(self, hold: Hold, module: nn.Module, call: Call, number: int | None = None) -> None:
        """`number`: of a cell, which runs one step, the number of this call in its block.

        Raises LstmCoreError when the value does not fit the call.
        """
        self.gate, self.layer, self.direction = hold.gate, hold.layer, hold.direction
        self._units, self._hold = hold.units_of(module), hold
        self._states = call.start["h" if hold.gate == "h" else call.kind.states[-1]][hold.layer, hold.direction]
        self._wide, self._time = call.wide, len(call.x)
        steps = None if number is not None else hold.steps
        self._where = _where(steps, call.x, call.lengths)
        # Of a packed call, steps past a sequence's end are passed over too.
        self._at = None if self._where is None else set(torch.nonzero(self._where.any(1).squeeze(-1))[:, 0].tolist())
        self._value = _value_in(hold, self._units, call, self._where, number)
        self._computed: dict[int, Tensor] = {}
        """The values that a function gave, (batch, unit held), by step."""

    def hold_at(self, step: int, values: Tensor) -> Tensor:
        """The values (batch, unit) of a step, with those that are held."""
        if self._at is not None and step not in self._at:
            return values
        if self._spread is None:
            return self._by_function(step, values)
        held, at = self._spread
        return torch.where(held[step % len(held)], at[step % len(at)], values)

    def put(self, values: Tensor, piece: slice, value: float | None = None) -> Tensor:
        """The values (time, batch, unit) of the steps in `piece`, with those held that were held as the call ran; at
        another `value` if given."""
        held, at = self._as_it_ran
        held, at = (t if len(t) == 1 else t[piece] for t in (held, at))
        return torch.where(held, at if value is None else torch.full_like(values, value), values)

    @cached_property
    def _spread(self) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]] | None:
        """Each step's mask and values over all units, or of all steps in one; None if a function gives them."""
        if callable(self._value):
            return None
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

    def _by_function(self, step: int, values: Tensor) -> Tensor:
        would_be, hold = values[:, self._units], self._hold
        assert callable(self._value)
        given = self._value(would_be)
        try:
            new = torch.as_tensor(given, dtype=values.dtype, device=values.device).broadcast_to(would_be.shape)
        except (TypeError, ValueError, RuntimeError):
            shape = f" of shape {tuple(given.shape)}" if isinstance(given, Tensor) else ""
            raise LstmCoreError(
                f"Expected the function that holds {hold.gate} to return a value that broadcasts to (batch, unit) = "
                f"{tuple(would_be.shape)}, as the one that it gets, got {type(given).__name__}{shape}."
            ) from None
        if self._where is not None:
            new = torch.where(self._where[step], new, would_be)
        self._computed[step] = new.detach()
        return values.index_copy(-1, torch.tensor(self._units, device=values.device), new)


def holds_of(holds: Sequence[HeldCall], layer: int, direction: int) -> list[HeldCall]:
    """The holds of one layer and direction."""
    return [hold for hold in holds if (hold.layer, hold.direction) == (layer, direction)]


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
        there = numbers_there(hold.value, hold.gate)
        layer, direction = there["layer"].index(hold.layer), there["direction"].index(hold.direction)
        given = getattr(hold.value, hold.gate)[layer, direction][..., list(map(there["unit"].index, units))]
    else:
        given = torch.as_tensor(hold.value, dtype=call.wide)
    value = given.to(call.wide).to(call.x.device)
    value = value.reshape((1,) * (3 - value.dim()) + tuple(value.shape))
    if isinstance(hold.value, Recorded) and "time" in hold.value.numbers:
        value = _of_a_part(value, hold.value.coords["time"], len(call.x), where, number)
    elif isinstance(hold.value, Recorded) and number is None:
        value = _of_its_steps(value, hold, len(call.x), where)
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


def _of_a_part(value: Tensor, there: Sequence[int], time: int, where: Tensor | None, number: int | None) -> Tensor:
    """The values of a trace from which steps were left out, at the steps of this call with their numbers."""
    asked = range(time) if where is None else torch.nonzero(where.any(1).squeeze(-1))[:, 0].tolist()
    asked = asked if number is None else [number]
    if missing := [step for step in asked if step not in there]:
        raise LstmCoreError(
            f"Expected a trace that has the steps {str(missing)[:100]}, got a part with the steps "
            f"{str(list(there))[:100]}. Choose steps=… that it has."
        )
    values = value[[there.index(step) for step in asked]]
    if number is not None:
        return values
    whole = value.new_zeros((time, *value.shape[1:]))
    whole[list(asked)] = values
    return whole


def _of_its_steps(value: Tensor, hold: Hold, time: int, where: Tensor | None) -> Tensor:
    """The values of another trace at the steps of this call: chosen steps may come from a trace of another length."""
    others = len(value)
    if others == time or where is None or hold.steps is None or min(hold.steps) < 0:
        return value if others == time else value[:0]
    missing = [step for step in hold.steps if others <= step < time]
    if missing:
        raise LstmCoreError(f"Expected a trace that has the steps {missing}, got one of {others} steps.")
    padding = value.new_zeros((max(0, time - others), *value.shape[1:]))
    return torch.cat([value[:time], padding])
