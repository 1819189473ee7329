"""How is a sum the update of a memory, c = a ⊙ c' + u, whichever way it is written?

A sum is taken apart as far as its own line computes it, and multiplied out where the memory is in it: then a is all
that multiplies c', and u is the rest. The forms have names where a trace can say more than a and u:

    f * c + i * g      torch.addcmul(f * c, i, g)      c + i * (g - c)      torch.lerp(c, g, i)      c + i * g

A sum alone can't tell which factor is the memory. The next step can: there the memory is this sum's own result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product as each_with_each
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from lstm_core.finding.notes import Factor, Made

if TYPE_CHECKING:
    from lstm_core.finding.place import Place

GATED = "c = f ⊙ c' + i ⊙ g"
KEPT = "c = c' + i ⊙ g"
TOWARDS = "c = c' + i ⊙ (g − c')"
BACK = "c = g + f ⊙ (c' − g)"
# Any other: what is added is not a gate's product.
WRITTEN = "c = f ⊙ c' + u"
# So many sums and products of one another are taken apart.
_DEEPEST = 4

# Which operand of which operand, from a sum on.
Path = tuple[int, ...]
# Where the memory stands in a sum.
Reading = tuple[Path, ...]
_Term = tuple[Factor, ...]
_MINUS = Factor(-1.0)
_WORTH = {"gate": 2, "positive": 1, "share": 1}


class Tree(NamedTuple):
    """A sum or a product, taken apart."""

    name: str
    of: tuple[Factor, ...]
    scale: float = 1
    place: Place | None = None

    def places(self) -> Iterator[tuple[Place, Tree]]:
        """Where what it is computed of was computed, and what that is."""
        for inner in [one.tree for one in self.of if one.tree is not None]:
            if inner.place is not None:
                yield inner.place, inner
            yield from inner.places()

    def leaves(self) -> Iterator[tuple[Path, Factor]]:
        """The values that are not taken apart, each with its path."""
        for n, one in enumerate(self.of):
            if one.tree is None:
                yield (n,), one
            else:
                yield from (((n, *path), leaf) for path, leaf in one.tree.leaves())

    def at(self, path: Path) -> Factor | None:
        """The value at a path, whole; None if nothing is there."""
        one = self.of[path[0]] if path[0] < len(self.of) else None
        if len(path) == 1 or one is None:
            return one
        return None if one.tree is None else one.tree.at(path[1:])


class Parts(NamedTuple):
    """A sum, read as an update."""

    form: str
    memory: Factor
    gate: _Term
    """Their product is f; in the form TOWARDS it is i."""
    write: _Term
    """Their product is i ⊙ g; g alone in the forms TOWARDS and BACK, and u in the form WRITTEN."""
    signs: tuple[float, float] = (1.0, 1.0)
    """The signs of f and of g."""
    held: dict[str, Factor] | None = None
    """By letter, what was held in place of what the code computed."""

    def letters(self) -> dict[str, Factor]:
        """f, i and g as the code has them, without one that is 1 minus another; u stands as g, without an i."""
        if self.held is not None:
            return self.held
        if self.form in (TOWARDS, BACK):
            return {"i" if self.form == TOWARDS else "f": product(self.gate), "g": self.write[0]}
        f = {"f": product(self.gate, self.signs[0])}
        if self.form == WRITTEN:
            return f | {"g": self.write[0]}
        tensors = [n for n, factor in enumerate(self.write) if isinstance(factor.value, Tensor)]
        at = self.told()
        gate = at if at is not None else tensors[0] if len(tensors) > 1 else None
        of_i = [n for n in range(len(self.write)) if n == gate or n not in tensors]
        i, g = ([factor for n, factor in enumerate(self.write) if (n in of_i) is side] for side in (True, False))
        return f | {"i": product(i), "g": product(g, self.signs[1])}

    def told(self) -> int | None:
        """Which written factor is i by where it comes from: it is 1 − f of an f that is no gate of its own, else it
        comes from a sigmoid, else from an exp; None if that tells of none, or of several."""
        rest = [n for n, factor in enumerate(self.write) if self.form == GATED and self._is_rest(factor)]
        if len(rest) == 1:
            return rest[0]
        worth = [_WORTH.get(factor.birth, 0) for factor in self.write]
        return worth.index(max(worth)) if max(worth) > 0 and worth.count(max(worth)) == 1 else None

    def _is_rest(self, factor: Factor) -> bool:
        # Of three factors, as k ⊙ o ⊙ tanh(c) of a phased LSTM, only a step tells which are i.
        f, i = self.gate[0].values if len(self.gate) == 1 else None, factor.values
        if self.gate[0].birth or factor.birth or not isinstance(f, Tensor) or not isinstance(i, Tensor):
            return False
        return f.shape == i.shape and (torch.equal(1 - f, i) or torch.equal(f, 1 - i))


def tree_of(made: Made, key: Any, call: int, depth: int = _DEEPEST, is_top: bool = True) -> Tree:
    """What a sum is computed of, as far as the same call and line do it; a memory of `key` is not taken apart."""
    return Tree(
        made.name, tuple([_opened(factor, key, call, depth, is_top) for factor in made.of]), made.scale, made.place
    )


def _opened(factor: Factor, key: Any, call: int, depth: int, is_top: bool) -> Factor:
    made = factor.made
    if made is None or made.call != call or not depth:
        return factor
    place: Place = key[1]
    is_own = any(tag.visit.key == key for tag in factor.tags)
    if made.name == "mul":
        # What multiplies the memory in the function of the sum itself is no mask on the way, also if it is a number.
        opens = made.place is not None and made.place.code is place.code if is_top else not is_own
    else:
        # A sum of another line is a whole, but g − c may be computed before.
        is_difference = made.name == "sub" and not made.has_product
        is_difference = is_difference and isinstance(made.of[0].value, Tensor) and isinstance(made.of[1].value, Tensor)
        opens = not is_own and made.place is not None and (is_difference or place.holds(made.place))
    if not opens:
        return factor
    is_top = is_top and made.has_product and made.name != "mul"
    return factor._replace(tree=tree_of(made, key, call, depth - 1, is_top))


def parts_of(tree: Tree, reading: Reading) -> Parts | None:
    """A sum read with the memory at these places; None if it is no a ⊙ c' + u then."""
    memory, both = tree.at(reading[0]), _split(tree, reading, in_factors=True)
    if memory is None or both is None or not both[0]:
        return None
    kept, added = both
    # What is written stands whole where c goes a part of the way to it.
    whole = _split(tree, reading, in_factors=False) if len(kept) + len(added) == 3 else None
    if whole is not None and len(kept) == 2 and () in kept:
        # c + i * (g - c)
        moved, sign = _without_signs(max(kept, key=len))
        write, of_g = _without_signs(whole[1][0])
        rest = _rest(write, moved)
        if sign < 0 < of_g and len(rest) == 1:
            return Parts(TOWARDS, memory, moved, rest)
    if whole is not None and len(kept) == 1:
        # g + f * (c - g)
        (gate, of_f), (g, other) = _without_signs(kept[0]), sorted(whole[1], key=len)
        moved, sign = _without_signs(other)
        if len(g) == 1 and sign < 0 < of_f and _same(_rest(moved, g), gate):
            return Parts(BACK, memory, gate, g)
    if len(kept) == len(added) == 1 and len(added[0]) > 1:
        gate, of_f = _without_signs(kept[0])
        write, of_g = _without_signs(added[0])
        if len(write) > 1 and (gate or not kept[0]):
            return Parts(GATED if gate else KEPT, memory, gate, write, (of_f, of_g))
    return Parts(WRITTEN, memory, (_total(kept),), (_total(added),))


