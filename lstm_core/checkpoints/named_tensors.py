"""What does every reader of a file give?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from torch import Tensor


class NamedTensors(NamedTuple):
    """Tensors under the names that PyTorch would give them, in the file's order.

    `containers`: the nested dicts they stand in, as prefixes ("model_state."). `kinds`: by module name, which of two
    things with one matrix it is, where the file says so.
    """

    tensors: dict[str, Tensor]
    containers: tuple[str, ...] = ()
    kinds: Mapping[str, Literal["embedding", "linear"]] = {}
