"""What was each step of a memory computed with?

A visit is one time that an instruction of the user's code computed a sum with a product in it. A chain is a run of
visits of one instruction, in which the memory of each is the result of the one before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.finding.affine import Parts, Reading, Tree, parts_of
from lstm_core.finding.notes import MASK, Factor, Tag
from lstm_core.finding.place import Place

# After so many steps all places of a memory have been seen, and all that its module returns.
ENOUGH = 4


# So many values of a quantity are copied at once,
_TOGETHER = 64
# or so many bytes: what waits keeps the model's own memory.
_WAITING = 1 << 16
# So many steps a quantity gets room for at first;
_FIRST = 1024
# and so many bytes at most: memory that nobody has written to takes none.
_AHEAD = 1 << 28


@dataclass(eq=False, slots=True)
class Visit:
    """One time that a sum with a product in it was computed."""

    number: int
    key: Any
    """The module's id, and the place; None of a product that may be a step of its own."""
    place: Place
    operation: str
    tree: Tree | None
    result: Any
    chain: Chain | None = None
    step: int = 0
    """Which step of its chain it is."""
    followed: bool = False
    masked: Any = None
    """What masks left of the result."""
    reads: dict[Place, Read] = field(default_factory=dict)
    """Products of this memory with something else, by their place."""
    read_as: tuple[Reading, Parts | None] | None = None

    def parts(self, reading: Reading) -> Parts | None:
        """The sum as an update with the memory at these places, or None."""
        if self.read_as is None or (self.read_as[0] != reading and self.tree is not None):
            self.read_as = reading, None if self.tree is None else parts_of(self.tree, reading)
        return self.read_as[1]


class Mark:
    """In the place of a visit in a tag: a product that may be h."""

    chain = key = result = None
    number = 0
    followed = True

    def __init__(self, place: Place) -> None:
        self.place = place


class Read(NamedTuple):
    """A product o ⊙ act(c), or act(c) alone: it may be h."""

    o: Any
    """None where the memory is activated alone."""
    result: Tensor
    path: tuple[str, ...]
    birth: str
    again: bool = False
    """Whether there was one at this place before of the same memory."""

    @property
    def is_h(self) -> bool:
        """Whether it is an activated memory that a gate multiplies."""
        return self.o is not None and self.birth == "gate" and any(change != MASK for change in self.path)

    def alone(self) -> Read:
        """What was read, without the model's own tensors, which know what they were computed from, and may change."""
        o = self.o.detach().clone() if isinstance(self.o, Tensor) else self.o
        return self._replace(o=o, result=self.result.detach().clone())


