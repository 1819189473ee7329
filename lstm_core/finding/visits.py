"""Which sums follow one another as the steps of a memory?"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import count
from typing import Any

import torch
from torch import Tensor

from lstm_core.finding.affine import BACK, TOWARDS, WRITTEN, Parts, Reading, Tree
from lstm_core.finding.chains import ENOUGH, Chain, Mark, Read, Visit
from lstm_core.finding.notes import MASK, Factor, Node, Tag
from lstm_core.finding.operations import DIVIDED
from lstm_core.finding.place import Place

# Fewer steps of a cell that is not known yet look like layers.
FEWEST = 3
# So many products of one memory with something else are kept: one of them may be h.
_MOST_READS = 6


class Visits:
    """The visits of each key (module, instruction), and the chains that they form."""

    def __init__(
        self,
        names: Mapping[int, str],
        new_bit: Callable[[], int],
        readings: Mapping[Any, Reading] | None = None,
        never_h: Set[Place] = frozenset(),
    ) -> None:
        self.counts: Counter[Any] = Counter()
        self.chains: dict[Any, list[Chain]] = {}
        # Where complex numbers were added to a product, if that was anywhere.
        self.complex: Place | None = None
        # By key, the first step whose memory came by a way that is not followed.
        self.broken: dict[Any, int] = {}
        # Products that may be h: by the name of a module that returned one, where it was computed.
        self.returned: set[tuple[str, Place]] = set()
        self.chain_bits = 0
        # The name of each module by its id; and how many tensors a module has returned.
        self._names, self._returns = names, Counter[str]()
        self._readings: dict[Any, Reading] = dict(readings or {})
        # The products that were not h in an earlier block.
        self._never_h = never_h
        # The sums that have other factors than in an earlier block.
        self.anew: set[Any] = set()
        # The last visits of which it is not known where the memory stands.
        self._open: deque[Visit] = deque(maxlen=8)
        self._marks: dict[Any, Mark] = {}
        self._new_bit = new_bit
        # The number of the next visit.
        self.next: Callable[[], int] = count(1).__next__

    def started(self, node: Node, result: Tensor) -> tuple[Tag, ...]:
        """A product that is no term of a sum: c = i ⊙ g may be a first step, where the memory is nothing yet."""
        made = node.made
        assert made is not None
        assert made.place is not None
        return (Tag(Visit(self.next(), None, made.place, "mul", Tree("mul", made.of, 1), result.detach())),)

    def visited(self, visit: Visit) -> None:
        """Join a visit to the one before, if its memory is that one's result in any form."""
        key = visit.key
        self.counts[key] += 1
        found, known = self.goes_on(visit), self._readings.get(key)
        if found is not None:
            reading, tag = found
            if (chain := self._chain_of(tag.visit, reading)) is not None:
                chain.add(visit, reading, tag)
            return
        if known is not None and visit.parts(known) is not None:
            if not self.is_second(visit, known) and not self._may_begin(visit, known):
                self.broken.setdefault(key, self.counts[key] - 1)
            self._begin(visit, known)
            return
        if known is not None and key not in self.chains:
            self.anew.add(key)
            self._never_h = frozenset()
        assert visit.tree is not None
        self._open.append(visit)
        # The model's own tensor has a tag of this visit: with it here neither would ever go.
        visit.result = visit.result.detach()

    def goes_on(self, visit: Visit) -> tuple[Reading, Tag] | None:
        """Where the memory of an earlier visit of the same instruction stands in this one, and by which tag."""
        best: tuple[Tag, Any] | None = None
        assert visit.tree is not None
        leaves = list(visit.tree.leaves())
        for at, leaf in leaves:
            tag = self._before(visit, leaf) if leaf.node is not None and leaf.node.tags else None
            # What an activated memory was multiplied by before the sum's own products is the last step's, as in h.
            if tag is not None and len(at) > 2 and set(tag.path) - {MASK}:
                continue
            if tag is not None and (best is None or len(tag.path) < len(best[0].path)):
                reading = tuple(path for path, one in leaves if one.value is leaf.value)
                if visit.parts(reading) is not None:
                    best = tag, reading
        return None if best is None else (best[1], best[0])

    def _chain_of(self, before: Visit, reading: Reading) -> Chain | None:
        """The chain of the visit that a step goes on from, now that its memory is known; None if it can be no step."""
        chain = before.chain
        if chain is None:
            if before.parts(reading) is None:
                return None
            # Somebody may only have looked at what a mask left: the memory is what this step reads.
            before.masked = None
            return self._begin(before, reading)
        if len(chain) == 1 and reading != chain.reading and before.tree is not None and before.tree.at(reading[0]):
            # It was read by what is known of an earlier block, where the memory stood elsewhere.
            self.anew.add(before.key)
            chain.begin_anew()
            chain.reading = self._readings[before.key] = reading
            chain.add(before, reading, None)
        return chain

    def step_of(self, visit: Visit, reading: Reading) -> int | None:
        """Which step of its sequence a visit will be; None if its memory comes by a way that is not followed."""
        found = self.goes_on(visit)
        if found is not None:
            tag = found[1]
            there = found[0] == reading and tag.visit.chain is not None
            return len(tag.visit.chain) if there else None  # type: ignore[arg-type]
        memory = visit.tree.at(reading[0]) if visit.tree is not None else None
        if memory is None:
            return None
        if self.is_second(visit, reading):
            return 1
        # Where a step is counted, a sequence can't begin with what another one left: it goes on, unseen.
        unseen = _is_left(memory, self.chains.get(visit.key, ()))
        return 0 if self._may_begin(visit, reading) and not unseen else None

    def _may_begin(self, visit: Visit, reading: Reading) -> bool:
        """Whether a memory that is no earlier step's in another form can be the start of another sequence."""
        memory = visit.tree.at(reading[0]) if visit.tree is not None else None
        chains = self.chains.get(visit.key, ())
        if memory is None or any(tag.visit.key == visit.key for tag in memory.tags):
            return True
        # What comes from an earlier step came by a way that is not followed; so did what a single step left, for a
        # sequence of one step is rarely all.
        if any(memory.bits & chain.bit for chain in chains):
            return False
        return not _is_left(memory, [chain for chain in chains if len(chain) == 1])

    def _before(self, visit: Visit, memory: Factor) -> Tag | None:
        """The tag by which a factor is the memory of an earlier visit of the same instruction."""
        tags = [
            tag for tag in memory.tags
            if is_memory(tag) and tag.visit.key == visit.key and _goes_on(tag, memory)
        ]  # fmt: skip
        if len(tags) < 2:
            return tags[0] if tags else None
        same = [tag for tag in tags if _is_state(memory.value, tag.visit)]
        return (same or tags)[-1]

    def is_second(self, visit: Visit, reading: Reading) -> bool:
        """Whether the step before was a product alone."""
        return self._start(visit, reading) is not None

    def _start(self, visit: Visit, reading: Reading) -> Tag | None:
        """The tag by which the memory of a first sum is a product that is a step of its own."""
        parts = visit.parts(reading)
        for tag in () if parts is None else parts.memory.tags:
            assert parts is not None
            start = tag.visit
            if not isinstance(start, Visit) or start.key is not None or not _goes_on(tag, parts.memory):
                continue
            if start.chain is not None or _as_first(start, visit, parts, reading, self.chain_bits):
                return tag
        return None

    def _begin(self, visit: Visit, reading: Reading) -> Chain:
        self._readings[visit.key] = reading
        bit = self._new_bit()
        self.chain_bits |= bit
        chain = Chain(visit.key, reading, visit.place, visit.operation, bit)
        self.chains.setdefault(visit.key, []).append(chain)
        start = self._start(visit, reading)
        if start is not None:
            chain.add(start.visit, reading, None)
            chain.first = 1
            self.counts[visit.key] += 1
        chain.add(visit, reading, start)
        return chain

    def mask(self, tags: Sequence[Tag], result: Any) -> None:
        """A mask left this of the newest memory."""
        own = [tag for tag in tags if isinstance(tag.visit, Visit) and set(tag.path) <= {MASK}]
        if own and isinstance(result, Tensor):
            newest = max(own, key=lambda tag: tag.visit.number).visit
            if result.shape == newest.result.shape:
                newest.masked = result if newest.chain is None else result.detach().clone()

    def read(self, tags: Sequence[Tag], place: Place | None, o: Any, result: Any, birth: str) -> tuple[Tag, ...]:
        """A product of a memory with something else, or an activation of it: it may be h. Returns a tag for it."""
        found: list[Tag] = []
        for tag in tags:
            visit = tag.visit
            if place is None or not isinstance(visit, Visit) or not isinstance(result, Tensor):
                continue
            if place in self._never_h:
                continue
            chain = visit.chain
            if chain is not None and place in chain.products:
                continue
            if self._is_kept_inside(visit.key, place, tag.path):
                continue
            one = Read(o, result, tag.path, birth)
            if chain is not None:
                chain.keep(visit.step, place, one)
            elif len(visit.reads) < _MOST_READS or place in visit.reads:
                one = one._replace(again=place in visit.reads)
                visit.reads[place] = one.alone()
            mark = self._marks.setdefault((visit.key, place), Mark(place))
            found.append(Tag(mark))  # type: ignore[arg-type]
        return tuple(found)

    def _is_kept_inside(self, key: Any, place: Place, path: tuple[str, ...]) -> bool:
        """Whether a product of a memory, which no activation has changed, can't be h: its module has returned often
        enough, and never that product, such as a GRU's r ⊙ h."""
        name = "" if key is None else self._names[key[0]]
        often = self._returns[name] >= ENOUGH and all(change == MASK for change in path)
        return often and place not in self.returned_by(name)

    def never_h(self, key: Any, chains: Sequence[Chain], shown: Place | None) -> set[Place]:
        """Where products of a memory were computed that are not h; `shown`: where h was."""
        there = {place for of, place in self._marks if of == key}
        if shown is not None:
            return there - {shown}
        # With h at one place at some steps, and at another at others, neither was taken.
        return there - {
            place for chain in chains for place, own in chain.shown.items() if own.has_o and set(own.path) - {MASK}
        }

    def none(self) -> set[Any]:
        """The sums that ran often enough to tell whether they are a memory, in each of their chains."""
        shortest = {key: min(len(chain) for chain in chains) for key, chains in self.chains.items()}
        return {key for key, count in self.counts.items() if min(count, shortest.get(key, count)) >= FEWEST}

    def of_result(self, node: Node, name: str) -> None:
        """A module returned this tensor."""
        self._returns[name] += 1
        # What is divided on the way, as in sLSTM's o ⊙ c / n, is not what the next step calls h.
        products = [tag for tag in node.tags if isinstance(tag.visit, Mark) and not DIVIDED & {*tag.path}]
        self.returned |= {(name, tag.visit.place) for tag in products}

    def returned_by(self, name: str) -> set[Place]:
        """Where the products were computed that a module, or one that it is part of, returned."""
        return {place for above, place in self.returned if is_part(name, above)}

    def in_use(self) -> Iterator[Node]:
        """What the last visits were computed of."""
        last = [chain.last for chains in self.chains.values() for chain in chains if chain.last is not None]
        for visit in [*self._open, *last]:
            for _, leaf in visit.tree.leaves() if visit.tree is not None else ():
                if leaf.node is not None:
                    yield leaf.node

    def write(self) -> None:
        """Copy what waits: what the model computed may be overwritten now."""
        for chains in self.chains.values():
            for chain in chains:
                chain.write()


