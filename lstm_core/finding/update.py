"""Is a sum the update of a memory, c = f ⊙ c' + i ⊙ g, in one of its written forms?

    f * c + i * g      torch.addcmul(f * c, i, g)      c + i * (g - c)      torch.lerp(c, g, i)      c + i * g

A sum alone can't tell which factor is the memory. The next step can: there the memory is this sum's own result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from lstm_core.finding.place import Place
from lstm_core.finding.tags import MASK, Tag

if TYPE_CHECKING:
    from lstm_core.finding.chain import Chain

GATED = "c = f ⊙ c' + i ⊙ g"
KEPT = "c = c' + i ⊙ g"
TOWARDS = "c = c' + i ⊙ (g − c')"
BACK = "c = g + f ⊙ (c' − g)"
_count = attrgetter("_version")


class Factor(NamedTuple):
    """One factor of a term, as it was when the sum was computed."""

    value: Any
    """A tensor, or a number."""
    bits: int = 0
    birth: str = ""
    tags: tuple[Tag, ...] = ()
    difference: tuple[Any, ...] = ()
    version: int = 0
    is_product: bool = False
    copy: Any = None
    """Its values, where the tensor itself may be overwritten unseen."""

    def is_unchanged(self) -> bool:
        """Whether nobody has overwritten it since."""
        return self.copy is not None or version_of(self.value) == self.version

    def guarded(self) -> Factor:
        """With a copy, if its own version number can't tell whether it was overwritten: views share theirs."""
        value = self.value
        if isinstance(value, Tensor) and (value.is_inference() or value._is_view()) and self.is_unchanged():
            return self._replace(copy=value.detach().clone())
        return self

    def zero(self) -> Factor:
        """With zeros for its numbers, if it is a tensor."""
        return self._replace(value=torch.zeros_like(self.value)) if isinstance(self.value, Tensor) else self

    @property
    def values(self) -> Any:
        """A number, or a tensor with the values that it had."""
        return self.value if self.copy is None else self.copy


class SumReading(NamedTuple):
    """Which factor of which term is the memory, and the form that the sum then has."""

    form: str
    term: int
    factor: int
    side: int = 0
    """In a difference: 0 if the memory is what is subtracted from, 1 if it is what is subtracted."""
    sides: tuple[int, int] = (1, 1)
    """How many factors the term has from each of the two that it multiplies: with others the memory is elsewhere."""


class Parts(NamedTuple):
    """A sum, read as an update."""

    memory: Factor
    gate: tuple[Factor, ...]
    """Their product is f, or in the form TOWARDS i."""
    write: tuple[Factor, ...]
    """Their product is i ⊙ g; g alone in the forms TOWARDS and BACK."""
    signs: tuple[float, float]
    """The signs of f and of g."""


