"""How does a trace come back from a file, bit for bit?"""

import io
import os.path
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError, check_kind, shortened
from lstm_core.files.outside import read_header, read_json
from lstm_core.traces.save import built, digest
from lstm_core.traces.summary import UNKNOWN
from lstm_core.traces.trace import AnyTrace as AnyTrace
from lstm_core.traces.trace import Trace

_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32)
}


def load(path: str | Path) -> AnyTrace:
    """The trace in a .npz or .safetensors file, bit for bit, on the CPU. Nothing in the file is executed.

    It is a `Trace`, `GruTrace`, `RnnTrace` or `CellTrace`, as it was when it was saved. What is in it is compared with
    what is said of it.

    Its proof is that of the recording, which is not computed again. A .safetensors file without a checksum of its
    numbers, as another program writes it, opens without a proof: `max_error` is NaN.

    Raises LstmCoreError when the file has another format, is broken or damaged, or does not hold a trace.

    >>> import torch, lstm_core
    >>> from tempfile import TemporaryDirectory
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(5, 1, 4))
    >>> with TemporaryDirectory() as folder:
    ...     trace.save(f"{folder}/run.npz")
    ...     back = load(f"{folder}/run.npz")
    >>> type(back).__name__, torch.equal(back.h, trace.h)
    ('Trace', True)
    """
    check_kind(path, (str, os.PathLike), "a path", "Give that of a file that trace.save wrote.")
    path = Path(path)
    # Path.is_file raises for a name that no file can have.
    if not os.path.isfile(path):
        raise LstmCoreError(f"Expected a trace file, got no file at {shortened(path)}.")
    return trace_in(path.name, path.read_bytes())


def is_trace(content: bytes) -> bool:
    """Whether a file has the parts that `Trace.save` writes; what is in them is not checked."""
    try:
        if content.startswith(b"PK"):
            return "trace.npy" in zipfile.ZipFile(io.BytesIO(content)).namelist()
        return "trace" in read_header(io.BytesIO(content))["__metadata__"]
    except (ValueError, TypeError, KeyError, OSError, zipfile.BadZipFile, NotImplementedError):
        return False


def trace_in(name: str, content: bytes) -> AnyTrace:
    """The trace in the bytes of a file, as `load` reads the file; `name` is for messages."""
    try:
        header, tensors = (_read_npz if content.startswith(b"PK") else _read_safetensors)(content)
        kind = _kind(header.pop("kind", None), tensors.keys())
        values: dict[str, Any] = dict.fromkeys(header.pop("lacks", ())) | header | tensors
        return built(kind, values)
    except Exception as error:
        # Zip, NumPy, safetensors and JSON each have errors of their own for a broken file.
        raise LstmCoreError(
            f"Expected a trace saved by Trace.save in {shortened(name)}, got a file that can't be read: "
            f"{str(error)[:500]}"
        ) from error


def _kind(named: Any, names: Collection[str]) -> type[AnyTrace]:
    """The class of trace that a file names, or else the one that has its quantities. A plain RNN has only h."""
    kinds: tuple[type[AnyTrace], ...] = get_args(AnyTrace)
    by_quantities = next((kind for kind in kinds if set(names) >= set(kind.quantities)), Trace)
    return next((kind for kind in kinds if kind.__name__ == named), by_quantities)


def _read_npz(content: bytes) -> tuple[dict[str, Any], dict[str, Tensor]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        header = read_json(file["trace"].item())
        arrays = {name: torch.from_numpy(file[name]) for name in file.files if name != "trace"}
    dtypes = {name: _DTYPES.get(dtype, torch.uint8) for name, dtype in header.pop("dtypes").items()}
    if any(array.itemsize != dtypes[name].itemsize for name, array in arrays.items()):
        raise LstmCoreError("Expected numbers of the dtypes that the header says, got other dtypes.")
    return header, {name: array.view(dtypes[name]) for name, array in arrays.items()}


def _read_safetensors(content: bytes) -> tuple[dict[str, Any], dict[str, Tensor]]:
    from safetensors.torch import load as tensors_in

    told = read_header(io.BytesIO(content))["__metadata__"]
    header, tensors = read_json(told["trace"]), tensors_in(content)
    header.pop("dtypes", None)
    if "digest" not in told:
        return header | UNKNOWN, tensors
    if told["digest"] != digest(told["trace"], tensors):
        raise LstmCoreError("Expected the numbers that were saved, got others: the file is damaged. Save it again.")
    return header, tensors
