"""How does a trace come back from a file, bit for bit?"""

import io
import os.path
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, BinaryIO, get_args

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError, check_kind, shortened
from lstm_core.files.outside import CompressedError, read_header, read_json, zip_directory
from lstm_core.traces.save import KINDS, MOST_MARKS, built, digest
from lstm_core.traces.summary import UNKNOWN
from lstm_core.traces.trace import AnyTrace as AnyTrace
from lstm_core.traces.trace import Trace

MOST_TEXT = 128 * 2**20
"""The most bytes of a trace's header."""
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
    from safetensors.torch import load_file

    check_kind(path, (str, os.PathLike), "a path", "Give that of a file that trace.save wrote.")
    path = Path(path)
    if path.suffix not in (".npz", ".safetensors"):
        raise LstmCoreError(f"Expected a file that ends in {KINDS}, got {path.name!r}.")
    # Path.is_file raises for a name that no file can have.
    if not os.path.isfile(path):
        raise LstmCoreError(f"Expected a trace file, got no file at {shortened(path)}.")
    with path.open("rb") as stream:
        return _trace(path.name, stream, path.suffix == ".npz", lambda: load_file(path))


def is_trace(content: bytes) -> bool:
    """Whether a file has the parts that `Trace.save` writes; what is in them is not checked."""
    stream = io.BytesIO(content)
    try:
        if content.startswith(b"PK"):
            return "trace.npy" in zip_directory(stream, len(content)).namelist()
        return "trace" in read_header(stream, MOST_TEXT, MOST_MARKS)["__metadata__"]
    except CompressedError as error:
        return "trace.npy" in error.names
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def trace_in(name: str, content: bytes) -> AnyTrace:
    """The trace in the bytes of a file, as `load` reads the file; `name` is for messages."""
    from safetensors.torch import load as tensors_in

    return _trace(name, io.BytesIO(content), content.startswith(b"PK"), lambda: tensors_in(content))


def _trace(name: str, stream: BinaryIO, is_zip: bool, tensors_of: Callable[[], dict[str, Tensor]]) -> AnyTrace:
    """The trace in a stream; `tensors_of()` reads the tensors of safetensors, after the header was checked."""
    try:
        header, tensors = _read_npz(stream) if is_zip else _read_safetensors(stream, tensors_of)
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


def _read_npz(stream: BinaryIO) -> tuple[dict[str, Any], dict[str, Tensor]]:
    # `zip_directory` refuses compressed entries, so all entries together are no larger than the file.
    zip_directory(stream, stream.seek(0, io.SEEK_END))
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as file:
        header = read_json(file["trace"].item(), MOST_MARKS)
        arrays = {name: torch.from_numpy(file[name]) for name in file.files if name != "trace"}
    dtypes = {name: _DTYPES.get(dtype, torch.uint8) for name, dtype in header.pop("dtypes").items()}
    if any(array.itemsize != dtypes[name].itemsize for name, array in arrays.items()):
        raise LstmCoreError("Expected numbers of the dtypes that the header says, got other dtypes.")
    return header, {name: array.view(dtypes[name]) for name, array in arrays.items()}


def _read_safetensors(
    stream: BinaryIO, tensors_of: Callable[[], dict[str, Tensor]]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    told = read_header(stream, MOST_TEXT, MOST_MARKS)["__metadata__"]
    header, tensors = read_json(told["trace"], MOST_MARKS), tensors_of()
    header.pop("dtypes", None)
    if "digest" not in told:
        return header | UNKNOWN, tensors
    if told["digest"] != digest(told["trace"], tensors):
        raise LstmCoreError("Expected the numbers that were saved, got others: the file is damaged. Save it again.")
    return header, tensors
