"""How are the tensors of a safetensors file read?

Its header gives every tensor's dtype, shape and place; the library refuses places that do not fit the file.
"""

from __future__ import annotations

import json
import struct

from torch import Tensor

from lstm_core.checkpoints.weights_file import MOST_DESCRIPTION, WeightsFile
from lstm_core.errors import LstmCoreError


def read_safetensors(file: WeightsFile) -> dict[str, Tensor]:
    """The tensors of a safetensors file by name, in the header's order."""
    from safetensors.torch import load

    length = struct.unpack("<Q", file.stream.read(8))[0]
    if length > MOST_DESCRIPTION:
        raise LstmCoreError(f"Expected at most {MOST_DESCRIPTION:,} bytes of names and shapes, got {length:,}.")
    header = json.loads(file.stream.read(length))
    file.stream.seek(0)
    tensors = load(file.stream.read())
    # The library gives them in no order.
    return {name: tensors[name] for name in header if name in tensors}
