"""What was found in a model before? A shorter run is read by it, and a gate is held by it, where the model uses it.

The update is computed again with the value in the gate's place, from the model's own tensors, and the model goes on
with that: gradients flow as if the model had been written so.
"""

import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import cached_property
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn

from lstm_core.errors import LstmCoreError
from lstm_core.finding.affine import BACK, GATED, TOWARDS, WRITTEN, Reading, Weighed, update
from lstm_core.finding.chains import Chain, Read, Visit
from lstm_core.finding.found import Find
from lstm_core.finding.notes import MASK, Factor, Node, Tag
from lstm_core.finding.operations import CHANGE, FORM, PRODUCT, OperationKind, kind_of
from lstm_core.finding.place import Place, is_taken_down, module_of, passes_on, place_of
from lstm_core.finding.roles import Roles, of_update
from lstm_core.finding.visits import Visits
from lstm_core.finding.watch import PlainResult, Watch, overwrites

# Takes a memory's key, a letter, a step (None if it can't be told which) and the value that would have been, and
# returns the value to use.
Change = Callable[[Any, str, int | None, Tensor], Tensor]


@dataclass(frozen=True)
class Known:
    """By key (module, instruction), how the sum there is an update, and what its factors are."""

    readings: dict[Any, Reading] = field(default_factory=dict)
    roles: Mapping[Any, Roles] = field(default_factory=dict)
    others: frozenset[Any] = frozenset()
    """The sums that ran often enough to be a memory, and are none: they need not be looked at again."""
    plain: Mapping[Any, PlainResult] = field(default_factory=dict)
    """By instruction, results that need no look."""
    terms_at: frozenset[Place] = frozenset()
    """Where products were computed that are terms of a memory's sum."""
    never_h: frozenset[Place] = frozenset()
    """Where products of a memory are computed that are not h."""

    @cached_property
    def products(self) -> Set[Place | None]:
        """Where the products of a memory are: its terms, and h."""
        return self.terms_at | {roles.shown for roles in self.roles.values()}

    def is_in(self, module: nn.Module) -> bool:
        """Whether one of the memories is a module's own."""
        return any(key[0] == id(module) for key in self.readings)


# So many operations wait at most.
_MOST = 16
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
        before = own.get(which, Known())
        names = {key: roles.names for key, roles in before.roles.items()}
        if visits.anew or any(names.get(key, find.roles.names) != find.roles.names for key, [find] in found.items()):
            # Where a cell computes otherwise now, nothing of what was known of it is sure.
            own.clear()
            before = Known()
        # Where h was nowhere this time, what is known of it stays.
        new = {key: find.roles for key, [find] in found.items() if key not in before.roles or find.roles.shown}
        roles = {**before.roles, **new}
        never_h = [visits.never_h(key, find.chains, find.roles.shown) for key, [find] in found.items()]
        own[which] = Known(
            {key: find.chains[0].reading for key, [find] in found.items()} | before.readings,
            roles,
            before.others | (visits.none() - found.keys()),
            watch.plain_with(before.plain),
            before.terms_at.union(*(chain.terms for [find] in found.values() for chain in find.chains)),
            before.never_h.union(*never_h) - {one.shown for one in roles.values()},
        )


def forget(model: nn.Module) -> None:
    """Find everything anew in the next block."""
    with _lock:
        _known.pop(model, None)


class _Ran(NamedTuple):
    """An operation that has run, and was not looked at."""

    kind: OperationKind
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    place: Place
    result: ref[Tensor]
    call: int
    """The number of the module's call in which it ran."""


# Whether the values of an operation that has run are taken, so that nobody has to look at it.
_Take = Callable[["WatchKnown", _Ran, Tensor, FrameType], bool]


