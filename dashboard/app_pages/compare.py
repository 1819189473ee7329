"""Two of anything, side by side on the same scales, and their difference."""

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import palette, session, shelf
from dashboard.comparing import figures as compare_figures
from dashboard.comparing import sentences as compare_sentences
from dashboard.comparing import view as compare_view
from dashboard.comparing.two_readings import MOST, Two, two
from dashboard.comparing.view import SECOND, STATES, Pair, Side
from dashboard.figures import STRIPS
from dashboard.linked import Controls
from dashboard.reader_controls import choose_view, fields_of
from dashboard.reading import Reading, read
from dashboard.sentences import plain, proof
from dashboard.view import OWN
from dashboard.why import figures as why_figures
from dashboard.why.sentences import only_the_first
from lstm_core import LstmCoreError

look = palette.look("teal", session.theme())
controls = Controls("compare")
CHART: dict[str, Any] = {"theme": None, "width": "stretch", "config": why_figures.CHART}
LETTERS = [strip.quantity for strip in STRIPS]


def follow(query: dict[str, str]) -> list[str]:
    """Set the controls to what a link asks; a sentence for each value that can't be had."""
    pair, notices = compare_view.read_pair(query)
    for side, suffix in ((pair.a, ""), (pair.b, SECOND)):
        place = {"layer": side.layer, "direction": side.direction, "state": side.state, "epoch": side.epoch}
        controls.follow(fields_of(side.view, suffix) | {name + suffix: value for name, value in place.items()})
    controls.follow({"strips": list(pair.strips)})
    return notices


def choose_epoch(model: str, suffix: str, shown: str) -> tuple[int | None, list[str]]:
    """After which epoch a model is meant that learned on the page Train."""
    name, kept = "epoch" + suffix, shelf.epochs(model)
    if not kept:
        # A model that is gone may come back with its link, where it is still kept.
        gone = model.startswith(OWN) and shelf.kept(model) is None
        return controls.keep(name, controls.values[name] if gone else None), []
    asked = st.session_state.get(controls.key(name), controls.values[name])
    epoch = st.session_state[controls.key(name)] = compare_view.nearest(kept, asked)
    notices = []
    if asked not in (epoch, None):
        notices.append(f"Of epoch {asked} no model was kept: it is the one after epoch {epoch} instead.")
    return controls.keep(name, st.select_slider(f"Epoch{shown}", kept, **controls.drawn(name))), notices


def choose_side(suffix: str) -> tuple[Side, Reading | None, list[str]]:
    """One of the two: its text, its LSTM, which layer and direction, read how."""
    shown = " B" if suffix else " A"
    side = Side(choose_view(controls, suffix, shown))
    epoch, notices = choose_epoch(side.view.model, suffix, shown)
    state = st.segmented_control(
        f"Read{shown}", list(STATES), format_func=STATES.__getitem__, **controls.drawn("state" + suffix)
    )
    side = replace(side, state=controls.keep("state" + suffix, state or "carried"), epoch=epoch)
    try:
        reading = read(side.reads())
    except LstmCoreError as error:
        return side, None, [*notices, str(error)]
    notices += reading.notices
    if reading.trace is None:
        return side, None, notices
    sizes = dict(zip(("layer", "direction"), reading.trace.c.shape, strict=False))
    place = {}
    for name, size in sizes.items():
        key = controls.key(name + suffix)
        asked = st.session_state.get(key, controls.values[name + suffix])
        place[name] = min(asked, size - 1)
        if asked >= size:
            notices.append(f"There is no {name} {asked} here: it is {place[name]} instead.")
        st.session_state[key] = place[name]
        if size > 1:
            st.segmented_control(f"{name.capitalize()}{shown}", range(size), **controls.drawn(name + suffix))
            place[name] = place[name] if st.session_state[key] is None else st.session_state[key]
        controls.keep(name + suffix, place[name])
    return replace(side, **place), reading, notices + only_the_first(len(reading.tokens), MOST, "compared")


def show(pair: Pair, found: Two, reading_a: Reading) -> None:
    """Both, and their difference where there is one."""
    shown = [letter for letter in LETTERS if letter in pair.strips]
    at_a, at_b = (pair.a.layer, pair.a.direction), (pair.b.layer, pair.b.direction)
    titles = [compare_sentences.title("A", pair.a.epoch), compare_sentences.title("B", pair.b.epoch)]
    if found.comparison is None:
        pictures = compare_figures.apart(found.a, at_a, found.b, at_b, shown, look)
    else:
        pictures = compare_figures.three(found.comparison, at_a, at_b, shown, look)
        titles.append("The difference, B less A")
    said = compare_figures.three_said(found.said, reading_a.model, found.comparison, look)
    compare_figures.indent(pictures, said)
    for number, (column, title) in enumerate(zip(st.columns(len(titles)), titles, strict=True)):
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(pictures[number], key=f"compare.three.{number}", **CHART)
            if said:
                st.plotly_chart(said[number], key=f"compare.said.{number}", **CHART)


st.title("Compare")
news = controls.news()
notices = [] if news is None else follow(news)
left, right = st.columns(2, gap="large")
with left:
    a, reading_a, notices_a = choose_side("")
with right:
    b, reading_b, notices_b = choose_side(SECOND)
for notice in dict.fromkeys([*notices, *notices_a, *notices_b]):
    st.warning(plain(notice))
pair = Pair(a, b, "".join(letter for letter in LETTERS if letter in controls.values["strips"]))
if reading_a is not None and reading_b is not None:
    try:
        found = two(a, reading_a, b, reading_b)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
    else:
        if found.comparison is None:
            st.markdown(f"##### {compare_sentences.different_units(found)}")
        else:
            st.markdown(f"##### {compare_sentences.largest(found.comparison)}")
            if said := compare_sentences.predictions(found, reading_a.model):
                st.markdown(said)
        strips = st.pills(
            "Shown", LETTERS, selection_mode="multi", label_visibility="collapsed", **controls.drawn("strips")
        )
        pair = replace(pair, strips="".join(letter for letter in LETTERS if letter in strips) or pair.strips)
        controls.keep("strips", list(pair.strips))
        show(pair, found, reading_a)
        if found.comparison is not None:
            st.caption(compare_sentences.aligned(found.comparison))
        st.caption(f"In both {proof(max((found.a, found.b), key=lambda trace: trace.max_error))}.")
controls.say(pair.query())
