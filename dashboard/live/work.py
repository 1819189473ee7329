"""How is each question answered? Imported with torch at the first question."""

from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from gatescope.export.downloads import download
from gatescope.export.visible_part import Sight
from gatescope.live.asked import Range, question_in
from gatescope.live.cost import Length, length_of
from gatescope.offline.carried import CarriedModel, carried
from gatescope.picture.answer import answer as picture
from gatescope.picture.answer import apart
from gatescope.picture.wire_format import as_sent
from gatescope.question.holds import NONE, Cell, Event
from gatescope.question.view import MODELS, View
from gatescope.reading.example_texts import view_in
from gatescope.reading.held import read_view
from gatescope.serving import progress
from gatescope.serving.export_response import Download
from gatescope.store import text_files
from gatescope.why.drawer import Drawer
from gatescope.why.open_drawer import open_drawer
from lstm_core import LstmCoreError

__all__ = ["Gone", "Refusal", "apart", "carry", "file", "how_far", "keep", "picture", "question", "why"]

Refusal = LstmCoreError
"""The error whose message is for the visitor."""


class Gone(ValueError):
    """The text that a question names was dropped to make room."""


class LiveQuestion(NamedTuple):
    """What is asked, and how long a job its answer is."""

    asked: dict[str, Any]
    length: Length


def question(body: bytes) -> LiveQuestion:
    """The question in a request's body. A long sentence may have been sent before as a file, and be named by `text`."""
    asked = question_in(body)
    if asked.get("text"):
        document = text_files.kept(str(asked["text"]))
        if document is None:
            raise Gone("This text is no longer on the server.")
        asked["query"]["sentence"] = document.text
    return LiveQuestion(asked, length_of(_view(asked["query"])))


def how_far(query: dict[str, str]) -> float | None:
    return progress.how_far(_view(query).source)


def why(query: dict[str, str], cell: Cell, event: Event | None, label: str) -> Drawer:
    """What the drawer below the picture says of a cell."""
    drawer: Drawer = as_sent(open_drawer(query, cell, event, label))
    return drawer


def carry(query: dict[str, str]) -> CarriedModel | None:
    """What the browser computes pictures of a view with, if its model is one of ours and small."""
    view = replace(_view(query), holds=NONE)
    if view.source.model not in MODELS or view.source.file:
        return None
    found = read_view(view)
    return None if found.reading.trace is None else carried(found, found.reading.trace, view)


def keep(name: str, content: bytes, instead: str) -> str:
    """Keep a file in place of another; returns its key."""
    key = text_files.keep(name, content)
    text_files.let_go(instead)
    return key


def file(kind: str, query: dict[str, str], steps: Range, rows: Range) -> Download:
    """A file for a view, with its first piece made."""
    made = download(kind, _view(query), Sight(steps, rows))
    return made._replace(pieces=chain([next(made.pieces, b"")], made.pieces))


def _view(query: dict[str, str]) -> View:
    return view_in(query)[0]
