"""Which steps follow one another, and what was each computed with?

A chain is a run of visits of one instruction, in which the memory of each is the result of the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import GradientEdge, get_gradient_edge

from lstm_core.finding.copies import Copies
from lstm_core.finding.place import Place
from lstm_core.finding.tags import MASK, Tag
from lstm_core.finding.update import Factor, SumReading, Visit, sum_of_bits, versions_of

_ALIKE = ("result", ("gate", 0), ("write", 0), ("write", 1))
"""The quantities of a step that runs as the one before."""


@dataclass(eq=False, slots=True)
class Read:
    """A product o ⊙ act(c), or act(c) alone: it may be h."""

    others: tuple[Any, ...]
    result: Any
    path: tuple[str, ...]
    birth: str
    edges: tuple[GradientEdge | None, ...] = ()
    again: bool = False
    """Whether there was one at this place before of the same memory."""

    def alone(self) -> Read:
        """What was read, without the model's own tensors, which know what they were computed from, and may change."""
        others = tuple(value.detach().clone() if isinstance(value, Tensor) else value for value in self.others)
        return replace(self, others=others, result=self.result.detach().clone())


@dataclass(eq=False, slots=True)
class Step:
    """The values of one step, copied, so that the model may overwrite its own."""

    result: Tensor
    gate: tuple[Any, ...]
    write: tuple[Any, ...]
    memory: Tensor | None
    """What the step read, where it is not the result of the step before."""
    births: tuple[tuple[str, ...], tuple[str, ...]]
    bits: tuple[int, tuple[int, ...]]
    """The bits of the gate, and those of each factor of what is written."""
    carried: Tensor | None = None
    """What masks left of the result, if there are any."""
    reads: dict[Place, Read] = field(default_factory=dict)
    edges: Any = None
    """By quantity, the places in the graph of what it was computed with, if gradients are asked for."""

    @property
    def all_bits(self) -> int:
        """What the step was computed from, besides the memory."""
        bits = self.bits[0]
        for written in self.bits[1]:
            bits |= written
        return bits


