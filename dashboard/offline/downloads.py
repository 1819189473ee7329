"""What can a visitor download? Numbers, a page that works offline, and the code that makes the trace again.

The browser makes the pictures.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil, floor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gatescope.offline.carried import carried
from gatescope.offline.page import drawn, page
from gatescope.question.link import shortened
from gatescope.question.view import Shown, View
from gatescope.reading.held import HeldReading, read_view
from gatescope.reading.python_script import python_code
from gatescope.reading.read import Reading
from gatescope.reading.recorded import shown_in
from gatescope.recording.window import Chosen, few_units, stacks_of, units_of
from gatescope.serving import limits
from gatescope.serving.turns import go_on
from gatescope.store import visitor_traces
from lstm_core import LstmCoreError, Trace
from lstm_core.plots.columns import Zoom
from lstm_core.traces.trace import own_letter, own_trace

# Which part of a view is visible, and so goes into a downloaded file?


class Sight(NamedTuple):
    """The ranges of steps and of a heatmap's rows that the visitor zoomed to; None for all."""

    steps: Zoom = None
    rows: Zoom = None
    few: Chosen | None = None
    """The units of each layer and direction that are shown, if not all are."""

    def steps_of(self, trace: Trace) -> range:
        return _within(self.steps, trace.sizes["time"])

    def units_of(self, trace: Trace, shown: Shown, layer: int, direction: int) -> list[int]:
        """The visible units, from top to bottom."""
        units = (self.few or {}).get((layer, direction)) or units_of(trace, shown, layer, direction)
        return [units[row] for row in _within(self.rows, len(units))]


WHOLE = Sight()


def _within(zoom: Zoom, count: int) -> range:
    """The cells of `count` whose middle is visible, at least one; all cells if the zoom belongs to more cells."""
    if zoom is None:
        return range(count)
    low, high = sorted(zoom)
    first, last = max(0, ceil(low)), min(count - 1, floor(high))
    if first > last:
        first = last = max(0, round((low + high) / 2))
    return range(first, last + 1) if first < count else range(count)


# The recorded numbers as a CSV that a spreadsheet opens, made some rows at a time.
#
# A cell of text that begins with =, +, -, @, a tab or a carriage return gets an apostrophe before it: a spreadsheet
# would take it for a formula and run it. Numbers stay as they are. (`Trace.to_csv` writes every text as it is.)


Units = dict[tuple[int, int], list[int]]
"""The visible units of each (layer, direction)."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""The beginnings of a cell that a spreadsheet reads as a formula."""
# Rows that are written at once: other visitors' pictures wait at most for these.
BLOCK = 2_000


def guarded(text: str | None) -> str | None:
    """A cell of text that no spreadsheet reads as a formula.

    >>> guarded("=1+1"), guarded("giraffe")
    ("'=1+1", 'giraffe')
    """
    return f"'{text}" if text is not None and text.startswith(FORMULA) else text


def rows_of(trace: Trace, shown: Shown, sight: Sight) -> Iterator[bytes]:
    """The visible rows of `Trace.to_csv`, some at a time, with their texts guarded, in the cell's own letters.

    Raises TooMuch if there are more rows than a CSV may have.
    """
    steps = sight.steps_of(trace)
    units = {stack: sight.units_of(trace, shown, *stack) for stack in stacks_of(trace, shown)}
    limits.ROWS.check(len(steps) * sum(map(len, units.values())))
    return _blocks(trace, shown, steps, units)


def _blocks(trace: Trace, shown: Shown, steps: range, units: Units) -> Iterator[bytes]:
    layers, directions, *_, width = trace.c.shape
    at_once = max(1, BLOCK // (layers * directions * width))
    for first in range(steps.start, steps.stop, at_once):
        go_on()
        rows = _steps(trace, first, min(first + at_once, steps.stop)).to_pandas()
        rows["time"] += first
        rows["token"] = [guarded(token) for token in rows["token"]]
        seen = np.zeros(len(rows), dtype=bool)
        for (layer, direction), chosen in units.items():
            stack = (rows["layer"] == layer) & (rows["direction"] == direction)
            seen |= (stack & rows["unit"].isin(chosen)).to_numpy()
        rows = rows[seen].drop(columns=[q for q in trace.kept if q not in shown.quantities])
        own = {q: own_letter(trace, q) for q in shown.quantities}
        text: str = rows.rename(columns=own).to_csv(index=False, header=first == steps.start)
        # Half of a surrogate pair can be typed but never written to a file.
        yield text.encode("utf-8", "replace")


def _steps(trace: Trace, first: int, end: int) -> Trace:
    """Some steps of a trace of one sequence."""
    cut = {q: getattr(trace, q)[:, :, first:end] for q in trace.kept}
    tokens = None if trace.tokens is None else [trace.tokens[0][first:end]]
    return trace.with_values(**cut, x=None, tokens=tokens, lengths=None, resets=())


# Which files are there, and what makes each?

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
    """A file of one kind for a view: a page or a table of the visible part, or the whole trace or code.

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
    sight = sight._replace(few=few_units(reading, reading.trace, view.shown))
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


def _csv(asked: MadeFrom) -> Iterator[bytes]:
    return rows_of(asked.found.trace, asked.view.shown, asked.sight)


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
    "csv": ("text/csv", _csv),
    "npz": ("application/octet-stream", _npz),
    "html": ("text/html", _html),
    "py": ("text/x-python", _code),
}
