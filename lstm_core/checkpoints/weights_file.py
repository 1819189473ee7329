"""How is a file of weights opened without trusting it, and what does every reader of one return?

Its size is limited and its kind is told by its first bytes; the parser of that kind reads it, and runs nothing.
"""

import io
import os
import pickle
import re
import stat
import struct
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.checkpoints.vocabulary import vocabulary_called
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.files.outside import read_header

# The largest file of weights that is read: 1 GiB.
MOST_BYTES = 2**30

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
Kind = Literal["zip", "torch", "safetensors", "hdf5", "onnx"]

# The start of a file from torch.save before it wrote zip archives: a pickle of its magic number.
_OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_COMPRESSED = (b"\x1f\x8b", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")


class WeightsFile(NamedTuple):
    """An open file of weights: a binary stream at its start, its size in bytes, its name in messages; and its folder,
    if it was given as a path."""

    stream: BinaryIO
    size: int
    label: str
    folder: Path | None = None


@contextmanager
def opened(source: Source) -> Iterator[WeightsFile]:
    """A path, bytes or binary file as an open `WeightsFile`; a given open file stays open, at its old position.

    Raises LstmCoreError when there is no such file, or it is empty or larger than `MOST_BYTES`.
    """
    if isinstance(source, (str, os.PathLike)):
        try:
            # A pipe or a device may never end; a folder has no content.
            if not stat.S_ISREG(os.stat(source).st_mode):
                raise OSError(None, "a folder or a device")
            stream: BinaryIO = open(source, "rb")  # noqa: SIM115
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise LstmCoreError(f"Expected a file of weights at {shortened(source)}, got: {reason}.") from error
        with stream:
            yield _sized(stream, shortened(Path(source).name))._replace(folder=Path(source).parent)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        yield _sized(io.BytesIO(source), "The bytes given")
    elif callable(getattr(source, "read", None)) and not isinstance(source, io.TextIOBase):
        name = getattr(source, "name", None)
        try:
            before = source.tell()
            file = _sized(source, shortened(Path(name).name) if isinstance(name, str) and name else "The file given")
        except (OSError, AttributeError) as error:
            raise LstmCoreError(
                f"Expected an open file that can seek, got {type(source).__name__}: {error}. Give its bytes instead."
            ) from error
        try:
            yield file
        finally:
            source.seek(before)
    else:
        raise LstmCoreError(f"Expected a path, bytes or a file opened with 'rb', got {type(source).__name__}.")


def _sized(stream: BinaryIO, label: str) -> WeightsFile:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if not size:
        raise LstmCoreError(f"{label} can't be opened. Expected a file of weights, got an empty one.")
    if size > MOST_BYTES:
        raise LstmCoreError(
            f"{label} can't be opened. Expected at most {MOST_BYTES:,} bytes, got {size:,}. Save the weights alone, "
            "without the optimiser's."
        )
    return WeightsFile(stream, size, label)


def kind_of(file: WeightsFile) -> Kind:
    """The kind of a file, by its first bytes and never by its name."""
    head = file.stream.read(64)
    file.stream.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(_OLD_TORCH):
        return "torch"
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "hdf5"
    if head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] <= file.size - 8:
        return "safetensors"
    # ModelProto has no magic number: it begins with ir_version, a small number, then field 2 to 8 or 20.
    if len(head) > 2 and head[0] == 0x08 and head[1] < 0x20 and head[2] in (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42):
        return "onnx"
    raise LstmCoreError(
        "Expected a safetensors file, a PyTorch file of weights (torch.save(model.state_dict(), path)), a Keras or an "
        f"ONNX file, got {_description(head)}."
    )


def _description(head: bytes) -> str:
    if head.startswith(_COMPRESSED):
        return "a compressed file: unpack it first"
    if head.startswith(b"\x93NUMPY") or head[1:8] == b"\xa6params":
        return "the numbers of a JAX library in its own format: save them by name, np.savez(path, **arrays)"
    if head.startswith(b"\x80"):
        return "a pickled object, which is never opened: save model.state_dict() with torch.save"
    return f"a file that begins with {repr(head[:16])[1:]}"


# What does every reader return, and what is made of it?

_MOST_NAMED = 5


class NamedTensors(NamedTuple):
    """Tensors under the names that PyTorch would give them, in the file's order.

    `containers`: the nested dicts around the tensors, as prefixes ("model_state."). `kinds`: by module name, whether a
    module is an embedding or a Linear, if the file says so. `notes`: sentences on what the file leaves open.
    `vocabulary`: the tokens of the embedding's rows, if the file names them. `says_tanh`: whether an RNN of the file is
    known to have tanh. `refused`: a sentence on each layer that was left out because PyTorch's equations do not
    describe it.
    """

    tensors: dict[str, Tensor]
    containers: tuple[str, ...] = ()
    kinds: Mapping[str, Literal["embedding", "linear"]] = {}
    notes: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    says_tanh: bool = False
    refused: tuple[str, ...] = ()


def read_safetensors(file: WeightsFile) -> dict[str, Tensor]:
    """The tensors of a safetensors file by name, in the header's order."""
    from safetensors.torch import load

    header = read_header(file.stream)
    file.stream.seek(0)
    tensors = load(file.stream.read())
    # The library returns the tensors in no fixed order.
    return {name: tensors[name] for name in header if name in tensors}


