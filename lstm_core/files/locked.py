"""How do two processes keep from writing one thing at once?

The system holds the lock of an open file, and lets it go when the process ends, however it ends. The file stays.
"""

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)
_IS_HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextmanager
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
    with path.open("ab") as stream:
        try:
            if sys.platform == "win32":
                import msvcrt

                stream.seek(0)
                msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _IS_HELD:
                raise BlockingIOError("held elsewhere") from error
            _log.warning("No locks at %s (%s): let no other process write there.", path.parent, error.strerror)
        # Closing the file lets the lock go.
        yield
