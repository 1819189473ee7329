"""Which link opens a moment of a scan on the page Memory, at its place?"""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from gatescope.corpus.passages import Passage
from gatescope.corpus.texts import TextPiece
from gatescope.corpus.view import UnitPlace
from gatescope.question import link
from gatescope.question.holds import Cell
from gatescope.question.view import Source, View
from lstm_core.scanning.result import AFTER, BEFORE

WIDE = 120
"""A text with more steps is zoomed to the moment."""


def query_of(source: Source, piece: TextPiece, steps: int, passage: Passage, place: UnitPlace | None) -> dict[str, str]:
    """The values of the link: the model with the piece as its text, the unit pinned at the passage's last step."""
    view = View(replace(source, sentence=sentence_of(piece.text), file=""))
    if place is not None:
        pin = Cell(place.layer, place.direction, place.unit, passage.last)
        view = replace(view, shown=replace(view.shown, pin=pin))
    query = dict(parse_qsl(link.query(view)))
    if steps > WIDE:
        first, last = max(0, passage.first - BEFORE), min(steps - 1, passage.last + AFTER)
        query["zoom"] = f"{first}-{last}"
    return query


def sentence_of(text: Any) -> str:
    """A piece as the text box takes it; nine digits give a float32 back."""
    return text if isinstance(text, str) else "\n".join(" ".join(f"{number:.9g}" for number in row) for row in text)
