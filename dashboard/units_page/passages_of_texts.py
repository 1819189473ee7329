"""Passages of the texts that were scanned: where does each stand, and how is it opened on Memory?"""

from collections.abc import Callable, Sequence

import streamlit as st

from gatescope.controls.drawn_in_browser import passages
from gatescope.controls.frame import file_of
from gatescope.corpus import sentences
from gatescope.corpus.passages import Passage
from gatescope.corpus.scanned import Scanned
from gatescope.corpus.texts import TextPiece
from gatescope.corpus.to_memory import query_of
from gatescope.corpus.view import Corpus, UnitPlace
from gatescope.drawing.passages import PassageLine, three_digits
from gatescope.drawing.scales import Scale
from lstm_core import SequenceModel
from lstm_core.plots.labels import signed


def show_passages(
    asked: Corpus,
    found: Scanned,
    model: SequenceModel,
    shown: list[Passage],
    scale: Scale,
    name: str,
    place: UnitPlace | None = None,
    written: Callable[[float], str] = signed,
    answers: Sequence[str] = (),
) -> None:
    """Show passages, each after its number as `written`, with what the model answers after it; a click opens one on
    Memory at its place."""
    pieces = found.texts.pieces
    lines = [
        line_of(one, pieces, model, answer, written)
        for one, answer in zip(shown, answers or [""] * len(shown), strict=True)
    ]
    between = " " if model.reads in ("words", "numbers") else ""
    chosen = passages(lines, scale, between, name, f"units.{name}")
    if chosen is not None and chosen < len(shown):
        one = shown[chosen]
        query = query_of(asked.source, pieces[one.text], found.texts.steps[one.text], one, place)
        st.switch_page(file_of(""), query_params=query)


def line_of(
    one: Passage,
    pieces: Sequence[TextPiece],
    model: SequenceModel,
    answer: str = "",
    written: Callable[[float], str] = signed,
) -> PassageLine:
    """A passage as it is drawn."""
    return PassageLine(
        written(one.value),
        [sentences.shown(token) for token in one.tokens],
        [three_digits(number) for number in one.numbers],
        one.first - one.begins,
        one.last - one.begins,
        sentences.where(pieces[one.text], one, model.reads == "characters", answer),
    )