def _as_first(start: Visit, first: Visit, parts: Parts, reading: Reading, chain_bits: int) -> bool:
    """Whether a product is the step before a first sum, c = i ⊙ g of the same weights: then it is read as the sum is,
    with the memory 0, and f too where f is no other name of i."""
    if start.tree is None:
        return start.read_as is not None and start.read_as[0] == reading
    own: Any = start.tree.of
    gate = parts.gate if parts.form == TOWARDS else ()
    if parts.form in (BACK, WRITTEN) or parts.signs[1] < 0 or start.place.code is not first.place.code:
        return False
    wrote = [factor for factor in (*gate, *parts.write) if isinstance(factor.value, Tensor)]
    there, here = [factor.birth for factor in wrote], [factor.birth for factor in own]
    of_wrote, of_own = (_bits(factors) for factors in (wrote, own))
    if sorted(there) != sorted(here) or len(gate + parts.write) != len(own) or of_own & ~of_wrote & ~chain_bits:
        return False
    if gate and here[0] == here[1]:
        return False  # Nobody can tell which is i.
    write = own if there == here else own[::-1]
    zeros = tuple(
        Factor(torch.zeros_like(f.value) if isinstance(f.value, Tensor) else f.value, f.node) for f in parts.gate
    )
    memory = Factor(torch.zeros_like(start.result))
    read = Parts(parts.form, memory, write[:1], write[1:]) if gate else Parts(parts.form, memory, zeros, write)
    start.read_as, start.tree = (reading, read), None
    return True


def _bits(factors: Iterable[Factor]) -> int:
    bits = 0
    for factor in factors:
        bits |= factor.bits
    return bits


def is_part(name: str, above: str) -> bool:
    """Whether a module is another one or a part of it, by their names."""
    return not above or name == above or name.startswith(f"{above}.")


def is_memory(tag: Tag) -> bool:
    """Whether a tag is that of a sum, which nothing else has become of."""
    return isinstance(tag.visit, Visit) and tag.visit.key is not None


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
