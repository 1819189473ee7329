"""How is a visitor's file opened so that nothing in it can stop the server?

In a separate process (`opener_process`) with limits on memory and time. One process is kept ready and used again; it
is replaced when a file exceeded its limits. The answer is safetensors and JSON: names and numbers.
"""

import atexit
import contextlib
import json
import math
import os
import subprocess
import sys
from threading import Lock, Timer

import lstm_core
from gatescope.serving.opener_process import Request
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.checkpoints import Checkpoint
from lstm_core.checkpoints.checkpoint import checkpoint_from
from lstm_core.errors import shortened
from lstm_core.traces.load import AnyTrace, trace_in

SECONDS, BYTES_A_SECOND = 10, 5_000_000
"""The processor seconds that any file may take, and the bytes of a file that allow one second more."""
MEMORY, TIMES = 500_000_000, 6
"""The bytes of memory that opening any file may take, and how many more for each byte of the file."""
_MOST_DESCRIPTION = 64 * 2**20
"""The most bytes of an answer besides the weights."""
_STARTING = 60
"""Wall-clock seconds that a process may take to start, on a busy machine."""


class _Opener:
    """The process, and the lock of the thread that uses it."""

    def __init__(self) -> None:
        self.in_use, self._starting = Lock(), Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def running(self) -> subprocess.Popen[bytes]:
        """The process, started if there is none; returns before it is ready."""
        with self._starting:
            if self._child is None or self._child.poll() is not None:
                self._let_go()
                self._child = _started()
            return self._child

    def stop(self) -> None:
        """End the process, even while it works."""
        with self._starting:
            self._let_go()

    def _let_go(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for stream in (self._child.stdin, self._child.stdout):
                with contextlib.suppress(OSError):
                    if stream is not None:
                        stream.close()
            self._child = None


_opener = _Opener()
atexit.register(_opener.stop)


def warm() -> None:
    """Start the process, so that it is ready when a file comes; returns at once."""
    _opener.running()


def opened(name: str, content: bytes, most: int) -> Checkpoint | SequenceModel | AnyTrace:
    """What is in a file, with weights of at most `most` bytes; one file at a time.

    Raises LstmCoreError when the file holds no LSTM and no recording, can't be read, or exceeds its limits.
    """
    size = len(content)
    request = Request(name, size, most, SECONDS + math.ceil(size / BYTES_A_SECOND), MEMORY + TIMES * size)
    with _opener.in_use:
        answer, data = _asked(_opener.running(), request, content)
        if answer is None:
            _opener.stop()
            _opener.running()
    if answer is None or answer["kind"] == "too much":
        raise LstmCoreError(_too_much(request))
    if answer["kind"] == "refused":
        raise LstmCoreError(answer["says"])
    if answer["kind"] == "trace":
        return trace_in(name, content)
    return lstm_core.load_model(content) if answer["kind"] == "model" else checkpoint_from(data)


def _too_much(request: Request) -> str:
    return (
        f"{shortened(request.name)} can't be opened. Expected a file that opens within {request.seconds} seconds and "
        f"{request.memory / 1e6:,.0f} MB of memory, got one that takes more or that ends its reader. Save the weights "
        "alone: torch.save(model.state_dict(), path)."
    )


def _started() -> subprocess.Popen[bytes]:
    # The server may have found its packages by its own sys.path.
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-m", "gatescope.serving.opener_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        # Ctrl+C is for the server, which ends this process when it ends.
        start_new_session=True,
    )


def _asked(
    child: subprocess.Popen[bytes], request: Request, content: bytes
) -> tuple[dict[str, str], bytes] | tuple[None, bytes]:
    """The process's answer for one file; None if the process ended before or took too long."""
    assert child.stdin is not None
    assert child.stdout is not None
    # Several times the processor seconds, because other programs may use the processor too.
    timer = Timer(_STARTING + 4 * request.seconds, child.kill)
    timer.daemon = True
    timer.start()
    try:
        child.stdin.write(json.dumps(request._asdict()).encode() + b"\n")
        child.stdin.write(content)
        child.stdin.flush()
        answer = json.loads(child.stdout.readline(2**20))
        if answer["size"] > request.most + _MOST_DESCRIPTION:
            return None, b""
        data = child.stdout.read(answer["size"])
        return (answer, data) if len(data) == answer["size"] else (None, b"")
    except (OSError, ValueError):
        return None, b""
    finally:
        timer.cancel()
