"""Which visit of a gated sum goes on from which?"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import torch
from torch import Tensor

from lstm_core.finding.chain import Chain, Read
from lstm_core.finding.judge import FEWEST
from lstm_core.finding.node import Node
from lstm_core.finding.operations import DIVIDED
from lstm_core.finding.place import Place
from lstm_core.finding.tags import MASK, Tag
from lstm_core.finding.update import Factor, SumReading, Visit

ENOUGH = 4
"""After so many steps all places of a memory have been seen, and all that its module returns."""
_MOST_READS = 6
"""So many products of one memory with something else are kept: one of them may be h."""


class Mark:
    """In the place of a visit in a tag: a product that may be h, or a memory that became something else."""

    chain = None
    number = 0
    result = None
    followed = True
    may_be_first = False

    def __init__(self, key: Any, place: Place | None, change: str = "") -> None:
        self.key, self.place, self.change = (None if change else key), place, change
        self.of = key


class Visits:
    """The visits of each key (module, instruction), and the chains that they form."""

    def __init__(
        self,
        detach: bool,
        names: Mapping[int, str],
        new_bit: Callable[[], int],
        readings: Mapping[Any, SumReading] | None = None,
        never_h: Mapping[Any, Set[Place]] | None = None,
    ) -> None:
        self.counts: Counter[Any] = Counter()
        self.chains: dict[Any, list[Chain]] = {}
        self.places: dict[Any, Place] = {}
        self.changed: dict[Any, tuple[str, Place | None]] = {}
        """By key, what a memory went through on the way to the same instruction, so that it was none any more."""
        self.broken: dict[Any, int] = {}
        """By key, the step whose memory comes from the one before by a way that is not followed."""
        self.returned: set[tuple[str, Place]] = set()
        """Products that may be h: by the name of a module that returned one, where it was computed."""
        self.returned_bits: dict[str, int] = {}
        """By the name of a module, the bits of all that it returned."""
        self.chain_bits = 0
        self._names, self._returns = names, Counter[str]()
        """The name of each module by its id; and how many tensors a module has returned."""
        self._readings: dict[Any, SumReading] = dict(readings or {})
        self._never_h: dict[Any, Set[Place]] = dict(never_h or {})
        """By key, the products that were not h in an earlier block."""
        self.anew: set[Any] = set()
        """The sums that have other factors than in an earlier block."""
        self._marks: dict[Any, Mark] = {}
        self._detach, self._new_bit, self._number = detach, new_bit, 0

    def is_new(self, key: Any) -> bool:
        """Whether too little is known of an instruction to tell where its terms are computed."""
        chains = self.chains.get(key)
        return chains is None or len(chains[0].steps) < ENOUGH

    def next(self) -> int:
        """The number of the next visit."""
        self._number += 1
        return self._number

    def started(self, a: Factor, b: Factor, place: Place, result: Tensor) -> tuple[Tag, ...]:
        """A product that is no term of a sum: c = i ⊙ g may be a first step, where the memory is nothing yet."""
        return (Tag(Visit(self.next(), None, place, "mul", ((a, b),), result.detach() if self._detach else result)),)

    def fed(self, tags: Sequence[Tag]) -> None:
        """Something that is no memory was computed from a tensor."""
        for tag in tags:
            if tag.visit.key is None and isinstance(tag.visit, Visit):
                tag.visit.fed = True

    def visited(self, visit: Visit) -> None:
        """Join a visit to the one before, if its memory is that one's result in any form."""
        key = visit.key
        self.counts[key] += 1
        self.places[key] = visit.place
        known = self._readings.get(key)
        if known is not None and key not in self.chains and not visit.can_be(known):
            known = None
            self.anew.add(key)
            self._never_h.pop(key, None)
        if known is not None and not _is_whole(visit, known):
            return
        best: tuple[int, SumReading, Tag] | None = None
        for reading in visit.readings() if known is None else [known]:
            tag = self._before(visit, reading)
            if tag is not None and (best is None or len(tag.path) < best[0]):
                best = len(tag.path), reading, tag
        if best is not None:
            self._follow(visit, best[1], best[2])
        elif known is not None:
            if not self.is_second(visit, known) and not self._may_begin(visit, known):
                self.broken.setdefault(key, self.counts[key] - 1)
            self._begin(visit, known)
        else:
            visit.guard()
            if self._detach:
                # The model's own tensor has a tag of this visit: with it here neither would ever go.
                visit.result = visit.result.detach()

    def step_of(self, visit: Visit, reading: SumReading) -> int | None:
        """Which step of its sequence a visit will be; None if its memory comes by a way that is not followed."""
        tag = self._before(visit, reading)
        if tag is not None and tag.visit.chain is not None:
            return len(tag.visit.chain.steps)
        memory = visit.memory(reading)
        if self.is_second(visit, reading):
            return 1
        # Where a step is counted, a sequence can't begin with what another one left: it goes on, unseen.
        unseen = _is_left(memory, self.chains.get(visit.key, ()))
        return 0 if self._may_begin(visit, reading) and not unseen else None

    def _may_begin(self, visit: Visit, reading: SumReading) -> bool:
        """Whether a memory that is no earlier step's in another form can be the start of another sequence."""
        memory, chains = visit.memory(reading), self.chains.get(visit.key, ())
        if chains and all(len(chain.steps) == 1 for chain in chains):
            # Where the terms change places, another factor is what the step before left.
            others = (other for other in visit.readings() if other != reading)
            if any(self._before(visit, other) is not None for other in others):
                return False
        if any(tag.visit.key == visit.key for tag in memory.tags):
            return True
        # What comes from an earlier step came by a way that is not followed; so did what a single step left, for a
        # sequence of one step is rarely all.
        if any(memory.bits & chain.bit for chain in chains):
            return False
        return not _is_left(memory, [chain for chain in chains if len(chain.steps) == 1])

    def _before(self, visit: Visit, reading: SumReading) -> Tag | None:
        """The tag by which a factor is the memory of an earlier visit of the same instruction."""
        memory = visit.memory(reading)
        if not isinstance(memory.value, Tensor):
            return None
        for tag in memory.tags:
            if isinstance(tag.visit, Mark) and tag.visit.of == visit.key:
                self.changed[visit.key] = tag.visit.change, tag.visit.place
        tags = [
            tag for tag in memory.tags
            if is_memory(tag) and tag.visit.key == visit.key and _goes_on(tag, memory)
        ]  # fmt: skip
        if len(tags) < 2:
            return tags[0] if tags else None
        same = [tag for tag in tags if _is_state(memory.value, tag.visit)]
        return (same or tags)[-1]

    def is_second(self, visit: Visit, reading: SumReading) -> bool:
        """Whether the step before was a product alone."""
        return self._start(visit, reading) is not None

    def _start(self, visit: Visit, reading: SumReading) -> Tag | None:
        """The tag by which the memory of a first sum is a product that is a step of its own."""
        memory = visit.memory(reading)
        for tag in memory.tags:
            start = tag.visit
            if isinstance(start, Visit) and start.key is None and not tag.lost and _goes_on(tag, memory):
                whole = start.chain is not None or all(factor.is_unchanged() for factor in start.terms[0])
                if whole and start.as_first(visit, reading, self.chain_bits):
                    return tag
        return None

    def _follow(self, visit: Visit, reading: SumReading, tag: Tag) -> None:
        before: Visit = tag.visit
        chain = before.chain
        if chain is None:
            if not _is_whole(before, reading):
                return
            # Somebody may only have looked at what a mask left: the memory is what this step reads.
            before.masked = None
            chain = self._begin(before, reading)
        chain.add(visit, tag)

    def _begin(self, visit: Visit, reading: SumReading) -> Chain:
        self._readings[visit.key] = reading
        bit = self._new_bit()
        self.chain_bits |= bit
        signs = visit.parts(reading).signs
        chain = Chain(visit.key, reading, visit.place, visit.operation, signs, bit, self._detach)
        self.chains.setdefault(visit.key, []).append(chain)
        start = self._start(visit, reading)
        if start is not None:
            chain.add(start.visit, None)
            chain.first = 1
            self.counts[visit.key] += 1
        chain.add(visit, start)
        return chain

    def mask(self, tags: Sequence[Tag], result: Any) -> None:
        """A mask left this of the newest memory."""
        own = [tag for tag in tags if isinstance(tag.visit, Visit) and set(tag.path) <= {MASK}]
        if own and isinstance(result, Tensor):
            newest = max(own, key=lambda tag: tag.visit.number).visit
            if result.shape == newest.result.shape:
                newest.masked = result if newest.chain is None else result.detach().clone()

    def read(
        self, tags: Sequence[Tag], place: Place | None, others: tuple[Any, ...], result: Any, birth: str
    ) -> tuple[Tag, ...]:
        """A product of a memory with something else, or an activation of it: it may be h. Returns a tag for it."""
        found: list[Tag] = []
        before = {id(tag.visit) for tag in tags if isinstance(tag.visit, Visit) and place in tag.visit.reads}
        for tag in tags:
            visit = tag.visit
            if tag.lost or place is None or not isinstance(visit, Visit) or not isinstance(result, Tensor):
                continue
            if place in self._never_h.get(visit.key, ()):
                continue
            chain = visit.chain
            if chain is not None and place in chain.products:
                continue
            if len(visit.reads) >= _MOST_READS or self._is_kept_inside(visit.key, place, tag.path):
                continue
            one = Read(others, result, tag.path, birth, again=id(visit) in before)
            if chain is None:
                visit.reads[place] = one.alone() if self._detach else one
            else:
                chain.keep(visit, place, one)
            mark = self._marks.setdefault((visit.key, place), Mark(None, place))
            found.append(Tag(mark))  # type: ignore[arg-type]
        return tuple(found)

    def _is_kept_inside(self, key: Any, place: Place, path: tuple[str, ...]) -> bool:
        """Whether a product of a memory, which no activation has changed, can't be h: its module has returned often
        enough, and never that product, such as a GRU's r ⊙ h."""
        name = "" if key is None else self._names[key[0]]
        often = key not in self._never_h and self._returns[name] >= ENOUGH and all(change == MASK for change in path)
        return often and place not in self.returned_by(name)

    def lost(self, tags: Sequence[Tag], change: str, place: Place | None) -> tuple[Tag, ...]:
        """The tags of what was a memory and became something else, for the sentence that says so."""
        keys = dict.fromkeys(tag.visit.key for tag in tags if is_memory(tag))
        new = [Tag(Mark(key, place, change), lost=change) for key in keys]  # type: ignore[arg-type]
        return (*[tag for tag in tags if tag.lost], *new)[-4:]

    def never_h(self, key: Any, chains: Sequence[Chain], shown: Place | None) -> set[Place]:
        """Where products of a memory were computed that are not h; `shown`: where h was."""
        there = {place for of, place in self._marks if of == key}
        if shown is not None:
            return there - {shown}
        # With h at one place at some steps, and at another at others, neither was taken.
        reads = [(place, read) for chain in chains for step in chain.steps for place, read in step.reads.items()]
        return there - {place for place, read in reads if read.others and set(read.path) - {MASK}}

    def none(self) -> set[Any]:
        """The sums that ran often enough to tell whether they are a memory, in each of their chains."""
        shortest = {key: min(len(chain.steps) for chain in chains) for key, chains in self.chains.items()}
        return {key for key, count in self.counts.items() if min(count, shortest.get(key, count)) >= FEWEST}

    def of_result(self, node: Node, name: str) -> None:
        """A module returned this tensor."""
        self._returns[name] += 1
        self.returned_bits[name] = self.returned_bits.get(name, 0) | node.bits
        # What is divided on the way, as in sLSTM's o ⊙ c / n, is not what the next step calls h.
        products = [
            tag for tag in node.tags if isinstance(tag.visit, Mark) and not tag.lost and not DIVIDED & {*tag.path}
        ]
        self.returned |= {(name, tag.visit.place) for tag in products}

    def leave(self, name: str) -> None:
        """What a module of a known memory returns need not be seen any more: each memory may lead to it."""
        self.returned_bits[name] = -1

    def returned_by(self, name: str) -> set[Place]:
        """Where the products were computed that a module, or one that it is part of, returned."""
        return {place for above, place in self.returned if is_part(name, above)}

    def leads_out(self, chain: Chain, name: str) -> bool:
        """Whether something that a module, or one that it is part of, returned was computed from a memory; true too if
        none of them returned a tensor, as where somebody's loop calls a method of it."""
        of = [bits for above, bits in self.returned_bits.items() if is_part(name, above)]
        return not of or any(bits & chain.bit for bits in of)