@dataclass(eq=False, slots=True)
class Visit:
    """One time that an instruction of the user's code computed a sum with a product in it."""

    number: int
    key: Any
    place: Place
    operation: str
    """"add", "sub", "addcmul" or "lerp"."""
    terms: tuple[tuple[Factor, ...], ...]
    """Each a product of factors; of lerp its three operands."""
    result: Any
    sides: tuple[tuple[int, int], ...] = ((1, 1), (1, 1))
    """How many factors of each term come from each of the two that it multiplies."""
    wholes: tuple[tuple[Factor, ...], ...] = ()
    """By term, the two values that it multiplies and the term itself, none of them taken apart."""
    products: tuple[Place, ...] = ()
    """Where the terms were computed, as long as that is not known."""
    chain: Chain | None = None
    step: int = 0
    """Which step of its chain it is."""
    followed: bool = False
    fed: bool = False
    """Whether something else was computed from its result, as gates are."""
    masked: Any = None
    """What masks left of the result."""
    reads: dict[Place, Any] = field(default_factory=dict)
    """Products of this memory with something else, by their place."""
    _parts: tuple[SumReading, Any, Parts] | None = None

    def readings(self) -> Iterator[SumReading]:
        """All ways to read the sum as an update."""
        if self.operation == "lerp":
            yield SumReading(TOWARDS, 0, 0)
            yield SumReading(BACK, 1, 0)
            return
        for term in (0, 1):
            own, other = self.terms[term], self.terms[1 - term]
            if len(own) > 1 and len(other) > 1:
                yield from (SumReading(GATED, term, n, 0, self.sides[term]) for n in range(len(own)))
            if len(own) > 1 and len(other) == 1:
                for n, factor in enumerate(own):
                    ways = self._towards(factor, other[0], term)
                    yield from (SumReading(form, term, n, side, self.sides[term]) for form, side in ways)
                if not (self.operation == "sub" and term == 0) and not other[0].is_product:
                    yield SumReading(KEPT, 1 - term, 0)

    def _towards(self, factor: Factor, other: Factor, term: int) -> list[tuple[str, int]]:
        """The forms of other ± z ⊙ (a − b), where other is a or b itself."""
        if not factor.difference:
            return []
        a, b = factor.difference
        minus = self.operation == "sub"
        if minus and term == 0:
            return []
        if other.value is not (a if minus else b).value:
            return []
        # With a minus the base is what is subtracted from.
        return [(TOWARDS, 0 if minus else 1), (BACK, 1 if minus else 0)]

    def can_be(self, reading: SumReading) -> bool:
        """Whether the sum can be read so."""
        if self.operation == "lerp":
            return reading.form in (TOWARDS, BACK)
        own, other = self.terms[reading.term], self.terms[1 - reading.term]
        if reading.form in (TOWARDS, BACK) and len(other) > 1:
            # A first step, c = i ⊙ g, may be what a memory starts from.
            other = self.wholes[1 - reading.term][2:]
        if reading.form == KEPT:
            return len(own) == 1 and len(other) > 1
        if len(own) < 2 or not self._is_as(reading):
            return False
        own = self.terms[reading.term]
        if reading.form == GATED:
            return len(other) > 1
        ways = self._towards(own[reading.factor], other[0], reading.term)
        return len(other) == 1 and (reading.form, reading.side) in ways

    def _is_as(self, reading: SumReading) -> bool:
        """Whether the memory can stand in its term where a reading says; where what is multiplied has other factors, it
        is put there."""
        own, sides = self.terms[reading.term], self.sides[reading.term]
        if sides == reading.sides:
            return True
        of = int(reading.factor >= reading.sides[0])
        first, size = of * sides[0], reading.sides[of]
        if sides[of] == size:
            at = first + reading.factor - of * reading.sides[0]
            memory, rest = own[at], own[:at] + own[at + 1 :]
        elif size == 1:
            # A start that is a product is not known as a memory.
            memory, rest = self.wholes[reading.term][of], own[:first] + own[first + sides[of] :]
        else:
            return False
        rest += (Factor(1.0),) * (reading.factor - len(rest))
        own = (*rest[: reading.factor], memory, *rest[reading.factor :])
        self.terms = (own, self.terms[1]) if reading.term == 0 else (self.terms[0], own)
        self.sides = (reading.sides, self.sides[1]) if reading.term == 0 else (self.sides[0], reading.sides)
        return True

    def guard(self) -> None:
        """Keep what was computed with, until the next step tells which of it is the memory."""
        self.terms = tuple(tuple(factor.guarded() for factor in term) for term in self.terms)
        self.wholes = tuple(tuple(factor.guarded() for factor in whole) for whole in self.wholes)

    @property
    def may_be_first(self) -> bool:
        """Whether it is no sum, but a product that was used as a memory is: activated, or looked at by weights."""
        return self.key is None and (self.fed or any(set(read.path) - {MASK} for read in self.reads.values()))

    def as_first(self, first: Visit, reading: SumReading, chain_bits: int) -> bool:
        """Whether this product is the step before a first sum, c = i ⊙ g of the same weights: then it is read as the
        sum is, with the memory 0, and f too where f is no other name of i."""
        if self._parts is not None and self._parts[0] is reading:
            return True
        parts, [own] = first.parts(reading), self.terms
        gate = parts.gate if reading.form == TOWARDS else ()
        if reading.form == BACK or parts.signs[1] < 0 or self.place.code is not first.place.code:
            return False
        wrote = [[factor for factor in (*gate, *parts.write) if isinstance(factor.value, Tensor)], own]
        births, bits = ([factor.birth for factor in each] for each in wrote), [sum_of_bits(each) for each in wrote]
        there, here = births
        if sorted(there) != sorted(here) or len(gate + parts.write) != len(own) or bits[1] & ~bits[0] & ~chain_bits:
            return False
        if gate and here[0] == here[1]:
            return False  # Nobody can tell which is i.
        write = own if there == here else own[::-1]
        zeros = tuple(factor.zero() for factor in parts.gate)
        memory = Factor(torch.zeros_like(self.result))
        read = Parts(memory, write[:1], write[1:], parts.signs) if gate else Parts(memory, zeros, write, parts.signs)
        self._parts = reading, self.terms, read
        return True

    def memory(self, reading: SumReading) -> Factor:
        """The factor that would be the memory."""
        factor = self.terms[reading.term][reading.factor]
        if self.operation != "lerp" and reading.form in (TOWARDS, BACK):
            memory: Factor = factor.difference[reading.side]
            return memory
        return factor

    def parts(self, reading: SumReading) -> Parts:
        """The sum as an update."""
        if self._parts is None or self._parts[0] is not reading or self._parts[1] is not self.terms:
            self._parts = reading, self.terms, self._read(reading)
        return self._parts[2]

    def _read(self, reading: SumReading) -> Parts:
        memory, own = self.memory(reading), self.terms[reading.term]
        if self.operation == "lerp":
            return Parts(memory, self.terms[2], self.terms[1 - reading.term], (1.0, 1.0))
        rest = own[: reading.factor] + own[reading.factor + 1 :]
        if reading.form in (TOWARDS, BACK):
            return Parts(memory, rest, (own[reading.factor].difference[1 - reading.side],), (1.0, 1.0))
        minus = -1.0 if self.operation == "sub" else 1.0
        signs = (1.0, minus) if reading.term == 0 else (minus, 1.0)
        gate, of_f = _without_signs(rest, signs[0])
        write, of_g = _without_signs(self.terms[1 - reading.term], signs[1])
        return Parts(memory, gate, write, (of_f, of_g))


