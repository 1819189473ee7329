"""How are the tensors of a PyTorch file read?

Only with `weights_only=True`, and only after a check of the archive's directory and of the steps of its pickle
(`pickle_outline`).
"""

import io
import zipfile
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from lstm_core.checkpoints.named_tensors import NamedTensors
from lstm_core.checkpoints.pickle_outline import storages_of
from lstm_core.checkpoints.vocabulary import vocabulary_in
from lstm_core.checkpoints.weights_file import WeightsFile
from lstm_core.errors import LstmCoreError
from lstm_core.limits import MOST_DESCRIPTION, MOST_NAME

MOST_DEPTH = 32
"""How deep dicts may be nested."""


def read_torch_zip(file: WeightsFile, archive: zipfile.ZipFile) -> NamedTensors:
    """The tensors of a file from `torch.save`."""
    sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    refuse_torchscript(sizes)
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


def refuse_torchscript(names: Iterable[str]) -> None:
    """Raise LstmCoreError if these are the entries of a file from torch.jit.save."""
    if any(name.endswith("/constants.pkl") for name in names):
        raise LstmCoreError(
            "Expected weights alone, got a TorchScript model, which is a program. Save its weights with "
            "torch.save(torch.jit.load(path).state_dict(), new_path)."
        )


def read_old_torch(file: WeightsFile) -> NamedTensors:
    """The tensors of a file from `torch.save` before version 1.6: five pickles, then the numbers."""
    claimed = sum(storages_of(file.stream, pickles=5).values())
    if file.stream.tell() > MOST_DESCRIPTION or claimed > file.size:
        raise LstmCoreError(f"Expected numbers that fit in {file.size:,} bytes, got a file that claims {claimed:,}.")
    return _tensors(file)


def _tensors(file: WeightsFile) -> NamedTensors:
    file.stream.seek(0)
    return flattened(torch.load(file.stream, map_location="cpu", weights_only=True))


def flattened(loaded: Any) -> NamedTensors:
    """The tensors in nested dicts and lists, by their joined keys.

    >>> named = flattened({"model_state": {"fc.weight": torch.zeros(2, 3)}, "epoch": 4})
    >>> list(named.tensors), named.containers
    (['model_state.fc.weight'], ('model_state.',))
    """
    tensors: dict[str, Tensor] = {}
    containers: list[str] = []
    # A dict that has two names, or contains itself, is visited once.
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
    return NamedTensors(tensors, tuple(containers), vocabulary=vocabulary_in(loaded))


def _items(value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> list[tuple[str, Any]]:
    """The entries of a dict or list that may hold tensors, with their keys as text."""
    pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    held = [(key, item) for key, item in pairs if isinstance(item, (Tensor, dict, list, tuple))]
    named = [(str(key), item) for key, item in held if isinstance(key, (str, int))]
    if any(len(key) > MOST_NAME for key, _ in named):
        raise LstmCoreError(f"Expected names of at most {MOST_NAME} characters, got a longer one.")
    return named
