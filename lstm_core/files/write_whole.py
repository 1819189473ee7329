"""How is a file written so that nobody ever finds half a file, or two processes write it at once?"""

import contextlib
import logging
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from lstm_core.errors import LstmCoreError, shortened

# How is a file written so that nobody ever finds half a file?
#
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


# How do two processes keep from writing one thing at once?
#
# The system holds the lock of an open file, and lets it go when the process ends, however it ends.

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file inside the block; the file is made if it is not there.

    Raises BlockingIOError if it is held elsewhere, also by another thread of this process. On a file system without
    locks the block runs without one, and the log says so.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, locked(Path(folder, "lock")):
    ...     with locked(Path(folder, "lock")):
    ...         pass
    Traceback (most recent call last):
    BlockingIOError: held elsewhere
    """
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BlockingIOError("held elsewhere") from error
    except NotImplementedError as error:
        _log.warning("No locks at %s (%s): let no other process write there.", path.parent, error)
    try:
        yield
    finally:
        lock.release()
