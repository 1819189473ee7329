"""How is a trace written to a file, bit for bit?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.files.outside import read_json
from lstm_core.files.write_whole import written_whole

if TYPE_CHECKING:
    from lstm_core.traces.recorded import Recorded

KINDS = ".npz or .safetensors"
MOST_MARKS = 5_000_000
"""The most brackets, commas and colons in the header: about four million tokens."""


def save(trace: Recorded, path: str | Path) -> None:
    """Write a whole trace to a .npz or .safetensors file."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    path = Path(path)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in trace.tensors().items()}
    if path.suffix not in (".npz", ".safetensors"):
        raise LstmCoreError(f"Expected a file name that ends in {KINDS}, got {path.name!r}.")
    header = _header(trace)
    if len(header) > MOST_MARKS:
        # Refuse to save what `load` would refuse to open.
        read_json(header, MOST_MARKS)
    with written_whole(path) as place:
        if path.suffix == ".npz":
            # NumPy lacks bfloat16, of which integers have the bits.
            bits = {name: t.view(torch.int16) if t.dtype == torch.bfloat16 else t for name, t in tensors.items()}
            arrays = {name: tensor.numpy() for name, tensor in bits.items()}
            np.savez(place, allow_pickle=False, trace=np.array(header), **arrays)
        else:
            try:
                save_file(tensors, place, metadata={"trace": header, "digest": digest(header, tensors)})
            except SafetensorError as error:
                # safetensors reports a full disk with an error of its own.
                raise OSError(str(error)) from error


def digest(header: str, tensors: Mapping[str, Tensor]) -> str:
    """The SHA-256 of a trace's numbers and of what is said of them, so that no other numbers get their proof. A .npz
    file needs none: a zip archive has checksums."""
    found = hashlib.sha256(header.encode())
    for name, tensor in sorted(tensors.items()):
        found.update(f"{name} {tuple(tensor.shape)} ".encode())
        found.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return found.hexdigest()


def _header(trace: Recorded) -> str:
    """Everything in a trace except its tensors, as JSON."""
    keys = ("tokens", "resets", "max_error", "proof", "name")
    rest: dict[str, Any] = {key: getattr(trace, key) for key in keys}
    dtypes = {name: str(tensor.dtype).removeprefix("torch.") for name, tensor in trace.tensors().items()}
    rest |= {"kind": type(trace).__name__, "lacks": [name for name in trace.required() if name not in dtypes]}
    rest |= {"config": dict(trace.config), "numbers": {dim: list(each) for dim, each in trace.numbers.items()}}
    return json.dumps(rest | {"dtypes": dtypes})