def _split(tree: Tree, reading: Reading, in_factors: bool) -> tuple[list[_Term], list[_Term]] | None:
    """The terms of a, and those of u; `in_factors`: with each product of u taken apart."""
    halves: list[tuple[list[_Term], list[_Term]]] = []
    for n, one in enumerate(tree.of):
        below = [path[1:] for path in reading if path[0] == n]
        if () in below:
            halves.append(([()], []))
        elif below:
            inner = _split(one.tree, tuple(below), in_factors) if one.tree is not None else None
            if inner is None:
                return None
            halves.append(inner)
        else:
            halves.append(([], [_factors(one) if in_factors else (one,)]))
    scale: list[_Term] = [(Factor(tree.scale),)] if tree.scale != 1 else [()]
    if tree.name in ("add", "sub"):
        minus: list[_Term] = [(_MINUS,)] if tree.name == "sub" else [()]
        return _plus(halves[0], _times(_times(halves[1], ([], minus)), ([], scale)))
    if tree.name == "mul":
        return _times(*halves)
    if tree.name == "addcmul":
        return _plus(halves[0], _times(_times(halves[1], halves[2]), ([], scale)))
    # lerp: p + w * (q - p)
    p, q, w = halves
    return _plus(p, _times(w, _plus(q, _times(p, ([], [(_MINUS,)])))))


