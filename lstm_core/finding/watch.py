"""What does a model compute, operation by operation?

`Watch` stands above autograd (`TorchFunctionMode`): it sees each operation inside its block with the model's own
tensors, and returns what the operation returns. PyTorch's modes belong to a thread, which asyncio tasks share.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import get_ident
from types import FrameType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch._C import _len_torch_function_stack, _pop_torch_function_stack, _push_on_torch_function_stack
from torch.overrides import TorchFunctionMode

from lstm_core.errors import LstmCoreError, unreadable
from lstm_core.finding import operations
from lstm_core.finding.affine import tree_of
from lstm_core.finding.chains import Visit
from lstm_core.finding.notes import MASK, Factor, Made, Node, Nodes, Tag, WeightBits, merged, tensors_in
from lstm_core.finding.operations import OperationKind, kind_of
from lstm_core.finding.place import Place, below_modes, is_taken_down, module_of, of_a_watch, passes_on, place_of
from lstm_core.finding.visits import Visits, is_memory, writes_over
from lstm_core.open_blocks import Block

# Operands of these types hold no tensor.
_NUMBERS = frozenset({int, float, bool, str, type(None), slice, torch.dtype, torch.device, torch.Size})
# So many times an instruction is asked whether what it makes has to be looked at another time.
_SURE = 8
# A list or dict that a module holds is looked through for weights if it has fewer values.
_FEW = 100


class PlainResult(NamedTuple):
    """A result that was computed from weights, and is no memory, no product and no sum with one."""

    birth: str
    follows: bool
    """Whether it would be a memory if an operand were one."""


class Watch(TorchFunctionMode):
    """Follows what a model computes, and joins the visits of each gated sum into chains."""

    known: Any = None
    """What an earlier block has found in the model."""

    def __init__(self, model: nn.Module, names: dict[int, str]) -> None:
        super().__init__()
        # By instruction, what this block has seen there; None if it was not the same each time, or is not plain.
        self._seen: dict[Any, PlainResult | None] = {}
        self._times: Counter[Any] = Counter()
        self._nodes, self._names, self._weights = Nodes(), names, WeightBits(model)
        self._block, self._thread = Block(), get_ident()
        # The thread of each module's call that runs now.
        self._calls: list[int] = []
        self._inside: list[int] = []
        # The number of the innermost of these calls, and of the last.
        self._call = self._last_call = 0
        # Where products were computed that are terms of a sum.
        self._terms_at: set[Place | None] = set()
        # Takes an activated memory, what multiplies it, a place and the product; returns o and h as they are held.
        self._hold_shown: Callable[..., tuple[Any, Any]] | None = None
        self.visits = Visits(names, self._weights.new_bit)
        for module in model.modules():
            # PyTorch's own modules have no other weights.
            of_torch = type(module).__module__.startswith("torch.nn.")
            self._holds(module, module._buffers if of_torch else vars(module))

    def _note_weights(self, module: nn.Module) -> None:
        """A module that is called: its weights are what it has now, such as those that `functional_call` gives it."""
        for part in (module, *module.children()):
            for name, weight in part._parameters.items():
                if weight is not None and id(weight) not in self._weights:
                    self._nodes.add(weight, self._weights.of(id(part), name), of_weights=True)
            if part._buffers:
                self._holds(part, part._buffers)

    def _holds(self, module: nn.Module, held: Mapping[str, Any]) -> None:
        """A module holds tensors that are no parameters, alone or in a list or dict."""
        for name, value in held.items():
            few = isinstance(value, Tensor) or (isinstance(value, list | tuple | dict) and len(value) < _FEW)
            for number, tensor in enumerate(tensors_in(value, 2) if few else ()):
                if id(tensor) not in self._weights and self._nodes.of(id(tensor)) is None:
                    self._nodes.add(tensor, 0, birth=self._weights.as_matrix(id(module), name, number))

    def _by_matrices(self, operands: Any) -> int:
        """The bits of what modules hold and a product of matrices has among its operands, if no parameter is there."""
        bits, matrices = 0, self._weights.matrices
        for tensor in tensors_in(operands) if matrices else ():
            node = self._nodes.of(id(tensor))
            if node is not None and node.of_weights:
                return 0
            bits |= 0 if node is None else matrices.get(node.birth, 0)
        return bits

    def plain_with(self, before: Mapping[Any, PlainResult]) -> dict[Any, PlainResult]:
        """By instruction, the results that need no look another time; `before`: those that needed none now."""
        known = {at: now for at, now in before.items() if self._seen.get(at, now) == now}
        return known | {at: now for at, now in self._seen.items() if now is not None and at not in before}

    @property
    def has_run(self) -> bool:
        """Whether anything of the model has run."""
        return self._weights.used or bool(self.visits.counts)

    def let_go(self) -> None:
        """Let go of all that was noted: it holds itself, and only the collector would find it."""
        self._nodes.clear()
        self._hold_shown = None
        for chain in itertools.chain(*self.visits.chains.values()):
            chain.last = None

    def returned(self, result: Any, name: str) -> None:
        """The module of this name returned this."""
        for given in result if isinstance(result, tuple) else (result,):
            for tensor in (given,) if isinstance(given, Tensor) else tensors_in(given):
                self.visits.of_result(self._node(tensor), name)

    def __enter__(self) -> Watch:
        self._block.__enter__()
        _push_on_torch_function_stack(self)
        return self

    def __exit__(self, *raised: Any) -> None:
        """Stop watching. The watch of a task that began later stands above this one, and stays."""
        self._block.__exit__()
        self._leave()

    def _leave(self) -> None:
        with _taken_off(lambda mode: mode is self):
            if _len_torch_function_stack():
                _pop_torch_function_stack()

    def follow(self, module: nn.Module) -> None:
        """A module is called: watch it too in a thread that `asyncio.to_thread` began, until `go_back`.

        Raises LstmCoreError while a call runs in another thread.
        """
        here = get_ident()
        self._calls.append(here)
        if self._calls[0] != here:
            self._calls.remove(here)
            raise LstmCoreError("Expected one call at a time of a hand-written cell, got two: open a block for each.")
        if here != self._thread and len(self._calls) == 1:
            _push_on_torch_function_stack(self)
        self._inside.append(self._call)
        self._call = self._last_call = self._last_call + 1
        self._note_weights(module)

    def go_back(self) -> bool:
        """The module's call has ended, also by an exception; whether it stood in another one."""
        here = get_ident()
        if here in self._calls:
            self._calls.remove(here)
            self._call = self._inside.pop()
            if here != self._thread and not self._calls:
                self._leave()
        return bool(self._calls)

    @passes_on
    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Run one operation, and note what counts."""
        kwargs = kwargs or {}
        if not self._block.is_here():
            # Past all watches outside whose block it is: there may be hundreds.
            with _taken_off(lambda mode: not isinstance(mode, Watch) or mode._block.is_here()):
                return func(*args, **kwargs)
        if is_taken_down():
            return func(*args, **kwargs)
        name, frame = func.__name__, below_modes(sys._getframe(1))
        if kind_of(name).does is operations.SILENT or of_a_watch(frame.f_code):
            if name in operations.SHARING:
                self.visits.write()
            return func(*args, **kwargs)
        return self.run(func, name, args, kwargs, frame)

    @passes_on
    def run(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run one operation, called from a frame, and note what it did."""
        kind = kind_of(name)
        if overwrites(kwargs):
            self.visits.write()
        operands = self._before_overwriting(kind, args) if kind.in_place else args
        result = func(*args, **kwargs)
        if name == "__setitem__":
            self._note(kind, args, operands, kwargs, args[0], frame)
        if not isinstance(result, Tensor | tuple | list):
            return result
        noted = self._note(kind, args, operands, kwargs, result, frame)
        self._learn(kind, frame, func.__name__, result if noted is result else None)
        # Whoever overwrites a tensor reads it again: what is held must stand in it.
        is_held = noted is not result and kind.in_place and isinstance(result, Tensor)
        return self._as_it_is(noted, result.copy_(noted)) if is_held else noted  # type: ignore[union-attr]

    def _is_plain(self, kind: OperationKind, node: Node, frame: FrameType) -> bool:
        """Whether a result depends on weights, is no memory, and has no product in it; where an earlier block has found
        the memories, a product that is in none of them is plain too, and so is a sum of such."""
        if kind.does not in operations.PLAIN or not node.bits or node.of_weights:
            return False
        keys, made = {tag.visit.key for tag in node.tags}, node.made
        if made is not None and made.name == "sub" and all(isinstance(one.value, Tensor) for one in made.of):
            # It may be the way to the candidate, g − c, which a later product reads.
            return False
        if self.known is not None and kind.does is operations.PRODUCT:
            place, of = place_of(frame), () if made is None else made.of
            # A memory may go on by a mask: p + m ⊙ (c − p).
            is_way = any(one.made is not None and one.made.name == "sub" for one in of) and not all(f.bits for f in of)
            if is_way or place in self.known.products:
                return False
            return keys <= ({None} if place in self.known.never_h else set())
        if self.known is not None and kind.does is operations.SUM and keys:
            return bool(keys <= self.known.others)
        return not keys and (made is None or not made.has_product)

    def _learn(self, kind: OperationKind, frame: FrameType, name: str, result: Any) -> None:
        """Remember of an instruction whether it made anything that has to be looked at another time."""
        at = id(frame.f_code), frame.f_lasti, name
        before = self._seen.get(at, self)
        if before is None or self._times[at] >= _SURE:
            return
        self._times[at] += 1
        now = None
        if not kind.in_place and result is not None:
            several = (result,) if isinstance(result, Tensor) else tensors_in(result)
            nodes = [node for node in map(self._nodes.of, map(id, several)) if node is not None]
            if nodes and all(self._is_plain(kind, node, frame) for node in nodes):
                now = PlainResult(nodes[0].birth, kind.follows or kind.does is operations.SUM)
        self._seen[at] = now if before in (self, now) else None

    def _before_overwriting(self, kind: OperationKind, args: Sequence[Any]) -> Sequence[Any]:
        """The operands as they are before the first is overwritten."""
        first = args[0] if args else None
        if not isinstance(first, Tensor):
            return args
        node, copy, storage = self._nodes.of(id(first)), first.clone(), _storage(first)
        self.visits.write()
        for other in (*self._nodes.in_use(), *self.visits.in_use()):
            tensor = other()
            if tensor is not None and other.kept is None and _storage(tensor) == storage:
                other.kept = copy.detach() if tensor is first else tensor.detach().clone()
        for tag in node.tags if node else ():
            left = tag.visit.result if tag.visit.chain is None else None
            if left is not None and left.data_ptr() == first.data_ptr():
                tag.visit.result = copy
        if (kind.does is operations.SUM and not (node and _is_product(node))) or kind.does is operations.PRODUCT:
            self._as_it_is(first, copy)
            return (copy, *args[1:])
        return args

    def _note(
        self, kind: OperationKind, args: Any, operands: Any, kwargs: Any, result: Any, frame: FrameType | Place
    ) -> Any:
        """Note an operation; returns its result, which is another only where a gate is held."""
        try:
            return self._noted(kind, args, operands, kwargs, result, frame)
        except RuntimeError as error:
            raise unreadable(f"the step with {kind.name!r}", args, error) from error

    def _noted(
        self, kind: OperationKind, args: Any, operands: Any, kwargs: Any, result: Any, frame: FrameType | Place
    ) -> Any:
        if kind.name == "broadcast_tensors":
            for given, part in zip(tensors_in(args), result, strict=True):
                self._note(kind_of("expand"), (given,), (given,), {}, part, frame)
            return result
        nodes, bits, of_weights, of = list[Node](), 0, True, self._nodes.of
        lenders = args[kind.lenders]
        for given in (*lenders, *kwargs.values()) if kwargs else lenders:
            if type(given) in _NUMBERS:
                continue
            for tensor in (given,) if isinstance(given, Tensor) else tensors_in(given):
                node = of(id(tensor)) or self._node(tensor)
                nodes.append(node)
                bits |= node.bits
                of_weights = of_weights and node.of_weights
        bits, of_weights = (0, False) if kind.does is operations.FREE else (bits, of_weights and bool(nodes))
        if kind.does is operations.MATRIX:
            bits |= self._by_matrices((args, kwargs))
        if kind.does is operations.PRODUCT and (len(operands) == 2 or kind.name in ("neg", "negative")):
            result = self._product((*operands, -1)[:2], bits, result, frame)
        elif kind.does is operations.SUM:
            result = self._sum(kind.name, operands, kwargs, bits, result, frame)
        else:
            tags = self._passed_on(kind, nodes, result, frame) if kind.follows and any(n.tags for n in nodes) else ()
            born, is_part = kind.birth(nodes[0].birth if nodes else ""), kind.does is operations.SLICE and nodes
            for number, tensor in enumerate((result,) if isinstance(result, Tensor) else tensors_in(result)):
                part = kind.name, args[1:], kwargs, number
                own = bits | self._weights.of(bits, *part) if is_part and nodes[0].of_weights else bits
                birth = self._weights.as_matrix(born, *part) if is_part and born in self._weights.matrices else born
                # Of a tensor that is nothing there is nothing to know.
                if own or birth or tags or of_weights or self._nodes.of(id(tensor)) is not None:
                    self._nodes.add(tensor, own, tags, birth, of_weights=of_weights and not tags)
                if kind.name in ("__setitem__", "copy") and tensor._base is not None:
                    self._into_base(tensor._base, own, tags)
            return result
        if of_weights:
            node = self._node(result)
            # A memory that began as a weight, in a model without input, is none.
            node.of_weights = not node.tags
        return result

    def _into_base(self, base: Tensor, bits: int, tags: tuple[Tag, ...]) -> None:
        """What was written into a view stands in the whole tensor too."""
        whole = self._node(base)
        whole.bits |= bits
        whole.tags = merged((*whole.tags, *(tag.among_others() for tag in tags)))

    def _node(self, tensor: Tensor) -> Node:
        """What is known of a tensor; of one that is new, whether it is a weight."""
        node = self._nodes.of(id(tensor))
        if node is None:
            node = self._nodes.add(tensor, self._weights.bits_of(tensor), of_weights=id(tensor) in self._weights)
        return node

    def _passed_on(
        self, kind: OperationKind, nodes: Sequence[Node], result: Any, frame: FrameType | Place
    ) -> tuple[Tag, ...]:
        """The tags of a result that is no sum and no product."""
        change = MASK if kind.does is operations.MASK else kind.name if kind.does is operations.CHANGE else ""
        if not change and isinstance(result, Tensor):
            change = _rounds(nodes[0](), result)
        with_tags = [node.tags for node in nodes if node.tags]
        tags = with_tags[0] if len(with_tags) == 1 else merged(tag for each in with_tags for tag in each)
        tags = tuple(tag.through(change) for tag in tags)
        if kind.does is operations.WRITE:
            # Some rows or units of a state go on and others stay: where it is as large as the memory, it is a mask.
            tags = tuple(tag.through(MASK) if writes_over(tag, result) else tag.among_others() for tag in tags)
        elif kind.does is operations.JOIN:
            tags = tuple(tag.among_others() for tag in tags)
        if kind.does in (operations.WRITE, operations.MASK):
            self.visits.mask(tags, result)
        elif kind.does is operations.CHANGE and kind.name not in ("dropout", "div"):
            tags += self.visits.read(tags, place_of(frame), None, result, "")
        return tags

    def _product(self, factors: Sequence[Any], bits: int, result: Any, frame: FrameType | Place) -> Any:
        """Note a product; of a memory and a mask it is the memory, of a memory and something else it may be h."""
        tags: tuple[Tag, ...] = ()
        place = place_of(frame)
        a, b = self._factor(factors[0]), self._factor(factors[1])
        for own, other in ((a, b), (b, a)) if a.tags or b.tags else ():
            if own.tags and not other.bits and not other.tags:
                masked = tuple(tag.through(MASK) for tag in own.tags)
                self.visits.mask([tag for tag in masked if tag.visit.chain is not None], result)
                tags = merged((*tags, *masked))
            elif own.tags and other.bits:
                o = other.value
                if self._hold_shown is not None:
                    o, result = self._hold_shown(own, o, place, result)
                tags = (*tags, *self.visits.read(own.tags, place, o, result, other.birth))
        alike = a.birth == b.birth or not isinstance(b.value, Tensor)
        birth = a.birth if alike else b.birth if not isinstance(a.value, Tensor) else ""
        node = self._nodes.add(result, bits, tags, birth, Made("mul", (a, b), place=place, call=self._call))
        if "gate" in (a.birth, b.birth) and place is not None and not (a.tags or b.tags or place in self._terms_at):
            node.tags = self.visits.started(node, result)
        return result

    def _factor(self, value: Any) -> Factor:
        return Factor(value, self._node(value)) if isinstance(value, Tensor) else Factor(value)

    def _updated(self, visit: Visit) -> Any:
        """The result of what may be the update of a memory."""
        return visit.result

    def _sum(
        self,
        name: str,
        operands: Sequence[Any],
        kwargs: Mapping[str, Any],
        bits: int,
        result: Any,
        frame: FrameType | Place,
    ) -> Any:
        """Note a sum, which may be the update of a memory."""
        if "rsub" in name:
            name, operands = "sub", (operands[1], operands[0])
        name = "sub" if name == "subtract" else name
        operands = operands if len(operands) > 1 else (*operands, kwargs.get("other", 0))
        first, second = operands[0], operands[1]
        if name in ("add", "sub") and not isinstance(second, Tensor) and second == 0:
            return self._as_it_is(first, result)
        if name == "add" and not isinstance(first, Tensor) and first == 0:
            return self._as_it_is(second, result)
        nodes = [node for node in map(self._nodes.of, (id(first), id(second))) if node is not None]
        terms = [node.made for node in nodes if node.made is not None and node.made.has_product]
        if name == "add" and not terms and not any(node.tags for node in nodes):
            if bits or self._nodes.of(id(result)) is not None:
                self._nodes.add(result, bits)
            return result
        place = place_of(frame)
        # A sum of another line is a whole.
        own = [one for one in terms if one.name == "mul" or (place and one.place and place.holds(one.place))]
        self._terms_at.update([one.place for one in own if one.name == "mul"])
        may_be = bool(own) or name not in ("add", "sub")
        if name == "lerp" and len(operands) < 3:
            operands = (*operands, kwargs.get("weight"))
        scale = kwargs.get("value" if name == "addcmul" else "alpha", 1)
        made = Made(name, tuple(map(self._factor, operands[:3])), scale, place, may_be, self._call)
        a, b = made.of[:2]
        tags = self._between(self._ends(name, a, b, made), result) if may_be else ()
        module = module_of(frame, self._names) if place and may_be and result.is_floating_point() else None
        if may_be and result.is_complex():
            self.visits.complex = place
        visit = None
        if module is not None and place is not None:
            key = id(module), place
            visit = Visit(self.visits.next(), key, place, name, tree_of(made, key, made.call), result)
            result = self._updated(visit)
        birth = ""
        if name == "sub":
            rest = b.birth == "gate" and not isinstance(first, Tensor)
            birth = "gate" if rest else "most" if a.birth == b.birth == "most" else ""
        node = self._nodes.add(result, bits, tags, birth, made)
        if visit is not None:
            self.visits.visited(visit)
            node.tags = merged((*node.tags, Tag(visit))) if node.tags else (Tag(visit),)
            if visit.chain is not None:
                node.bits |= visit.chain.bit
                # It has the memory before, which has the one before it: all steps would stay alive.
                node.made = None
        return result

    def _as_it_is(self, value: Any, result: Any) -> Any:
        """Note a result of equal values: a copy, or a sum with 0 such as Python's `sum` begins with."""
        old = self._node(value)
        self._nodes.add(result, old.bits, old.tags, old.birth, old.made)
        return result

    def _ends(self, name: str, a: Factor, b: Factor, made: Made) -> tuple[Factor, ...]:
        """The two values between which a sum can go by a mask: m * b + (1 - m) * a, lerp(a, b, m), a + m * (b - a)."""
        if name == "lerp":
            return () if made.of[2].bits else (a, b)
        for base, moved in ((a, b), (b, a)):
            factors = moved.made.of if _is_product(moved.node) and moved.made is not None else ()
            for way, mask in zip(factors, reversed(factors), strict=True):
                ends = way.made.of if way.made is not None and way.made.name == "sub" else ()
                if not mask.bits and any(end.value is base.value for end in ends):
                    return ends
        return (a, b) if _is_product(a.node) or _is_product(b.node) else ()

    def _between(self, ends: tuple[Factor, ...], result: Any) -> tuple[Tag, ...]:
        """The tags of a sum that goes between these by a mask: of an old and a new memory it is the memory."""
        for tag in merged(tag for end in ends for tag in end.tags):
            if is_memory(tag) and all(_has(tag.visit, end) for end in ends):
                passed = (tag.through(MASK),)
                self.visits.mask(passed, result)
                return passed
        return ()


