"""How is a found gate held at a value where the model uses it?

The update is computed again with the value in the gate's place, from the model's own tensors, and the model goes on
with that: gradients flow as if the model had been written so.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from lstm_core.finding.affine import BACK, TOWARDS, WRITTEN, Reading, Weighed, update
from lstm_core.finding.chains import Visit
from lstm_core.finding.notes import Factor
from lstm_core.finding.roles import Roles

Change = Callable[[Any, str, int | None, Tensor], Tensor]
"""Takes a memory's key, a letter, a step (None if it can't be told which) and the value that would have been, and
returns the value to use."""


def hold_update(visit: Visit, reading: Reading, roles: Roles, step: int | None, change: Change) -> Tensor:
    """The result of a visit with its gates changed; the visit then has the changed values as its factors."""
    parts = visit.parts(reading)
    assert parts is not None
    like: Tensor = visit.result
    letters = {roles.names.get(letter, letter): _value(factor, like) for letter, factor in parts.letters().items()}
    if "added" in roles.said and parts.form != WRITTEN:
        letters["added"] = letters.pop("i") * letters["added"]
    for letter, other in ("fi", "if") if parts.form in (TOWARDS, BACK) else ():
        if letter not in letters:
            letters[letter] = 1 - letters[other]
    new = {letter: change(visit.key, letter, step, value) for letter, value in letters.items()}
    if all(new[letter] is letters[letter] for letter in letters):
        return like
    # Of f and i one is 1 minus the other in these forms.
    of_code, other = ("i", "f") if parts.form == TOWARDS else ("f", "i")
    if parts.form in (TOWARDS, BACK):
        if new[other] is not letters[other]:
            new[of_code] = 1 - new[other]
        own = {of_code: new[of_code], "g": new["g"]}
    else:
        own = {letter: new.get(roles.names.get(letter, letter), torch.ones_like(like)) for letter in parts.letters()}
    held = {letter: Factor(value, Weighed()) for letter, value in own.items()}  # type: ignore[arg-type]
    visit.read_as = reading, parts._replace(held=held)
    f, i, g = (
        new.get(letter) for letter in ("decay" if "decay" in new else "f", "i", "added" if "added" in new else "g")
    )
    return update(parts.form, visit.operation, f, parts.memory.value, i, g)  # type: ignore[arg-type]


def _value(factor: Factor, like: Tensor) -> Tensor:
    """A factor in the shape of `like`."""
    value = factor.value
    return value.expand_as(like) if isinstance(value, Tensor) else torch.full_like(like, value)


def hold_shown(visit: Visit, o: Any, activated: Tensor, result: Tensor, change: Change) -> tuple[Any, Tensor]:
    """o and h of a step, changed."""
    if isinstance(o, Tensor):
        like = torch.broadcast_to(o, result.shape)
        held = change(visit.key, "o", visit.step, like)
        if held is not like:
            o, result = held, held * activated
    return o, change(visit.key, "h", visit.step, result)
