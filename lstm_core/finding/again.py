"""Does a step of a known cell compute what an earlier step computed, line by line? Then only its values are taken.

Operations run as they are, and are kept until their piece ends with an update of the memory. If the piece runs as a
plan says (see `plan`), its values are taken: its update must be the sum of the same two products, its memory the very
tensor that the step before computed. Every other piece is looked at, operation by operation, as in the first recording.
"""

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from sys import getrefcount
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.finding.chain import Read
from lstm_core.finding.copies import must_be_as_they_came
from lstm_core.finding.known import Known, WatchKnown
from lstm_core.finding.node import tensors_in
from lstm_core.finding.operations import SHARING, kind_of
from lstm_core.finding.place import SeenFrame, frame_of_user, is_taken_down, module_of, of_a_watch, place_of
from lstm_core.finding.plan import KnownCall, Operation, Plan, is_times, overwrites, plan_of, terms_of
from lstm_core.finding.tags import Tag
from lstm_core.finding.update import Visit, version_of, versions_of
from lstm_core.finding.watch import of_another_task

_LONGEST = 64
"""Pieces of more operations than this are looked at as they run: what is kept of a piece takes memory."""
_PATIENCE = 16
"""After so many pieces in a row that no plan reads, all are looked at as they run."""
_OWN = next(getrefcount(one) for one in [object()])
"""So many names here have a tensor that nobody else has, when that is asked: versions of Python count differently."""
_AFTER_A_LOOK = ()
"""The plan of the first piece that was not looked at has no lines among the plans."""

_tracing_state = torch._C._get_tracing_state


def _names_what_it_keeps() -> bool:
    """Whether PyTorch's own use of a tensor, such as for a gradient, is one name more, as in newer versions."""
    kept = torch.ones(1)
    names = getrefcount(kept)
    view = kept.view(-1)
    return hasattr(kept, "_use_count") and view._is_view() and getrefcount(kept) == names + 1


_keeps_by_name = _names_what_it_keeps()


def _is_kept(tensor: Tensor, names: int) -> bool:
    """Whether Python code has a tensor, by how many names it has besides those here."""
    return names > 0 and (names > 1 or not _keeps_by_name or tensor._use_count() < 2)  # type: ignore[attr-defined]