def _is_product(node: Node | None) -> bool:
    return node is not None and node.made is not None and node.made.name == "mul"


def _has(visit: Visit, factor: Factor) -> bool:
    """Whether a value is this memory at some step: by its tag, or because the visit's own step has read it."""
    if any((tag.visit.chain or tag.visit) is (visit.chain or visit) for tag in factor.tags):
        return True
    if visit.tree is None:
        return False
    # Before the second step nobody knows which factor is the memory.
    known = () if visit.chain is None else (visit.tree.at(visit.chain.reading[0]),)
    read = {id(one.value) for one in known or [leaf for _, leaf in visit.tree.leaves()] if one is not None}
    masks = factor.made.of if _is_product(factor.node) and factor.made is not None else ()
    masked = [one for one, other in zip(masks, reversed(masks), strict=True) if not other.bits]
    return any(id(each.value) in read for each in (factor, *masked) if isinstance(each.value, Tensor))


def _storage(tensor: Tensor) -> int:
    """Which memory a tensor shares with its views."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):
        return id(tensor)


def overwrites(kwargs: Mapping[str, Any]) -> bool:
    """Whether an operation is told to overwrite a tensor."""
    return bool(kwargs) and (bool(kwargs.get("inplace")) or kwargs.get("out") is not None)


@contextmanager
def _taken_off(until: Callable[[Any], bool]) -> Iterator[None]:
    """Inside the block the modes that stand above such a one are off this thread's stack."""
    above: list[Any] = []
    while _len_torch_function_stack() and not (above and until(above[-1])):
        above.append(_pop_torch_function_stack())
    if above and until(above[-1]):
        _push_on_torch_function_stack(above.pop())
    try:
        yield
    finally:
        for mode in reversed(above):
            _push_on_torch_function_stack(mode)


def _rounds(before: Tensor | None, after: Tensor) -> str:
    """The type that a value is rounded to; "" if it has room for all that was there."""
    if before is None or before.dtype == after.dtype or not (before.is_floating_point() and after.is_floating_point()):
        return ""
    is_less = torch.finfo(after.dtype).eps > torch.finfo(before.dtype).eps
    return str(after.dtype).removeprefix("torch.") if is_less else ""