def read_npz(archive: zipfile.ZipFile) -> dict[str, Tensor]:
    """The arrays of numbers of an archive by name."""
    found = {}
    for name in archive.namelist():
        with archive.open(name) as entry:
            try:
                array = np.lib.format.read_array(entry, allow_pickle=False)
            except ValueError as error:
                # A pickled object is left out, as a text is.
                if "allow_pickle" in str(error):
                    continue
                raise
        if array.dtype.kind in "fiu" and array.dtype.itemsize <= 8:
            # PyTorch takes neither the other order of bytes nor memory that can't be written.
            own = np.array(array, array.dtype.newbyteorder("="), order="C")
            found[name.removesuffix(".npy")] = torch.from_numpy(own)
    return found


# Of a PyTorch file: with `weights_only=True` PyTorch builds what it knows, and imports and calls nothing that a pickle
# names.

# How deep dicts may be nested.
MOST_DEPTH = 32


def refuse_other_archives(names: Collection[str]) -> None:
    """Raise LstmCoreError unless these are the entries of a file from `torch.save`."""
    if any(name.endswith("/constants.pkl") for name in names):
        raise LstmCoreError(
            "Expected weights alone, got a TorchScript model, which is a program. Save its weights with "
            "torch.save(torch.jit.load(path).state_dict(), new_path)."
        )
    if not any(name.endswith("/data.pkl") for name in names):
        raise LstmCoreError("Expected a PyTorch file of weights or a .keras file, got another zip archive.")


def read_torch(file: WeightsFile) -> NamedTensors:
    """The tensors of a file from `torch.save`, of any version."""
    file.stream.seek(0)
    try:
        return flattened(torch.load(file.stream, map_location="cpu", weights_only=True))
    except pickle.UnpicklingError as error:
        # PyTorch's own advice is to open the file without this protection.
        named = re.search(r"(?:GLOBAL|global|class|function) `?([\w.]+\.\w+)", str(error))
        if not named:
            raise LstmCoreError("Expected weights as torch.save writes them, got something else.") from error
        raise LstmCoreError(
            f"Expected weights alone, got a pickled object, {shortened(named[1])}, which is never opened. "
            "Save model.state_dict() with torch.save, or in safetensors."
        ) from error


def flattened(loaded: Any) -> NamedTensors:
    """The tensors in nested dicts and lists, by their joined keys.

    >>> named = flattened({"model_state": {"fc.weight": torch.zeros(2, 3)}, "epoch": 4})
    >>> list(named.tensors), named.containers
    (['model_state.fc.weight'], ('model_state.',))
    """
    tensors: dict[str, Tensor] = {}
    containers: list[str] = []
    vocabulary: tuple[str, ...] = ()
    # A dict that has two names, or contains itself, is visited once.
    seen: set[int] = set()
    waiting: list[tuple[str, str, int, Any]] = [("", "", 0, loaded)]
    while waiting:
        prefix, name, depth, value = waiting.pop()
        if isinstance(value, Tensor):
            tensors[prefix.removesuffix(".")] = value
        elif isinstance(value, (dict, list, tuple)) and id(value) not in seen:
            seen.add(id(value))
            if depth > MOST_DEPTH:
                raise LstmCoreError(f"Expected weights in at most {MOST_DEPTH} nested dicts, got deeper ones.")
            if prefix:
                containers.append(prefix)
            vocabulary = vocabulary or vocabulary_called(name, value)
            waiting.extend((f"{prefix}{key}.", key, depth + 1, item) for key, item in reversed(_items(value)))
    return NamedTensors(tensors, tuple(containers), vocabulary=vocabulary)


def _items(value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> list[tuple[str, Any]]:
    """The entries of a dict or list that may hold tensors, with their keys as text."""
    pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    held = [(key, item) for key, item in pairs if isinstance(item, (Tensor, dict, list, tuple))]
    return [(str(key), item) for key, item in held if isinstance(key, (str, int))]


# What parametrizations, weight_norm and prune store in the place of a weight.
_COMPUTED = re.compile(r"(?:.*\.)?(?:weight|bias)_[ih]h(?:_l\d+)?(?:_reverse)?(?:\.original\d*|_[gv]|_orig)", re.DOTALL)


def refuse_computed(names: Iterable[str]) -> None:
    """Raise LstmCoreError where a weight is not stored, but what a module computes it from."""
    for name in filter(_COMPUTED.fullmatch, names):
        raise LstmCoreError(
            f"Expected plain weights, got {shortened(name)}, from which a module computes one. Before saving, call "
            "remove_parametrizations (torch.nn.utils.parametrize), remove_weight_norm or prune.remove."
        )


def not_finite(weights: Iterable[tuple[str, Tensor]]) -> str:
    """A sentence that counts, by name, the numbers that are NaN or infinite; "" where all are finite.

    >>> import torch
    >>> not_finite([("fc.weight", torch.tensor([1.0, float("nan"), float("inf")])), ("fc.bias", torch.zeros(2))])
    "Not finite: 2 of 3 numbers in 'fc.weight' (1 NaN, 1 infinite)."
    """
    found = [(name, weight) for name, weight in weights if not weight.isfinite().all()]
    if not found:
        return ""
    told = [_counted(name, weight) for name, weight in found[:_MOST_NAMED]]
    told += [f"and in {len(found) - _MOST_NAMED:,} more tensors"] if len(found) > _MOST_NAMED else []
    return f"Not finite: {'; '.join(told)}."


def _counted(name: str, weight: Tensor) -> str:
    nan, infinite = int(weight.isnan().sum()), int(weight.isinf().sum())
    kinds = [f"{count:,} {kind}" for count, kind in ((nan, "NaN"), (infinite, "infinite")) if count]
    return f"{nan + infinite:,} of {weight.numel():,} numbers in {shortened(name)} ({', '.join(kinds)})"