@dataclass(eq=False)
class Chain:
    """The steps of one memory, in order."""

    key: Any
    reading: SumReading
    place: Place
    operation: str
    signs: tuple[float, float]
    bit: int
    """Set in all that is computed from this memory after its second step."""
    detach: bool
    products: tuple[Any, ...] = ()
    first: int = 0
    """Which step is the first sum; the one before it is c = i ⊙ g."""
    steps: list[Step] = field(default_factory=list)
    last: Visit | None = None
    copies: Copies = field(default_factory=Copies)
    paths: dict[tuple[str, ...], None] = field(default_factory=dict)
    """How the memory was changed between steps."""

    def add(self, visit: Visit, tag: Tag | None) -> None:
        """The next step; `tag`: how its memory is the one before, None at the first step."""
        parts = visit.parts(self.reading)
        if visit.products:
            self.products = tuple(dict.fromkeys((*self.products, *visit.products)))
        read: Tensor | None = None
        if tag is None:
            start = parts.memory.values
            read = self.copies.of("memory", start if isinstance(start, Tensor) else visit.result.new_tensor(start))
        elif tag.path:
            self.paths[tag.path] = None
            if set(tag.path) <= {MASK}:
                self.steps[-1].carried = self.copies.of("carried", parts.memory.values)
            else:
                read = self.copies.of("memory", parts.memory.values)
        step = Step(
            result=self.copies.of("result", visit.result),
            gate=self._copied("gate", parts.gate),
            write=self._copied("write", parts.write),
            memory=read,
            births=(tuple([f.birth for f in parts.gate]), tuple([f.birth for f in parts.write])),
            bits=(sum_of_bits(parts.gate), tuple([factor.bits for factor in parts.write])),
            carried=None if visit.masked is None else self.copies.of("carried", visit.masked),
        )
        if not self.detach:
            step.edges = {"gate": edges(parts.gate), "write": edges(parts.write), "c": edge(visit.result)}
        for place, one in visit.reads.items():
            step.reads[place] = self.copied(place, one)
        visit.step = len(self.steps)
        self.steps.append(step)
        if self.last is not None:
            self.last.followed = True
            # It has the memory before, which has a tag of the step before it: all steps would stay alive.
            self.last.terms = self.last.wholes = ()
            self.last._parts = None
        # The model's own tensor has a tag of this visit: with it here neither would ever go.
        visit.result = step.result
        visit.chain, visit.reads, self.last = self, step.reads, visit

    def add_alike(self, visit: Visit, values: Sequence[Tensor], versions: Sequence[int]) -> bool:
        """The next step, which goes on from the very tensor of the last, where all are of the kinds that those before
        were: the rows of the step before stand for its own. False, and nothing is added, if they are not. `values`: the
        result, the gate, and the two factors of what is written; `versions`: how often each had been overwritten."""
        before = self.steps[-1]
        if len(before.gate) != 1 or len(before.write) != 2:
            return False
        if not self.copies.put(_ALIKE, values, versions, (before.result, *before.gate, *before.write)):
            return False
        if self.last is not None:
            self.last.followed, self.last.terms, self.last.wholes, self.last._parts = True, (), (), None
            self.last.result = before.result
        visit.step, visit.chain, self.last = len(self.steps), self, visit
        same = before.births, before.bits
        self.steps.append(Step(before.result, before.gate, before.write, None, *same, None, visit.reads))
        return True

    def read_alike(self, visit: Visit, place: Place, o_and_h: tuple[Tensor, ...], versions: Sequence[int]) -> bool:
        """Keep o and h of a visit, if those of the step before stand for them; whether they do."""
        stands = self.steps[visit.step - 1].reads.get(place) if visit.step else None
        if stands is None or len(stands.others) != 1 or not self.detach:
            return False
        if not self.copies.put(((place, 0), (place, "h")), o_and_h, versions, (*stands.others, stands.result)):
            return False
        visit.reads[place] = replace(stands, again=False) if stands.again else stands
        return True

    def copied(self, place: Place, read: Read) -> Read:
        """A product of the memory with its values copied."""
        found = () if self.detach else (*map(edge, read.others), edge(read.result))
        return Read(
            others=self._copied(place, read.others),
            result=self.copies.of((place, "h"), read.result),
            path=read.path,
            birth=read.birth,
            edges=read.edges or found,
            again=read.again,
        )

    def keep(self, visit: Visit, place: Place, read: Read) -> None:
        """Keep a product of the memory of a visit, unless h is known: an activated memory that a gate multiplies."""
        if any(map(_is_h, visit.reads.values())) and not _is_h(read):
            return
        if not visit.reads and self._runs_alike(visit, place, read):
            return
        if _is_h(read):
            for other, one in [(other, one) for other, one in visit.reads.items() if not _is_h(one)]:
                for n, value in enumerate(one.others):
                    self.copies.drop((other, n), value)
                self.copies.drop((other, "h"), one.result)
                del visit.reads[other]
        visit.reads[place] = self.copied(place, read)

    def _runs_alike(self, visit: Visit, place: Place, read: Read) -> bool:
        """Whether a product of the memory was kept as that of the step before, which already stood for others."""
        before = self.steps[visit.step - 1].reads.get(place) if visit.step else None
        if before is None or (before.path, before.birth) != (read.path, read.birth) or len(read.others) != 1:
            return False
        stands = self.copies.stands((place, "h")) and isinstance(read.others[0], Tensor)
        o_and_h = read.others[0], read.result
        return stands and self.read_alike(visit, place, o_and_h, versions_of(o_and_h))

    def _copied(self, of: Any, factors: tuple[Any, ...]) -> tuple[Any, ...]:
        """Factors with their values copied; a number stays."""
        values = [factor.values if isinstance(factor, Factor) else factor for factor in factors]
        return tuple(
            [self.copies.of((of, n), value) if isinstance(value, Tensor) else value for n, value in enumerate(values)]
        )


def _is_h(read: Read) -> bool:
    return bool(read.others) and read.birth == "gate" and any(change != MASK for change in read.path)


def edge(value: Any) -> GradientEdge | None:
    """Where in the graph a value is now, or None if it has no gradient: it may be overwritten later."""
    if isinstance(value, Tensor) and value.requires_grad and torch.is_grad_enabled():
        return get_gradient_edge(value)
    return None


def edges(factors: tuple[Factor, ...]) -> tuple[GradientEdge | None, ...]:
    """The places in the graph of several factors."""
    return tuple(edge(factor.value) for factor in factors)
