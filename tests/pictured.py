"""What does the page make of a recording, and compute itself? Node runs the page's code, once for all tests."""

import atexit
import base64
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gatescope.question import link
from gatescope.reading.models import view_in
from gatescope.reading.read import read
from gatescope.recording.recording import about, answer
from gatescope.recording.told import told
from gatescope.recording.wire_format import NAN
from gatescope.wording.sentences import steps_are

PROGRAM = Path(__file__).parent / "javascript/pictured.js"


@cache
def _page() -> subprocess.Popen[str]:
    page = subprocess.Popen(["node", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(page.kill)
    _say(page, {"told": told(), "nan": NAN})
    return page


def _say(page: subprocess.Popen[str], said: dict[str, Any]) -> None:
    assert page.stdin
    page.stdin.write(f"{json.dumps(said)}\n")
    page.stdin.flush()


def _asked(question: dict[str, Any]) -> dict[str, Any]:
    page = _page()
    _say(page, question)
    assert page.stdout
    found: dict[str, Any] = json.loads(page.stdout.readline(), object_hook=_with_arrays)
    return found


def pictured(content: bytes, query: dict[str, Any] | None = None) -> dict[str, Any]:
    """The numbers and words of a recording that answers a question."""
    return _asked({"content": base64.b64encode(content).decode(), "query": query or {}})


def computed(query: dict[str, str], room: int = 900, zoom: Any = None) -> dict[str, Any]:
    """What the page computes itself of a question about an untrained LSTM or a shipped model."""
    view = view_in(query)[0]
    reading = read(view.source)
    said = about(reading, steps_are(view.source, reading))
    return _asked({"query": link.values(view), "room": room, "zoom": zoom, "about": said})


def picture_of(query: dict[str, str], room: int = 900, zoom: Any = None, cell: Any = None) -> dict[str, Any]:
    """What the page shows of a question."""
    return pictured(answer(query, room, zoom, cell), query)


def _with_arrays(value: dict[str, Any]) -> Any:
    """Rows of numbers as arrays."""
    if value.keys() == {"row"}:
        return np.frombuffer(base64.b64decode(value["row"]), "<f4")
    for name, part in value.items():
        if isinstance(part, list) and part and isinstance(part[0], np.ndarray):
            value[name] = np.stack(part)
    return value
