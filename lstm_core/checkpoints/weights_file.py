"""How is a file of weights opened without trusting it?

Its size is limited and its kind is told by its first bytes; the parser of that kind reads it, and runs nothing.
"""

import io
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from lstm_core.errors import LstmCoreError, shortened

MOST_BYTES = 2**30
"""The largest file of weights that is read: 1 GiB."""

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
Kind = Literal["zip", "torch", "safetensors", "hdf5", "onnx"]

# The start of a file from torch.save before it wrote zip archives: a pickle of its magic number.
_OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_COMPRESSED = {b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"(\xb5/\xfd": "Zstandard"}


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
        with _opened_path(source) as stream:
            yield _sized(stream, shortened(Path(source).name))._replace(folder=Path(source).parent)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        yield _sized(io.BytesIO(source), "The bytes given")
    elif callable(getattr(source, "read", None)) and not isinstance(source, io.TextIOBase):
        with _given_back(source) as stream:
            name = getattr(source, "name", None)
            yield _sized(stream, shortened(Path(name).name) if isinstance(name, str) and name else "The file given")
    else:
        raise LstmCoreError(f"Expected a path, bytes or a file opened with 'rb', got {type(source).__name__}.")


def _opened_path(path: str | os.PathLike[str]) -> BinaryIO:
    try:
        # A pipe or a device may never end; a folder has no content.
        if stat.S_ISREG(os.stat(path).st_mode):
            return open(path, "rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise LstmCoreError(f"Expected a file of weights at {shortened(path)}, got: {reason}.") from error
    raise LstmCoreError(f"Expected a file of weights, got a folder or a device at {shortened(path)}.")


@contextmanager
def _given_back(given: Any) -> Iterator[BinaryIO]:
    """A file that the caller opened and that can seek; its position is restored afterwards."""
    try:
        before = given.tell()
        given.seek(before)
    except (OSError, ValueError, AttributeError) as error:
        raise LstmCoreError(
            f"Expected an open file that can seek, got {type(given).__name__}: {error}. Give its bytes instead."
        ) from error
    try:
        yield given
    finally:
        if not given.closed:
            given.seek(before)


def _sized(stream: BinaryIO, label: str) -> WeightsFile:
    try:
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
    except OSError as error:
        raise LstmCoreError(f"{label} can't be opened. Expected a file that has an end, got one without.") from error
    file = WeightsFile(stream, size, label)
    if not size:
        raise LstmCoreError(f"{label} can't be opened. Expected a file of weights, got an empty one.")
    if size > MOST_BYTES:
        raise LstmCoreError(
            f"{label} can't be opened. Expected at most {MOST_BYTES:,} bytes, got {size:,}. Save the weights alone, "
            "without the optimiser's."
        )
    return file


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
    for magic, name in _COMPRESSED.items():
        if head.startswith(magic):
            return f"a file compressed with {name}: unpack it first"
    if head.startswith(b"\x93NUMPY") or head[1:8] == b"\xa6params":
        return "the numbers of a JAX library in its own format: save them by name, np.savez(path, **arrays)"
    if head.startswith(b"\x80"):
        return "a pickled object, which is never opened: save model.state_dict() with torch.save"
    return f"a file that begins with {repr(head[:16])[1:]}"
