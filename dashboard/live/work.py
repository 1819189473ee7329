"""How is each question answered? Imported with torch at the first question."""

from __future__ import annotations

from typing import Any

from dashboard.export.downloads import download
from dashboard.export.visible_part import Sight
from dashboard.live.asked import Range
from dashboard.live.export_response import Begun
from dashboard.picture import answer
from dashboard.picture.header import Terms
from dashboard.question import link
from dashboard.question.cell import Cell
from dashboard.question.view import View
from dashboard.reading import progress
from dashboard.reading.example_texts import with_text
from dashboard.store import text_files
from lstm_core import LstmCoreError

Refusal = LstmCoreError
"""The error whose message is for the visitor."""


def picture(
    query: dict[str, str],
    width: float,
    theme: Any,
    zoom: Range,
    place: dict[str, int] | None = None,
    height: float | None = None,
) -> bytes:
    """The picture of a view, as bytes for the browser, with every term of the cell."""
    return answer.answer(query, width, theme, zoom, Cell(**place) if place else None, height)


def how_far(query: dict[str, str]) -> float | None:
    """The progress of the picture of a view."""
    return progress.how_far(_view(query).source)


def apart(query: dict[str, str], place: dict[str, int]) -> Terms:
    """Every term of one cell of a view."""
    return answer.apart(query, Cell(**place))


def keep(name: str, content: bytes, instead: str) -> str:
    """Keep a file in place of another; returns its key."""
    key = text_files.keep(name, content)
    text_files.let_go(instead)
    return key


def text(key: str) -> str | None:
    """The text that was sent before with this key; None if it was dropped to make room."""
    document = text_files.kept(key)
    return document and document.text


def file(kind: str, query: dict[str, str], theme: Any, size: str, steps: Range, rows: Range) -> Begun:
    """A file for a view, with its first piece made."""
    made = download(kind, _view(query), theme, size, Sight(steps, rows))
    return Begun(made.name, made.media_type, next(made.pieces, b""), made.pieces)


def _view(query: dict[str, str]) -> View:
    return link.read(View(), with_text(query))[0]
