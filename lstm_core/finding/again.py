"""Does a step of a known cell compute what an earlier step computed, line by line? Then only its values are taken.

Operations run as they are, and are kept until their piece ends with an update of the memory. Of a piece that was looked
at a plan is made: which of its products the update adds, and which is h. Another piece of the same lines is read by it:
its update must be the sum of the same two products, its memory the very tensor that the step before computed. Every
other piece is looked at, operation by operation, as in the first recording.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence, Set
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from sys import getrefcount
from types import CodeType, FrameType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.finding.affine import GATED, OpenedFactor, Reading, Tree
from lstm_core.finding.chains import Step, Visit
from lstm_core.finding.columns import must_be_as_they_came
from lstm_core.finding.known import Known, WatchKnown
from lstm_core.finding.notes import Factor, Tag, tensors_in, version_of, versions_of
from lstm_core.finding.operations import SHARING, kind_of
from lstm_core.finding.place import Place, SeenFrame, frame_of_user, is_taken_down, module_of, of_a_watch, place_of
from lstm_core.finding.watch import of_another_task

_LONGEST = 64
"""Pieces of more operations than this are looked at as they run: what is kept of a piece takes memory."""
_PATIENCE = 16
"""After so many pieces in a row that no plan reads, all are looked at as they run."""
_OWN = next(getrefcount(one) for one in [object()])
"""So many names here have a tensor that nobody else has, when that is asked: versions of Python count differently."""
_TIMES = ("mul", "multiply")
_new = tuple.__new__
_tracing_state = torch._C._get_tracing_state


def _names_what_it_keeps() -> bool:
    """Whether PyTorch's own use of a tensor, such as for a gradient, is one name more, as in newer versions."""
    kept = torch.ones(1)
    names = getrefcount(kept)
    view = kept.view(-1)
    return hasattr(kept, "_use_count") and view._is_view() and getrefcount(kept) == names + 1


_keeps_by_name = _names_what_it_keeps()


@dataclass(eq=False, slots=True)
class _Call:
    """A function that is called at an instruction, after certain others of its piece: what it does can be looked at
    later."""

    func: Any
    name: str
    code: CodeType
    offset: int
    place: Place | None
    """Where it runs in the user's code, if that counts."""
    is_at: bool
    """Whether the instruction alone says where that is."""
    is_product: bool
    is_times: bool
    """Whether it multiplies two operands."""
    is_sum: bool
    may_be_update: bool
    """Whether it is a sum with a product in it, whatever its operands are."""
    is_end: bool
    """Whether a piece ends with it."""
    is_held: bool
    """Whether it may compute what a hold changes."""
    then: _Call | None = None
    """What was called next the last time: it is known again without being looked up."""
    others: dict[Any, _Call] = field(default_factory=dict)
    """All that were called next in the same piece."""
    lines: tuple[Any, ...] = ()
    """By what the piece is known that ends with it."""


class Operation(NamedTuple):
    """An operation that has run."""

    call: _Call
    args: Sequence[Any]
    kwargs: Mapping[str, Any] | None
    result: Any
    module: nn.Module | None
    """Of a sum."""
    versions: list[int] | None
    """Of a product of two, how often each factor had been overwritten."""
    inside: int
    """The number of the module's call in which it ran."""

    @property
    def is_product(self) -> bool:
        return self.versions is not None and isinstance(self.args[0], Tensor) and isinstance(self.args[1], Tensor)


class _Shown(NamedTuple):
    """How a piece computes h, as o ⊙ act(c)."""

    product: int
    """Which operation of the piece it is."""
    place: Place
    side: int
    """Which factor is act(c)."""
    acts: tuple[int, ...]
    """The operations that make act(c) of c, the last one first."""


class Plan(NamedTuple):
    """Which operations of a piece the update adds, and how."""

    terms: tuple[int, int]
    reading: Reading
    step: Step
    """Where the values of a step of such a piece come from."""
    shown: _Shown | None

    def used(self, piece: Sequence[Operation]) -> tuple[Tensor, list[Tensor], list[int]] | None:
        """The memory that the update goes on from; the gate and the two factors of what is written, and how often each
        had been overwritten. None if the piece does not end with the sum of the same two products."""
        end, one, other = piece[-1], piece[self.terms[0]], piece[self.terms[1]]
        if end.kwargs or len(end.args) != 2 or one.result is not end.args[0] or other.result is not end.args[1]:
            return None
        if not (one.is_product and other.is_product):
            return None
        term, factor = self.reading[0]
        own, written = (other, one) if term else (one, other)
        versions = [own.versions[1 - factor], *written.versions]  # type: ignore[index,misc]
        return own.args[factor], [own.args[1 - factor], *written.args], versions

    def memory_shown(self, piece: Sequence[Operation]) -> Any:
        """The memory of which a piece computes h; None if h is computed of anything else."""
        if self.shown is None or not piece[self.shown.product].is_product:
            return None
        value = piece[self.shown.product].args[self.shown.side]
        for n in self.shown.acts:
            if piece[n].result is not value:
                return None
            value = piece[n].args[0]
        return value


