"""How are the tensors of a PyTorch file read?

Only with `weights_only=True`: PyTorch builds what it knows, and imports and calls nothing that a pickle names.
"""

import pickle
import re
from collections.abc import Collection, Iterable
from typing import Any

import torch
from torch import Tensor

from lstm_core.checkpoints.vocabulary import vocabulary_in
from lstm_core.checkpoints.weights_file import NamedTensors, WeightsFile
from lstm_core.errors import LstmCoreError, shortened

MOST_DEPTH = 32
"""How deep dicts may be nested."""


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
    # A dict that has two names, or contains itself, is visited once.
    seen: set[int] = set()
    waiting: list[tuple[str, int, Any]] = [("", 0, loaded)]
    while waiting:
        prefix, depth, value = waiting.pop()
        if isinstance(value, Tensor):
            tensors[prefix.removesuffix(".")] = value
        elif isinstance(value, (dict, list, tuple)) and id(value) not in seen:
            seen.add(id(value))
            if depth > MOST_DEPTH:
                raise LstmCoreError(f"Expected weights in at most {MOST_DEPTH} nested dicts, got deeper ones.")
            if prefix:
                containers.append(prefix)
            waiting.extend((f"{prefix}{key}.", depth + 1, item) for key, item in reversed(_items(value)))
    return NamedTensors(tensors, tuple(containers), vocabulary=vocabulary_in(loaded))


def _items(value: dict[Any, Any] | list[Any] | tuple[Any, ...]) -> list[tuple[str, Any]]:
    """The entries of a dict or list that may hold tensors, with their keys as text."""
    pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    held = [(key, item) for key, item in pairs if isinstance(item, (Tensor, dict, list, tuple))]
    return [(str(key), item) for key, item in held if isinstance(key, (str, int))]
