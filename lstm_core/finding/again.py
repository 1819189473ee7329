"""Does a step of a known cell compute what an earlier step computed, line by line? Then only its values are taken.

Operations run as they are, and are kept until their piece ends with an update of the memory. Of a piece that was looked
at a plan is made: which of its operands are the memory, the gates and h. Another piece of the same lines is read by it,
if its values go the same way and its memory is the very tensor that the step before computed. Every other piece is
looked at, operation by operation, as in the first recording.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any, NamedTuple
from weakref import ref

import torch
from torch import Tensor, nn

from lstm_core.finding.affine import GATED, Reading, Tree
from lstm_core.finding.chains import Step, Visit
from lstm_core.finding.columns import must_be_as_they_came
from lstm_core.finding.known import Known, WatchKnown
from lstm_core.finding.notes import Tag, factor_of, versions_of
from lstm_core.finding.operations import PRODUCT, SILENT, SUM, kind_of
from lstm_core.finding.place import Place, SeenFrame, frame_of_user, is_taken_down, module_of, of_a_watch, place_of
from lstm_core.finding.watch import of_another_task, overwrites

_LONGEST = 64
"""Pieces of more operations than this are looked at as they run: what is kept of a piece takes memory."""
_new = tuple.__new__
_tracing_state = torch._C._get_tracing_state

Operand = tuple[int, int]
"""Which operand of which operation of a piece."""


@dataclass(eq=False, slots=True)
class _Call:
    """A function that is called at an instruction: what it does can be looked at later."""

    func: Any
    name: str
    code: CodeType | None = None
    offset: int = -1
    place: Place | None = None
    """Where it runs in the user's code, if that counts."""
    is_at: bool = True
    """Whether the instruction alone says where that is."""
    is_product: bool = False
    is_sum: bool = False
    is_end: bool = False
    """Whether a piece ends with it."""
    is_h: bool = False
    """Whether it may compute h."""
    then: _Call | None = None
    """What was called next the last time: it is known again without being looked up."""


class Operation(NamedTuple):
    """An operation that has run."""

    call: _Call
    args: Sequence[Any]
    kwargs: Mapping[str, Any] | None
    result: Any
    module: nn.Module | None
    """The module of a sum."""
    versions: list[int]
    """How often each operand of what may be h had been overwritten."""
    inside: int
    """The number of the module's call in which it ran."""


class Plan(NamedTuple):
    """Where the values of a step stand in a piece."""

    reading: Reading
    step: Step
    """Where the values of a step of such a piece come from."""
    ways: tuple[tuple[Operand, int], ...]
    """Operands that are the very result of another operation."""
    memory: Operand
    values: tuple[Operand, Operand, Operand]
    """f, i and g."""
    shown: tuple[Operand, Operand] | None
    """The memory of which h is computed, and o."""
    results: list[int]
    several: list[int]
    """Which operations return a tensor, and which several."""