class WatchAgain(WatchKnown):
    """Watches a model whose memories are known, and takes no second look at what it has seen."""

    def __init__(self, model: nn.Module, names: dict[int, str], detach: bool, known: Known, *holding: Any) -> None:
        super().__init__(model, names, detach, known, *holding)
        self._updates = {place for _, place in known.readings}
        self._places_of_h = {roles.shown for roles in known.roles.values()} - {None}
        self._held_at = self._updates | self._places_of_h
        self._start = _Call(None, "", sys._getframe().f_code, -1, None, True, False, False, False, False, False, False)
        """In the place of a call before the first of a piece."""
        self._last = self._start
        """The last call that waited."""
        self._plans: dict[Any, Plan] = known.plans
        self._piece: list[Operation] = []
        self._products: set[int] = set()
        """The ids of its products."""
        self._whole = False
        """Whether the piece has been kept from its start."""
        self._patience, self._has_taken = _PATIENCE, False
        self._last_piece: tuple[list[Operation], Visit] | None = None
        """The piece before, if no operation of it was looked at, and the visit that it ended with."""
        self._waiting: list[int] = []
        """The ids of its tensors that wait to be copied."""
        self._memories: dict[int, tuple[Tensor, Visit]] = {}
        """By id, the tensor that each chain's last visit computed."""

    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Run one operation, and keep it until its piece ends, or look at it."""
        if not self._block.is_here():
            return of_another_task(func, args, kwargs or {})
        call, frame = self._last.then, sys._getframe(1)
        if (
            call is None
            or not self._whole
            # What gets a tensor's property is another object each time.
            or (func is not call.func and func != call.func)
            or frame.f_lasti != call.offset
            or frame.f_code is not call.code
            or not (call.is_at or place_of(frame) is call.place)
            or (kwargs and overwrites(kwargs))
            or _tracing_state() is not None
            or (call.is_held and self._is_held())
        ):
            call = self._call_of(func, kwargs or {}, frame)
            if call is None:
                return self._looked_at(func, func.__name__, args, kwargs or {}, frame)
        result = func(*args, **kwargs) if kwargs else func(*args)
        versions, module = None, None
        if call.is_product:
            self._products.add(id(result))
            if call.is_times and len(args) == 2 and not kwargs:
                versions = versions_of(args)
        # Any other sum of values that are no products is no update.
        elif call.is_sum and (call.may_be_update or not self._products.isdisjoint(map(id, args))):
            module = module_of(frame, self._names)
        self._piece.append(_new(Operation, (call, args, kwargs, result, module, versions, self._call)))
        self._last = call
        if call.is_end:
            self._end(call, result)
        elif len(self._piece) > _LONGEST:
            self._look()
            self._whole = False
        return result

    def _call_of(self, func: Any, kwargs: Mapping[str, Any], frame: FrameType) -> _Call | None:
        """What is called at a frame; None if it must be looked at as it runs."""
        name, code, offset = func.__name__, frame.f_code, frame.f_lasti
        kind = kind_of(name)
        if not self._whole or not kind.can_wait or kind.silent or overwrites(kwargs):
            return None
        if of_a_watch(code) or is_taken_down():
            return None
        place = place_of(frame) if kind.placed else None
        is_end, is_held = place in self._updates, place in self._held_at
        if is_held and self._is_held():
            return None
        key, others = (id(code), offset, name, place), (self._last if self._piece else self._start).others
        call = others.get(key)
        if call is None or func != call.func:
            is_at = place is None or frame_of_user(frame) is frame
            is_times, may_be = name in _TIMES, is_end or name in ("addcmul", "lerp")
            sorts = kind.is_product, is_times, kind.is_sum, may_be, is_end, is_held
            call = others[key] = _Call(func, name, code, offset, place, is_at, *sorts)
        self._last.then = call
        return call

    def _looked_at(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run an operation that does not wait."""
        kind = kind_of(name)
        if (kind.silent and name not in SHARING) or of_a_watch(frame.f_code) or is_taken_down():
            return func(*args, **kwargs)
        self._look()
        self._whole = False
        if kind.in_place or kind.silent or overwrites(kwargs):
            self.visits.write()
        if kind.silent:
            return func(*args, **kwargs)
        place = place_of(frame) if kind.placed else None
        result = self.run(func, name, args, kwargs, frame)
        if place in self._updates:
            self._begin_piece(result)
        return result

    def _end(self, call: _Call, result: Any) -> None:
        """A piece ends with this result: take its values, or look at it and make a plan of it."""
        piece = self._piece
        call.lines = lines = call.lines or tuple([one.call.place or one.call.name for one in piece])
        plan = self._plans.get(lines)
        if plan is not None and self._taken(plan):
            return
        visits = self._visits()
        self._look()
        visit = self._visit_of(result)
        if visit is not None and self._visits() == visits + 1:
            made = _plan_of(piece, visit, self._memories, self._places_of_h)
            if made is not None:
                self._plans[lines] = made
        self._begin_piece(result)

    @property
    def skipped(self) -> frozenset[Any]:
        """The sums that were not looked at each time that they ran."""
        return frozenset(self._known.others if self._has_taken else ())

    def __exit__(self, *raised: Any) -> None:
        """Stop watching, and look at what is left."""
        super().__exit__(*raised)
        with nullcontext() if raised[0] is None else suppress(Exception):
            self._look()
        self._memories.clear()

    def _begin_piece(self, result: Any) -> None:
        """An update was looked at: the next piece begins."""
        visit = self._visit_of(result)
        if visit is not None:
            there = self._memories.items()
            self._memories = {number: kept for number, kept in there if not kept[1].followed}
            self._memories[id(result)] = result, visit
        self._patience -= 1
        self._whole, self._last = self._patience > 0, self._start

    def _visit_of(self, result: Any) -> Visit | None:
        """The visit that computed a memory, if it belongs to a chain."""
        node = self._nodes.of(id(result))
        visits = [tag.visit for tag in (node.tags if node is not None else ()) if not tag.path and not tag.lost]
        return visits[-1] if visits and isinstance(visits[-1], Visit) and visits[-1].chain is not None else None

    def _visits(self) -> int:
        """How often a sum was visited that may be the update of a memory."""
        return sum(count for key, count in self.visits.counts.items() if key not in self._known.others)

    def _look(self) -> None:
        """Look at the operations that were kept."""
        if self._last_piece is not None:
            piece, visit = self._last_piece
            if not visit.followed:
                visit.tree = _tree_of(piece)
            self._name_memory(*self._let_go())  # type: ignore[misc]
        piece, self._piece = self._piece, []
        self._products.clear()
        for operation in piece:
            self._look_at(operation)

    def _look_at(self, operation: Operation) -> None:
        call, args, kwargs, result, module, versions, inside = operation
        name, place = call.name, call.place
        if not isinstance(result, Tensor | tuple | list):
            return
        if versions is not None and place in self._places_of_h:
            must_be_as_they_came(versions_of(args), versions)
        kind, kwargs = kind_of(name), kwargs or {}
        if not kind.ordinary or not self._passed_by(kind, args, kwargs, result):
            now, self._call = self._call, inside
            self._note(name, args, args, kwargs, result, SeenFrame(place, module))
            self._call = now
        node = self._nodes.of(id(result)) if versions is not None else None
        if node is not None and node.made is not None and node.made.name == "mul":
            pairs = zip(node.made.of, versions or (), strict=True)
            node.made = node.made._replace(of=tuple(factor._replace(version=version) for factor, version in pairs))

    def _name_memory(self, result: Tensor, visit: Visit) -> None:
        """Note that a tensor is the memory of a visit."""
        # The tensor has a tag of the visit: with it there neither would ever go.
        if visit.result is result:
            visit.result = result.detach() if visit.followed else result.detach().clone()
        self._nodes.add(result, self.visits.chain_bits | 1, (Tag(visit),))

    def _taken(self, plan: Plan) -> bool:
        """Take the values of a piece that runs as one that was looked at; whether it does."""
        piece, used = self._piece, plan.used(self._piece)
        if used is None:
            return False
        (memory, values, versions), (end, shown) = used, (piece[-1], plan.shown)
        before = self._memory_of(memory)
        chain = None if before is None else before.chain
        if before is None or chain is None or before.key != (id(end.module), end.call.place):
            return False
        if chain.reading != plan.reading or chain.steps[-1].is_unlike(plan.step) or chain.last is not before:
            return False
        of_h = None if shown is None else self._memory_of(plan.memory_shown(piece))
        if shown is not None and (of_h is None or of_h.chain is None or not of_h.chain.goes_on_with(of_h, shown.place)):
            return False
        last = self._let_go()
        waiting = [id(end.result), *map(id, values)]
        if shown is not None and of_h is not None and of_h.chain is not None:
            product = piece[shown.product]
            o, came = product.args[1 - shown.side], [product.versions[1 - shown.side], version_of(product.result)]  # type: ignore[index]
            of_h.chain.show_alike(of_h, shown.place, o, product.result, came)
            waiting += [id(o), id(product.result)]
        visit = Visit(self.visits.next(), before.key, before.place, "add", None, end.result)
        chain.add_alike(visit, [end.result, *values], [version_of(end.result), *versions])
        self.visits.counts[visit.key] += 1
        if last is not None:
            self._name_memory(*last)
        del self._memories[id(memory)]
        self._memories[id(end.result)] = end.result, visit
        self._last_piece, self._waiting, self._has_taken = (piece, visit), waiting, True
        self._piece, self._patience = [], _PATIENCE
        self._products.clear()
        return True

    def _memory_of(self, value: Any) -> Visit | None:
        """The visit that computed this very tensor, if no step has gone on from it."""
        kept = self._memories.get(id(value))
        return kept[1] if kept is not None and kept[0] is value and not kept[1].followed else None

    def _let_go(self) -> tuple[Tensor, Visit] | None:
        """Let the piece before go; what the model keeps of it is known to depend on weights and memories. Returns the
        memory that it ended with."""
        if self._last_piece is None:
            return None
        (operations, visit), self._last_piece = self._last_piece, None
        results = [one.result for one in operations]
        last = results.pop()
        del operations
        bits, waiting = self.visits.chain_bits | 1, self._waiting.count
        for one in results:
            if isinstance(one, Tensor):
                if (names := getrefcount(one)) > _OWN and _is_kept(one, names - _OWN - waiting(id(one))):
                    self._nodes.plain(one, bits)
                continue
            is_kept = getrefcount(one) > _OWN
            for part in one if isinstance(one, tuple | list) else ():
                if is_kept or getrefcount(part) > _OWN + waiting(id(part)):
                    for tensor in tensors_in(part):
                        self._nodes.plain(tensor, bits)
        return last, visit


