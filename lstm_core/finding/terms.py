"""What are the terms of a sum, and the factors of each term?"""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from lstm_core.finding.node import Node, Nodes
from lstm_core.finding.place import Place
from lstm_core.finding.update import Factor, Visit, version_of

_DEEPEST = 4
"""So many products of products are taken apart."""


def factor_of(value: Any, node: Node | None) -> Factor:
    """A number or a tensor as a factor, with what is known of it."""
    if node is None:
        return Factor(value, version=version_of(value))
    return Factor(value, node.bits, node.birth, node.tags, node.difference, version_of(value), bool(node.product))


class Terms:
    """Reads sums by what is known of their tensors."""

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes

    def factor(self, value: Any) -> Factor:
        """A value as one factor."""
        return factor_of(value, self._nodes.of(id(value))) if isinstance(value, Tensor) else Factor(value)

    def factors(self, value: Any, key: Any) -> tuple[tuple[Factor, ...], tuple[Factor, ...], tuple[Factor, ...]]:
        """The factors of a term, also those of a product of products, from the two that it multiplies; and these and
        the term, whole. A memory of `key` is one factor.

        What multiplies the memory in the function of the sum itself is no mask on the way, also if it is a number.
        """
        node = self._nodes.of(id(value))
        own = factor_of(value, node)
        is_first = any(tag.visit.may_be_first and not tag.path for tag in own.tags)
        product = () if node is None or node.place is None or node.place.code is not key[1].code else node.product
        if product and own.is_unchanged() and not is_first:
            a, b = product
            return self._apart(a, key, _DEEPEST - 1), self._apart(b, key, _DEEPEST - 1), (a, b, own)
        return self._apart(own, key, _DEEPEST), (), (own, Factor(1.0), own)

    def _apart(self, factor: Factor, key: Any, depth: int) -> tuple[Factor, ...]:
        node = self._nodes.of(id(factor.value))
        if node is None or not node.product or not depth or not factor.is_unchanged():
            return (factor,)
        if any(tag.visit.key == key or tag.visit.may_be_first for tag in factor.tags):
            return (factor,)
        return tuple(part for inner in node.product for part in self._apart(inner, key, depth - 1))

    def visit(
        self, number: int, key: Any, place: Place, name: str, operands: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Visit:
        """A sum, with the factors of its terms."""
        terms: list[tuple[tuple[Factor, ...], tuple[Factor, ...], tuple[Factor, ...]]]
        if name == "lerp":
            weight = operands[2] if len(operands) > 2 else kwargs.get("weight")
            terms = [((self.factor(each),), (), ()) for each in (*operands[:2], weight)]
        else:
            scale = kwargs.get("value" if name == "addcmul" else "alpha", 1)
            scaled = (Factor(scale),) if scale != 1 else ()
            one, other, whole = self.factors(operands[1], key)
            if name == "addcmul":
                one, other, whole = (a := self.factor(operands[1]),), (b := self.factor(operands[2]),), (a, b)
            terms = [self.factors(operands[0], key), (one, other + scaled, whole)]
        sides = tuple([(len(one), len(other)) for one, other, _ in terms])
        wholes = tuple([whole for _, _, whole in terms])
        return Visit(number, key, place, name, tuple([one + other for one, other, _ in terms]), None, sides, wholes)

    def places(self, operands: Sequence[Any], depth: int = _DEEPEST) -> tuple[Place, ...]:
        """Where the terms were computed, as far as they are products and differences."""
        found: list[Place] = []
        for each in operands:
            node = self._nodes.of(id(each)) if isinstance(each, Tensor) else None
            if node is not None and node.place is not None:
                found.append(node.place)
                inner = [factor.value for factor in (*node.product, *node.difference)]
                found += self.places(inner, depth - 1) if depth else []
        return tuple(found)

    def stack(self, node: Node, operands: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Note that a tensor is two terms of a sum, one beside the other."""
        parts, dim = operands[0], kwargs.get("dim", operands[1] if len(operands) > 1 else 0)
        if len(parts) == 2 and self.has_product(parts):
            node.stacked = (*parts, dim % node().dim())  # type: ignore[union-attr]

    def stacked(self, operands: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """The two terms that a sum over a dim adds; none if it adds anything else."""
        node = self._nodes.of(id(operands[0]))
        dim = kwargs.get("dim", operands[1] if len(operands) > 1 else None)
        [dim] = dim if isinstance(dim, tuple | list) and len(dim) == 1 else [dim]
        if node is None or not node.stacked or not isinstance(dim, int) or len(kwargs) > ("dim" in kwargs):
            return ()
        *parts, over = node.stacked
        return tuple(parts) if dim % operands[0].dim() == over and len(operands) < 3 else ()

    def has_product(self, operands: Sequence[Any]) -> bool:
        """Whether one of the terms is a product."""
        for each in operands[:2]:
            node = self._nodes.of(id(each))
            if node is not None and node.product:
                return True
        return False
