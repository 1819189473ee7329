"""How is a file from outside read, so that it takes no more memory and time than its size suggests?"""

import io
import json
import struct
import zipfile
from collections.abc import Sequence
from typing import Any, BinaryIO

from lstm_core.errors import LstmCoreError, shortened

# How much else than numbers may a file from outside hold?
#
# These keep names, shapes and settings small before they are built. What a file takes all the same is bounded on the
# server alone, by the process that opens it.

MOST_DESCRIPTION = 8 * 2**20
"""The most bytes for names, shapes and settings in a file."""

MOST_NAME = 500
"""The longest name of a weight, in characters."""

MOST_TENSORS = 40_000
"""The most tensors in a file: a hundred times those of a large model with its optimiser."""

MOST_LAYERS = 64
"""The most layers of an LSTM: PyTorch's time to make one grows with their number squared."""

MOST_DIMS = 64
"""The most dimensions of a tensor, as in NumPy."""

MOST_COUNT = 2**63 - 1
"""The largest size of a dimension, as in PyTorch."""

# How is JSON from outside read, so that it takes no more memory than its text suggests?

MOST_MARKS = 500_000
"""The most brackets, commas and colons: each may be an object of a hundred bytes. 40,000 names and shapes have as many.

Long lists of words have a limit of their own for commas and colons, never for brackets.
"""


def read_json(text: str | bytes, most: int = MOST_MARKS) -> Any:
    """The value in a JSON text.

    Raises LstmCoreError for a text that is not JSON, or that has more than `most` commas and colons or `MOST_MARKS`
    brackets; marks inside strings count too.

    >>> read_json('{"a": [1, 2]}')
    {'a': [1, 2]}
    """
    opened, parted = (_count(text, marks) for marks in ("[{", ",:"))
    if opened > MOST_MARKS or opened + parted > most:
        raise LstmCoreError(
            f"Expected JSON with at most {most:,} brackets, commas and colons, got {opened + parted:,}."
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LstmCoreError(f"Expected JSON, got a text that can't be read as JSON: {str(error)[:200]}.") from error


def _count(text: str | bytes, marks: str) -> int:
    return sum(text.count(mark.encode()) if isinstance(text, bytes) else text.count(mark) for mark in marks)


# What does the header of a safetensors file say, and is it small enough to be read?
#
# A header gives every tensor's dtype, shape and place; the library that reads the tensors refuses places that do not
# fit the file.


def read_header(stream: BinaryIO, most_bytes: int = MOST_DESCRIPTION, most_marks: int = MOST_MARKS) -> dict[str, Any]:
    """Read the header at the start of a stream; the stream then stands after the header.

    Raises LstmCoreError if the header is too long or broken, or has too many tensors, a too long name or too many
    dimensions.
    """
    start = stream.read(8)
    length = struct.unpack("<Q", start)[0] if len(start) == 8 else most_bytes + 1
    if length > most_bytes:
        raise LstmCoreError(
            f"Expected safetensors with at most {most_bytes:,} bytes of names and shapes, got one with {length:,} "
            "or a file of another kind."
        )
    header = read_json(stream.read(length), most_marks)
    if not isinstance(header, dict) or len(header) > MOST_TENSORS:
        got = f"{len(header):,}" if isinstance(header, dict) else "something else"
        raise LstmCoreError(f"Expected a header of at most {MOST_TENSORS:,} tensors, got {got}.")
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        shape = tensor.get("shape") if isinstance(tensor, dict) else None
        if len(name) > MOST_NAME or not isinstance(shape, list) or len(shape) > MOST_DIMS:
            raise LstmCoreError(
                f"Expected names of at most {MOST_NAME} characters and shapes of at most {MOST_DIMS} dimensions, got "
                f"another for {shortened(name)}."
            )
    return header


# Which entries are in a zip archive, and can they be read without trusting it?

# The end of a zip archive: the 64-bit format has a record and its position, then comes the record of the old format.
_END_64, _LOCATOR, _END = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL"), struct.Struct("<4s4H2LH")


class CompressedError(LstmCoreError):
    """An archive has entries that are compressed or encrypted."""

    def __init__(self, said: str, names: Sequence[str] = ()) -> None:
        super().__init__(said)
        self.names = names


def zip_directory(stream: BinaryIO, size: int) -> zipfile.ZipFile:
    """The directory of a zip archive of `size` bytes, checked: it is small and no entry is compressed, so all entries
    together are no larger than the file.

    Raises LstmCoreError for a compressed, broken or contradictory archive.
    """
    _check_end(stream, size)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise LstmCoreError(f"Expected a zip archive, got a broken one: {error}.") from error
    inside = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in inside):
        said = "Expected entries as torch.save writes them, got compressed or encrypted ones."
        raise CompressedError(said, [entry.filename for entry in inside])
    claimed = sum(entry.file_size for entry in inside)
    if claimed > size or len({entry.filename for entry in inside}) < len(inside):
        raise LstmCoreError(f"Expected entries that fit in {size:,} bytes, got entries that claim {claimed:,}.")
    return archive


def _check_end(stream: BinaryIO, size: int) -> None:
    """Check that the directory's place and size stand at the very end, so that every reader finds one directory."""
    whole = _END_64.size + _LOCATOR.size + _END.size
    stream.seek(-min(whole, size), io.SEEK_END)
    tail = stream.read().rjust(whole, b"\0")
    stream.seek(0)
    signature, _, _, _, entries, directory, _, comment = _END.unpack(tail[-_END.size :])
    begin = stream.read(2)
    stream.seek(0)
    if begin != b"PK":
        raise LstmCoreError("Expected a zip archive, got a file of another kind.")
    if signature != b"PK\x05\x06" or comment:
        raise LstmCoreError("Expected a zip archive that ends in its directory, got one that was cut off or added to.")
    if entries == 0xFFFF or directory > MOST_DESCRIPTION:
        raise LstmCoreError(f"Expected an archive of fewer than 65,535 entries, got {entries:,} or more.")
    if _LOCATOR.unpack_from(tail, _END_64.size)[0] == b"PK\x06\x07":
        # An archive in the 64-bit format gives the place twice.
        end_64 = _END_64.unpack_from(tail)
        if (end_64[0], *end_64[7:9]) != (b"PK\x06\x06", entries, directory):
            raise LstmCoreError("Expected a zip archive with one directory, got one that names two.")
