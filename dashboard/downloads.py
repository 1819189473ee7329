"""What a person takes along: figures, numbers, and the code that makes the same trace."""

from __future__ import annotations

import html
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from dashboard import assets, palette
from dashboard.arrangement import stacks_of
from dashboard.figures import Figure
from dashboard.paper import SIZES
from dashboard.reading import Reading, read
from dashboard.script import python_code
from dashboard.sentences import caption
from dashboard.sheet import sheet
from dashboard.sight import WHOLE, Sight, left_out
from dashboard.view import QUANTITIES, View, shortened
from lstm_core import LstmCoreError, Trace


class Download(NamedTuple):
    """A file: its name, its kind as browsers call it, its bytes."""

    name: str
    media_type: str
    content: bytes


def download(kind: str, view: View, theme: palette.Theme, size: str, sight: Sight = WHOLE) -> Download:
    """The file of one kind for what a view shows: a figure or a table of what is in sight, a trace or code as a whole.

    Raises LstmCoreError when there is no such kind, nothing to export, or a program it needs is missing.
    """
    if kind not in KINDS:
        raise LstmCoreError(f"Expected one of {', '.join(KINDS)}, got {kind!r}.")
    media_type, make = KINDS[kind]
    reading = read(view)
    if reading.trace is None:
        raise LstmCoreError("There is nothing to export yet: type a sentence.")
    return Download(f"gatescope.{kind}", media_type, make(Asked(view, reading, theme, size, sight)))


class Asked(NamedTuple):
    """What a file is made from."""

    view: View
    reading: Reading
    theme: palette.Theme
    size: str
    sight: Sight

    @property
    def trace(self) -> Trace:
        """What was recorded."""
        assert self.reading.trace is not None
        return self.reading.trace

    @property
    def title(self) -> str:
        """What was read."""
        document = self.reading.document
        return shortened(document.name if document else self.view.sentence, 70)


def take_away(asked: Asked) -> Figure:
    """The sheet of what is in sight, as a Plotly figure."""
    view, reading, sight = asked.view, asked.reading, asked.sight
    made = left_out(asked.trace, view, sight) + caption(view, reading, asked.trace)
    look = palette.look(view.colours, asked.theme)
    return sheet(reading, view, sight, look, SIZES[asked.size], asked.title, made)


def _code(asked: Asked) -> bytes:
    return python_code(asked.view, asked.reading).encode()


def _csv(asked: Asked) -> bytes:
    """The rows of `Trace.to_csv` that are in sight."""
    trace, view, sight = asked.trace, asked.view, asked.sight
    rows = trace.to_pandas()
    if left_out(trace, view, sight):
        steps = sight.steps_of(trace)
        rows = rows[rows["step"].between(steps[0], steps[-1])]
        seen = rows["step"] < 0
        for layer, direction in stacks_of(trace, view):
            units = sight.units_of(trace, view, layer, direction)
            seen |= (rows["layer"] == layer) & (rows["direction"] == direction) & rows["unit"].isin(units)
        rows = rows[seen].drop(columns=[q for q in QUANTITIES if q not in view.quantities])
    text: str = rows.to_csv(index=False)
    return text.encode()


def _npz(asked: Asked) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.npz"
        asked.trace.save(path)
        return path.read_bytes()


def _html(asked: Asked) -> bytes:
    """One page that works offline: the figure with Plotly inside."""
    import plotly.io

    figure = plotly.io.to_html(_plotly(take_away(asked)), include_plotlyjs=False, full_html=False)
    library = (assets.FOLDER / "vendor" / "plotly-cartesian.min.js").read_text(encoding="utf-8")
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(shortened(asked.title))}</title>'
        f"<body><script>{library}</script>{figure}</body></html>"
    )
    return page.encode()


def _pdf(asked: Asked) -> bytes:
    try:
        import kaleido  # noqa: F401
    except ModuleNotFoundError as error:
        raise LstmCoreError("PDF needs kaleido: pip install 'gatescope[export]'. SVG and PNG need nothing.") from error
    from kaleido.errors import ChromeNotFoundError

    # A message of the browser's that came torn it passes over, and writes a whole traceback about it.
    logging.getLogger("choreographer.channels.pipe").setLevel(logging.CRITICAL)

    try:
        content: bytes = _plotly(take_away(asked)).to_image("pdf")
    except (ChromeNotFoundError, RuntimeError) as error:
        raise LstmCoreError(
            "PDF needs Chrome or Chromium on the server and none was found: install one, or take SVG or PNG, "
            "which need nothing."
        ) from error
    return content


def _json(asked: Asked) -> bytes:
    """The figure for the browser, which paints SVG and PNG from it by itself."""
    text: str = _plotly(take_away(asked)).to_json()
    return text.encode()


def _plotly(figure: Figure) -> Any:
    import plotly.graph_objects as go

    return go.Figure(figure)


Maker = Callable[[Asked], bytes]
KINDS: dict[str, tuple[str, Maker]] = {
    "csv": ("text/csv", _csv),
    "npz": ("application/octet-stream", _npz),
    "html": ("text/html", _html),
    "pdf": ("application/pdf", _pdf),
    "py": ("text/x-python", _code),
    "json": ("application/json", _json),
}
