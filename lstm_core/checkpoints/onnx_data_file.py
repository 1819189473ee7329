"""How are the weights read that an ONNX model keeps in a file beside it?

torch.onnx.export and onnx.save write `model.onnx.data` beside `model.onnx`, and for each tensor its name, offset and
length. A model may name any path, so a name is taken only if it is that of a regular file in the same folder.
"""

import os
import stat
from pathlib import Path
from typing import Any

from lstm_core.checkpoints.weights_file import MOST_BYTES, WeightsFile
from lstm_core.errors import LstmCoreError, shortened


class DataFiles:
    """The files beside an ONNX model; none if the model was not given as a path."""

    def __init__(self, file: WeightsFile) -> None:
        self._folder, self.size = file.folder, file.size
        """`size`: the bytes of the model and of all data files that it has named so far."""
        self._sizes: dict[str, int] = {}

    def read(self, proto: Any, wanted: int) -> bytes:
        """The bytes of a tensor, `wanted` by its shape and dtype."""
        entries = {entry.key: entry.value for entry in proto.external_data}
        name, tensor = entries.get("location", ""), shortened(proto.name)
        if self._folder is None:
            raise LstmCoreError(
                f"Expected weights in the ONNX file itself, got {tensor} in another. Give the path of the model, with "
                "its data file beside it; or save it with onnx.save(onnx.load(path), path), which puts them inside."
            )
        if not name or name != Path(name).name or "\\" in name or "\0" in name:
            raise LstmCoreError(
                f"Expected the weights of {tensor} in a file in the folder of the model, got {shortened(name)}. Put "
                "them beside it, with onnx.save(…, save_as_external_data=True, location=a name)."
            )
        size = self._size_of(self._folder, name)
        offset, length = _number(entries.get("offset"), 0), _number(entries.get("length"), wanted)
        if length != wanted or offset + length > size:
            raise LstmCoreError(
                f"Expected {wanted:,} bytes for {tensor} in {shortened(name)}, which has {size:,}, got {length:,} from "
                f"byte {offset:,} on."
            )
        with open(self._folder / name, "rb", opener=_no_link) as stream:
            stream.seek(offset)
            return stream.read(length)

    def _size_of(self, folder: Path, name: str) -> int:
        if name not in self._sizes:
            try:
                found = os.lstat(folder / name)
            except (OSError, ValueError) as error:
                raise LstmCoreError(
                    f"Expected the weights beside the model, in {shortened(name)}, got no such file. Put it into the "
                    "same folder."
                ) from error
            if not stat.S_ISREG(found.st_mode):
                raise LstmCoreError(f"Expected a file at {shortened(name)}, got a link, a folder or a device.")
            self._sizes[name] = found.st_size
            self.size += found.st_size
            if self.size > MOST_BYTES:
                raise LstmCoreError(f"Expected at most {MOST_BYTES:,} bytes of weights, got {self.size:,}.")
        return self._sizes[name]


def _no_link(path: str, flags: int) -> int:
    # Windows has no such flag, and links there need rights of their own.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise LstmCoreError(f"Expected a number of bytes in an ONNX file, got {text[:20]!r}.")
    return int(text)
