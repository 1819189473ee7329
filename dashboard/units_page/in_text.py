"""What do the units do in the visitor's text? The claim, the list, and the panel on the unit that is opened."""

from dataclasses import replace

import numpy as np
import streamlit as st

from gatescope.controls.drawn_in_browser import unit_list
from gatescope.controls.frame import look
from gatescope.corpus import sentences as corpus_sentences
from gatescope.corpus.view import UnitPlace
from gatescope.drawing.scales import scales
from gatescope.question.holds import Cell
from gatescope.reading.read import Reading
from gatescope.unit_list import list_data, sentences, tracking, workings
from gatescope.unit_list.kept import kept
from gatescope.unit_list.list_data import Listed, UnitList
from gatescope.unit_list.listing import listed
from gatescope.unit_list.view import Units
from gatescope.units_page import panel
from gatescope.units_page.look_for import searched
from gatescope.units_page.units_controls import UnitsControls
from gatescope.wording.escape_markdown import plain
from gatescope.wording.sentences import quoted, steps_are
from lstm_core import LstmCoreError, Trace
from lstm_core.analysis import Found


def in_text(controls: UnitsControls, reading: Reading, trace: Trace, whole: Reading) -> None:
    """Draw the page's picture: a list at the left, and what is known of one unit at the right."""
    asked = controls.question()
    known = kept(asked.view.source)
    # In one column on a phone, and in this order.
    left, right = st.columns([15, 8], gap="medium")
    with left:
        answer = _search(asked, whole) if asked.property else None
        shown = listed(known, asked.sort, answer, trace, truth_in(reading))
        place = opened(asked, shown)
        claim, sure = _claim(reading, trace, shown, answer)
        st.markdown(f"## {claim}")
        st.markdown(sure, help=sentences.SCORES if shown.told else None)
        _list(controls, asked, reading, trace, shown, place)
    with right, st.container(key="units-panel"):
        _panel(controls, asked, reading, trace, shown, place)


def opened(asked: Units, shown: Listed) -> UnitPlace:
    """The unit that is unfolded: the one that the link names, else the one that the page opens on."""
    unit = asked.corpus.unit
    if unit is not None and unit in shown.places:
        return unit
    return shown.opens[0].place if shown.opens else shown.places[0]


def _search(asked: Units, whole: Reading) -> Found | None:
    """What is found of the property that was asked for."""
    try:
        found = searched(asked, whole)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return None
    for notice in found[1] if found else []:
        st.caption(plain(notice))
    return found[0] if found else None


def _claim(reading: Reading, trace: Trace, shown: Listed, answer: Found | None) -> tuple[str, str]:
    """The sentence that the page opens on, and how sure it is."""
    if answer is not None:
        return sentences.tracks(answer, shown.places), sentences.chance(answer)
    if shown.known is not None and reading.model is not None:
        return sentences.opens_on(shown.known, shown.opens, reading.model)
    c = list_data.series(trace, shown.places[0])
    untrained = "" if reading.model else "This LSTM is untrained: it has learned nothing to track."
    return sentences.moves_most(shown.places[0], shown.places, (c.min(), c.max())), untrained


def _list(
    controls: UnitsControls, asked: Units, reading: Reading, trace: Trace, shown: Listed, place: UnitPlace
) -> None:
    by_character = steps_are(asked.view.source, reading) in ("characters", "symbols")
    rows = list_data.rows_of_text(shown, trace, truth_in(reading), place)
    cut = "" if len(reading.tokens) <= list_data.DRAWN else f" over the first {list_data.DRAWN} of the text’s steps"
    data = UnitList(
        name="Units in this text",
        tokens=[corpus_sentences.shown(token) for token in reading.steps(list_data.DRAWN)],
        between="" if by_character else " ",
        heads=list_data.heads(shown.known),
        sort=asked.sort,
        rows=rows,
        about="",
        left=f"{len(rows):,} of {len(shown.places):,} units{cut}",
        **scales(look(), list_data.reach_of(rows)),
    )
    unit_list(data, "units.list", controls.open_unit, controls.order_by)


def truth_in(reading: Reading) -> list_data.Truth:
    """A property at each step of a reading."""

    def truth(name: str) -> np.ndarray | None:
        try:
            return tracking.at_steps(tracking.as_in(name, reading), [reading])
        except LstmCoreError:
            return None

    return truth


def _panel(
    controls: UnitsControls, asked: Units, reading: Reading, trace: Trace, shown: Listed, place: UnitPlace
) -> None:
    told, c = shown.told.get(place), list_data.series(trace, place)
    is_so = truth_in(reading)(told.property) if told else None
    step = sentences.A_STEP[steps_are(asked.view.source, reading)]
    steps = reading.steps(len(c))
    named = [*map(quoted, steps)] if reading.series is None else steps
    said = [workings.works(trace, place, named, is_so, told.property if told else "")]
    if told is not None and is_so is not None:
        said.append(workings.misses(told, c, is_so, reading.tokens, step))
    at = int(abs(c).argmax())
    pinned = replace(
        asked.view, shown=replace(asked.view.shown, pin=Cell(place.layer, place.direction, place.unit, at))
    )
    coloured = panel.coloured(steps, c, step in ("character", "symbol"))
    panel.panel(controls, shown, place, reading.model, panel.UnitSaid(said, pinned, coloured=coloured))
    panel.strongest_moments(controls, place, told.sign if told else 1, reading.model)