def _without_signs(factors: tuple[Factor, ...], sign: float) -> tuple[tuple[Factor, ...], float]:
    """The factors without those that are −1, and the sign that these make."""
    signs = [factor.value for factor in factors if _is_sign(factor)]
    return tuple([factor for factor in factors if not _is_sign(factor)]), prod(signs, start=sign)


def _is_sign(factor: Factor) -> bool:
    return not isinstance(factor.value, Tensor) and bool(factor.value == -1)


def signed(values: Tensor, sign: float) -> Tensor:
    """Values with the sign that their term has in a sum; the tensor itself, if that is a plus."""
    return -values if sign < 0 else values


def sum_of_bits(factors: Iterable[Factor]) -> int:
    """The bits of several factors."""
    bits = 0
    for factor in factors:
        bits |= factor.bits
    return bits


def version_of(value: Any) -> int:
    """How often a tensor was overwritten; 0 if nobody counts: for a number, or in inference mode."""
    try:
        return 0 if value.is_inference() else value._version
    except AttributeError:
        return 0


def versions_of(values: Iterable[Any]) -> list[int]:
    """How often each of some tensors was overwritten."""
    try:
        return list(map(_count, values))
    except (AttributeError, RuntimeError):
        # A number has no version, and PyTorch counts none in inference mode.
        return [version_of(value) for value in values]


def update(form: str, operation: str, f: Tensor, memory: Tensor, i: Tensor, g: Tensor) -> Tensor:
    """The memory after a step, computed again as the user's code computes it; a − b is a + (−b), to the bit."""
    if operation == "lerp":
        return torch.lerp(memory, g, i) if form == TOWARDS else torch.lerp(g, memory, f)
    if form in (TOWARDS, BACK) and operation == "addcmul":
        return torch.addcmul(memory, i, g - memory) if form == TOWARDS else torch.addcmul(g, f, memory - g)
    if form == TOWARDS:
        return memory + i * (g - memory)
    if form == BACK:
        return g + f * (memory - g)
    kept = memory if form == KEPT else f * memory
    return torch.addcmul(kept, i, g) if operation == "addcmul" else kept + i * g
