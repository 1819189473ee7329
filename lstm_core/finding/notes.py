"""What is known of a tensor that a model computed: its weights, the memory that it is, its making?"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ref

from torch import Tensor, nn

if TYPE_CHECKING:
    from lstm_core.finding.affine import Tree
    from lstm_core.finding.chains import Visit
    from lstm_core.finding.place import Place

# The word in a path for a mask, a clamp or a choice between old and new: what it leaves is the memory.
MASK = "mask"
# The most memories that one tensor can hold, such as a stack of layers' states.
_MOST = 32
# So many products and sums are known by what they were computed of: a model may keep more of them, such as h.
_RECENT = 32


class Tag(NamedTuple):
    """The memory of a visit, and how it was changed on the way: () if it is what the step computed.

    It goes with a tensor through views, stacks, buffers, masks, dropout, norms and one activation, not through a matrix
    product or a sum with something else.
    """

    visit: Visit
    path: tuple[str, ...] = ()
    beside: bool = False
    """Whether the tensor had other values too, as a buffer of several states has: what is read from it may be those."""

    def through(self, change: str) -> Tag:
        """The tag after one more operation; `change`: "" if the values stay what they were."""
        is_there = not change or (change == MASK and MASK in self.path)
        return self if is_there else self._replace(path=(*self.path, change))

    def among_others(self) -> Tag:
        """The tag of a tensor that has other values too."""
        return self._replace(beside=True)


def merged(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """The tags of several tensors that became one: of each chain the newest alone."""
    tags = tuple(tags)
    if len(tags) < 2:
        return tags
    newest: dict[object, Tag] = {}
    for tag in tags:
        owner = tag.visit.chain or tag.visit
        other = newest.get(owner)
        if other is None or tag.visit.number > other.visit.number:
            newest[owner] = tag
    return tuple(newest.values())[-_MOST:]


class Node(ref[Tensor]):
    """A tensor, held weakly: what is known of it goes when it goes, and the model uses no more memory than before."""

    __slots__ = ("birth", "bits", "kept", "made", "number", "of_weights", "tags")

    birth: str
    """Where it comes from: "gate" a sigmoid, "positive" an exp, "tanh", "most" a maximum or a distance from one,
    "share" the exp of such a distance, as in a softmax; or ""."""
    bits: int
    """A bit for each weight, and for each found memory, that it was computed from."""
    of_weights: bool
    """Whether it was computed from weights alone."""
    number: int
    """The tensor's id."""
    tags: tuple[Tag, ...]
    """The memories of which this is one in another form."""
    made: Made | None
    """What it was computed of, if it is a product or a sum."""
    kept: Tensor | None
    """Its values, where the tensor was overwritten since."""


class Factor(NamedTuple):
    """A number, or a tensor as it was when something was computed of it."""

    value: Any
    node: Node | None = None
    tree: Tree | None = None
    """What it was computed of, as far as the statement of the sum does that."""

    @property
    def bits(self) -> int:
        return 0 if self.node is None else self.node.bits

    @property
    def birth(self) -> str:
        return "" if self.node is None else self.node.birth

    @property
    def tags(self) -> tuple[Tag, ...]:
        return () if self.node is None else self.node.tags

    @property
    def made(self) -> Made | None:
        return None if self.node is None else self.node.made

    @property
    def values(self) -> Any:
        """A number, or a tensor with the values that it had."""
        kept = None if self.node is None else self.node.kept
        return self.value if kept is None else kept


class Made(NamedTuple):
    """How a tensor was computed: by a product or a sum."""

    name: str
    """"mul", "add", "sub", "addcmul" or "lerp"."""
    of: tuple[Factor, ...]
    scale: float = 1
    """What multiplies the second term of a sum."""
    place: Place | None = None
    has_product: bool = True
    """Whether it is a product, or a sum with one."""
    call: int = 0
    """The module's call in which it was computed."""


class Nodes:
    """The nodes of all tensors that live."""

    def __init__(self) -> None:
        by_id: dict[int, Node] = {}

        def forget(node: Node) -> None:
            if by_id.get(node.number) is node:
                del by_id[node.number]
            if node.made is not None:
                node.made = None

        self._by_id, self._forget = by_id, forget
        self._recent: deque[Node] = deque()
        # The node of a tensor by its id, or None.
        self.of = by_id.get

    def add(
        self,
        tensor: Tensor,
        bits: int,
        tags: tuple[Tag, ...] = (),
        birth: str = "",
        made: Made | None = None,
        of_weights: bool = False,
    ) -> Node:
        """A tensor's new node; one that was overwritten gets another."""
        node = Node(tensor, self._forget)
        node.number, node.bits, node.tags = id(tensor), bits, tags
        node.birth, node.made, node.of_weights, node.kept = birth, made, of_weights, None
        self._by_id[node.number] = node
        if made is not None:
            self._recent.append(node)
            if len(self._recent) > _RECENT:
                self._recent.popleft().made = None
        return node

    def in_use(self) -> Iterator[Node]:
        """What the last products and sums were computed of."""
        for node in self._recent:
            yield from (one.node for one in (node.made.of if node.made is not None else ()) if one.node is not None)

    def clear(self) -> None:
        """Forget all tensors."""
        self._by_id.clear()
        self._recent.clear()


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


class WeightBits:
    """The bits of a model's weights: each weight has one, and each tensor those of all that made it.

    The weights are the parameters that a model has at each call, and what else its modules hold and multiply by as by a
    matrix: a buffer may also be a mask or a table of numbers. Layers use other weights at each sum, the steps of a cell
    the same ones: so depth is told from time.
    """

    def __init__(self, model: nn.Module) -> None:
        # Whether anything was computed with a weight of the model.
        self.used = False
        # The bits of what else is held: by the birth that its values have, in any form.
        self.matrices: dict[str, int] = {}
        # The list keeps the weights alive, so that no other tensor gets the id of one.
        self._own, self._last, self._by_name = list(model.parameters()), 0, dict[str, int]()
        self._by_id: dict[int, int] = {}
        for module in model.modules():
            for name, weight in module._parameters.items():
                bit = self._by_id.setdefault(id(weight), self.of(id(module), name))
                self._by_name[_as_text((id(module), name))] = bit

    def new_bit(self) -> int:
        """A bit that nothing has."""
        self._last += 1
        return 1 << self._last

    def __contains__(self, number: int) -> bool:
        return number in self._by_id

    def bits_of(self, tensor: Tensor) -> int:
        """The bits of a tensor that no operation has made: one if it is a weight."""
        bits = self._by_id.get(id(tensor), 0)
        self.used = self.used or bool(bits)
        return bits

    def of(self, *which: Any) -> int:
        """The bit of what a module has as its parameter of a name, whichever tensor that is; or of a slice of what has
        some bits, such as one layer's of a stack of weights: it is a weight of its own, also where it is cut from what
        was computed from weights."""
        name = _as_text(which)
        return self._by_name.get(name) or self._by_name.setdefault(name, self.new_bit())

    def as_matrix(self, *which: Any) -> str:
        """The birth of what a module holds that is no parameter, or of a slice of it."""
        birth = _as_text(which)
        self.matrices[birth] = self.of(*which)
        return birth


def _as_text(value: Any) -> str:
    """An index as text; a tensor by its id alone."""
    if isinstance(value, Tensor):
        return f"tensor {id(value)}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_as_text, value))})"
    return _as_text(tuple(value.items())) if isinstance(value, Mapping) else repr(value)
