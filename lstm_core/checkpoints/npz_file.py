"""How are the arrays of a NumPy archive read, as np.savez writes it?"""

import io
import zipfile
from collections.abc import Collection

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError, shortened

_KINDS = "fiu"
"""Numbers; all else, such as the objects of a pickle, is left out."""


def is_npz(names: Collection[str]) -> bool:
    """Whether the entries of a zip archive are NumPy's."""
    return bool(names) and all(name.endswith(".npy") for name in names)


def read_npz(archive: zipfile.ZipFile) -> dict[str, Tensor]:
    """The arrays of an archive by name, whose entries are known to be uncompressed."""
    found = {}
    for entry in archive.infolist():
        content = archive.read(entry)
        stream = io.BytesIO(content)
        version = np.lib.format.read_magic(stream)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, in_columns, dtype = read_header(stream)
        if dtype.kind not in _KINDS or dtype.itemsize > 8:
            continue
        # What a header claims is compared with the size of its array.
        count = int(np.prod(shape, dtype=object))
        if count * dtype.itemsize != len(content) - stream.tell():
            raise LstmCoreError(
                f"Expected {shortened(entry.filename)} to hold the {shape} numbers that it claims, got "
                f"{len(content):,} bytes."
            )
        numbers = np.frombuffer(content, dtype, count, stream.tell()).reshape(shape, order="F" if in_columns else "C")
        # PyTorch takes neither the other order of bytes nor memory that can't be written.
        own = np.array(numbers, dtype.newbyteorder("="), order="C")
        found[entry.filename.removesuffix(".npy")] = torch.from_numpy(own)
    return found
