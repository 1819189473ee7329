"""What can a visitor download? Figures, numbers, and the code that makes the trace again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from dashboard.drawing.few_units import few_units
from dashboard.drawing.shown_strips import stacks_of
from dashboard.export.csv_rows import rows_of
from dashboard.export.image_file import image
from dashboard.export.sheet import sheet
from dashboard.export.sheet_geometry import SIZES
from dashboard.export.visible_part import WHOLE, Sight, left_out
from dashboard.offline.page import page
from dashboard.offline.pictures import pictures
from dashboard.question import limits
from dashboard.question.link import shortened
from dashboard.question.view import View
from dashboard.reading.held import HeldReading, read_view
from dashboard.reading.python_script import python_code
from dashboard.reading.read import Reading
from dashboard.words.sentences import caption
from lstm_core import LstmCoreError, Trace
from lstm_core.plots import palette
from lstm_core.plots.page_figure import Figure

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


def download(kind: str, view: View, theme: palette.Theme, size: str, sight: Sight = WHOLE) -> Download:
    """A file of one kind for a view: a figure or a table of the visible part, or the whole trace or code.

    Raises LstmCoreError when there is no such kind, nothing to export, more than `question.limits` allows, or a
    needed program is missing.
    """
    if kind not in KINDS:
        raise LstmCoreError(f"Expected one of {', '.join(KINDS)}, got {kind!r}.")
    media_type, make = KINDS[kind]
    found = read_view(view)
    reading, view = found.reading, replace(view, holds=found.holds)
    if reading.trace is None:
        raise LstmCoreError("There is nothing to export yet: type a sentence.")
    sight = sight._replace(few=few_units(reading, reading.trace, view.shown))
    made = make(Asked(view, found, theme, size, sight))
    return Download(f"gatescope.{kind}", media_type, iter([made]) if isinstance(made, bytes) else made)


class Asked(NamedTuple):
    """Everything that a file is made from."""

    view: View
    found: HeldReading
    theme: palette.Theme
    size: str
    sight: Sight

    @property
    def reading(self) -> Reading:
        """What was read."""
        return self.found.reading

    @property
    def trace(self) -> Trace:
        """The trace that was recorded."""
        assert self.reading.trace is not None
        return self.reading.trace

    @property
    def title(self) -> str:
        """The name of the file, or the sentence, that was read."""
        document = self.reading.document
        return shortened(document.name if document else self.view.source.sentence, 70)


def take_away(asked: Asked) -> Figure:
    """The sheet of the visible part, as a Plotly figure."""
    view, reading, sight = asked.view, asked.reading, asked.sight
    limits.FIGURE.check(_numbers_drawn(asked))
    made = left_out(asked.trace, view.shown, sight) + caption_of(asked)
    look = palette.look(view.shown.colours, asked.theme)
    return sheet(reading, view.shown, sight, look, SIZES[asked.size], asked.title, made, asked.found.unheld)


def caption_of(asked: Asked) -> str:
    """How the figure was made, and with what."""
    return caption(asked.view.source, asked.reading, asked.trace, asked.view.holds)


def _numbers_drawn(asked: Asked) -> int:
    """About how many numbers the sheet of what is in sight shows: no column is narrower than a pixel."""
    trace, shown, sight = asked.trace, asked.view.shown, asked.sight
    stacks = stacks_of(trace, shown)
    columns = min(len(sight.steps_of(trace)), SIZES[asked.size].width // len(stacks))
    return columns * len(shown.quantities) * sum(len(sight.units_of(trace, shown, *stack)) for stack in stacks)


def _code(asked: Asked) -> bytes:
    return python_code(asked.view.source, asked.reading, asked.view.holds).encode()


def _csv(asked: Asked) -> Iterator[bytes]:
    return rows_of(asked.trace, asked.view.shown, asked.sight)


def _npz(asked: Asked) -> Iterator[bytes]:
    """Piece by piece: in one it would take the room of a second trace."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.npz"
        asked.trace.save(path)
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


def _html(asked: Asked) -> bytes:
    """The live view as one page that works offline."""
    limits.FIGURE.check(_numbers_drawn(asked))
    made = pictures(asked.found, asked.trace, asked.view, asked.sight.steps)
    return page(made, asked.title, caption_of(asked), asked.sight.steps, asked.sight.rows)


def _pdf(asked: Asked) -> bytes:
    return image(take_away(asked), "pdf", instead="SVG or PNG")


def _json(asked: Asked) -> bytes:
    """The figure for the browser, which paints SVG and PNG from it by itself."""
    import plotly.graph_objects as go

    text: str = go.Figure(take_away(asked)).to_json()
    return text.encode()


Maker = Callable[[Asked], bytes | Iterator[bytes]]
KINDS: dict[str, tuple[str, Maker]] = {
    "csv": ("text/csv", _csv),
    "npz": ("application/octet-stream", _npz),
    "html": ("text/html", _html),
    "pdf": ("application/pdf", _pdf),
    "py": ("text/x-python", _code),
    "json": ("application/json", _json),
}
