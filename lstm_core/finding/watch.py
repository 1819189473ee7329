"""What does a model compute, operation by operation?

`Watch` stands above autograd (`TorchFunctionMode`): it sees each operation inside its block with the model's own
tensors, and returns what the operation returns. PyTorch's modes belong to a thread, which asyncio tasks share.
"""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import get_ident
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch._C import _len_torch_function_stack, _pop_torch_function_stack, _push_on_torch_function_stack
from torch.overrides import TorchFunctionMode

from lstm_core.errors import LstmCoreError, unreadable
from lstm_core.finding.node import Full, Node, Nodes, tensors_in
from lstm_core.finding.operations import (
    CHANGING,
    IN_FORM,
    JOINING,
    MASKING,
    NO_WEIGHTS,
    OF_MATRICES,
    PRODUCTS,
    SLICES,
    SUMS,
    WRITING,
    OperationKind,
    birth_of,
    elementwise,
    in_place,
    kind_of,
    plain,
)
from lstm_core.finding.place import Place, SeenFrame, is_taken_down, module_of, of_a_watch, place_of
from lstm_core.finding.tags import MASK, Tag, changed, merged
from lstm_core.finding.terms import Terms, factor_of
from lstm_core.finding.update import Factor, Visit
from lstm_core.finding.visits import Visits, is_memory, writes_over
from lstm_core.finding.weights import WeightBits
from lstm_core.open_blocks import Block

_RECENT = 32
"""So many products and differences are known to a sum by what they were computed of."""
_NUMBERS = frozenset({int, float, bool, str, type(None), slice, torch.dtype, torch.device, torch.Size})
"""Operands of these types hold no tensor."""
_NONE = Factor(None)
_GUARDED = 8
"""So many of them get copies when somebody overwrites a view."""
_FEW = 100
"""A list or dict that a module holds is looked through for weights if it has fewer values."""


