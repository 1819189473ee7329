"""How are the tensors of a safetensors file read?

Its header gives every tensor's dtype, shape and place; the library refuses places that do not fit the file.
"""

from __future__ import annotations

import struct

from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.weights_file import MOST_DESCRIPTION, WeightsFile


def read_safetensors(file: WeightsFile) -> dict[str, Tensor]:
    """The tensors of a safetensors file by name."""
    from safetensors.torch import load

    header = struct.unpack("<Q", file.stream.read(8))[0]
    if header > MOST_DESCRIPTION:
        raise LstmCoreError(f"Expected at most {MOST_DESCRIPTION:,} bytes of names and shapes, got {header:,}.")
    file.stream.seek(0)
    tensors: dict[str, Tensor] = load(file.stream.read())
    return tensors
