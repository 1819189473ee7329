"""How is a file written so that nobody ever finds half a file?"""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from lstm_core.errors import LstmCoreError, shortened

# It is written under another name in its folder and then renamed in one step, which the system does completely or not
# at all (POSIX `rename`; Python's `os.replace`). A program that is killed before leaves the old file as it was, and
# perhaps a file beside it whose name begins with a point and contains `.part`.


@contextlib.contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """A path to write to; when the body ends, the file written there replaces `path` as a whole.

    The name has the suffix of `path`, because some writers read it. When the body raises, the old file stays and the
    new one is deleted. Raises LstmCoreError when the folder is missing or not writable, the disk is full, no file can
    have this name, or a text has characters without bytes.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with written_whole(f"{folder}/a.txt") as place:
    ...         _ = place.write_text("whole")
    ...     Path(folder, "a.txt").read_text(), len(os.listdir(folder))
    ('whole', 1)
    """
    try:
        # A symbolic link keeps its target: the target is replaced.
        path = Path(os.path.realpath(path))
    except ValueError as error:
        raise LstmCoreError(f"Expected to write {shortened(path)}, got: {error}. Give another name.") from error
    beside = path.with_name(f".{secrets.token_hex(8)}.part{path.suffix}")
    try:
        if path.exists() and not path.is_file():
            # A rename would put a file in the place of /dev/null.
            raise OSError("a folder or a device there")
        yield beside
        # Wait until the content is on the disk, because the rename may arrive first.
        with beside.open("rb+") as stream:
            os.fsync(stream.fileno())
        if path.is_file():
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(beside, path)
    except OSError as error:
        raise LstmCoreError(
            f"Expected to write {shortened(path)}, got: {error.strerror or error}. What was there before stays."
        ) from error
    except UnicodeEncodeError as error:
        raise LstmCoreError(
            f"Expected text with bytes in UTF-8 for {shortened(path)}, got {error.object[error.start]!r}, half of a "
            "character. Replace it; a trace saved whole (.npz, .safetensors) keeps it."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file of these bytes, whole or not at all."""
    with written_whole(path) as place:
        place.write_bytes(content)
