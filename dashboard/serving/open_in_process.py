"""How is a visitor's file opened so that nothing in it can stop the server?

In a separate process with limits on memory and processor time. One process is kept ready and used again, because it
takes two seconds to start; it is replaced when a file exceeded its limits. For each file it reads a line of JSON, a
`Request`, and the file; it writes a line, {"kind" or "refused", "size"}, and so many bytes of what was in the file:
safetensors and JSON, so names and numbers.

    python -m gatescope.serving.open_in_process
"""

import atexit
import io
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock, Timer
from typing import NamedTuple

import lstm_core
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.checkpoints import Checkpoint
from lstm_core.checkpoints.checkpoint import checkpoint_bytes, checkpoint_from
from lstm_core.errors import shortened
from lstm_core.models.shipped import is_model
from lstm_core.traces.load import AnyTrace, is_trace, trace_in

# The processor seconds that any file may take, and the bytes of a file that allow one second more.
SECONDS, BYTES_A_SECOND = 10, 5_000_000
# The bytes of memory that opening any file may take, and how many more for each byte of the file.
MEMORY, TIMES = 500_000_000, 6
# Wall-clock seconds that a process may take to start, on a busy machine.
STARTING = 60

_starting, _one_at_a_time = Lock(), Lock()
_process: subprocess.Popen[bytes] | None = None


class Request(NamedTuple):
    """A file's name and size, and its limits."""

    name: str
    size: int
    most: int
    """The most bytes of weights."""
    seconds: int
    """Seconds of the processor."""
    memory: int
    """Bytes of memory in addition to what the process already uses."""


def running() -> subprocess.Popen[bytes]:
    """The process, started if there is none; returns before it is ready."""
    global _process
    with _starting:
        if _process is not None and _process.poll() is not None:
            _process.communicate()
            _process = None
        if _process is None:
            # The server may have found its packages by its own sys.path.
            paths = os.pathsep.join(path for path in sys.path if path)
            _process = subprocess.Popen(
                [sys.executable, "-m", "gatescope.serving.open_in_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
                # Ctrl+C is for the server, which ends this process when it ends.
                start_new_session=True,
            )
        return _process


@atexit.register
def _stop() -> None:
    if _process is not None:
        _process.kill()
        _process.communicate()


def opened(name: str, content: bytes, most: int) -> Checkpoint | SequenceModel | AnyTrace:
    """What is in a file, with weights of at most `most` bytes; one file at a time.

    Raises LstmCoreError when the file holds no LSTM and no recording, can't be read, or exceeds its limits.
    """
    size = len(content)
    request = Request(name, size, most, SECONDS + math.ceil(size / BYTES_A_SECOND), MEMORY + TIMES * size)
    with _one_at_a_time:
        answer, data = _answer_about(request, content)
    if "refused" in answer:
        raise LstmCoreError(answer["refused"])
    # The server has the bytes of a trace or model, and can now read them safely.
    if answer["kind"] == "trace":
        return trace_in(name, content)
    return lstm_core.load_model(content) if answer["kind"] == "model" else checkpoint_from(data)


def _answer_about(request: Request, content: bytes) -> tuple[dict[str, str], bytes]:
    """What the process answers about a file; if it ends before, or takes too long, another one is started."""
    process = running()
    assert process.stdin is not None
    assert process.stdout is not None
    # Several times the processor seconds, because other programs may use the processor too.
    timer = Timer(STARTING + 4 * request.seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        process.stdin.write(json.dumps(request._asdict()).encode() + b"\n")
        process.stdin.write(content)
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        data = process.stdout.read(answer["size"])
        if len(data) == answer["size"]:
            return answer, data
    except (OSError, ValueError):
        pass
    finally:
        timer.cancel()
    process.kill()
    process.wait()
    running()
    return {"refused": _too_much(request)}, b""


def _too_much(request: Request) -> str:
    return (
        f"{shortened(request.name)} can't be opened. Expected a file that opens within {request.seconds} seconds and "
        f"{request.memory / 1e6:,.0f} MB of memory, got one that takes more or that ends its reader. Save the weights "
        "alone: torch.save(model.state_dict(), path)."
    )


class _Named(io.BytesIO):
    """Content with a name for messages."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def main() -> None:
    """What the process does."""
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not become part of an answer.
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        # Pictures come first.
        os.nice(5)
    while line := sys.stdin.buffer.readline():
        request = Request(**json.loads(line))
        _limit(request)
        try:
            kind, data = _opened_here(request, sys.stdin.buffer.read(request.size))
            answer = {"kind": kind}
        except LstmCoreError as error:
            named = "can't be opened" in str(error)
            answer, data = (
                {"refused": str(error) if named else f"{shortened(request.name)} can't be opened. {error}"},
                b"",
            )
        except MemoryError:
            sys.exit(1)
        answers.write(json.dumps(answer | {"size": len(data)}).encode() + b"\n" + data)
        answers.flush()


def _opened_here(request: Request, content: bytes) -> tuple[str, bytes]:
    """The kind of a file, and the parts of a checkpoint."""
    if is_trace(content):
        trace_in(request.name, content)
        return "trace", b""
    if is_model(content):
        lstm_core.load_model(content)
        return "model", b""
    checkpoint = lstm_core.load_checkpoint(_Named(request.name, content))
    modules = [*checkpoint.recurrent.values(), *checkpoint.embeddings.values(), *checkpoint.linears.values()]
    held = sum(weight.nbytes for module in modules for weight in module.parameters())
    if held > request.most:
        raise LstmCoreError(f"Expected weights of at most {request.most:,} bytes, got {held:,}.")
    return "checkpoint", checkpoint_bytes(checkpoint)


def _limit(request: Request) -> None:
    """Set limits on memory and processor time, from now on; Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = math.ceil(time.process_time()) + request.seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    # The system may not say how much address space the process uses.
    if (used := Path("/proc/self/statm")).exists():
        taken = int(used.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (taken + request.memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