class WatchAgain(WatchKnown):
    """Watches a model whose memories are known, and takes no second look at what it has seen."""

    def __init__(self, model: nn.Module, names: dict[int, str], detach: bool, known: Known, *holding: Any) -> None:
        super().__init__(model, names, detach, known, *holding)
        self._updates = {place for _, place in known.readings}
        self._places_of_h = {roles.shown for roles in known.roles.values()} - {None}
        self._calls_at: dict[Any, _Call] = {}
        self._last = self._start = _Call(None, "")
        """The last call that waited; in the place of one before the first of a piece."""
        self._plans: dict[Any, Plan] = known.plans
        self._piece: list[Operation] = []
        self._products: set[int] = set()
        """The ids of its products."""
        self._whole = self._has_taken = False
        """Whether the piece has been kept from its start, and whether any was read by a plan."""
        self._last_piece: tuple[list[Operation], Visit] | None = None
        """The piece before, if no operation of it was looked at, and the visit that it ended with."""
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
            or ((call.is_end or call.is_h) and self._is_held())
        ):
            call = self._call_of(func, kwargs or {}, frame)
            if call is None:
                return self._looked_at(func, func.__name__, args, kwargs or {}, frame)
        result = func(*args, **kwargs) if kwargs else func(*args)
        module = None
        if call.is_product:
            self._products.add(id(result))
        # Any other sum of values that are no products is no update, and it takes time to tell whose it is.
        elif call.is_sum and (call.is_end or not self._products.isdisjoint(map(id, args)) or len(args) > 2):
            module = module_of(frame, self._names)
        versions = versions_of(args) if call.is_h else ()
        self._piece.append(_new(Operation, (call, args, kwargs, result, module, versions, self._call)))
        self._last = call
        if call.is_end:
            self._end(result)
        elif len(self._piece) > _LONGEST:
            self._look()
            self._whole = False
        return result

    def _call_of(self, func: Any, kwargs: Mapping[str, Any], frame: FrameType) -> _Call | None:
        """What is called at a frame; None if it must be looked at as it runs."""
        name, code, offset = func.__name__, frame.f_code, frame.f_lasti
        kind = kind_of(name)
        if not self._whole or not kind.can_wait or overwrites(kwargs):
            return None
        if of_a_watch(code) or is_taken_down():
            return None
        place = place_of(frame) if kind.placed else None
        is_end, is_h = place in self._updates, place in self._places_of_h
        if (is_end or is_h) and self._is_held():
            return None
        key = id(code), offset, name, place
        call = self._calls_at.get(key)
        if call is None or func != call.func:
            is_at = place is None or frame_of_user(frame) is frame
            sorts = kind.does is PRODUCT, kind.does is SUM, is_end, is_h
            call = self._calls_at[key] = _Call(func, name, code, offset, place, is_at, *sorts)
        self._last.then = call
        return call

    def _looked_at(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run an operation that does not wait."""
        kind = kind_of(name)
        if kind.does is SILENT or of_a_watch(frame.f_code) or is_taken_down():
            return super().__torch_function__(func, (), args, kwargs)
        self._look()
        self._whole = False
        place = place_of(frame) if kind.placed else None
        result = self.run(func, name, args, kwargs, frame)
        if place in self._updates:
            self._begin_piece(result)
        return result

    def _end(self, result: Any) -> None:
        """A piece ends with this result: take its values, or look at it and make a plan of it."""
        piece = self._piece
        lines = tuple([one.call.place or one.call.name for one in piece])
        plan = self._plans.get(lines)
        if plan is not None and self._taken(plan):
            return
        visits = self._visits()
        self._look()
        visit = self._visit_of(result)
        if visit is not None and self._visits() == visits + 1:
            made = _plan_of(piece, visit, self._memories)
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
        self._whole, self._last = True, self._start

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
        last, self._last_piece = self._last_piece, None
        if last is not None:
            piece, visit = last
            result = piece[-1].result
            if not visit.followed:
                visit.tree = _tree_of(piece)
            # The tensor gets a tag of the visit: with it there neither would ever go.
            visit.result = result.detach() if visit.followed else result.detach().clone()
            self._nodes.add(result, self.visits.chain_bits | 1, (Tag(visit),))
        piece, self._piece = self._piece, []
        self._products.clear()
        for operation in piece:
            self._look_at(operation)

    def _look_at(self, operation: Operation) -> None:
        call, args, kwargs, result, module, versions, inside = operation
        if not isinstance(result, Tensor | tuple | list):
            return
        if versions:
            must_be_as_they_came(versions_of(args), versions)
        now, self._call = self._call, inside
        self._note(kind_of(call.name), args, args, kwargs or {}, result, SeenFrame(call.place, module))
        self._call = now

    def _taken(self, plan: Plan) -> bool:
        """Take the values of a piece that runs as one that was looked at; whether it does."""
        piece = self._piece
        end = piece[-1]
        for (n, k), made in plan.ways:
            if piece[n].args[k] is not piece[made].result:
                return False
        values = [piece[n].args[k] for n, k in plan.values]
        before = self._memory_at(plan.memory)
        if before is None or before.key != (id(end.module), end.call.place) or len(end.args) != 2 or end.kwargs:
            return False
        chain = before.chain
        if chain.reading != plan.reading or chain.steps[-1].is_unlike(plan.step) or chain.last is not before:
            return False
        if not all(map(torch.is_tensor, values)):
            return False
        try:
            computed = [ref(piece[n].result) for n in plan.results]
        except TypeError:
            return False
        if plan.shown is not None:
            of_h, (at, side) = self._memory_at(plan.shown[0]), plan.shown[1]
            product = piece[at]
            o = product.args[side]
            if of_h is None or not isinstance(o, Tensor) or not of_h.chain.goes_on_with(of_h, product.call.place):
                return False
            came = product.versions[side] if product.versions else None
            of_h.chain.show_alike(of_h, product.call.place, o, product.result, came)
        visit = Visit(self.visits.next(), before.key, before.place, "add", None, end.result)
        chain.add_alike(visit, [end.result, *values])
        self.visits.counts[visit.key] += 1
        del self._memories[id(piece[plan.memory[0]].args[plan.memory[1]])]
        self._memories[id(end.result)] = end.result, visit
        self._nodes.computed.update(computed, *[map(ref, piece[n].result) for n in plan.several])
        self._last_piece, self._has_taken = (piece, visit), True
        self._piece = []
        self._products.clear()
        return True

    def _memory_at(self, operand: Operand) -> Any:
        """The visit that computed this very tensor, if no step has gone on from it."""
        n, k = operand
        value = self._piece[n].args[k]
        kept = self._memories.get(id(value))
        return kept[1] if kept is not None and kept[0] is value and not kept[1].followed else None


def _plan_of(piece: Sequence[Operation], visit: Visit, memories: Mapping[int, Any]) -> Plan | None:
    """A plan of a piece that was looked at and ends with a visit, if its update goes on from the very tensor of the
    step before, and h is computed in it as o ⊙ act(c), or nowhere."""
    end, chain = piece[-1], visit.chain
    if chain is None or end.kwargs or end.call.name != "add" or len(chain) < 2 or len(end.args) != 2:
        return None
    step, terms = chain.steps[-1], [_made(piece, term) for term in end.args]
    if None in terms or not all(_is_times(piece[n]) for n in terms):
        return None
    # A factor may itself be a product, whose own factors the visit then has.
    if step.form != GATED or (len(step.births[0]), len(step.births[1])) != (1, 2):
        return None
    if len(chain.reading) != 1 or len(chain.reading[0]) != 2 or step is not chain.steps[-2]:
        return None
    term, factor = chain.reading[0]
    own, other = terms[term], terms[1 - term]
    memory = memories.get(id(piece[own].args[factor]))
    if memory is None or memory[1].chain is not chain:
        return None
    ways = tuple(((len(piece) - 1, k), made) for k, made in enumerate(terms))
    at = [n for n, one in enumerate(piece) if one.call.is_h or one.call.place in chain.shown]
    shown = _shown_by(piece, at[0], memories) if len(at) == 1 else None
    if at and shown is None:
        return None
    more, of_h = shown or ((), None)
    i = step.told or 0
    values = (own, 1 - factor), (other, i), (other, 1 - i)
    results = [n for n, one in enumerate(piece) if isinstance(one.result, Tensor)]
    several = [n for n, one in enumerate(piece) if isinstance(one.result, tuple | list) and _are_tensors(one.result)]
    return Plan(chain.reading, step, (*ways, *more), (own, factor), values, of_h, results, several)


def _are_tensors(values: Sequence[Any]) -> bool:
    return all(isinstance(value, Tensor) for value in values)


def _made(piece: Sequence[Operation], value: Any) -> Any:
    """Which operation of a piece has made a value; None if that was another."""
    return next((n for n, one in enumerate(piece) if one.result is value), None)


def _is_times(one: Operation) -> bool:
    return one.call.name in ("mul", "multiply") and len(one.args) == 2 and not one.kwargs


def _shown_by(piece: Sequence[Operation], at: int, memories: Mapping[int, Any]) -> Any:
    """How h is computed by an operation of a piece, if it is a product o ⊙ act(c) of the memory before: the ways that
    lead to it, and where c and o stand."""
    place = piece[at].call.place
    if place is None or not piece[at].call.is_h or not _is_times(piece[at]):
        return None
    for side, value in enumerate(piece[at].args):
        ways: list[tuple[Operand, int]] = []
        of = at, side
        while value is not None and id(value) not in memories:
            made = _made(piece, value)
            value = piece[made].args[0] if made is not None and piece[made].args else None
            ways.append((of, made))
            of = made, 0
        chain = None if value is None else memories[id(value)][1].chain
        if chain is not None and set(chain.shown) == {place} and chain.shown[place].has_o:
            return ways, (of, (at, 1 - side))
    return None


def _tree_of(piece: Sequence[Operation]) -> Tree:
    """What the update at the end of a piece was computed of, which was not looked at."""
    terms = []
    for term in piece[-1].args:
        factors = tuple(factor_of(one, None) for one in piece[_made(piece, term)].args)
        terms.append(factor_of(term, None)._replace(tree=Tree("mul", factors, 1)))
    return Tree("add", tuple(terms), 1)