def _is_kept(tensor: Tensor, names: int) -> bool:
    """Whether Python code has a tensor, by how many names it has besides those here."""
    return names > 0 and (names > 1 or not _keeps_by_name or tensor._use_count() < 2)  # type: ignore[attr-defined]


def overwrites(kwargs: Mapping[str, Any]) -> bool:
    """Whether an operation is told to overwrite a tensor."""
    return bool(kwargs.get("inplace")) or kwargs.get("out") is not None


def _plan_of(piece: Sequence[Operation], visit: Visit, memories: Mapping[int, Any], places: Set[Any]) -> Plan | None:
    """A plan of a piece that was looked at and ends with a visit, if its update goes on from the very tensor of the
    step before, and h is computed at one of `places` as o ⊙ act(c), or nowhere in it."""
    end, chain = piece[-1], visit.chain
    if chain is None or end.kwargs or end.call.name != "add" or len(chain) < 2 or len(end.args) != 2:
        return None
    step, terms = chain.steps[-1], [n for term in end.args for n, one in enumerate(piece) if one.result is term]
    if len(terms) != 2 or not (piece[terms[0]].is_product and piece[terms[1]].is_product):
        return None
    # A factor may itself be a product, whose own factors the visit then has.
    if step.form != GATED or (len(step.births[0]), len(step.births[1])) != (1, 2) or step.signs != (1.0, 1.0):
        return None
    if len(chain.reading) != 1 or len(chain.reading[0]) != 2 or step is not chain.steps[-2]:
        return None
    term, factor = chain.reading[0]
    memory = memories.get(id(piece[terms[term]].args[factor]))
    if memory is None or memory[1].chain is not chain:
        return None
    # Where h was never computed before, it may be computed now.
    places = (places | chain.shown.keys()) - {None}
    at = [n for n, one in enumerate(piece) if one.call.place in places]
    shown = _shown_by(piece, at[0], memories) if len(at) == 1 else None
    if at and shown is None:
        return None
    return Plan((terms[0], terms[1]), chain.reading, step, shown)


