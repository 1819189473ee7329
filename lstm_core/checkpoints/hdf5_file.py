"""Which arrays are in an HDF5 file, and can they be read without trusting it?"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lstm_core.checkpoints.weights_file import WeightsFile
from lstm_core.errors import LstmCoreError, shortened
from lstm_core.limits import MOST_DESCRIPTION, MOST_NAME

MOST_OBJECTS = 20_000
"""The most groups, arrays and links in a file, a second or two."""
MOST_LONG_TEXT = 64 * 2**20
"""The most bytes of texts of variable length: each may be as long as the file, and they may share its bytes."""


NOTED = ("model_config", "layer_names", "keras_version")
"""The attributes that describe a Keras model."""


class Arrays:
    """The arrays of an open HDF5 file by group.

    `groups`: {group path: {array name: shape}}; `names`: the attribute "name" of each group that has one;
    `attributes`: the text of the attributes in `NOTED`, wherever they are.
    """

    def __init__(self, root: Any, size: int) -> None:
        self.groups: dict[str, dict[str, tuple[int, ...]]] = {}
        self.names: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self._root, self._size = root, size
        self._unread = size
        self._walk()

    def read(self, group: str, name: str) -> Tensor:
        """One array of floating point numbers."""
        import h5py

        [key] = {name, f"{name}:0"} & self.groups[group].keys()
        dataset = h5py.Dataset(h5py.h5d.open(self._root.id, f"{group}/{key}".encode()))
        label = shortened(f"{group}/{name}")
        if dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
            raise LstmCoreError(f"Expected {label} to be float16, float32 or float64, got {dataset.dtype}.")
        # Only plain numbers in the file itself, so that an array can't be larger than the file.
        plain = dataset.chunks is None and not dataset.is_virtual and not dataset.external
        self._unread -= dataset.nbytes
        if not plain or dataset.id.get_storage_size() != dataset.nbytes or self._unread < 0:
            raise LstmCoreError(
                f"Expected {label} of shape {dataset.shape} stored whole in the file, as by Keras, got it compressed, "
                "in pieces, elsewhere or not at all."
            )
        return torch.from_numpy(np.asarray(dataset[()]).astype(dataset.dtype.newbyteorder("="), copy=False))

    def _walk(self) -> None:
        """Visit everything that is linked directly; a link to another file is not followed.

        Uses h5py's low-level calls, which take a fifth of the time.
        """
        from h5py import h5d, h5g, h5l, h5o

        seen: set[int] = set()
        links, too_many = 0, f"Expected at most {MOST_OBJECTS:,} objects in an HDF5 file, got more, or deeper."
        waiting = [("", self._root.id)]
        while waiting:
            path, group = waiting.pop()
            self._note_attributes(path, group)
            links += group.get_num_objs()
            if links > MOST_OBJECTS:
                raise LstmCoreError(too_many)
            # The last entry in the queue comes first.
            for name in sorted(group, reverse=True):
                inner = f"{path}/{name.decode('utf-8', 'replace')}".lstrip("/")
                if len(inner) > MOST_NAME:
                    raise LstmCoreError(too_many)
                if group.links.get_info(name).type != h5l.TYPE_HARD:
                    continue
                held = h5o.get_info(group, name)
                if held.addr in seen:
                    continue
                seen.add(held.addr)
                if held.type == h5o.TYPE_GROUP:
                    waiting.append((inner, h5g.open(group, name)))
                elif held.type == h5o.TYPE_DATASET and path:
                    self.groups.setdefault(path, {})[inner.rpartition("/")[2]] = h5d.open(group, name).shape

    def _note_attributes(self, path: str, group: Any) -> None:
        from h5py import h5a

        if not h5a.get_num_attrs(group):
            return
        for key in ("name", *NOTED):
            if not h5a.exists(group, key.encode()):
                continue
            text = self._text(h5a.open(group, key.encode()), key)
            if key == "name":
                self.names[path] = text
            else:
                self.attributes.setdefault(key, text)

    def _text(self, attribute: Any, key: str) -> str:
        """An attribute's text, after a check that it is short; a list of names is joined with zero bytes."""
        from h5py import h5s, h5t

        kind = attribute.get_type()
        count = attribute.get_space().get_simple_extent_npoints()
        if not isinstance(kind, h5t.TypeStringID) or attribute.get_space().get_simple_extent_type() == h5s.NULL:
            raise LstmCoreError(f"Expected text in the attribute {key} of an HDF5 file, got something else.")
        # A text of variable length is in the file's heap, where texts may share bytes; its length can't be read there.
        longest = count * self._size if kind.is_variable_str() and count > 1 else 0
        if longest > MOST_LONG_TEXT or attribute.get_storage_size() > MOST_DESCRIPTION:
            raise LstmCoreError(
                f"Expected at most {MOST_DESCRIPTION:,} bytes of settings in an HDF5 file, got {count:,} texts in "
                f"{key} that may hold more."
            )
        held = np.empty(attribute.shape, attribute.dtype)
        attribute.read(held)
        items = [bytes(item) for item in held.ravel()]
        if sum(map(len, items)) > MOST_DESCRIPTION:
            raise LstmCoreError(f"Expected at most {MOST_DESCRIPTION:,} bytes of settings in an HDF5 file, got more.")
        return "\0".join(item.decode("utf-8", "replace") for item in items)


@contextmanager
def arrays_in(file: WeightsFile) -> Iterator[Arrays]:
    """The arrays of an HDF5 file, while it is open (extra: gatescope[import])."""
    try:
        import h5py
    except ImportError as error:
        raise LstmCoreError("A Keras file needs h5py: pip install 'gatescope[import]'.") from error
    with h5py.File(file.stream, "r") as root:
        yield Arrays(root, file.size)
