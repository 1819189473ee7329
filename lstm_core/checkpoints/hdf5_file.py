"""Which arrays are in an HDF5 file, and can they be read without trusting it?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lstm_core.checkpoints.weights_file import MOST_DESCRIPTION, MOST_NAME, WeightsFile, shortened
from lstm_core.errors import LstmCoreError

MOST_OBJECTS = 20_000
"""The most groups and arrays in a file, a second or two."""


class Arrays:
    """The arrays of an open HDF5 file by group.

    `groups`: {group path: {array name: shape}}; `names`: the attribute "name" of each group that has one;
    `attributes`: the text in the attributes model_config and layer_names, wherever they stand.
    """

    def __init__(self, root: Any, size: int) -> None:
        self.groups: dict[str, dict[str, tuple[int, ...]]] = {}
        self.names: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self._root = root
        self._unread = size
        self._walk()

    def read(self, group: str, name: str) -> Tensor:
        """One array of floating point numbers."""
        [dataset] = [self._root[group][key] for key in (name, f"{name}:0") if key in self._root[group]]
        label = shortened(f"{group}/{name}")
        if dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
            raise LstmCoreError(f"Expected {label} to be float16, float32 or float64, got {dataset.dtype}.")
        # Plain numbers in the file itself, so that an array can't be larger than it.
        plain = dataset.chunks is None and not dataset.is_virtual and not dataset.external
        self._unread -= dataset.nbytes
        if not plain or dataset.id.get_storage_size() != dataset.nbytes or self._unread < 0:
            raise LstmCoreError(
                f"Expected {label} of shape {dataset.shape} stored whole in the file, as by Keras, got it compressed, "
                "in pieces, elsewhere or not at all."
            )
        return torch.from_numpy(np.asarray(dataset[()]).astype(dataset.dtype.newbyteorder("=")))

    def _walk(self) -> None:
        """Only what is linked directly: a link to another file is not followed."""
        import h5py

        seen: set[Any] = set()
        waiting = [("", self._root)]
        while waiting:
            path, group = waiting.pop()
            self._note_attributes(path, group)
            # The last one waiting comes first.
            for name in sorted(group, reverse=True):
                inner = f"{path}/{name}".lstrip("/")
                if len(seen) > MOST_OBJECTS or len(inner) > MOST_NAME:
                    raise LstmCoreError(
                        f"Expected at most {MOST_OBJECTS:,} objects in an HDF5 file, got more, or deeper."
                    )
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    continue
                held = group[name]
                address = h5py.h5o.get_info(held.id).addr
                if address in seen:
                    continue
                seen.add(address)
                if isinstance(held, h5py.Group):
                    waiting.append((inner, held))
                elif isinstance(held, h5py.Dataset) and path:
                    self.groups.setdefault(path, {})[name] = held.shape or ()

    def _note_attributes(self, path: str, group: Any) -> None:
        for key in {"name", "model_config", "layer_names"} & set(group.attrs):
            if group.attrs.get_id(key).get_storage_size() > MOST_DESCRIPTION:
                raise LstmCoreError(
                    f"Expected at most {MOST_DESCRIPTION:,} bytes of settings in an HDF5 file, got more."
                )
            text = _text(group.attrs[key])
            if key == "name":
                self.names[path] = text
            else:
                self.attributes.setdefault(key, text)


def _text(value: Any) -> str:
    """An attribute's text; a list of names with a zero between each two."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        return "\0".join(_text(item) for item in value.ravel()[:MOST_OBJECTS])
    return str(value)


@contextmanager
def arrays_in(file: WeightsFile) -> Iterator[Arrays]:
    """The arrays of an HDF5 file, while it is open (extra: gatescope[import])."""
    try:
        import h5py
    except ImportError as error:
        raise LstmCoreError("A Keras file needs h5py: pip install 'gatescope[import]'.") from error
    with h5py.File(file.stream, "r") as root:
        yield Arrays(root, file.size)