class Watch(TorchFunctionMode):
    """Follows what a model computes, and joins the visits of each gated sum into chains."""

    def __init__(self, model: nn.Module, names: dict[int, str], detach: bool = True) -> None:
        super().__init__()
        self._nodes, self._names, self._weights = Nodes(), names, WeightBits(model)
        self._terms = Terms(self._nodes)
        self._block, self._thread = Block(), get_ident()
        self._calls: list[int] = []
        """The thread of each module's call that runs now."""
        self._recent: deque[tuple[int, int]] = deque()
        """The last products and differences, each by its node's number and age: what older ones were computed of is
        let go."""
        self._ages = itertools.count()
        self._terms_at: set[Place | None] = set()
        """Where products were computed that are terms of a sum."""
        self._hold_shown: Callable[..., tuple[Any, Any]] | None = None
        """Takes an activated memory, what multiplies it, a place and the product; returns o and h as they are held."""
        self.visits = Visits(detach, names, self._weights.new_bit)
        for module in model.modules():
            # PyTorch's own modules have no other weights.
            of_torch = type(module).__module__.startswith("torch.nn.")
            self._holds(module, module._buffers if of_torch else vars(module))

    def _note_weights(self, module: nn.Module) -> None:
        """A module that is called: its weights are what it has now, such as those that `functional_call` gives it."""
        for part in (module, *module.children()):
            for name, weight in part._parameters.items():
                if weight is not None and id(weight) not in self._weights:
                    self._nodes.plain(weight, self._weights.of_name(part, name), of_weights=True)
            self._holds(part, part._buffers)

    def _holds(self, module: nn.Module, held: Mapping[str, Any]) -> None:
        """A module holds tensors that are no parameters, alone or in a list or dict."""
        for name, value in held.items():
            few = isinstance(value, Tensor) or (isinstance(value, list | tuple | dict) and len(value) < _FEW)
            for number, tensor in enumerate(tensors_in(value, 2) if few else ()):
                if id(tensor) not in self._weights and self._nodes.of(id(tensor)) is None:
                    self._nodes.plain(tensor, 0, self._weights.as_matrix(id(module), name, number))

    def _by_matrices(self, operands: Any) -> int:
        """The bits of what modules hold and a product of matrices has among its operands, if no parameter is there."""
        bits, matrices = 0, self._weights.matrices
        for tensor in tensors_in(operands) if matrices else ():
            node = self._nodes.of(id(tensor))
            if node is not None and node.of_weights:
                return 0
            bits |= 0 if node is None else matrices.get(node.birth, 0)
        return bits

    @property
    def skipped(self) -> frozenset[Any]:
        """The sums that were not looked at each time that they ran."""
        return frozenset()

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
                node = self._nodes.of(id(tensor))
                if node is not None:
                    self.visits.of_result(node, name)

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
        self._note_weights(module)

    def go_back(self) -> bool:
        """The module's call has ended, also by an exception; whether it stood in another one."""
        here = get_ident()
        if here in self._calls:
            self._calls.remove(here)
            if here != self._thread and not self._calls:
                self._leave()
        return bool(self._calls)

    def __torch_function__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Run one operation, and note what it did."""
        if not self._block.is_here():
            return of_another_task(func, args, kwargs or {})
        name = func.__name__
        frame = sys._getframe(1)
        if kind_of(name).silent or is_taken_down() or of_a_watch(frame):
            return func(*args, **kwargs or {})
        return self.run(func, name, args, kwargs or {}, frame)

    def run(self, func: Any, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        """Run one operation, called from a frame, and note what it did."""
        kind = kind_of(name)
        if kind.ordinary:
            result = func(*args, **kwargs)
            noted = not isinstance(result, Tensor | tuple | list) or self._passed_by(kind, args, kwargs, result)
            return result if noted else self._note(name, args, args, kwargs, result, frame)
        operands = args
        if in_place(name):
            operands, name = self._before_overwriting(plain(name), args), plain(name)
        result = func(*args, **kwargs)
        if isinstance(result, Tensor | tuple | list):
            noted = self._note(name, args, operands, kwargs, result, frame)
            # Whoever overwrites a tensor reads it again: what is held must stand in it.
            return (
                noted
                if noted is result or not args or result is not args[0]
                else self._as_it_is(noted, result.copy_(noted))
            )
        if name == "__setitem__":
            self._note(name, args, operands, kwargs, args[0], frame)
        return result

    def _passed_by(self, kind: OperationKind, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> bool:
        """Note an operation that follows no memory: only its weights; returns whether it is such a one."""
        bits, first, of_weights, of = 0, None, True, self._nodes.of
        args = args[kind.lenders]
        for given in (*args, *kwargs.values()) if kwargs else args:
            node = of(id(given))
            if node is None:
                if type(given) in _NUMBERS:
                    continue
                if not isinstance(given, Tensor):
                    for tensor in tensors_in(given):
                        node = self._node(tensor)
                        if node.tags:
                            if kind.follows:
                                return False
                            self.visits.fed(node.tags)
                        first, bits, of_weights = first or node, bits | node.bits, of_weights and node.of_weights
                    continue
                node = self._node(given)
            if node.tags:
                if kind.follows:
                    return False
                self.visits.fed(node.tags)
            first, bits, of_weights = first or node, bits | node.bits, of_weights and node.of_weights
        if kind.slices and first is not None and (first.of_weights or first.birth in self._weights.matrices):
            return False
        bits, of_weights = (0, False) if kind.weightless else (bits, of_weights and first is not None)
        if kind.name in OF_MATRICES:
            bits |= self._by_matrices((args, kwargs))
        birth = kind.birth
        if birth is None:
            birth = birth_of(kind.name, first.birth if first is not None else "")
        if isinstance(result, Tensor):
            self._nodes.plain(result, bits, birth, of_weights)
        else:
            for tensor in tensors_in(result):
                self._nodes.plain(tensor, bits, birth, of_weights)
        return True

    def _before_overwriting(self, name: str, args: Sequence[Any]) -> Sequence[Any]:
        """The operands as they are before the first is overwritten."""
        first = args[0] if args else None
        if not isinstance(first, Tensor):
            return args
        node = self._nodes.of(id(first))
        if first._is_view():
            self._guard_products()
        for tag in node.tags if node else ():
            left = tag.visit.result if tag.visit.chain is None else None
            if left is not None and left.data_ptr() == first.data_ptr():
                tag.visit.result = first.clone()
        if (name in SUMS and not (node and node.product)) or name in PRODUCTS:
            copy = first.clone()
            self._as_it_is(first, copy)
            return (copy, *args[1:])
        return args

    def _guard_products(self) -> None:
        """Keep what the last products were computed of: what is overwritten may share memory with it."""
        for number, age in itertools.islice(reversed(self._recent), _GUARDED):
            node = self._nodes.of(number)
            if node is not None and node.age == age:
                node.product = tuple(factor.guarded() for factor in node.product)

    def _note(self, name: str, args: Any, operands: Any, kwargs: Any, result: Any, frame: FrameType | SeenFrame) -> Any:
        """Note an operation; returns its result, which is another only where a gate is held."""
        try:
            return self._noted(name, args, operands, kwargs, result, frame)
        except RuntimeError as error:
            raise unreadable(f"the step with {name!r}", args, error) from error

    def _noted(
        self, name: str, args: Any, operands: Any, kwargs: Any, result: Any, frame: FrameType | SeenFrame
    ) -> Any:
        if name == "broadcast_tensors":
            for given, part in zip(tensors_in(args), result, strict=True):
                self._note("expand", (given,), (given,), {}, part, frame)
            return result
        nodes, bits, tagged, of_weights = [], 0, False, True
        lenders = args[kind_of(name).lenders]
        for given in (*lenders, *kwargs.values()) if kwargs else lenders:
            for tensor in (given,) if isinstance(given, Tensor) else tensors_in(given):
                node = self._node(tensor)
                nodes.append(node)
                bits |= node.bits
                tagged = tagged or bool(node.tags)
                of_weights = of_weights and node.of_weights
        if name in NO_WEIGHTS:
            bits, tagged, of_weights = 0, False, False
        if name == "einsum":
            bits |= self._by_matrices(args)
        noted = self._as_operation(name, nodes, bits, tagged, args, operands, kwargs, result, frame)
        if of_weights and nodes:
            for tensor in tensors_in(noted):
                node = self._node(tensor)
                # A memory that began as a weight, in a model without input, is none.
                node.of_weights = not node.tags
        return noted

    def _as_operation(
        self,
        name: str,
        nodes: list[Node],
        bits: int,
        tagged: bool,
        args: Any,
        operands: Any,
        kwargs: Any,
        result: Any,
        frame: FrameType | SeenFrame,
    ) -> Any:
        """Note a result by what its operation does; `bits`, `tagged`: of its operands together."""
        if name in PRODUCTS and (factors := elementwise(name, operands)):
            return self._product(factors, bits, result, frame)
        if name in SUMS:
            return self._sum(name, operands, kwargs, bits, result, frame)
        if name == "sum" and (terms := self._terms.stacked(operands, kwargs)):
            return self._sum("add", terms, {}, bits, result, frame)
        tags = self._passed_on(name, nodes, result, frame) if tagged else ()
        birth = birth_of(name, nodes[0].birth if nodes else "")
        slices, held = name in SLICES and nodes and nodes[0].of_weights, birth in self._weights.matrices
        for number, tensor in enumerate((result,) if isinstance(result, Tensor) else tensors_in(result)):
            own = bits | (self._weights.bit_of_slice(bits, name, args[1:], kwargs, number) if slices else 0)
            born = self._weights.as_matrix(birth, name, args[1:], kwargs, number) if held and name in SLICES else birth
            node = self._nodes.add(tensor, own, tags, born)
            if name == "stack":
                self._terms.stack(node, operands, kwargs)
            if name in ("__setitem__", "copy") and tensor._base is not None:
                self._into_base(tensor._base, own, tags)
        return result

    def _into_base(self, base: Tensor, bits: int, tags: tuple[Tag, ...]) -> None:
        """What was written into a view stands in the whole tensor too."""
        whole = self._node(base)
        if not isinstance(whole, Full):
            whole = self._nodes.add(base, whole.bits, birth=whole.birth)
        whole.bits |= bits
        whole.tags = merged((*whole.tags, *(tag.among_others() for tag in tags)))

    def _node(self, tensor: Tensor) -> Node:
        """What is known of a tensor; of one that is new, whether it is a weight."""
        node = self._nodes.of(id(tensor))
        if node is None:
            node = self._nodes.add(tensor, self._weights.bits_of(tensor))
            node.of_weights = id(tensor) in self._weights
        return node

    def _passed_on(
        self, name: str, nodes: Sequence[Node], result: Any, frame: FrameType | SeenFrame
    ) -> tuple[Tag, ...]:
        """The tags of a result that is no sum and no product."""
        change = "" if name in IN_FORM else MASK if name in MASKING else name if name in CHANGING else None
        if change is None:
            return ()
        if not change and nodes and isinstance(result, Tensor):
            change = _rounds(nodes[0](), result)
        with_tags = [node.tags for node in nodes if node.tags]
        tags = with_tags[0] if len(with_tags) == 1 else merged(tag for each in with_tags for tag in each)
        tags = changed(tags, change)
        if name in WRITING:
            # Some rows or units of a state go on and others stay: where it is as large as the memory, it is a mask.
            tags = tuple(tag.through(MASK) if writes_over(tag, result) else tag.among_others() for tag in tags)
            self.visits.mask(tags, result)
            return tags
        if name in JOINING:
            return tuple(tag.among_others() for tag in tags)
        if name in MASKING:
            self.visits.mask(tags, result)
        elif name in CHANGING and name not in ("dropout", "div"):
            tags += self.visits.read(tags, place_of(frame), (), result, "")
        return tags

    def _product(self, factors: Sequence[Any], bits: int, result: Any, frame: FrameType | SeenFrame) -> Any:
        """Note a product; of a memory and a mask it is the memory, of a memory and something else it may be h."""
        tags: tuple[Tag, ...] = ()
        place = place_of(frame)
        a, b = known = tuple(
            factor_of(each, self._node(each)) if isinstance(each, Tensor) else Factor(each) for each in factors
        )
        for own, other in ((a, b), (b, a)) if a.tags or b.tags else ():
            if own.tags and not other.bits and not other.tags:
                masked = changed(own.tags, MASK)
                self.visits.mask([tag for tag in masked if tag.visit.chain is not None], result)
                tags = merged((*tags, *masked))
            elif own.tags and other.bits:
                o = other.value
                if self._hold_shown is not None:
                    o, result = self._hold_shown(own, o, place, result)
                tags = (*tags, *self.visits.read(own.tags, place, (o,), result, other.birth))
        alike = a.birth == b.birth or not isinstance(b.value, Tensor)
        birth = a.birth if alike else b.birth if not isinstance(a.value, Tensor) else ""
        node = self._nodes.add(result, bits, tags, birth)
        node.product, node.place = known, place
        self._keep(node)
        if "gate" in (a.birth, b.birth) and place is not None and not (a.tags or b.tags or place in self._terms_at):
            node.tags = self.visits.started(a, b, place, result)
        return result

    def _keep(self, node: Node) -> None:
        """Let go of what an older product or difference was computed of: a model may keep its result, such as h."""
        node.age = next(self._ages)
        self._recent.append((node.number, node.age))
        if len(self._recent) > _RECENT:
            number, age = self._recent.popleft()
            old = self._nodes.of(number)
            # Another tensor may have its number by now.
            if old is not None and old.age == age:
                old.product = old.difference = ()

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
        frame: FrameType | SeenFrame,
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
        tagged, has_product = any(node.tags for node in nodes), any(node.product for node in nodes)
        if name == "add" and not tagged and not has_product:
            self._nodes.plain(result, bits)
            return result
        place = place_of(frame)
        self._terms_at.update([node.place for node in nodes if node.product])
        a, b = (self._terms.factor(first), self._terms.factor(second)) if tagged or name == "sub" else (_NONE, _NONE)
        ends = self._ends(name, a, b, operands[2:], kwargs) if tagged else ()
        tags = self._of_sum(name, a, b, ends, place, result) if tagged else ()
        may_be = has_product or name not in ("add", "sub")
        module = module_of(frame, self._names) if place and may_be and result.is_floating_point() else None
        visit = None
        if module is not None:
            visit = self._visit((id(module), place), name, operands, kwargs, result)
            result = self._updated(visit)
        birth = ""
        if name == "sub":
            rest = b.birth == "gate" and not isinstance(first, Tensor)
            birth = "gate" if rest else "most" if "most" in (a.birth, b.birth) else ""
        node = self._nodes.add(result, bits, tags, birth)
        if name == "sub":
            node.difference, node.place = (a, b), place
            self._keep(node)
        if visit is not None:
            self.visits.visited(visit)
            node.tags = merged((*node.tags, Tag(visit))) if node.tags else (Tag(visit),)
            if visit.chain is not None:
                node.bits |= visit.chain.bit
        return result

    def _as_it_is(self, value: Any, result: Any) -> Any:
        """Note a result of equal values: a copy, or a sum with 0 such as Python's `sum` begins with."""
        old = self._node(value)
        new = self._nodes.add(result, old.bits, old.tags, old.birth)
        new.product, new.difference, new.place = old.product, old.difference, old.place
        return result

    def _ends(self, name: str, a: Factor, b: Factor, rest: Sequence[Any], kwargs: Any) -> tuple[Factor, ...]:
        """The two values between which a sum can go by a mask: m * b + (1 - m) * a, lerp(a, b, m), a + m * (b - a)."""
        if name == "lerp":
            weight = rest[0] if rest else kwargs["weight"]
            return (a, b) if not isinstance(weight, Tensor) or not self._node(weight).bits else ()
        for base, moved in ((a, b), (b, a)):
            node = self._nodes.of(id(moved.value)) if moved.is_product else None
            factors = () if node is None or len(node.product) != 2 else node.product
            for way, mask in zip(factors, reversed(factors), strict=True):
                if not mask.bits and any(end.value is base.value for end in way.difference):
                    ends: tuple[Factor, ...] = way.difference
                    return ends
        return (a, b) if a.is_product or b.is_product else ()

    def _of_sum(
        self, name: str, a: Factor, b: Factor, ends: tuple[Factor, ...], place: Place | None, result: Any
    ) -> tuple[Tag, ...]:
        """The tags of a sum: between an old and a new memory, by a mask, it is the memory; else it is another."""
        both = merged((*a.tags, *b.tags))
        for tag in merged(tag for end in ends for tag in end.tags):
            if is_memory(tag) and all(self._has(tag.visit, end) for end in ends):
                passed = changed((tag,), MASK)
                self.visits.mask(passed, result)
                return passed
        return self.visits.lost(both, name, place)

    def _has(self, visit: Visit, factor: Factor) -> bool:
        """Whether a value is this memory at some step: by its tag, or because the visit's own step has read it."""
        if any((tag.visit.chain or tag.visit) is (visit.chain or visit) for tag in factor.tags):
            return True
        node = self._nodes.of(id(factor.value))
        # Before the second step nobody knows which factor is the memory.
        known = (visit.memory(visit.chain.reading),) if visit.chain is not None and visit.terms else ()
        read = {id(each.value) for each in known or itertools.chain(*visit.terms) if isinstance(each.value, Tensor)}
        masks = node.product if node is not None and len(node.product) == 2 else ()
        masked = [one for one, other in zip(masks, reversed(masks), strict=True) if not other.bits]
        return any(id(each.value) in read for each in (factor, *masked))

    def _visit(self, key: Any, name: str, operands: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Visit:
        """A visit of a sum."""
        visit = self._terms.visit(self.visits.next(), key, key[1], name, operands, kwargs)
        visit.result = result
        if self.visits.is_new(key):
            visit.products = self._terms.places(operands)
        return visit


def of_another_task(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run an operation that is outside a watch's block, past all watches of which that is so: there may be hundreds."""
    with _taken_off(lambda mode: not isinstance(mode, Watch) or mode._block.is_here()):
        return func(*args, **kwargs)


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
