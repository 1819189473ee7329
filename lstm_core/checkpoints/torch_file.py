"""How are the tensors of a PyTorch file read?

Only ever with `weights_only=True`, and only after the archive's own directory and the steps of its pickle have been
looked through (`pickle_outline`).
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from lstm_core.checkpoints.named_tensors import NamedTensors
from lstm_core.checkpoints.pickle_outline import storages_of
from lstm_core.checkpoints.weights_file import MOST_DESCRIPTION, MOST_NAME, WeightsFile
from lstm_core.errors import LstmCoreError

MOST_DEPTH = 32
"""How deep dicts may be nested."""

# How a zip archive ends: in the 64-bit format a record and where to find it, then the record of the old format.
_END_64, _LOCATOR, _END = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL"), struct.Struct("<4s4H2LH")


def zip_directory(file: WeightsFile) -> zipfile.ZipFile:
    """The directory of a zip archive, once its size is known to be small and its entries to be stored as they are."""
    _check_end(file)
    try:
        archive = zipfile.ZipFile(file.stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise LstmCoreError(f"Expected a zip archive, got a broken one: {error}.") from error
    inside = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in inside):
        raise LstmCoreError("Expected entries as torch.save writes them, got compressed or encrypted ones.")
    claimed = sum(entry.file_size for entry in inside)
    if claimed > file.size or len({entry.filename for entry in inside}) < len(inside):
        raise LstmCoreError(f"Expected entries that fit in {file.size:,} bytes, got entries that claim {claimed:,}.")
    return archive


def _check_end(file: WeightsFile) -> None:
    """Where an archive's directory is, and how large, is said at the very end, so that every reader finds the same."""
    whole = _END_64.size + _LOCATOR.size + _END.size
    file.stream.seek(-min(whole, file.size), io.SEEK_END)
    tail = file.stream.read().rjust(whole, b"\0")
    file.stream.seek(0)
    signature, _, _, _, entries, directory, _, comment = _END.unpack(tail[-_END.size :])
    if signature != b"PK\x05\x06" or comment:
        raise LstmCoreError("Expected a zip archive that ends in its directory, got one that was cut off or added to.")
    if entries == 0xFFFF or directory > MOST_DESCRIPTION:
        raise LstmCoreError(f"Expected an archive of fewer than 65,535 entries, got {entries:,} or more.")
    if _LOCATOR.unpack_from(tail, _END_64.size)[0] == b"PK\x06\x07":
        # An archive in the 64-bit format says it twice.
        end_64 = _END_64.unpack_from(tail)
        if (end_64[0], *end_64[7:9]) != (b"PK\x06\x06", entries, directory):
            raise LstmCoreError("Expected a zip archive with one directory, got one that names two.")


def read_torch_zip(file: WeightsFile, archive: zipfile.ZipFile) -> NamedTensors:
    """The tensors of what `torch.save` writes."""
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if any(name.endswith("/constants.pkl") for name in sizes):
        raise LstmCoreError("Expected weights alone, got a TorchScript model. Save its state_dict() with torch.save.")
    pickles = [name for name in sizes if name.count("/") == 1 and name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise LstmCoreError("Expected a PyTorch file of weights or a .keras file, got another zip archive.")
    if sizes[pickles[0]] > MOST_DESCRIPTION:
        raise LstmCoreError(f"Expected at most {MOST_DESCRIPTION:,} bytes of names and shapes, got more.")
    folder = pickles[0].removesuffix("data.pkl")
    for key, claimed in storages_of(io.BytesIO(archive.read(pickles[0]))).items():
        held = sizes.get(f"{folder}data/{key}", -1)
        if claimed != held:
            raise LstmCoreError(f"Expected {claimed:,} bytes of numbers under {key[:20]!r}, got {max(held, 0):,}.")
    return _tensors(file)


def read_old_torch(file: WeightsFile) -> NamedTensors:
    """The tensors of what `torch.save` wrote before version 1.6: five pickles, then the numbers."""
    claimed = 0
    for _ in range(5):
        claimed += sum(storages_of(file.stream).values())
    if file.stream.tell() > MOST_DESCRIPTION or claimed > file.size:
        raise LstmCoreError(f"Expected numbers that fit in {file.size:,} bytes, got a file that claims {claimed:,}.")
    return _tensors(file)


def _tensors(file: WeightsFile) -> NamedTensors:
    file.stream.seek(0)
    return flattened(torch.load(file.stream, map_location="cpu", weights_only=True))


def flattened(loaded: Any) -> NamedTensors:
    """The tensors in nested dicts and lists, under the joined keys.

    >>> named = flattened({"model_state": {"fc.weight": torch.zeros(2, 3)}, "epoch": 4})
    >>> list(named.tensors), named.containers
    (['model_state.fc.weight'], ('model_state.',))
    """
    tensors: dict[str, Tensor] = {}
    containers: list[str] = []
    # One dict under two names, or one that holds itself, is gone through once.
    seen: set[int] = set()
    waiting: list[tuple[str, int, Any]] = [("", 0, loaded)]
    while waiting:
        prefix, depth, value = waiting.pop()
        if isinstance(value, Tensor):
            tensors[prefix.removesuffix(".")] = value
        elif isinstance(value, (dict, list, tuple)) and id(value) not in seen:
            seen.add(id(value))
            if depth > MOST_DEPTH or len(prefix) > MOST_NAME:
                raise LstmCoreError(f"Expected weights in at most {MOST_DEPTH} nested dicts, got deeper ones.")
            if prefix:
                containers.append(prefix)
            waiting.extend((f"{prefix}{key}.", depth + 1, item) for key, item in reversed(_items(value)))
    return NamedTensors(tensors, tuple(containers))


def _items(value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> list[tuple[str, Any]]:
    """What may hold tensors in a dict or list, with its key as text."""
    pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    held = [(key, item) for key, item in pairs if isinstance(item, (Tensor, dict, list, tuple))]
    named = [(str(key), item) for key, item in held if isinstance(key, (str, int))]
    if any(len(key) > MOST_NAME for key, _ in named):
        raise LstmCoreError(f"Expected names of at most {MOST_NAME} characters, got a longer one.")
    return named
