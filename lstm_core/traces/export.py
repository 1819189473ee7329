"""How does a trace go into a file, and come back bit for bit?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.traces.gru import GruTrace
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.rnn import RnnTrace
from lstm_core.traces.trace import Trace

KINDS = ".npz or .safetensors"


def save(trace: Recorded, path: str | Path) -> None:
    """Write a whole trace to a .npz or .safetensors file."""
    path = Path(path)
    tensors = {name: tensor.cpu().contiguous() for name, tensor in trace.tensors().items()}
    if path.suffix == ".npz":
        arrays = {name: _bits(tensor) for name, tensor in tensors.items()}
        np.savez(path, allow_pickle=False, trace=np.array(_header(trace)), **arrays)
    elif path.suffix == ".safetensors":
        from safetensors.torch import save_file

        save_file(tensors, path, metadata={"trace": _header(trace)})
    else:
        raise LstmCoreError(f"Expected a file name that ends in {KINDS}, got {path.name!r}.")


def load(path: str | Path) -> Any:
    """The trace in a .npz or .safetensors file, bit for bit, on the CPU. Nothing in the file is executed.

    It is a `Trace`, `GruTrace` or `RnnTrace`, as it was when it was saved.

    Raises LstmCoreError when the file is neither, is broken, or holds something other than a trace.
    """
    path = Path(path)
    readers = {".npz": _read_npz, ".safetensors": _read_safetensors}
    if path.suffix not in readers:
        raise LstmCoreError(f"Expected a file that ends in {KINDS}, got {path.name!r}.")
    if not path.is_file():
        raise LstmCoreError(f"Expected a trace file, got no file at {str(path)!r}.")
    try:
        header, tensors = readers[path.suffix](path)
        values: dict[str, Any] = header | tensors
        return _kind(tensors)(**values)
    except Exception as error:
        # Zip, NumPy, safetensors and JSON each have errors of their own for a broken file.
        raise LstmCoreError(
            f"Expected a trace saved by Trace.save in {path.name!r}, got a file that can't be read: {error}"
        ) from error


def _kind(tensors: Mapping[str, Tensor]) -> type[Recorded]:
    """What the quantities in a file are those of: an LSTM, a GRU, or an RNN, which has h alone."""
    kinds: tuple[type[Recorded], ...] = (Trace, GruTrace, RnnTrace)
    return next((kind for kind in kinds if tensors.keys() >= set(kind.quantities)), Trace)


def _header(trace: Recorded) -> str:
    """All of a trace but its tensors, as JSON."""
    keys = ("tokens", "resets", "max_error", "name")
    rest: dict[str, Any] = {key: getattr(trace, key) for key in keys}
    dtypes = {name: str(tensor.dtype).removeprefix("torch.") for name, tensor in trace.tensors().items()}
    return json.dumps(rest | {"config": dict(trace.config), "dtypes": dtypes})


def _bits(tensor: Tensor) -> np.ndarray:
    """A tensor as an array; bfloat16, which NumPy lacks, as the integers that hold the same bits."""
    return (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy()


def _read_npz(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        header = json.loads(file["trace"].item())
        dtypes = header.pop("dtypes")
        arrays = {name: torch.from_numpy(file[name]) for name in dtypes}
    return header, {name: a.view(getattr(torch, dtypes[name])) for name, a in arrays.items()}


def _read_safetensors(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        header = json.loads(file.metadata()["trace"])
        return header, {name: file.get_tensor(name) for name in header.pop("dtypes")}
