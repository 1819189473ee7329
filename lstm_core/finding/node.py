"""What is known of a tensor that a model computed, for as long as it lives?"""

from collections.abc import Iterable
from typing import Any
from weakref import ref

from torch import Tensor

from lstm_core.finding.tags import Tag


class Node(ref[Tensor]):
    """A tensor, held weakly: what is known of it goes when it goes, and the model uses no more memory than before."""

    __slots__ = ("birth", "bits", "number", "of_weights")

    birth: str
    """Where it comes from: "gate" a sigmoid, "positive" an exp, "tanh", "most" a maximum or a distance from one,
    "share" the exp of such a distance, as in a softmax; or ""."""
    bits: int
    """A bit for each weight, and for each found memory, that it was computed from."""
    of_weights: bool
    """Whether it was computed from weights alone."""
    number: int
    """The tensor's id."""
    age: int = -1
    """Which product or difference of the run it is; -1 if it is none."""
    tags: tuple[Tag, ...] = ()
    """The memories of which this is one in another form."""
    product: tuple[Any, ...] = ()
    """The factors, if it is a product."""
    difference: tuple[Any, ...] = ()
    """(a, b) if it is a − b."""
    stacked: tuple[Any, ...] = ()
    """(a, b, dim) if it is two tensors, one of them a product, side by side in a dim of their own."""
    place: Any = None
    """Where in the user's code it was computed, if it is a product or a difference."""


class Full(Node):
    """A node of which all can be known; most tensors need none."""

    __slots__ = ("age", "difference", "place", "product", "stacked", "tags")


class Nodes:
    """The nodes of all tensors that live."""

    def __init__(self) -> None:
        by_id: dict[int, Node] = {}

        def forget(node: Node) -> None:
            if by_id.get(node.number) is node:
                del by_id[node.number]

        self._by_id, self._forget = by_id, forget
        self.of = by_id.get
        """The node of a tensor by its id, or None."""

    def plain(self, tensor: Tensor, bits: int, birth: str = "", of_weights: bool = False) -> None:
        """Note a tensor that is no memory, product or difference; of one that is nothing there is nothing to know."""
        number = id(tensor)
        if not (bits or birth or of_weights or number in self._by_id):
            return
        node = Node(tensor, self._forget)
        node.number, node.bits, node.birth, node.of_weights = number, bits, birth, of_weights
        self._by_id[number] = node

    def add(self, tensor: Tensor, bits: int, tags: tuple[Tag, ...] = (), birth: str = "") -> Node:
        """A tensor's new node; one that was overwritten gets another."""
        node = Full(tensor, self._forget)
        node.number = id(tensor)
        node.bits, node.tags, node.birth = bits, tags, birth
        node.product = node.difference = node.stacked = ()
        node.place, node.age, node.of_weights = None, -1, False
        self._by_id[node.number] = node
        return node

    def clear(self) -> None:
        """Forget all tensors."""
        self._by_id.clear()


def tensors_in(values: Any, depth: int = 4) -> Iterable[Tensor]:
    """The tensors in arguments or in a result: in tuples, lists, dicts and dataclasses."""
    if isinstance(values, Tensor):
        yield values
    elif depth and isinstance(values, list | tuple | set):
        for value in values:
            yield from tensors_in(value, depth - 1)
    elif depth and (isinstance(values, dict) or hasattr(values, "__dataclass_fields__")):
        for value in (values if isinstance(values, dict) else vars(values)).values():
            yield from tensors_in(value, depth - 1)
