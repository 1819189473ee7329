"""Which operations between two updates of a memory make the next one, and which make h? A plan says it.

What runs from one update to the next is a piece. A plan is made of a piece that was looked at; by it the next piece of
the same lines is read, without a look at each operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from types import CodeType
from typing import Any, NamedTuple

from torch import Tensor, nn

from lstm_core.finding.place import Place
from lstm_core.finding.update import GATED, Factor, SumReading, Visit

_TIMES = ("mul", "multiply")


@dataclass(eq=False, slots=True)
class KnownCall:
    """A function that is called at a place in the code: by it an operation is known again."""

    func: Any
    name: str
    place: Place | None
    """None if it does not count where it is called."""
    code: CodeType
    offset: int
    is_product: bool
    is_held: bool
    """Whether it may compute what a hold changes."""
    then: KnownCall | None = None
    """The call that comes next in a plan."""

    @property
    def line(self) -> Any:
        """What tells it from another operation: its place in the code where that counts, or its name."""
        return self.place or self.name


Operation = tuple[KnownCall, Sequence[Any], Mapping[str, Any] | None, Any, nn.Module | None, Sequence[int]]
"""An operation that has run: its call, operands and result; of a sum the module, of a product how often each factor
had been overwritten."""
Memories = Mapping[int, tuple[Tensor, Visit]]
"""By id, the tensor that each chain's last visit computed."""


class _Shown(NamedTuple):
    """How a piece computes h, as o ⊙ act(c)."""

    product: int
    """Which operation of the piece it is."""
    place: Place
    side: int
    """Which factor is act(c)."""
    acts: tuple[int, ...]
    """The operations that make act(c) of c, the last one first."""
    path: tuple[str, ...]
    birth: str


@dataclass(eq=False)
class Plan:
    """Which operations of a piece the update adds, and how."""

    calls: tuple[KnownCall, ...]
    terms: tuple[int, int]
    reading: SumReading
    births: tuple[tuple[str, ...], tuple[str, ...]]
    """Where the factors of a step of such a piece come from."""
    shown: _Shown | None
    then: Plan | None = None
    """The plan of the piece that came after it last time."""

    def __post_init__(self) -> None:
        for call, then in pairwise(self.calls):
            call.then = then
        self.calls[-1].then = None

    @property
    def lines(self) -> tuple[Any, ...]:
        """By what a piece of these calls is known."""
        return tuple([call.line for call in self.calls])

    def parts(self, piece: Sequence[Operation]) -> tuple[Any, Sequence[Tensor], Sequence[int]] | None:
        """The memory that the update goes on from; the gate and the two factors of what is written, and how often each
        had been overwritten. None if the piece does not end with the sum of the same two products."""
        _, added, kwargs, _, _, _ = piece[-1]
        one, other = piece[self.terms[0]], piece[self.terms[1]]
        if kwargs or len(added) != 2 or one[3] is not added[0] or other[3] is not added[1]:
            return None
        if not (_is_of_tensors(one) and _is_of_tensors(other)):
            return None
        factor, (own, written) = self.reading.factor, (other, one) if self.reading.term else (one, other)
        return own[1][factor], (own[1][1 - factor], *written[1]), (own[5][1 - factor], *written[5])

    def memory_shown(self, piece: Sequence[Operation]) -> Any:
        """The memory of which a piece computes h; None if h is computed of anything else."""
        if self.shown is None or not _is_of_tensors(piece[self.shown.product]):
            return None
        value = piece[self.shown.product][1][self.shown.side]
        for n in self.shown.acts:
            if piece[n][3] is not value:
                return None
            value = piece[n][1][0]
        return value


def plan_of(piece: Sequence[Operation], visit: Visit, memories: Memories, places: Set[Place | None]) -> Plan | None:
    """A plan of a piece that was looked at and ends with a visit, if its update goes on from the very tensor of the
    step before, and h is computed at one of `places` as o ⊙ act(c), or nowhere in it."""
    call, added, kwargs, *_ = piece[-1]
    chain = visit.chain
    if chain is None or kwargs or call.name != "add" or chain.reading.form != GATED or len(chain.steps) < 2:
        return None
    terms = [n for term in added for n, one in enumerate(piece) if one[3] is term and _is_product(one)]
    if len(terms) != 2:
        return None
    factors = [piece[n][1] for n in terms]
    same = [[id(factor.value) for factor in term] for term in visit.terms] == [[*map(id, each)] for each in factors]
    before, now = chain.steps[-2:]
    # A factor may itself be a product, whose own factors the visit then has.
    if not same or before.carried is not None or now.memory is not None or now.carried is not None:
        return None
    memory = memories.get(id(factors[chain.reading.term][chain.reading.factor]))
    if memory is None or memory[1].chain is not chain:
        return None
    # Where h was never computed before, it may be computed now.
    places = (places | memory[1].reads.keys()) - {None}
    at = [n for n, one in enumerate(piece) if one[0].place in places]
    shown = _shown_by(piece, at[0], memories) if len(at) == 1 else None
    if at and shown is None:
        return None
    # Calls of a plan of its own: each says which one comes next.
    calls = tuple([replace(one[0]) for one in piece])
    return Plan(calls, (terms[0], terms[1]), chain.reading, now.births, shown)


def _shown_by(piece: Sequence[Operation], at: int, memories: Memories) -> _Shown | None:
    """How h is computed by an operation of a piece, if it is a product o ⊙ act(c) of the memory before."""
    place = piece[at][0].place
    if place is None or not _is_product(piece[at]):
        return None
    for side, value in enumerate(piece[at][1]):
        acts: list[int] = []
        while value is not None and id(value) not in memories:
            made = [n for n, one in enumerate(piece[:at]) if one[3] is value]
            acts += made
            value = piece[made[0]][1][0] if made and piece[made[0]][1] else None
        reads = {} if value is None else memories[id(value)][1].reads
        read = reads.get(place)
        if read is not None and len(reads) == len(read.others) == 1:
            return _Shown(at, place, side, tuple(acts), read.path, read.birth)
    return None


def terms_of(piece: Sequence[Operation]) -> tuple[tuple[Factor, ...], ...]:
    """The terms of the update that a piece ends with, which was not looked at."""
    products = [next(one for one in piece if one[3] is term) for term in piece[-1][1]]
    return tuple(
        tuple([Factor(value, version=version) for value, version in zip(one[1], one[5], strict=True)])
        for one in products
    )


def is_times(name: str, args: Sequence[Any]) -> bool:
    """Whether a call multiplies its two operands."""
    return name in _TIMES and len(args) == 2


def overwrites(kwargs: Mapping[str, Any]) -> bool:
    """Whether an operation is told to overwrite a tensor."""
    return bool(kwargs.get("inplace")) or kwargs.get("out") is not None


def _is_product(operation: Operation) -> bool:
    return operation[0].is_product and not operation[2]


def _is_of_tensors(product: Operation) -> bool:
    factors = product[1]
    return len(factors) == 2 and isinstance(factors[0], Tensor) and isinstance(factors[1], Tensor)