def _shown_by(piece: Sequence[Operation], at: int, memories: Mapping[int, Any]) -> _Shown | None:
    """How h is computed by an operation of a piece, if it is a product o ⊙ act(c) of the memory before."""
    place = piece[at].call.place
    if place is None or not piece[at].is_product:
        return None
    for side, value in enumerate(piece[at].args):
        acts: list[int] = []
        while value is not None and id(value) not in memories:
            made = [n for n, one in enumerate(piece[:at]) if one.result is value]
            acts += made
            value = piece[made[0]].args[0] if made and piece[made[0]].args else None
        chain = None if value is None else memories[id(value)][1].chain
        if chain is not None and set(chain.shown) == {place} and chain.shown[place].has_o:
            return _Shown(at, place, side, tuple(acts))
    return None


def _tree_of(piece: Sequence[Operation]) -> Tree:
    """What the update at the end of a piece was computed of, which was not looked at."""
    terms = []
    for term in piece[-1].args:
        own = next(one for one in piece if one.result is term)
        factors = [Factor(value, None, version) for value, version in zip(own.args, own.versions or (), strict=True)]
        terms.append(OpenedFactor(Factor(term, None, version_of(term)), Tree("mul", tuple(factors), 1)))
    return Tree("add", tuple(terms), 1)
