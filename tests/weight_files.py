"""How does a test make a file of weights in memory: one of PyTorch's, or an HDF5 file as Keras writes?"""

import io
from collections.abc import Mapping
from typing import Any

import h5py
import torch


def saved(content: Any, new: bool = True) -> bytes:
    """What torch.save writes; `new`: as a zip archive."""
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=new)
    return file.getvalue()


def hdf5(held: Mapping[str, Any], **attributes: str) -> bytes:
    """Arrays, links and kinds of number at their paths; None makes a group."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.attrs.update(attributes)
        for path, each in held.items():
            if each is None:
                file.create_group(path)
            else:
                file[path] = each
    return stream.getvalue()
