"""What stands beside the list, on the unit that is opened? How it works, its moments, what it tracks, what is lost."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import parse_qsl

import numpy as np
import streamlit as st

from gatescope.controls.drawn_in_browser import unit_panel
from gatescope.controls.frame import look, small
from gatescope.controls.long_task import watched
from gatescope.corpus import sentences as corpus_sentences
from gatescope.corpus.passages import Wanted, reach_of, strongest
from gatescope.corpus.scanned import scanned
from gatescope.corpus.texts import fitting
from gatescope.corpus.view import SIZES_OF_SCANS, UnitPlace
from gatescope.drawing import scales
from gatescope.question import link
from gatescope.question.view import View
from gatescope.unit_list import list_data, sentences
from gatescope.unit_list.kept import ToldProperty
from gatescope.unit_list.list_data import Coloured, Histogram, Listed, Lost, Tracked, Tracks, UnitPanel
from gatescope.unit_list.words import in_full
from gatescope.units_page.passages_of_texts import show_passages
from gatescope.units_page.units_controls import UnitsControls
from gatescope.wording.escape_markdown import plain
from lstm_core import SequenceModel

COLOURED = 240
"""The most tokens of the text in the unit's colours."""
TELLS_AUC, TELLS_R2 = 0.6, 0.04
"""The least score that tells something: a coin has an AUC of 0.5; an R² of 0.04 is a correlation of 0.2."""
MOMENTS = 5
"""The strongest moments that are shown."""


class UnitSaid(NamedTuple):
    """What is said of a unit where it is looked at, as Markdown, and the view that shows it on Memory."""

    lines: list[str]
    pinned: View
    coloured: Coloured | None = None
    histogram: Histogram | None = None


def coloured(tokens: Sequence[str], c: np.ndarray, by_character: bool) -> Coloured:
    """The text in the colours of the unit's c."""
    some = [corpus_sentences.shown(token) for token in tokens[:COLOURED]]
    return {"tokens": some, "numbers": list_data.rounded(c[:COLOURED]), "between": "" if by_character else " "}


def tracked(every: Sequence[ToldProperty], texts: str) -> Tracks:
    """What a unit tracks, of these properties those that it tells better than a coin; on which texts."""
    bars = [
        Tracked(
            name=in_full(told.property) + ("" if told.sign > 0 else ": low"),
            share=told.share(),
            text=f"{told.measure} {told.score:.2f}",
        )
        for told in every
        if told.score >= (TELLS_AUC if told.measure == "AUC" else TELLS_R2)
    ]
    none = "" if bars else f"Nothing that has a name here (AUC below {TELLS_AUC}, R² below {TELLS_R2}) "
    return Tracks(title=("What it tracks", f"{none}on {texts}{'' if bars else '.'}"), bars=bars)


def panel(
    controls: UnitsControls, shown: Listed, place: UnitPlace, model: SequenceModel | None, said: UnitSaid
) -> None:
    st.markdown(f"#### {sentences.unit_named(place, shown.places)}")
    reach = max(1.0, *(abs(one) for one in (said.coloured or {"numbers": [1.0]})["numbers"] if one is not None))
    states = scales.states(look(), reach)
    if said.coloured is not None:
        unit_panel(UnitPanel(coloured=said.coloured, states=states), "units.coloured")
    for line in filter(None, said.lines):
        st.markdown(line)
    known = shown.known
    pictures = UnitPanel(histogram=said.histogram, states=states)
    if known is not None and model is not None:
        unit = known.units[place]
        pictures["tracks"] = tracked(unit.told, sentences.unseen(known, model))
        costs = [one.lost for one in known.units.values()]
        title = "Without it", sentences.held_at_mean(known, model)
        pictures["lost"] = Lost(title=title, all=costs, own=unit.lost, number=str(place.unit))
    unit_panel(pictures, "units.pictures")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        query = dict(parse_qsl(link.query(said.pinned), keep_blank_values=True))
        st.page_link("app_pages/memory.py", label="See it on Memory →", query_params=query, width="content")
        if controls.values["where"] == "text":
            st.button("Where else? →", on_click=_in_corpus, args=(controls, place), type="tertiary")


def strongest_moments(controls: UnitsControls, place: UnitPlace, sign: int, model: SequenceModel | None) -> None:
    """A unit's strongest moments in texts that it was not trained on, once these are read."""
    if model is None or not fitting(model):
        return
    asked = replace(controls.question().corpus, texts=fitting(model)[0], size=SIZES_OF_SCANS[0], unit=None)
    name = plain(corpus_sentences.title_of(asked))
    found = watched("units.moments", f"Read {name}", f"Reading {name}", scanned, asked)
    if found is None:
        return
    moments = strongest(asked, found, [Wanted(place, sign, MOMENTS)]).get(place, [])
    reach = reach_of(found.scan, place)
    first = ", first those of different words" if model.reads == "words" else ""
    st.markdown(f"**Strongest moments in {name}**{first}")
    scale = scales.states(look(), reach)
    show_passages(asked, found, model, moments, scale, "Strongest moments", place)
    small(f"of {found.scan.steps:,} {corpus_sentences.READ_AS[model.reads]} read there")


def _in_corpus(controls: UnitsControls, place: UnitPlace) -> None:
    """Look at the same unit in a corpus."""
    controls.set({"where": "corpus", "unit": place})
    controls.moved()
