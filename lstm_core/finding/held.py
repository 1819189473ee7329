"""How is a found gate held at a value where the model uses it?

The update is computed again with the value in the gate's place, from the model's own tensors, and the model goes on
with that: gradients flow as if the model had been written so.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.affine import BACK, TOWARDS, WRITTEN, Reading, Weighed, signed, update
from lstm_core.finding.chains import Visit
from lstm_core.finding.notes import Factor, version_of
from lstm_core.finding.roles import Roles

Change = Callable[[Any, str, int | None, Tensor], Tensor]
"""Takes a memory's key, a letter, a step (None if it can't be told which) and the value that would have been, and
returns the value to use."""


def hold_update(visit: Visit, reading: Reading, roles: Roles, step: int | None, change: Change) -> Tensor:
    """The result of a visit with its gates changed; the visit then has the changed values as its factors."""
    parts = visit.parts(reading)
    assert parts is not None
    like: Tensor = visit.result
    form, (of_f, of_g) = parts.form, parts.signs
    gate = _value(parts.gate, like)
    if form in (TOWARDS, BACK):
        f, i, g = (1 - gate, gate, parts.write[0].value) if form == TOWARDS else (gate, 1 - gate, parts.write[0].value)
    else:
        f, i = signed(gate, of_f), _value([parts.write[n] for n in roles.i], like)
        g = signed(_value([parts.write[n] for n in roles.g], like), of_g)
    letters = ("decay" if "decay" in roles.said else "f", "i", "added" if form == WRITTEN else "g")
    new_f, new_i, new_g = (
        change(visit.key, letter, step, value) for letter, value in zip(letters, (f, i, g), strict=True)
    )
    if new_f is f and new_i is i and new_g is g:
        return like
    if (new_i is not i or new_g is not g) and not roles.fit(tuple(factor.birth for factor in parts.write)):
        raise LstmCoreError(
            f"Expected i ⊙ g at {visit.place} to be computed as when the model was recorded, got other factors, or "
            "others first. Record the model as it runs now, then hold."
        )
    if form == TOWARDS and new_f is not f:
        new_i = 1 - new_f
    if form == BACK and new_i is not i:
        new_f = 1 - new_i
    # The trace has them as they stand in the code, where a minus is the sum's or a factor's.
    in_code = {"f": signed(new_f, of_f), "i": new_i, "g": signed(new_g, of_g)}
    write = [Factor(1.0)] * len(parts.write)
    if form in (TOWARDS, BACK, WRITTEN):
        write = [_factor(in_code["g"])]
    else:
        write[roles.i[0]], write[roles.g[0]] = _factor(in_code["i"]), _factor(in_code["g"])
    now = parts._replace(gate=(_factor(in_code["i" if form == TOWARDS else "f"]),), write=tuple(write))
    visit.read_as = reading, now
    f, g = signed(in_code["f"], of_f), signed(in_code["g"], of_g)
    return update(form, visit.operation, f, parts.memory.value, new_i, g)


def _value(factors: Sequence[Factor], like: Tensor) -> Tensor:
    """The product of factors, in the shape of `like`; 1 without any."""
    out: Any = 1.0
    for n, factor in enumerate(factors):
        out = out * factor.value if n else factor.value
    return out.expand_as(like) if isinstance(out, Tensor) else torch.full_like(like, out)


def _factor(value: Tensor) -> Factor:
    return Factor(value, Weighed(), version_of(value))  # type: ignore[arg-type]


def hold_shown(visit: Visit, o: Any, activated: Tensor, result: Tensor, change: Change) -> tuple[Any, Tensor]:
    """o and h of a step, changed."""
    if isinstance(o, Tensor):
        like = torch.broadcast_to(o, result.shape)
        held = change(visit.key, "o", visit.step, like)
        if held is not like:
            o, result = held, held * activated
    return o, change(visit.key, "h", visit.step, result)
