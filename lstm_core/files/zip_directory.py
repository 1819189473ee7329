"""Which entries are in a zip archive, and can they be read without trusting it?"""

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

from lstm_core.errors import LstmCoreError
from lstm_core.limits import MOST_DESCRIPTION

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
