"""How is a found gate held at a value where the model uses it?

The update is computed again with the value in the gate's place, from the model's own tensors, and the model goes on
with that: gradients flow as if the model had been written so.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.roles import Roles, product
from lstm_core.finding.update import BACK, KEPT, TOWARDS, Factor, SumReading, Visit, signed, update, version_of

Change = Callable[[Any, str, int | None, Tensor], Tensor]
"""Takes a memory's key, a letter, a step (None if it can't be told which) and the value that would have been, and
returns the value to use."""


def hold_update(visit: Visit, reading: SumReading, roles: Roles, step: int | None, change: Change) -> Tensor:
    """The result of a visit with its gates changed; the visit then has the changed values as its factors."""
    parts = visit.parts(reading)
    like: Tensor = visit.result
    form, (of_f, of_g) = reading.form, parts.signs
    gate = _value(parts.gate, like)
    if form in (TOWARDS, BACK):
        f, i, g = (1 - gate, gate, parts.write[0].value) if form == TOWARDS else (gate, 1 - gate, parts.write[0].value)
    else:
        f, i = signed(gate, of_f), _value([parts.write[n] for n in roles.i], like)
        g = signed(_value([parts.write[n] for n in roles.g], like), of_g)
    held = {letter: change(visit.key, letter, step, value) for letter, value in (("f", f), ("i", i), ("g", g))}
    if all(held[letter] is value for letter, value in (("f", f), ("i", i), ("g", g))):
        return like
    new_f, new_i, new_g = held["f"], held["i"], held["g"]
    if (new_i is not i or new_g is not g) and not roles.fit(tuple(factor.birth for factor in parts.write)):
        raise LstmCoreError(
            f"Expected i ⊙ g at {visit.place} to be computed as when the model was recorded, got other factors, or "
            "others first. Record the model as it runs now, then hold."
        )
    if form == TOWARDS and new_f is not f:
        new_i = 1 - new_f
    if form == BACK and new_i is not i:
        new_f = 1 - new_i
    # In the visit they stand as in its code, where a minus is the sum's or a factor's.
    in_code = {"f": signed(new_f, of_f), "i": new_i, "g": signed(new_g, of_g)}
    new_f, new_g = signed(in_code["f"], of_f), signed(in_code["g"], of_g)
    result = update(form, visit.operation, new_f, parts.memory.value, new_i, new_g)
    _put_in(visit, reading, roles, in_code)
    return result


def _value(factors: Any, like: Tensor) -> Tensor:
    return product([factor.value for factor in factors], like)


def _put_in(visit: Visit, reading: SumReading, roles: Roles, values: dict[str, Tensor]) -> None:
    """Make a visit one that had these values."""
    parts, one, minus = visit.parts(reading), Factor(1.0), Factor(-1.0)
    gate, g = _factor(values["i" if reading.form == TOWARDS else "f"]), _factor(values["g"])
    own, other = visit.terms[reading.term], visit.terms[1 - reading.term]
    if visit.operation == "lerp":
        ends = (parts.memory, g) if reading.form == TOWARDS else (g, parts.memory)
        visit.terms = ((ends[0],), (ends[1],), (gate,))
        return
    # A factor that is −1 stays one: the signs are those of the other steps.
    rest = (gate, *[one] * (len(parts.gate) - 1), *[minus] * (len(own) - 1 - len(parts.gate)))
    if reading.form in (TOWARDS, BACK):
        # The other end of the difference, and the term that is moved, is g or the memory.
        ends = (parts.memory, g) if reading.side == 0 else (g, parts.memory)
        moved = own[reading.factor]._replace(difference=ends)
        base = (parts.memory,) if reading.form == TOWARDS else (g,)
        visit.terms = _pair(reading.term, _with(rest, reading.factor, moved), base)
        return
    write = [one] * len(parts.write) + [minus] * (len(other) - len(parts.write))
    write[roles.i[0]], write[roles.g[0]] = _factor(values["i"]), g
    own = (parts.memory,) if reading.form == KEPT else _with(rest, reading.factor, parts.memory)
    visit.terms = _pair(reading.term, own, tuple(write))


def _factor(value: Tensor) -> Factor:
    return Factor(value, bits=1, version=version_of(value))


def _with(factors: tuple[Factor, ...], at: int, memory: Factor) -> tuple[Factor, ...]:
    return (*factors[:at], memory, *factors[at:])


def _pair(term: int, own: tuple[Factor, ...], other: tuple[Factor, ...]) -> tuple[tuple[Factor, ...], ...]:
    return (own, other) if term == 0 else (other, own)


def hold_shown(visit: Visit, o: Any, activated: Tensor, result: Tensor, change: Change) -> tuple[Any, Tensor]:
    """o and h of a step, changed."""
    if isinstance(o, Tensor):
        like = torch.broadcast_to(o, result.shape)
        held = change(visit.key, "o", visit.step, like)
        if held is not like:
            o, result = held, held * activated
    return o, change(visit.key, "h", visit.step, result)
