"""What was found in a model before? A shorter run is read by it, and a gate is held by it, where the model uses it.

The update is computed again with the value in the gate's place, from the model's own tensors, and the model goes on
with that: gradients flow as if the model had been written so.
"""

import threading
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.finding.affine import BACK, TOWARDS, WRITTEN, Reading, Weighed, update
from lstm_core.finding.chains import Visit
from lstm_core.finding.found import Find
from lstm_core.finding.notes import Factor
from lstm_core.finding.place import Place
from lstm_core.finding.roles import Roles
from lstm_core.finding.visits import Visits
from lstm_core.finding.watch import Watch

Change = Callable[[Any, str, int | None, Tensor], Tensor]
"""Takes a memory's key, a letter, a step (None if it can't be told which) and the value that would have been, and
returns the value to use."""


@dataclass(frozen=True)
class Known:
    """By key (module, instruction), how the sum there is an update, and what its factors are."""

    readings: Mapping[Any, Reading]
    roles: Mapping[Any, Roles]
    lengths: dict[Any, int | None]
    """How many steps each sequence had in the last block; None if not all had as many. All that is known of a model
    shares it."""
    others: set[Any]
    """The sums that ran often enough to be a memory, and are none: they need not be looked at again."""
    plans: dict[Any, Any]
    """How pieces of the model are read that ran before: see `again`."""
    never_h: Mapping[Any, Set[Place]]
    """By key, where products of the memory are computed that are not h."""

    def is_in(self, module: nn.Module) -> bool:
        """Whether one of the memories is a module's own."""
        return any(key[0] == id(module) for key in self.readings)


_known: WeakKeyDictionary[nn.Module, dict[Any, Known]] = WeakKeyDictionary()
_lock = threading.Lock()


def known_of(model: nn.Module, under: Sequence[str]) -> Known | None:
    """What an earlier block found in a model and in these modules, in the same mode; None if that is not enough."""
    return _known.get(model, {}).get((tuple(under), model.training))


def all_known(model: nn.Module) -> list[Known]:
    """All that earlier blocks found in a model, in the mode that it is in."""
    return [known for (_, training), known in _known.get(model, {}).items() if training == model.training]


def remember(model: nn.Module, under: Sequence[str], found: Mapping[Any, Sequence[Find]], visits: Visits) -> None:
    """Keep what was found besides what is known, if each instruction has one memory."""
    if any(len(several) > 1 for several in found.values()):
        return
    with _lock:
        own, which = _known.setdefault(model, {}), (tuple(under), model.training)
        lengths = next((known.lengths for known in own.values()), {})
        before = own.get(which, Known({}, {}, lengths, set(), {}, {}))
        names = {key: roles.names for key, roles in before.roles.items()}
        if visits.anew or any(names.get(key, find.roles.names) != find.roles.names for key, [find] in found.items()):
            # Where a cell computes otherwise now, nothing of what was known of it is sure.
            own.clear()
            before = Known({}, {}, lengths, set(), {}, {})
        readings, roles, never_h = dict(before.readings), dict(before.roles), dict(before.never_h)
        for key, [find] in found.items():
            several = {len(chain) for chain in find.chains}
            lengths[key] = several.pop() if len(several) == 1 else None
            readings.setdefault(key, find.chains[0].reading)
            # Where h was nowhere this time, what is known of it stays.
            roles[key] = find.roles if key not in roles or find.roles.shown is not None else roles[key]
            never_h[key] = visits.never_h(key, find.chains, find.roles.shown) | never_h.get(key, set())
        others = before.others | (visits.none() - found.keys())
        own[which] = Known(readings, roles, lengths, others, before.plans, never_h)


def forget(model: nn.Module) -> None:
    """Find everything anew in the next block."""
    with _lock:
        _known.pop(model, None)


class WatchKnown(Watch):
    """Watches a model whose memories are known, and changes their gates."""

    def __init__(
        self,
        model: nn.Module,
        names: dict[int, str],
        detach: bool,
        known: Known,
        change: Change,
        held: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(model, names, detach)
        self._known, self._change, self._is_held = known, change, held
        self._hold_shown = self._shown
        self.visits = Visits(detach, names, self._weights.new_bit, known.readings, known.never_h)

    def _updated(self, visit: Visit) -> Any:
        reading = self._known.readings.get(visit.key) if self._is_held() else None
        if reading is None or visit.parts(reading) is None:
            return visit.result
        step = self.visits.step_of(visit, reading)
        if self.visits.is_second(visit, reading) and any(
            self._change(visit.key, letter, 0, visit.result) is not visit.result for letter in "igoch"
        ):
            raise LstmCoreError(
                f"Expected a hold from step 1 on, because the first step at {visit.place} is c = i ⊙ g alone, which is "
                "no sum, got step 0 too. Give the steps, or start the cell with c = zeros."
            )
        visit.result = _hold_update(visit, reading, self._known.roles[visit.key], step, self._change)
        held = self._change(visit.key, "c", step, visit.result)
        visit.masked = None if held is visit.result else held
        return held

    def _shown(self, memory: Factor, o: Any, place: Place | None, result: Any) -> tuple[Any, Any]:
        for tag in memory.tags if self._is_held() else ():
            roles = None if tag.visit.key is None else self._known.roles.get(tag.visit.key)
            if roles is not None and place is roles.shown:
                o, result = _hold_shown(tag.visit, o, memory.value, result, self._change)
        return o, result


def _hold_update(visit: Visit, reading: Reading, roles: Roles, step: int | None, change: Change) -> Tensor:
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


def _hold_shown(visit: Visit, o: Any, activated: Tensor, result: Tensor, change: Change) -> tuple[Any, Tensor]:
    """o and h of a step, changed."""
    if isinstance(o, Tensor):
        like = torch.broadcast_to(o, result.shape)
        held = change(visit.key, "o", visit.step, like)
        if held is not like:
            o, result = held, held * activated
    return o, change(visit.key, "h", visit.step, result)