class WatchAgain(WatchKnown):
    """Watches a model whose memories are known, and takes no second look at what it has seen."""

    def __init__(self, model: nn.Module, names: dict[int, str], detach: bool, known: Known, *holding: Any) -> None:
        super().__init__(model, names, detach, known, *holding)
        self._updates = {place for _, place in known.readings}
        self._places_of_h = {roles.shown for roles in known.roles.values()}
        self._plans = known.plans
        self._longest = max(map(len, self._plans), default=_LONGEST)
        self._piece: list[Operation] = []
        self._whole = False
        """Whether the piece has been kept from its start."""
        self._plan: Plan | None = None
        """The plan of the piece that came next the last time."""
        self._expected: KnownCall | None = None
        """Its next call, as long as the piece runs by it."""
        self._last_plan: Plan | None = None
        self._patience, self._has_taken = _PATIENCE, False
        self._last_piece: tuple[list[Operation], Visit] | None = None
        """The piece before, if no operation of it was looked at, and the visit that it ended with."""
        self._waiting: list[int] = []
        """The ids of its tensors that wait to be copied."""
        self._memories: dict[int, tuple[Tensor, Visit]] = {}
        """By id, the tensor that each chain's last visit computed."""

    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Run one operation, and keep it until its piece ends, or look at it."""
        call, frame = self._expected, sys._getframe(1)
        if not self._block.is_here():
            return of_another_task(func, args, kwargs or {})
        if (
            call is None
            # What gets a tensor's property is another object each time.
            or (func is not call.func and func != call.func)
            or (kwargs and overwrites(kwargs))
            or _tracing_state() is not None
            or not (
                call.place is None
                or (frame.f_lasti == call.offset and frame.f_code is call.code)
                or place_of(frame) is call.place
            )
            or (call.is_held and self._is_held())
        ):
            return self._unexpected(func, args, kwargs or {}, frame)
        result = func(*args, **kwargs) if kwargs else func(*args)
        module = module_of(frame, self._names) if call.then is None else None
        self._piece.append((call, args, kwargs, result, module, versions_of(args) if call.is_product else ()))
        self._expected = call.then
        if call.then is None:
            self._end(self._plan, result)
        return result

    def _unexpected(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run one operation of which no plan says that it comes now."""
        name = func.__name__
        kind = kind_of(name)
        if is_taken_down() or of_a_watch(frame) or (kind.silent and name not in SHARING):
            return func(*args, **kwargs)
        self._expected = None
        place = place_of(frame) if kind.placed else None
        is_told = overwrites(kwargs)
        if not self._whole or not kind.can_wait or kind.silent or is_told or (place is not None and self._is_held()):
            self._look()
            self._whole = False
            if kind.in_place or is_told or kind.silent:
                self._write()
            if kind.silent:
                return func(*args, **kwargs)
            result = self.run(func, name, args, kwargs, frame)
            if place in self._updates:
                self._begin_piece(result)
            return result
        result = func(*args, **kwargs)
        module, is_product = module_of(frame, self._names) if kind.is_sum else None, is_times(name, args)
        is_held = place is not None and (place in self._updates or place in self._places_of_h)
        at = frame_of_user(frame) or frame
        call = KnownCall(func, name, place, at.f_code, at.f_lasti, is_product, is_held)
        self._piece.append((call, args, kwargs, result, module, versions_of(args) if is_product else ()))
        if place in self._updates:
            self._end(self._plans.get(tuple([one[0].line for one in self._piece])), result)
        elif len(self._piece) > self._longest:
            self._look()
            self._whole = False
        return result

    def _end(self, plan: Plan | None, result: Any) -> None:
        """A piece ends with this result: take its values, or look at it and make a plan of it."""
        if plan is not None and self._taken(plan):
            return
        piece, visits = self._piece, self._visits()
        self._look()
        visit = self._visit_of(result)
        if visit is not None and self._visits() == visits + 1:
            made = plan_of(piece, visit, self._memories, self._places_of_h)
            if made is not None:
                self._plans[made.lines] = made
                self._longest = max(map(len, self._plans))
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
        self._whole = self._patience > 0
        if self._whole:
            self._expect(self._plans.get(_AFTER_A_LOOK))

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
            (operations, visit), self._last_piece = self._last_piece, None
            if not visit.followed:
                visit.terms = terms_of(operations)
            visits, self.visits = self.visits, _Mute()  # type: ignore[assignment]
            for operation in operations[:-1]:
                self._look_at(operation)
            self.visits = visits
            self._name_memory(operations[-1][3], visit)
        piece, self._piece, self._expected = self._piece, [], None
        for operation in piece:
            self._look_at(operation)

    def _look_at(self, operation: Operation) -> None:
        call, args, kwargs, result, module, versions = operation
        if not isinstance(result, Tensor | tuple | list):
            return
        if versions and call.place in self._places_of_h:
            must_be_as_they_came(versions_of(args), versions)
        kind, kwargs = kind_of(call.name), kwargs or {}
        if not kind.ordinary or not self._passed_by(kind, args, kwargs, result):
            self._note(call.name, args, args, kwargs, result, SeenFrame(call.place, module))
        node = self._nodes.of(id(result)) if versions else None
        if node is not None and node.product:
            pairs = zip(node.product, versions, strict=True)
            node.product = tuple(factor._replace(version=version) for factor, version in pairs)

    def _write(self) -> None:
        """Write what waits: what the model computed may be overwritten now."""
        for chains in self.visits.chains.values():
            for chain in chains:
                chain.copies.write()

    def _name_memory(self, result: Tensor, visit: Visit) -> None:
        """Note that a tensor is the memory of a visit."""
        # The tensor has a tag of the visit: with it there neither would ever go.
        if visit.result is result:
            visit.result = result.detach().clone()
        self._nodes.add(result, self.visits.chain_bits | 1, (Tag(visit),))

    def _taken(self, plan: Plan) -> bool:
        """Take the values of a piece that runs as one that was looked at; whether it does."""
        piece = self._piece
        parts = plan.parts(piece)
        if parts is None:
            return False
        memory, used, versions = parts
        call, _, _, result, module, _ = piece[-1]
        before, of_h = self._memory_of(memory), None
        if before is None or before.chain is None or before.key != (id(module), call.place):
            return False
        if plan.reading != before.chain.reading or plan.births != before.chain.steps[-1].births:
            return False
        if plan.shown is not None:
            of_h = self._memory_of(plan.memory_shown(piece))
            if of_h is None or of_h.reads:
                return False
        last = self._let_go()
        visit = Visit(self.visits.next(), before.key, before.place, "add", (), result)
        waiting = values = result, *used
        if not before.chain.detach or not before.chain.add_alike(visit, values, (version_of(result), *versions)):
            must_be_as_they_came(versions_of(used), [*versions])
            waiting, visit.terms = (), terms_of(piece)
            before.chain.add(visit, Tag(before))
        self.visits.counts[visit.key] += 1
        if plan.shown is not None and of_h is not None and of_h.chain is not None:
            _, factors, _, h, _, came = piece[plan.shown.product]
            o_and_h = factors[1 - plan.shown.side], h
            if of_h.chain.read_alike(of_h, plan.shown.place, o_and_h, (came[1 - plan.shown.side], version_of(h))):
                waiting += o_and_h
            else:
                must_be_as_they_came(versions_of(factors), came)
                of_h.chain.keep(of_h, plan.shown.place, Read(o_and_h[:1], h, plan.shown.path, plan.shown.birth))
        if last is not None:
            self._name_memory(*last)
        del self._memories[id(memory)]
        self._memories[id(result)] = result, visit
        self._last_piece, self._waiting, self._has_taken = (piece, visit), [*map(id, waiting)], True
        self._piece, self._patience = [], _PATIENCE
        if self._last_plan is None:
            self._plans[_AFTER_A_LOOK] = plan
        else:
            self._last_plan.then = plan
        self._last_plan = plan
        self._expect(plan.then)
        return True

    def _expect(self, plan: Plan | None) -> None:
        """The next piece may run by this plan."""
        self._plan, self._expected = plan, None if plan is None else plan.calls[0]

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
        results = [one[3] for one in operations]
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


class _Mute:
    """In the place of the visits where what was taken already is looked at: nothing is noted twice."""

    def next(self) -> int:
        return 0

    def is_new(self, _: Any) -> bool:
        return False

    def visited(self, *_: Any) -> None:
        pass

    def started(self, *_: Any) -> tuple[Tag, ...]:
        return ()

    def fed(self, *_: Any) -> None:
        pass

    def mask(self, *_: Any) -> None:
        pass

    def read(self, *_: Any) -> tuple[Tag, ...]:
        return ()

    def lost(self, *_: Any) -> tuple[Tag, ...]:
        return ()
