"""What was found in a model before? A shorter run is read by it, and a gate is held by it, where the model uses it.

The update is computed again with the value in the gate's place, from the model's own tensors, and the model goes on
with that: gradients flow as if the model had been written so.
"""

import sys
import threading
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.finding.affine import BACK, GATED, TOWARDS, WRITTEN, Reading, Weighed, update
from lstm_core.finding.chains import Chain, Visit
from lstm_core.finding.found import Find
from lstm_core.finding.notes import MASK, Factor, Node, Tag
from lstm_core.finding.operations import CHANGE, FORM, PRODUCT, OperationKind, kind_of
from lstm_core.finding.place import Place, module_of, passes_on, place_of
from lstm_core.finding.roles import Roles
from lstm_core.finding.visits import Visits
from lstm_core.finding.watch import PlainResult, Watch, overwrites

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
    plain: dict[Any, PlainResult]
    """By instruction, results that need no look."""
    terms_at: set[Place]
    """Where products were computed that are terms of a memory's sum."""
    never_h: Mapping[Any, Set[Place]]
    """By key, where products of the memory are computed that are not h."""

    @cached_property
    def products(self) -> Set[Place | None]:
        """Where the products of a memory are: its terms, and h."""
        return self.terms_at | {roles.shown for roles in self.roles.values()}

    @cached_property
    def never_h_at(self) -> Set[Place]:
        return set().union(*self.never_h.values())

    def is_in(self, module: nn.Module) -> bool:
        """Whether one of the memories is a module's own."""
        return any(key[0] == id(module) for key in self.readings)


_MOST = 16
"""So many operations wait at most."""
_known: WeakKeyDictionary[nn.Module, dict[Any, Known]] = WeakKeyDictionary()
_lock = threading.Lock()


def known_of(model: nn.Module, under: Sequence[str]) -> Known | None:
    """What an earlier block found in a model and in these modules, in the same mode; None if that is not enough."""
    return _known.get(model, {}).get((tuple(under), model.training))


def all_known(model: nn.Module) -> list[Known]:
    """All that earlier blocks found in a model, in the mode that it is in."""
    return [known for (_, training), known in _known.get(model, {}).items() if training == model.training]


def remember(model: nn.Module, under: Sequence[str], found: Mapping[Any, Sequence[Find]], watch: Watch) -> None:
    """Keep what was found besides what is known, if each instruction has one memory."""
    if any(len(several) > 1 for several in found.values()):
        return
    visits = watch.visits
    with _lock:
        own, which = _known.setdefault(model, {}), (tuple(under), model.training)
        lengths = next((known.lengths for known in own.values()), {})
        before = own.get(which, Known({}, {}, lengths, set(), {}, set(), {}))
        names = {key: roles.names for key, roles in before.roles.items()}
        if visits.anew or any(names.get(key, find.roles.names) != find.roles.names for key, [find] in found.items()):
            # Where a cell computes otherwise now, nothing of what was known of it is sure.
            own.clear()
            before = Known({}, {}, lengths, set(), {}, set(), {})
        readings, roles, never_h = dict(before.readings), dict(before.roles), dict(before.never_h)
        terms_at = before.terms_at.union(*(chain.terms for [find] in found.values() for chain in find.chains))
        for key, [find] in found.items():
            several = {len(chain) for chain in find.chains}
            lengths[key] = several.pop() if len(several) == 1 else None
            readings.setdefault(key, find.chains[0].reading)
            # Where h was nowhere this time, what is known of it stays.
            roles[key] = find.roles if key not in roles or find.roles.shown is not None else roles[key]
            never_h[key] = visits.never_h(key, find.chains, find.roles.shown) | never_h.get(key, set())
        others = before.others | (visits.none() - found.keys())
        own[which] = Known(readings, roles, lengths, others, watch.plain_with(before.plain), terms_at, never_h)


def forget(model: nn.Module) -> None:
    """Find everything anew in the next block."""
    with _lock:
        _known.pop(model, None)