def is_part(name: str, above: str) -> bool:
    """Whether a module is another one or a part of it, by their names."""
    return not above or name == above or name.startswith(f"{above}.")


def is_memory(tag: Tag) -> bool:
    """Whether a tag is that of a sum, which nothing else has become of."""
    return not tag.lost and isinstance(tag.visit, Visit) and tag.visit.key is not None


def writes_over(tag: Tag, whole: Tensor) -> bool:
    """Whether a tensor into which a memory was written is as large as that, and not equal to it."""
    return is_memory(tag) and whole.shape == tag.visit.result.shape and not _is_state(whole, tag.visit)


def _goes_on(tag: Tag, memory: Factor) -> bool:
    """Whether a memory can be what a visit left, from which no step has gone on."""
    seen_beside = tag.beside and not tag.path
    return not tag.visit.followed and not (seen_beside and _is_another(memory.values, tag.visit))


def _is_state(value: Tensor, visit: Visit) -> bool:
    """Whether a value is what a visit left, number by number, or what a mask left of that."""
    left = [visit.result] if visit.masked is None else [visit.result, visit.masked]
    return any(value.shape == one.shape and torch.equal(value, one) for one in left)


def _is_another(value: Tensor, visit: Visit) -> bool:
    """Whether a value has the form of what a visit left, and is not that; nobody can tell if it is not a number."""
    same_form = value.shape == visit.result.shape and value.dtype == visit.result.dtype
    if not same_form or _is_state(value, visit):
        return False
    return not bool(value.isnan().any())


def _is_left(memory: Factor, chains: Sequence[Chain]) -> bool:
    """Whether a memory is, number by number, what the last step of a chain left, and not 0."""
    values = memory.values
    if not chains or not isinstance(values, Tensor) or not bool(values.any()):
        return False
    return any(chain.last is not None and _is_state(values, chain.last) for chain in chains)


def _is_whole(visit: Visit, reading: SumReading) -> bool:
    """Whether nobody has overwritten what a visit computed with."""
    if not visit.can_be(reading):
        return False
    parts = visit.parts(reading)
    return all(factor.is_unchanged() for factor in (*parts.gate, *parts.write, parts.memory))
