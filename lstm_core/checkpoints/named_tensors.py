"""What does every reader of a file return?"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from torch import Tensor


class NamedTensors(NamedTuple):
    """Tensors under the names that PyTorch would give them, in the file's order.

    `containers`: the nested dicts around the tensors, as prefixes ("model_state."). `kinds`: by module name, whether a
    module is an embedding or a Linear, if the file says so. `notes`: sentences on what the file leaves open.
    `vocabulary`: the tokens of the embedding's rows, if the file names them. `size`: the bytes of the file and of those
    beside it, if there are any. `says_tanh`: whether an RNN of the file is known to have tanh. `refused`: a sentence on
    each layer that was left out because PyTorch's equations do not describe it.
    """

    tensors: dict[str, Tensor]
    containers: tuple[str, ...] = ()
    kinds: Mapping[str, Literal["embedding", "linear"]] = {}
    notes: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    size: int = 0
    says_tanh: bool = False
    refused: tuple[str, ...] = ()