_Halves = tuple[list[_Term], list[_Term]] | None


def _plus(one: _Halves, other: _Halves) -> _Halves:
    return None if one is None or other is None else (one[0] + other[0], one[1] + other[1])


def _times(one: _Halves, other: _Halves) -> _Halves:
    if one is None or other is None or (one[0] and other[0]):
        return None

    def each(a: list[_Term], b: list[_Term]) -> list[_Term]:
        return [x + y for x, y in each_with_each(a, b)]

    return each(one[0], other[1]) + each(one[1], other[0]), each(one[1], other[1])


def _factors(one: Factor) -> _Term:
    """The factors of a product; anything else is one."""
    if one.tree is not None and one.tree.name == "mul":
        return tuple(factor for inner in one.tree.of for factor in _factors(inner))
    return (one,)


def _without_signs(term: _Term) -> tuple[_Term, float]:
    """The factors without those that are −1, and the sign that these make."""
    signs = [factor.value for factor in term if _is_sign(factor)]
    return tuple([factor for factor in term if not _is_sign(factor)]), prod(signs, start=1.0)


def _is_sign(factor: Factor) -> bool:
    return not isinstance(factor.value, Tensor) and bool(factor.value == -1)


def _rest(term: _Term, without: _Term) -> _Term:
    """A product's factors without some, each once."""
    left = list(term)
    for factor in without:
        at = [n for n, one in enumerate(left) if one.value is factor.value]
        if not at:
            return ()
        del left[at[0]]
    return tuple(left)


def _same(one: _Term, other: _Term) -> bool:
    return len(one) == len(other) and not _rest(one, other) and bool(one)


def product(factors: Sequence[Factor], sign: float = 1.0) -> Factor:
    """Some factors as one: the model's own, if it is one; 1 without any."""
    return _total([(*factors, _MINUS) if sign < 0 else tuple(factors)]) if factors or sign < 0 else Factor(1.0)


def _total(terms: Sequence[_Term]) -> Factor:
    """The sum of some products as one factor: the model's own, if it is one."""
    if len(terms) == 1 and len(terms[0]) == 1:
        return terms[0][0]
    nodes = [factor.node for term in terms for factor in term if factor.node is not None]
    total: Any = sum(prod((factor.values for factor in term), start=1.0) for term in terms) if terms else 0.0
    return Factor(total, Weighed(nodes) if nodes else None)  # type: ignore[arg-type]


class Weighed:
    """In the place of a node: what is known of a value that no operation of the model has computed."""

    tags, made, birth, of_weights, kept = (), None, "", False, None

    def __init__(self, nodes: Sequence[Any] = ()) -> None:
        self.bits = 0 if nodes else 1
        self.of_weights = bool(nodes) and all(node.of_weights for node in nodes)
        for node in nodes:
            self.bits |= node.bits


def update(form: str, operation: str, f: Tensor, memory: Tensor, i: Tensor | None, g: Tensor) -> Tensor:
    """The memory after a step, computed again as the user's code computes it; a − b is a + (−b), to the bit."""
    if i is None:
        return f * memory + g
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
