"""What a person takes along: figures, numbers, and the code that makes the same trace."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from dashboard import assets, palette
from dashboard.figures import Figure
from dashboard.reading import Reading, read
from dashboard.script import python_code
from dashboard.sentences import caption
from dashboard.sheet import SIZES, sheet
from dashboard.view import View, shortened
from lstm_core import LstmCoreError, Trace


class Download(NamedTuple):
    """A file: its name, its kind as browsers call it, its bytes."""

    name: str
    media_type: str
    content: bytes


def download(kind: str, view: View, theme: palette.Theme, size: str) -> Download:
    """The file of one kind for what a view shows.

    Raises LstmCoreError when there is no such kind, nothing to export, or a program it needs is missing.
    """
    if kind not in KINDS:
        raise LstmCoreError(f"Expected one of {', '.join(KINDS)}, got {kind!r}.")
    media_type, make = KINDS[kind]
    reading = read(view)
    if reading.trace is None:
        raise LstmCoreError("There is nothing to export yet: type a sentence.")
    return Download(f"gatescope.{kind}", media_type, make(view, reading, theme, size))


def take_away(view: View, reading: Reading, theme: palette.Theme, size: str) -> Figure:
    """The sheet of a view, as a Plotly figure."""
    assert reading.trace is not None
    look = palette.look(view.colours, theme)
    title = shortened(_what_is_read(view, reading), 70)
    return sheet(reading.trace, reading.tokens, look, SIZES[size], title, caption(view, reading, reading.trace))


def _what_is_read(view: View, reading: Reading) -> str:
    """The sentence, or the name of the file that is read in its place."""
    return reading.document.name if reading.document else view.sentence


def _code(view: View, reading: Reading, _theme: palette.Theme, _size: str) -> bytes:
    return python_code(view, reading).encode()


def _csv(_view: View, reading: Reading, _theme: palette.Theme, _size: str) -> bytes:
    return _saved(reading, "trace.csv", Trace.to_csv)


def _npz(_view: View, reading: Reading, _theme: palette.Theme, _size: str) -> bytes:
    return _saved(reading, "trace.npz", Trace.save)


def _saved(reading: Reading, name: str, save: Callable[[Trace, Path], None]) -> bytes:
    assert reading.trace is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        save(reading.trace, path)
        return path.read_bytes()


def _html(view: View, reading: Reading, theme: palette.Theme, size: str) -> bytes:
    """One page that works offline: the figure with Plotly inside."""
    import plotly.io

    figure = plotly.io.to_html(_plotly(take_away(view, reading, theme, size)), include_plotlyjs=False, full_html=False)
    library = (assets.FOLDER / "vendor" / "plotly-cartesian.min.js").read_text(encoding="utf-8")
    title = html.escape(shortened(_what_is_read(view, reading)))
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<body><script>{library}</script>{figure}</body></html>"
    )
    return page.encode()


def _pdf(view: View, reading: Reading, theme: palette.Theme, size: str) -> bytes:
    try:
        import kaleido  # noqa: F401
    except ModuleNotFoundError as error:
        raise LstmCoreError("PDF needs kaleido: pip install 'gatescope[export]'. SVG and PNG need nothing.") from error
    from kaleido.errors import ChromeNotFoundError

    try:
        content: bytes = _plotly(take_away(view, reading, theme, size)).to_image("pdf")
    except (ChromeNotFoundError, RuntimeError) as error:
        raise LstmCoreError(
            "PDF needs Chrome or Chromium on the server and none was found: install one, or take SVG or PNG, "
            "which need nothing."
        ) from error
    return content


def _json(view: View, reading: Reading, theme: palette.Theme, size: str) -> bytes:
    """The figure for the browser, which paints SVG and PNG from it by itself."""
    text: str = _plotly(take_away(view, reading, theme, size)).to_json()
    return text.encode()


def _plotly(figure: Figure) -> Any:
    import plotly.graph_objects as go

    return go.Figure(figure)


Maker = Callable[[View, Reading, palette.Theme, str], bytes]
KINDS: dict[str, tuple[str, Maker]] = {
    "csv": ("text/csv", _csv),
    "npz": ("application/octet-stream", _npz),
    "html": ("text/html", _html),
    "pdf": ("application/pdf", _pdf),
    "py": ("text/x-python", _code),
    "json": ("application/json", _json),
}
