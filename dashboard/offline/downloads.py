"""What can a visitor download? The trace, a page that works offline, and the code that makes the trace again.

The browser makes the pictures and the table.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from gatescope.offline.carried import carried
from gatescope.offline.page import drawn, page
from gatescope.question.link import shortened
from gatescope.question.view import View
from gatescope.reading.held import read_view
from gatescope.reading.python_script import python_code
from gatescope.reading.recorded import shown_in
from gatescope.store import visitor_traces
from lstm_core import LstmCoreError, Trace
from lstm_core.plots.columns import Zoom
from lstm_core.traces.trace import own_trace

# The kinds of file, as browsers call them.
KINDS = {"npz": "application/octet-stream", "html": "text/html", "py": "text/x-python"}
# Bytes of a file that are read at once.
PIECE = 1_000_000


class Download(NamedTuple):
    """A file: its name, its kind as browsers call it, its bytes piece by piece, each made when it is asked for."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


def download(kind: str, view: View, steps: Zoom = None, rows: Zoom = None) -> Download:
    """A file of one kind for a view: the whole trace or code, or a page of the part that is visible: the ranges of
    steps and of a heatmap's rows, None for all.

    Raises LstmCoreError when there is no such kind, nothing to export, or more than `serving.limits` allows.
    """
    if kind not in KINDS:
        raise LstmCoreError(f"Expected one of {', '.join(KINDS)}, got {kind!r}.")
    found = read_view(view)
    reading, trace = found.reading, found.reading.trace
    if trace is None:
        raise LstmCoreError("Expected a text that is read, got none: type one.")
    view = replace(view, holds=found.holds, shown=shown_in(trace, view.shown))
    if kind == "npz":
        pieces = _npz(view, trace)
    elif kind == "py":
        pieces = iter([python_code(view.source, reading, view.holds).encode()])
    else:
        title = shortened(reading.document.name if reading.document else view.source.sentence, 70)
        computes = carried(found, trace, view)
        pieces = iter([page(drawn(found, view, steps), title, "", computes, steps, rows)])
    return Download(f"gatescope.{kind}", KINDS[kind], pieces)


def _npz(view: View, trace: Trace) -> Iterator[bytes]:
    """Piece by piece: in one it would take the room of a second trace. Of a recording, all that its file had."""
    opened = visitor_traces.kept(view.source.model)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.npz"
        (opened[0].trace if opened else own_trace(trace)).save(path)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
