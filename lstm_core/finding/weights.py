"""Which weights was a tensor computed from? Each weight has a bit, and each tensor the bits of all that made it.

The weights are the parameters that a model has at each call, and what else its modules hold and multiply by as by a
matrix: a buffer may also be a mask or a table of numbers. Layers use other weights at each sum, the steps of a cell the
same ones: so depth is told from time.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn


class WeightBits:
    """The bits of a model's weights, and of what else is given one."""

    def __init__(self, model: nn.Module) -> None:
        self._last = 0
        self.used = False
        """Whether anything was computed with a weight of the model."""
        self._slices: dict[Any, int] = {}
        # The list keeps the weights alive, so that no other tensor gets the id of one.
        self._own = list(model.parameters())
        self._bits: dict[int, int] = {}
        self._named: dict[tuple[int, str], int] = {}
        for module in model.modules():
            for name, weight in module._parameters.items():
                bit = self._bits.get(id(weight)) or self._bits.setdefault(id(weight), self.new_bit())
                self._named[id(module), name] = bit
        self.matrices: dict[str, int] = {}
        """The bits of what else is held: by the birth that its values have, in any form."""

    def new_bit(self) -> int:
        """A bit that nothing has."""
        self._last += 1
        return 1 << self._last

    def __contains__(self, number: int) -> bool:
        return number in self._bits

    def bits_of(self, tensor: Tensor) -> int:
        """The bits of a tensor that no operation has made: one if it is a weight."""
        bits = self._bits.get(id(tensor), 0)
        self.used = self.used or bool(bits)
        return bits

    def of_name(self, module: nn.Module, name: str) -> int:
        """The bit of what a module has as its parameter of this name, whichever tensor that is."""
        key = id(module), name
        return self._named.get(key) or self._named.setdefault(key, self.new_bit())

    def as_matrix(self, *which: Any) -> str:
        """The birth of what a module holds that is no parameter, or of a slice of it."""
        birth = _said(which)
        self.matrices[birth] = self.matrices.get(birth) or self.new_bit()
        return birth

    def bit_of_slice(self, bits: int, *which: Any) -> int:
        """The bit of a slice of what has these bits, such as one layer's of a stack of weights: it is a weight of its
        own, also where it is cut from what was computed from weights."""
        key = (bits, *map(_said, which))
        if key not in self._slices:
            self._slices[key] = self.new_bit()
        return self._slices[key]


def _said(value: Any) -> str:
    """An index as text; a tensor by its id alone."""
    if isinstance(value, Tensor):
        return f"tensor {id(value)}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_said, value))})"
    return _said(tuple(value.items())) if isinstance(value, Mapping) else repr(value)
