"""What runs in the process that opens visitors' files?

    python -m gatescope.serving.opener_process

In a loop it reads a line of JSON, a `Request`, and the bytes of a file, and writes a line {"kind", "says", "size"} and
`size` bytes of what was in the file. A file that exceeds its limit of memory or processor time ends this process and
nothing else.
"""

import contextlib
import io
import json
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import lstm_core
from lstm_core import LstmCoreError
from lstm_core.checkpoints import Checkpoint
from lstm_core.checkpoints.checkpoint import checkpoint_bytes
from lstm_core.errors import shortened
from lstm_core.models.shipped import is_model
from lstm_core.traces.load import is_trace, trace_in


class Request(NamedTuple):
    """A file's name and size, and its limits."""

    name: str
    size: int
    most: int
    """The most bytes of weights."""
    seconds: int
    """Seconds of the processor."""
    memory: int
    """Bytes of memory in addition to what this process already uses."""


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not become part of an answer.
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        # Pictures come first.
        os.nice(5)
    while line := sys.stdin.buffer.readline():
        request = Request(**json.loads(line))
        content = sys.stdin.buffer.read(request.size)
        with _limited(request):
            answer, data = _answer(request, content)
        answers.write(json.dumps(answer | {"size": len(data)}).encode() + b"\n" + data)
        answers.flush()


class _Named(io.BytesIO):
    """Content with a name for messages."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def _answer(request: Request, content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        if is_trace(content):
            trace_in(request.name, content)
            return {"kind": "trace"}, b""
        if not is_model(content):
            return {"kind": "checkpoint"}, _carried(request, lstm_core.load_checkpoint(_Named(request.name, content)))
        lstm_core.load_model(content)
        # The server has these bytes and can now read them safely.
        return {"kind": "model"}, b""
    except LstmCoreError as error:
        said = str(error) if "can't be opened" in str(error) else f"{shortened(request.name)} can't be opened. {error}"
        return {"kind": "refused", "says": said}, b""
    except MemoryError:
        return {"kind": "too much"}, b""


def _carried(request: Request, checkpoint: Checkpoint) -> bytes:
    modules = [*checkpoint.recurrent.values(), *checkpoint.embeddings.values(), *checkpoint.linears.values()]
    held = sum(weight.nbytes for module in modules for weight in module.parameters())
    if held > request.most:
        raise LstmCoreError(f"Expected weights of at most {request.most:,} bytes, got {held:,}.")
    return checkpoint_bytes(checkpoint)


@contextlib.contextmanager
def _limited(request: Request) -> Iterator[None]:
    """Set limits on memory and processor time, from now on; Windows has no such limits."""
    try:
        import resource
    except ImportError:
        yield
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + request.seconds, hard))
    memory, hard = resource.getrlimit(resource.RLIMIT_AS)
    taken = _address_space()
    if taken:
        resource.setrlimit(resource.RLIMIT_AS, (taken + request.memory, hard))
    yield
    resource.setrlimit(resource.RLIMIT_AS, (memory, hard))


def _address_space() -> int:
    """The bytes of address space that this process uses; 0 if the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
