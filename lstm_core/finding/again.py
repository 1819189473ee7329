"""Does a step of a known cell compute what an earlier step computed, line by line? Then only its values are taken.

What runs from one update of a known memory to the next is a piece. Its operations run as they are, and are kept until
the piece ends. A piece of the same operations in the same lines as one that was looked at is read by that one's plan:
its update must be the sum of the same two products, its memory the very tensor that the step before computed. Every
other piece is looked at, operation by operation, as in the first recording.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from sys import getrefcount
from types import CodeType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.finding.chain import Read
from lstm_core.finding.held import Change
from lstm_core.finding.known import Known, WatchKnown
from lstm_core.finding.node import tensors_in
from lstm_core.finding.operations import SHARING, kind_of
from lstm_core.finding.place import Place, Seen, module_of, place_of
from lstm_core.finding.tags import Tag
from lstm_core.finding.update import GATED, Factor, Reading, Visit, version_of

_LONGEST = 64
"""Pieces of more operations than this are looked at as they run: what is kept of a piece takes memory."""
_PATIENCE = 16
"""After so many pieces in a row that no plan reads, all are looked at as they run."""
_TIMES = ("mul", "multiply")
_OWN = next(getrefcount(one) for one in [object()])
"""So many names here have a tensor that nobody else has, when that is asked: versions of Python count differently."""
_tracing_state = torch._C._get_tracing_state


Operation = tuple[str, Sequence[Any], Mapping[str, Any], Any, Place | None, nn.Module | None, tuple[int, ...]]
"""An operation that has run: its name, operands and result; its place, if that counts; of a sum the module, and of a
product how often each factor had been overwritten."""


class Shown(NamedTuple):
    """How a piece computes h, as o ⊙ act(c)."""

    product: int
    """Which operation of the piece it is."""
    side: int
    """Which factor is act(c)."""
    acts: tuple[int, ...]
    """The operations that make act(c) of c, the last one first."""
    path: tuple[str, ...]
    birth: str


class Call(NamedTuple):
    """By what an operation of a piece is known again: the function, and where in the code it is called, if that
    counts."""

    func: Any
    name: str
    place: Place | None
    code: CodeType
    offset: int
    is_sum: bool
    is_times: bool

    @property
    def line(self) -> Any:
        """What tells it from another operation: its place in the code where that counts, or its name."""
        return self.place or self.name


@dataclass(eq=False)
class Plan:
    """Which operations of a piece the update adds, and how."""

    calls: tuple[Call, ...]
    terms: tuple[int, int]
    reading: Reading
    shown: Shown | None
    then: Plan | None = None
    """The plan of the piece that came after it last time."""


class WatchAgain(WatchKnown):
    """Watches a model whose memories are known, and takes no second look at what it has seen."""

    def __init__(
        self,
        model: nn.Module,
        names: dict[int, str],
        detach: bool,
        known: Known,
        change: Change,
        held: Callable[[], bool],
    ) -> None:
        super().__init__(model, names, detach, known, change, held)
        self._updates = {place for _, place in known.readings}
        self._piece: list[Operation] = []
        self._calls: list[Call] = []
        """The calls of the piece, as long as no plan is expected."""
        self._plan: Plan | None = None
        """The plan by which the piece has run so far, because it came next the last time."""
        self._last_plan: Plan | None = None
        self._whole = False
        """Whether the piece has been kept from its start."""
        self._patience, self._has_taken = _PATIENCE, False
        self._longest = max(map(len, known.plans), default=_LONGEST)
        self._last_piece: tuple[list[Operation], Visit] | None = None
        """The piece before, if no operation of it was looked at, and the visit that it ended with."""
        self._plans = known.plans
        self._memories: dict[int, tuple[Tensor, Visit]] = {}
        """By id, the tensor that each chain's last visit computed."""

    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Run one operation, and keep it until its piece ends, or look at it."""
        plan = self._plan
        if plan is not None:
            _, name, place, code, offset, is_sum, is_times = call = plan.calls[len(self._piece)]
            frame = sys._getframe(1)
            if (
                func is call.func
                and _tracing_state() is None
                and (not kwargs or not _overwrites(kwargs))
                and (
                    place is None
                    or (
                        ((frame.f_lasti == offset and frame.f_code is code) or place_of(frame) is place)
                        and not self._is_held()
                    )
                )
            ):
                result = func(*args, **kwargs) if kwargs else func(*args)
                versions = _versions(args) if is_times else ()
                module = module_of(frame, self._names) if is_sum else None
                self._piece.append((name, args, kwargs or {}, result, place, module, versions))
                if len(self._piece) == len(plan.calls) and not self._taken(plan):
                    self._look_and_learn(list(plan.calls), result)
                return result
            self._plan, self._calls = None, list(plan.calls[: len(self._piece)])
        name = func.__name__
        kind = kind_of(name)
        if _tracing_state() is not None or (kind.silent and name not in SHARING):
            return func(*args, **kwargs or {})
        frame = sys._getframe(1)
        place = place_of(frame) if kind.placed else None
        overwrites = kwargs and _overwrites(kwargs)
        if not self._whole or not kind.can_wait or kind.silent or overwrites or (place is not None and self._is_held()):
            self._look()
            self._whole = False
            if kind.in_place or overwrites or kind.silent:
                self._write()
            if kind.silent:
                return func(*args, **kwargs or {})
            result = self.run(func, name, args, kwargs or {}, frame)
        else:
            result = func(*args, **kwargs) if kwargs else func(*args)
            is_times = name in _TIMES and len(args) == 2
            module = module_of(frame, self._names) if kind.is_sum else None
            self._piece.append((name, args, kwargs or {}, result, place, module, _versions(args) if is_times else ()))
            self._calls.append(Call(func, name, place, frame.f_code, frame.f_lasti, kind.is_sum, is_times))
            if place not in self._updates:
                if len(self._piece) > self._longest:
                    self._look()
                    self._whole = False
                return result
            plan = self._plans.get(tuple([call.line for call in self._calls]))
            if plan is None or not self._taken(plan):
                self._look_and_learn(self._calls, result)
            return result
        if place in self._updates:
            self._begin_piece(result)
        return result

    def _look_and_learn(self, calls: Sequence[Call], result: Any) -> None:
        """Look at a piece that no plan reads, and make a plan of it."""
        piece, visits = self._piece, self._visits()
        self._look()
        self._learn(piece, calls, self._visits() - visits)
        self._begin_piece(result)

    @property
    def skipped(self) -> frozenset[Any]:
        """The sums that were not looked at each time that they ran."""
        return frozenset(self._known.others if self._has_taken else ())

    def __exit__(self, *raised: Any) -> None:
        """Stop watching, and look at what is left."""
        super().__exit__(*raised)  # type: ignore[no-untyped-call]
        if raised[0] is None:
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
                visit.terms = self._factors(operations)
            visits, self.visits = self.visits, _Mute()  # type: ignore[assignment]
            for operation in operations[:-1]:
                self._look_at(operation)
            self.visits = visits
            self._name_memory(operations[-1][3], visit)
        piece, self._piece, self._calls, self._plan = self._piece, [], [], None
        for operation in piece:
            self._look_at(operation)

    def _look_at(self, operation: Operation) -> None:
        name, args, kwargs, result, place, module, versions = operation
        if not isinstance(result, Tensor | tuple | list):
            return
        kind = kind_of(name)
        if not kind.ordinary or not self._passed_by(kind, args, kwargs, result):
            self._note(name, args, args, kwargs, result, Seen(place, module))
        node = self._nodes.of(id(result)) if versions else None
        if node is not None and node.product:
            pairs = zip(node.product, versions, strict=True)
            node.product = tuple(factor._replace(version=version) for factor, version in pairs)

    def _factors(self, piece: list[Operation]) -> tuple[tuple[Factor, ...], ...]:
        """The terms of the update that a piece ends with, which was not looked at."""
        first, second = (next(one for one in piece if one[3] is term) for term in piece[-1][1])
        return tuple(
            tuple(map(Factor, one[1], (0, 0), ("", ""), ((), ()), ((), ()), one[6])) for one in (first, second)
        )

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

    def _learn(self, piece: list[Operation], calls: Sequence[Call], visits: int) -> None:
        """Make a plan of a piece that was looked at, if its update goes on from the very tensor of the step before."""
        name, args, kwargs, result, *_ = piece[-1]
        visit = self._visit_of(result)
        if visit is None or visits != 1 or kwargs or name != "add" or visit.chain is None:
            return
        chain = visit.chain
        terms = [n for term in args for n, one in enumerate(piece) if one[3] is term and _is_product(one)]
        if len(terms) != 2 or chain.reading.form != GATED or len(chain.steps) < 2:
            return
        factors = [piece[n][1] for n in terms]
        same = [[id(factor.value) for factor in term] for term in visit.terms] == [[*map(id, each)] for each in factors]
        memory = self._memories.get(id(factors[chain.reading.term][chain.reading.factor]))
        if not same or memory is None or memory[1].chain is not chain:
            return
        before, now = chain.steps[-2:]
        if before.carried is not None or now.memory is not None or now.carried is not None:
            return
        places = {roles.shown for roles in self._known.roles.values()} - {None}
        at = [n for n, one in enumerate(piece) if one[4] in places]
        shown = self._shown_by(piece, at[0]) if len(at) == 1 else None
        if shown is not None or not at:
            lines = tuple([call.line for call in calls])
            self._plans[lines] = Plan(tuple(calls), (terms[0], terms[1]), chain.reading, shown)
            self._longest = max(map(len, self._plans))

    def _shown_by(self, piece: list[Operation], at: int) -> Shown | None:
        """How h is computed by an operation of a piece, if it is a product o ⊙ act(c) of the memory before."""
        if not _is_product(piece[at]):
            return None
        for side, value in enumerate(piece[at][1]):
            acts: list[int] = []
            while value is not None and id(value) not in self._memories:
                made = [n for n, one in enumerate(piece[:at]) if one[3] is value]
                acts += made
                value = piece[made[0]][1][0] if made and piece[made[0]][1] else None
            reads = {} if value is None else self._memories[id(value)][1].reads
            read = next((read for place, read in reads.items() if place is piece[at][4]), None)
            if read is not None and len(reads) == len(read.others) == 1:
                return Shown(at, side, tuple(acts), read.path, read.birth)
        return None

    def _taken(self, plan: Plan) -> bool:
        """Take the values of a piece that runs as one that was looked at; whether it does."""
        piece, (term, factor) = self._piece, plan.reading[1:3]
        _, added, kwargs, result, place, module, _ = piece[-1]
        products = one, other = piece[plan.terms[0]], piece[plan.terms[1]]
        if kwargs or len(added) != 2 or one[3] is not added[0] or other[3] is not added[1]:
            return False
        if not (_is_as_it_was(one) and _is_as_it_was(other)):
            return False
        memory, gate = products[term][1][factor], products[term][1][1 - factor]
        before = self._memory_of(memory)
        if before is None or before.chain is None or before.key != (id(module), place):
            return False
        of_h = None if plan.shown is None else self._shown_visit(plan.shown)
        if plan.shown is not None and of_h is None:
            return False
        visit = Visit(self.visits.next(), before.key, before.place, "add", (), result)
        if not before.chain.detach or not before.chain.add_alike(visit, (result, gate, *products[1 - term][1])):
            visit.terms = self._factors(piece)
            before.chain.add(visit, Tag(before))
        self.visits.counts[visit.key] += 1
        if plan.shown is not None and of_h is not None and of_h.chain is not None:
            _, shown, _, h, at, *_ = piece[plan.shown.product]
            o = shown[1 - plan.shown.side]
            if at is not None and not of_h.chain.read_alike(of_h, at, (o, h)):
                of_h.chain.keep(of_h, at, Read((o,), h, plan.shown.path, plan.shown.birth))
        del self._memories[id(memory)]
        self._memories[id(result)] = result, visit
        self._let_go()
        self._last_piece, self._has_taken = (piece, visit), True
        self._piece, self._calls, self._patience = [], [], _PATIENCE
        if self._last_plan is not None:
            self._last_plan.then = plan
        self._last_plan, self._plan = plan, plan.then
        return True

    def _shown_visit(self, shown: Shown) -> Visit | None:
        """The visit whose memory is in the h that a piece computes, if it has none yet."""
        if not _is_as_it_was(self._piece[shown.product]):
            return None
        value = self._piece[shown.product][1][shown.side]
        for n in shown.acts:
            if self._piece[n][3] is not value:
                return None
            value = self._piece[n][1][0]
        kept = self._memories.get(id(value))
        return kept[1] if kept is not None and kept[0] is value and not kept[1].reads else None

    def _memory_of(self, value: Any) -> Visit | None:
        """The visit that computed this very tensor, if no step has gone on from it."""
        kept = self._memories.get(id(value))
        return kept[1] if kept is not None and kept[0] is value and not kept[1].followed else None

    def _let_go(self) -> None:
        """Let the piece before go; what the model keeps of it is known to depend on weights and memories."""
        if self._last_piece is None:
            return
        (operations, visit), self._last_piece = self._last_piece, None
        *results, last = [one[3] for one in operations]
        del operations
        bits = self.visits.chain_bits | 1
        for one in results:
            is_kept = getrefcount(one) > _OWN
            if isinstance(one, Tensor):
                if is_kept:
                    self._nodes.plain(one, bits)
                continue
            for part in one if isinstance(one, tuple | list) else ():
                if is_kept or getrefcount(part) > _OWN:
                    for tensor in tensors_in(part):
                        self._nodes.plain(tensor, bits)
        self._name_memory(last, visit)


class _Mute:
    """In the place of the visits where what was taken already is looked at: nothing is noted twice."""

    def next(self) -> int:
        return 0

    def is_new(self, _: Any) -> bool:
        return False

    def visited(self, *_: Any) -> None:
        pass

    def mask(self, *_: Any) -> None:
        pass

    def read(self, *_: Any) -> tuple[Tag, ...]:
        return ()

    def lost(self, *_: Any) -> tuple[Tag, ...]:
        return ()


def _overwrites(kwargs: Mapping[str, Any]) -> bool:
    return bool(kwargs.get("inplace")) or kwargs.get("out") is not None


def _versions(factors: Sequence[Any]) -> tuple[int, ...]:
    """How often each of two factors was overwritten."""
    a, b = factors
    try:
        return a._version, b._version
    except (AttributeError, RuntimeError):
        # A number, or a tensor of inference mode.
        return version_of(a), version_of(b)


def _is_product(operation: Operation) -> bool:
    return operation[0] in _TIMES and len(operation[1]) == 2 and not operation[2]


def _is_as_it_was(product: Operation) -> bool:
    """Whether nobody has overwritten the two tensors that were multiplied."""
    _, factors, _, _, _, _, versions = product
    same = len(factors) == 2 and versions == _versions(factors)
    return same and isinstance(factors[0], Tensor) and isinstance(factors[1], Tensor)
