"""What can a visitor download? The trace, a page that works offline, and the code that makes the trace again.

The browser makes the pictures and the table.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from gatescope.offline.carried import carried
from gatescope.offline.page import drawn, page
from gatescope.question.link import shortened
from gatescope.question.view import View
from gatescope.reading.held import HeldReading, read_view
from gatescope.reading.python_script import python_code
from gatescope.reading.read import Reading
from gatescope.reading.recorded import shown_in
from gatescope.store import visitor_traces
from lstm_core import LstmCoreError
from lstm_core.plots.columns import Zoom
from lstm_core.traces.trace import own_trace


class Sight(NamedTuple):
    """The ranges of steps and of a heatmap's rows that the visitor zoomed to; None for all."""

    steps: Zoom = None
    rows: Zoom = None


WHOLE = Sight()
# Bytes of a file that are read at once.
PIECE = 1_000_000


class Download(NamedTuple):
    """A file: its name, its kind as browsers call it, its bytes piece by piece, each made when it is asked for."""

    name: str
    media_type: str
    pieces: Iterator[bytes]

    @property
    def content(self) -> bytes:
        """All pieces that are left."""
        return b"".join(self.pieces)


def download(kind: str, view: View, sight: Sight = WHOLE) -> Download:
    """A file of one kind for a view: a page of the visible part, or the whole trace or code.

    Raises LstmCoreError when there is no such kind, nothing to export, or more than `serving.limits` allows.
    """
    if kind not in KINDS:
        raise LstmCoreError(f"Expected one of {', '.join(KINDS)}, got {kind!r}.")
    media_type, make = KINDS[kind]
    found = read_view(view)
    reading, view = found.reading, replace(view, holds=found.holds)
    if reading.trace is None:
        raise LstmCoreError("There is nothing to export yet: type a sentence.")
    view = replace(view, shown=shown_in(reading.trace, view.shown))
    made = make(MadeFrom(view, found, sight))
    return Download(f"gatescope.{kind}", media_type, iter([made]) if isinstance(made, bytes) else made)


class MadeFrom(NamedTuple):
    """Everything that a file is made from."""

    view: View
    found: HeldReading
    sight: Sight

    @property
    def reading(self) -> Reading:
        return self.found.reading

    @property
    def title(self) -> str:
        """The name of the file, or the sentence, that was read."""
        document = self.reading.document
        return shortened(document.name if document else self.view.source.sentence, 70)


def _code(asked: MadeFrom) -> bytes:
    return python_code(asked.view.source, asked.reading, asked.view.holds).encode()


def _npz(asked: MadeFrom) -> Iterator[bytes]:
    """Piece by piece: in one it would take the room of a second trace. Of a recording, all that its file had."""
    opened = visitor_traces.kept(asked.view.source.model)
    trace = opened[0].trace if opened else own_trace(asked.found.trace)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.npz"
        trace.save(path)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def _html(asked: MadeFrom) -> bytes:
    """The live view as one page that works offline, and computes other texts where it can carry the model."""
    view, sight = asked.view, asked.sight
    computes = carried(asked.found, asked.found.trace, view)
    return page(drawn(asked.found, view, sight.steps), asked.title, "", computes, sight.steps, sight.rows)


Maker = Callable[[MadeFrom], bytes | Iterator[bytes]]
KINDS: dict[str, tuple[str, Maker]] = {
    "npz": ("application/octet-stream", _npz),
    "html": ("text/html", _html),
    "py": ("text/x-python", _code),
}