class _Waiting(NamedTuple):
    """An operation that has run, and was not looked at."""

    kind: OperationKind
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    result: ref[Tensor]
    place: Place
    call: int
    """The number of the module's call in which it ran."""


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
        self.known, self._change, self._is_held = known, change, held
        self._hold_shown = self._shown
        self._plain, self._updates = known.plain, {place for _, place in known.readings}
        self._of_h = {roles.shown for roles in known.roles.values()} - {None}
        self._waiting: dict[int, _Waiting] = {}
        """By the id of their result, operations that are looked at only if anything but a known step reads that."""
        self.visits = Visits(detach, names, self._weights.new_bit, known.readings, known.never_h)

    @passes_on
    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Run one operation, and look at it unless what it makes is known by its instruction."""
        frame = sys._getframe(1)
        known = self._plain.get((id(frame.f_code), frame.f_lasti, func.__name__))
        if known is None or not self._block.is_here() or (kwargs and overwrites(kwargs)):
            return super().__torch_function__(func, types, args, kwargs)
        if known.follows and self._has_tags(args):
            return super().__torch_function__(func, types, args, kwargs)
        result = func(*args, **kwargs) if kwargs else func(*args)
        self._nodes.has_computed(result, known.birth)
        return result

    def _has_tags(self, operands: Sequence[Any]) -> bool:
        of, waiting = self._nodes.of, self._waiting
        for one in operands:
            node = of(id(one))
            if node is not None and node.tags:
                return True
            if node is None and (id(one) in waiting or (type(one) in (list, tuple) and self._has_tags(one))):
                return True
        return False

    @passes_on
    def run(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run one operation, and note it, or take the values that stand at its place."""
        kind, place = kind_of(name), place_of(frame)
        takes: Callable[[_Waiting, Any, FrameType], bool] | None = None
        if kind.in_place or overwrites(kwargs):
            self._look()
        elif place is not None and self._can_wait(kind, place):
            takes = self._keep
        elif name in ("add", "mul") and len(args) == 2 and not kwargs:
            own = {"add": self._updates, "mul": self._of_h}[name]
            takes = None if place not in own or self._is_held() else self._take_step if name == "add" else self._take_h
        if place is None or takes is None:
            return super().run(func, name, args, kwargs, frame)
        result = func(*args, **kwargs)
        if isinstance(result, Tensor):
            one = _Waiting(kind, args, kwargs, ref(result), place, self._call)
            if takes(one, result, frame):
                return result
        several = isinstance(result, Tensor | tuple | list)
        return self._note(kind, args, args, kwargs, result, frame) if several else result

    def _can_wait(self, kind: OperationKind, place: Place) -> bool:
        """Whether only what reads its result depends on an operation."""
        if kind.does is CHANGE:
            return place in self.known.never_h_at
        return kind.does is FORM or (kind.does is PRODUCT and place in self.known.terms_at)

    def _keep(self, one: _Waiting, result: Tensor, _frame: FrameType) -> bool:
        """Look at an operation only if something reads its result that has to be looked at."""
        self._waiting[id(result)] = one
        if len(self._waiting) > _MOST:
            self._look()
        return True

    def __exit__(self, *raised: Any) -> None:
        """Stop watching, and look at what is left."""
        super().__exit__(*raised)
        with nullcontext() if raised[0] is None else suppress(Exception):
            self._look()

    def _look(self) -> None:
        """Look at what was kept."""
        for result in [one.result() for one in self._waiting.values()]:
            if result is not None:
                self._node(result)
        self._waiting.clear()

    def _node(self, tensor: Tensor) -> Node:
        kept = self._waiting.pop(id(tensor), None)
        if kept is not None and kept.result() is tensor:
            now, self._call = self._call, kept.call
            self._note(kept.kind, kept.args, kept.args, kept.kwargs, tensor, kept.place)
            self._call = now
        return super()._node(tensor)

    def _kept(self, value: Any) -> _Waiting | None:
        """The operation that made a value, if it waits."""
        one = self._waiting.get(id(value))
        return None if one is None or one.result() is not value else one

    def _let_be(self, results: Sequence[Tensor]) -> None:
        """Look no more at what waited."""
        for result in results:
            del self._waiting[id(result)]
            self._nodes.has_computed(result, "")

    def _birth(self, value: Any) -> str | None:
        """Where a factor comes from; None if that has to be looked at."""
        node = self._nodes.of(id(value))
        if node is not None:
            return None if node.tags or node.made is not None else node.birth
        return self._nodes.computed_as(value) if isinstance(value, Tensor) else None

    def _memory(self, value: Any) -> tuple[Visit, Chain] | tuple[None, None]:
        """The last visit of a chain, and the chain, if this very tensor is what it computed."""
        node = self._nodes.of(id(value))
        tags = () if node is None else node.tags
        visit = tags[0].visit if len(tags) == 1 and not tags[0].path and not tags[0].lost else None
        is_last = visit is not None and visit.chain is not None and not visit.followed
        return (visit, visit.chain) if is_last else (None, None)  # type: ignore[union-attr, return-value]

    def _take_step(self, end: _Waiting, result: Tensor, frame: FrameType) -> bool:
        """Take the values of a step whose memory is the very tensor that the step before computed, and whose gates come
        from where those of that step came from; whether it is one."""
        terms = [self._kept(term) for term in end.args]
        first, second = [term.args if term is not None and term.call == self._call else () for term in terms]
        for (memory, f), write in ((first, second), (first[::-1], second), (second, first), (second[::-1], first)) * (
            len(first) == len(second) == 2
        ):
            _, chain = self._memory(memory)
            if chain is None or chain.place is not end.place:
                continue
            key, step = (id(module_of(frame, self._names)), end.place), chain.steps[-1]
            births = (self._birth(f),), tuple(map(self._birth, write))
            if births != step.births or step.form != GATED or key != chain.key:
                return False
            visit, i = Visit(self.visits.next(), key, end.place, "add", None, result), step.told or 0
            chain.take(visit, step, {"f": Factor(f), "i": Factor(write[i]), "g": Factor(write[1 - i])})
            self.visits.counts[key] += 1
            self._nodes.add(result, self.visits.chain_bits | 1, (Tag(visit),))
            self._let_be(end.args)
            return True
        return False

    def _take_h(self, product: _Waiting, result: Tensor, _frame: FrameType) -> bool:
        """Take o and h of a step, if it goes on with them; whether it does."""
        for o, value in (product.args, product.args[::-1]):
            path, ways = list[str](), list[Any]()
            while (way := self._kept(value)) is not None and way.kind.does in (CHANGE, FORM):
                if way.kind.does is CHANGE:
                    path.insert(0, way.kind.name)
                    ways.append(value)
                value = way.args[0]
            visit, chain = self._memory(value)
            own = None if chain is None else chain.shown.get(product.place)
            if visit is None or own is None or own.steps[-1] != visit.step - 1 or own.path != tuple(path):
                continue
            if self._birth(o) != own.birth or not own.has_o:
                return False
            own.put(visit.step, self.visits.as_read(o, result, own.path, own.birth))
            self._nodes.has_computed(result, "")
            if chain is not None and not any(set(changes) - {MASK} for changes in chain.paths):
                # Otherwise one of them may be what the next step reads.
                self._let_be(ways)
            return True
        return False

    def _updated(self, visit: Visit) -> Any:
        reading = self.known.readings.get(visit.key) if self._is_held() else None
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
        visit.result = _hold_update(visit, reading, self.known.roles[visit.key], step, self._change)
        held = self._change(visit.key, "c", step, visit.result)
        visit.masked = None if held is visit.result else held
        return held

    def _shown(self, memory: Factor, o: Any, place: Place | None, result: Any) -> tuple[Any, Any]:
        for tag in memory.tags if self._is_held() else ():
            roles = None if tag.visit.key is None else self.known.roles.get(tag.visit.key)
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