class ValueColumn:
    """The values of one quantity, step by step."""

    def __init__(self) -> None:
        # What was copied, (some steps, *state) each; the last in a room for more.
        self._parts: list[Tensor] = []
        self._room = torch.empty(0)
        # The last values, which are the model's own tensors, and how often each had been overwritten when it came.
        self._waiting: list[Tensor] = []
        self._versions: list[int] = []
        # So many wait at most.
        self._most = 0

    def put(self, value: Tensor) -> None:
        """Add the value of the next step; it is copied later, with others: each call of PyTorch has its price."""
        if not self._waiting:
            self._most = min(_TOGETHER, _WAITING // max(1, value.nbytes))
        # Without what it was computed from: that may go.
        self._waiting.append(value.detach())
        self._versions.append(_version(value))
        if len(self._waiting) >= self._most:
            self.write()

    def drop(self) -> None:
        """Take the last value away."""
        self.write()
        self._parts[-1] = self._parts[-1][:-1]

    def write(self) -> None:
        """Copy what waits: it may be overwritten next. Raises LstmCoreError if some of it was."""
        waiting, came, self._waiting, self._versions = self._waiting, self._versions, [], []
        if list(map(_version, waiting)) != came:
            raise LstmCoreError(
                "Expected the values of a step to stay as the cell used them, got some that were overwritten by code "
                "that is not seen, such as a script function. Give it a copy: value.clone()."
            )
        for _, alike in groupby(waiting, key=lambda value: (value.dtype, value.shape)):
            self._copy(list(alike))

    def _copy(self, values: list[Tensor]) -> None:
        first, room = values[0], self._room
        last = self._parts[-1] if self._parts else room
        # What is made in inference mode could not be written to outside of it.
        with torch.inference_mode(False), torch.no_grad():
            if (last.shape[1:], last.dtype) != (first.shape, first.dtype) or len(last) + len(values) > len(room):
                ahead = min(max(_FIRST, len(room)), _AHEAD // max(1, first.nbytes))
                room = self._room = first.new_empty(max(len(values), ahead), *first.shape)
                last = room[:0]
                self._parts.append(last)
            self._parts[-1] = room[: len(last) + len(values)]
            torch.stack(values, out=self._parts[-1][len(last) :])

    def values(self, like: torch.Size) -> Tensor:
        """The values of all steps, (time, *like)."""
        whole = self.in_own_form(like)
        return whole.expand(len(whole), *like)

    def in_own_form(self, like: torch.Size) -> Tensor:
        """The values of all steps, where each has one number for several units as well."""
        self.write()
        if not len(self._room):
            return self._parts[0]
        parts = [part.reshape(len(part), *[1] * (len(like) + 1 - part.dim()), *part.shape[1:]) for part in self._parts]
        if any(part.shape[1:] != parts[0].shape[1:] for part in parts):
            parts = [part.expand(len(part), *like) for part in parts]
        with torch.inference_mode(False), torch.no_grad():
            self._parts, self._room = [torch.cat(parts)], torch.empty(0)
        return self._parts[0]


def _version(value: Tensor) -> int:
    """How often a tensor was overwritten; PyTorch counts it not in inference mode."""
    return 0 if value.is_inference() else value._version


def copied(value: Tensor) -> Tensor:
    """A tensor of the same values, which can be written to also outside of inference mode."""
    with torch.inference_mode(False), torch.no_grad():
        return value.detach().clone()


@dataclass(eq=False)
class ShownProducts:
    """Products of a memory at one place, which may be h: at which steps, and the values there."""

    path: tuple[str, ...]
    birth: str
    has_o: bool
    is_h: bool
    shape: torch.Size
    """The shape of the product."""
    steps: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    """The steps at which there was one before."""
    o: ValueColumn = field(default_factory=ValueColumn)
    h: ValueColumn = field(default_factory=ValueColumn)

    def put(self, step: int, read: Read) -> None:
        """Add o and h of a step."""
        self.steps.append(step)
        if read.again:
            self.again.append(step)
        if read.o is not None:
            self.o.put(read.o if isinstance(read.o, Tensor) else _number(read.o, read.result))
        self.h.put(read.result)

    def drop(self) -> None:
        """Take the last step away."""
        if self.steps.pop() in self.again:
            self.again.pop()
        self.o.drop()
        self.h.drop()


class Step(NamedTuple):
    """Where the values of a step come from; steps that run alike share theirs."""

    births: tuple[tuple[str, ...], tuple[str, ...]]
    """The births of the factors of the gate, and of those written."""
    bits: tuple[int, tuple[int, ...]]
    form: str
    told: int | None
    """Which written factor is i by where it comes from."""
    is_learned: bool = False
    """Whether the gate is weights alone, or numbers."""

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
    reading: Reading
    place: Place
    operation: str
    bit: int
    """Set in all that is computed from this memory after its second step."""
    products: set[Place] = field(default_factory=set)
    """Where the terms of the sum are computed, in its own statement,"""
    terms: set[Place] = field(default_factory=set)
    """or anywhere."""
    first: int = 0
    """Which step is the first sum; the one before it is c = i ⊙ g."""
    steps: list[Step] = field(default_factory=list)
    columns: dict[str, ValueColumn] = field(default_factory=dict)
    """By letter: c as the sum gave it, and what the code has of f, i and g."""
    start: Tensor | None = None
    carried: dict[int, Tensor] = field(default_factory=dict)
    """By step, what masks left of the result."""
    read: dict[int, Tensor] = field(default_factory=dict)
    """By step, what it read where that is not what the step before left."""
    shapes: dict[torch.Size, None] = field(default_factory=dict)
    shown: dict[Place, ShownProducts] = field(default_factory=dict)
    last: Visit | None = None
    paths: dict[tuple[str, ...], None] = field(default_factory=dict)
    """How the memory was changed between steps."""

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def form(self) -> str:
        """How the sum is an update."""
        return self.steps[-1].form

    @property
    def shape(self) -> torch.Size:
        """The dims of the state after a step."""
        return next(iter(self.shapes))

    def values(self, quantity: str) -> Tensor:
        """A quantity at all steps, (time, *state)."""
        return self.columns[quantity].values(self.shape)

    def add(self, visit: Visit, reading: Reading, tag: Tag | None) -> None:
        """The next step; `tag`: how its memory is the one before, None at the first step."""
        parts = visit.parts(reading)
        assert parts is not None
        if len(self.steps) < ENOUGH and visit.tree is not None:
            own = [one.tree for one in visit.tree.of]
            for place, inner in visit.tree.places():
                self.terms.add(place)
                if any(inner is one for one in own) or self.place.holds(place):
                    self.products.add(place)
        memory, step = parts.memory.values, len(self.steps)
        if tag is None:
            self.start = copied(memory) if isinstance(memory, Tensor) else visit.result.new_tensor(memory)
        elif tag.path:
            self.paths[tag.path] = None
            if set(tag.path) <= {MASK}:
                self.carried[step - 1] = copied(memory)
            else:
                self.read[step] = copied(memory)
        if visit.masked is not None:
            self.carried[step] = copied(visit.masked)
        births = tuple([f.birth for f in parts.gate]), tuple([f.birth for f in parts.write])
        bits = 0
        for factor in parts.gate:
            bits |= factor.bits
        learned = all(factor.node is None or factor.node.of_weights for factor in parts.gate)
        of_write = tuple([factor.bits for factor in parts.write])
        one = Step(births, (bits, of_write), parts.form, parts.told(), learned)
        letters = parts.letters() | {"c": Factor(visit.result)}
        self.take(
            visit,
            self.steps[-1] if self.steps and self.steps[-1] == one else one,
            {letter: factor.values for letter, factor in letters.items()},
        )

    def take(self, visit: Visit, kind: Step, values: dict[str, Any]) -> None:
        """The values of the next step, by letter."""
        step, result, columns = len(self.steps), visit.result.detach(), self.columns
        self.steps.append(kind)
        if columns.keys() != values.keys():
            for letter in values.keys() - columns.keys():
                columns[letter] = ValueColumn()
                for _ in range(step):
                    columns[letter].put(_number(1.0, result))
            values |= dict.fromkeys(columns.keys() - values.keys(), 1.0)
        for letter, value in values.items():
            columns[letter].put(value if isinstance(value, Tensor) else _number(value, result))
        self.shapes[result.shape] = None
        if self.last is not None:
            self.last.followed = True
            # It has the memory before, which has a tag of the step before it: all steps would stay alive.
            self.last.tree = self.last.read_as = None
        # The model's own tensor has a tag of this visit: with it here neither would ever go.
        visit.result = result
        visit.step, visit.chain, self.last = step, self, visit
        for place, read in visit.reads.items():
            if place not in self.products:
                self.keep(step, place, read)
        visit.reads = {}

    def keep(self, step: int, place: Place, read: Read) -> None:
        """Keep a product of the memory of a step, unless h is known: an activated memory that a gate multiplies."""
        own = self.shown.get(place)
        known = [each for each in self.shown.values() if each.is_h and each.steps[-1] == step]
        if known and not read.is_h:
            return
        if own is None:
            own = self.shown[place] = ShownProducts(
                read.path, read.birth, read.o is not None, read.is_h, read.result.shape
            )
        if read.is_h:
            for other in [other for other, each in self.shown.items() if not each.is_h]:
                del self.shown[other]
        if own.steps and own.steps[-1] == step:
            read = read._replace(again=True)
            own.drop()
        own.put(step, read)

    def write(self) -> None:
        """Copy the model's own tensors: somebody may overwrite them."""
        for column in (*self.columns.values(), *[column for own in self.shown.values() for column in (own.o, own.h)]):
            column.write()

    def begin_anew(self) -> None:
        """Forget the only step."""
        self.steps, self.columns, self.start, self.last = [], {}, None, None
        self.shapes, self.shown = {}, {}


def _number(value: Any, like: Tensor) -> Tensor:
    with torch.inference_mode(False):
        return like.new_tensor(value)