class WatchKnown(Watch):
    """Watches a model whose memories are known, and changes their gates."""

    def __init__(
        self,
        model: nn.Module,
        names: dict[int, str],
        known: Known,
        change: Change,
        held: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(model, names)
        self.known, self._change, self._is_held = known, change, held
        self._hold_shown = self._shown
        # By instruction, why its result needs no look, or what takes its values.
        self._how: dict[Any, PlainResult | tuple[_Take, OperationKind, Place]] = dict(known.plain)
        # By the place of a sum of two products, where the memory is: in which of them, as which factor.
        self._memory_at = {key[1]: at[0] for key, at in known.readings.items() if [*map(len, at)] == [2]}
        self._of_h = {roles.shown for roles in known.roles.values()} - {None}
        # By the id of their result, operations that are looked at only if anything but a known step reads that.
        self._waiting: dict[int, _Ran] = {}
        self.visits = Visits(names, self._weights.new_bit, known.readings, known.never_h)

    @passes_on
    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Run one operation, and look at it unless what it makes is known by its instruction."""
        frame = sys._getframe(1)
        how = self._how.get((id(frame.f_code), frame.f_lasti, func.__name__))
        if how is None or (kwargs and overwrites(kwargs)) or not self._block.is_here():
            return super().__torch_function__(func, types, args, kwargs)
        if not isinstance(how, PlainResult):
            return (
                func(*args, **kwargs or {}) if is_taken_down() else self._taken(*how, func, args, kwargs or {}, frame)
            )
        if how.follows and self._has_tags(args):
            return super().__torch_function__(func, types, args, kwargs)
        result = func(*args, **kwargs) if kwargs else func(*args)
        self._computed((result,) if isinstance(result, Tensor) else result, how.birth)
        return result

    def _computed(self, results: Iterable[Tensor], birth: str = "") -> None:
        """Some results depend on weights and memories, and no more is known than their birth."""
        for tensor in results:
            self._nodes.add(tensor, self.visits.chain_bits | 1, birth=birth)

    def _has_tags(self, operands: Sequence[Any]) -> bool:
        """Whether an operand may be a memory in another form."""
        for one in map(id, operands[0] if type(operands[0]) in (list, tuple) else operands):
            if one in self._waiting or ((node := self._nodes.of(one)) is not None and node.tags):
                return True
        return False

    @passes_on
    def run(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run one operation, and note it, or take the values that stand at its place."""
        kind, place = kind_of(name), place_of(frame)
        if kind.in_place or overwrites(kwargs):
            self._look()
        elif place is not None and (take := self._way_to_take(kind, place)) is not None:
            if place.code is frame.f_code:
                self._how[id(frame.f_code), frame.f_lasti, name] = take, kind, place
            return self._taken(take, kind, place, func, args, kwargs, frame)
        return super().run(func, name, args, kwargs, frame)

    def _way_to_take(self, kind: OperationKind, place: Place) -> _Take | None:
        """What takes the values of an operation; None if it has to be noted."""
        does, known = kind.does, self.known
        # Only what reads its result depends on it.
        waits = known.never_h if does is CHANGE else known.terms_at if does is PRODUCT else ()
        if does is FORM or place in waits:
            return WatchKnown._keep
        if kind.name == "add" and place in self._memory_at:
            return WatchKnown._take_step
        return WatchKnown._take_h if kind.name == "mul" and place in self._of_h else None

    @passes_on
    def _taken(
        self, take: _Take, kind: OperationKind, place: Place, func: Any, args: Any, kwargs: Any, frame: FrameType
    ) -> Any:
        """Run one operation, and take its values; note it if they can't be taken."""
        result = func(*args, **kwargs)
        if isinstance(result, Tensor):
            if take(self, _Ran(kind, args, kwargs, place, ref(result), self._call), result, frame):
                return result
        elif not isinstance(result, tuple | list):
            return result
        return self._note(kind, args, args, kwargs, result, frame)

    def _keep(self, ran: _Ran, result: Tensor, _frame: FrameType) -> bool:
        """Look at an operation only if something reads its result that has to be looked at."""
        self._waiting[id(result)] = ran
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

    def _kept(self, value: Any) -> _Ran | None:
        """The operation that made a value, if it waits."""
        one = self._waiting.get(id(value))
        return None if one is None or one.result() is not value else one

    def _let_be(self, results: Sequence[Tensor]) -> None:
        """Look no more at what waited."""
        for result in results:
            del self._waiting[id(result)]
        self._computed(results)

    def _birth(self, value: Any) -> str | None:
        """Where a factor comes from; None if that has to be looked at."""
        node = self._nodes.of(id(value))
        return None if node is None or node.tags or node.made is not None else node.birth

    def _memory(self, value: Any) -> tuple[Visit, Chain] | tuple[None, None]:
        """The last visit of a chain, and the chain, if this very tensor is what it computed."""
        node = self._nodes.of(id(value))
        tags = () if node is None else node.tags
        visit = tags[0].visit if len(tags) == 1 and not tags[0].path else None
        is_last = visit is not None and visit.chain is not None and not visit.followed
        return (visit, visit.chain) if is_last else (None, None)  # type: ignore[union-attr, return-value]

    def _take_step(self, end: _Ran, result: Tensor, frame: FrameType) -> bool:
        """Take the values of a step whose memory is the very tensor that the step before computed, and whose gates come
        from where those of that step came from; whether it is one."""
        term, factor = self._memory_at[end.place]
        if len(end.args) != 2 or end.kwargs or self._is_held():
            return False
        kept, written = self._kept(end.args[term]), self._kept(end.args[1 - term])
        if kept is None or written is None or not (kept.call == written.call == self._call):
            return False
        own, write = kept.args, written.args
        if not len(own) == len(write) == 2:
            return False
        _, chain = self._memory(own[factor])
        if chain is None or chain.place is not end.place:
            return False
        f, step = own[1 - factor], chain.steps[-1]
        births = (self._birth(f),), (self._birth(write[0]), self._birth(write[1]))
        if births != step.births or step.form != GATED or chain.key[0] != id(module_of(frame, self._names)):
            return False
        visit, i = Visit(self.visits.next(), chain.key, end.place, "add", None, result), step.told or 0
        chain.take(visit, step, {"f": f, "i": write[i], "g": write[1 - i], "c": result})
        self.visits.counts[chain.key] += 1
        self._nodes.add(result, self.visits.chain_bits | 1, (Tag(visit),))
        self._let_be(end.args)
        return True

    def _take_h(self, product: _Ran, result: Tensor, _frame: FrameType) -> bool:
        """Take o and h of a step, if it goes on with them; whether it does."""
        held = len(product.args) != 2 or product.kwargs or self._is_held()
        for o, value in () if held else (product.args, product.args[::-1]):
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
            own.put(visit.step, Read(o, result, own.path, own.birth))
            self._computed([result])
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
                visit = tag.visit
                if isinstance(o, Tensor):
                    like = torch.broadcast_to(o, result.shape)
                    held = self._change(visit.key, "o", visit.step, like)
                    if held is not like:
                        o, result = held, held * memory.value
                result = self._change(visit.key, "h", visit.step, result)
        return o, result


def _hold_update(visit: Visit, reading: Reading, roles: Roles, step: int | None, change: Change) -> Tensor:
    """The result of a visit with its gates changed; the visit then has the changed values as its factors."""
    parts = visit.parts(reading)
    assert parts is not None
    like: Tensor = visit.result
    letters = roles.named({letter: _value(factor, like) for letter, factor in parts.letters().items()})
    if parts.form == WRITTEN:
        letters.pop("i", None)
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
    f, i, g = of_update(new)
    return update(parts.form, visit.operation, f, parts.memory.value, i, g)


def _value(factor: Factor, like: Tensor) -> Tensor:
    """A factor in the shape of `like`."""
    value = factor.value
    return value.expand_as(like) if isinstance(value, Tensor) else torch.full_like(like, value)
