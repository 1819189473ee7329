"""The page Compare: a text and its nearest rival, read by one model; or one text, read by two."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gatescope.comparing.message import compared
from gatescope.comparing.rivals import Rivals, rivals, size_with_rival
from gatescope.comparing.two_readings import MOST, texts_that_part, two, where_they_part
from gatescope.comparing.view import (
    OPENS,
    SECOND,
    WHY_THIS_SIZE,
    Side,
    TwoSides,
    another_model,
    names,
    nearest,
    query_of,
    read_pair,
)
from gatescope.controls.drawn_in_browser import two_readings
from gatescope.controls.frame import file_of, tell
from gatescope.controls.link_sync import SourceControls, choose_lstm, choose_source, fields_of, sentence_box
from gatescope.question.opening import opening
from gatescope.question.view import OWN, Source
from gatescope.reading.read import Reading, read
from gatescope.store import visitor_models
from gatescope.wording.sentences import called_here
from lstm_core import LstmCoreError

WHAT = {"texts": "Two texts", "models": "Models"}
controls = SourceControls("compare", names() | {"cells"})


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    pair, notices = read_pair(query)
    is_bare = pair == TwoSides(Side(opening()), Side(opening())) and not st.query_params.keys() & names()
    if is_bare:
        first = Side(OPENS if opening().model == OPENS.model else opening())
        pair = TwoSides(first, first)
    asked = pair
    # A text that the link does not name is the page's to choose.
    if not pair.is_of_texts and not st.query_params.keys() & {"sentence", "sentence" + SECOND}:
        pair = where_they_part(pair)
    take(pair)
    controls.values["offered"] = pair.a.source if is_bare or pair != asked else None
    controls.set({"what": "texts" if pair.is_of_texts else "models"})
    return notices


def take(pair: TwoSides) -> None:
    """Set the controls of both sides. A second text that is the first one is none: then the page finds a rival."""
    controls.set(fields_of(pair.a.source))
    other = pair.b.source
    same = pair.is_of_texts and other.sentence == pair.a.source.sentence
    controls.set(fields_of(replace(other, sentence="" if same else other.sentence, file=""), SECOND))
    for side, suffix in ((pair.a, ""), (pair.b, SECOND)):
        controls.set({"epoch" + suffix: side.epoch})
    controls.values |= {"found_for": None, "one_text": other.sentence == pair.a.source.sentence}


def turn() -> None:
    """The visitor chose what is compared: the second model begins as another one, the second text as a rival."""
    controls.moved()
    source = controls.view().source
    if controls.now("what") == "models":
        first = Side(source, controls.now("epoch"))
        pair = where_they_part(TwoSides(first, Side(another_model(source))))
        if pair.a != first:
            controls.set({"sentence": pair.a.source.sentence})
            controls.values["offered"] = pair.a.source
        controls.set(fields_of(pair.b.source, SECOND))
        controls.values["one_text"] = True
    else:
        controls.set({"sentence" + SECOND: ""})


def with_epoch(side: Side, suffix: str, shown: str) -> tuple[Side, list[str]]:
    """A side with the epoch that is chosen of a model that was trained on the page Your model."""
    name, model, kept = "epoch" + suffix, side.source.model, visitor_models.epochs(side.source.model)
    if not kept:
        # A model that is not in the list may come back with its link, if the server still keeps it.
        gone = model.startswith(OWN) and visitor_models.kept(model) is None
        return replace(side, epoch=controls.keep(name, controls.values[name] if gone else None)), []
    asked = controls.now(name)
    epoch = nearest(kept, asked)
    controls.show(name, epoch)
    notices = []
    if asked not in (epoch, None):
        notices.append(f"Of epoch {asked} no model was kept: it is the one after epoch {epoch} instead.")
    chosen = st.select_slider(f"Epoch{shown}", kept, **controls.drawn(name))
    return replace(side, epoch=controls.keep(name, chosen)), notices


def reading_of(side: Side) -> tuple[Reading | None, list[str]]:
    """A side's reading, None if it has none; and sentences about it."""
    try:
        reading = read(side.reads())
    except LstmCoreError as error:
        return None, [str(error)]
    if reading.trace is None:
        return None, reading.notices
    cut = [f"The text has {len(reading.tokens):,} steps; the first {MOST:,} are compared."]
    said = reading.notices + called_here(reading.trace)
    return reading, said + (cut if len(reading.tokens) > MOST else [])


def two_sides(notices: list[str], place: DeltaGenerator, of_texts: bool) -> TwoSides:
    """Show two texts that one model reads, or what two models read, chosen in `place`; returns the pair."""
    left, right = place.columns(2, gap="small", vertical_alignment="bottom")
    with left, st.container(key="compare-a"):
        a, more = with_epoch(Side(choose_source(controls, "", " A")), "", "" if of_texts else " A")
    reading_a, about_a = reading_of(a)
    tried = rivals(a.reads(), reading_a) if of_texts and reading_a else Rivals([], 0, None)
    others: list[str] = []
    places: list[DeltaGenerator] = []
    with right:
        if of_texts:
            places.append(st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="compare-b"))
            with places[0]:
                b = a.with_text(text_b(a, tried))
        else:
            with st.container(key="compare-b"):
                text = partial(text_of_b, a, places)
                b, others = with_epoch(Side(choose_lstm(controls, text, SECOND, " B")), SECOND, " B")
    pair, (reading_b, about_b) = TwoSides(a, b), reading_of(b)
    tell(list(dict.fromkeys([*notices, *more, *others, *about_a, *about_b])))
    if controls.values.get("offered") == a.source and a.source == OPENS:
        st.caption(WHY_THIS_SIZE)
    if reading_a is not None and reading_b is not None:
        two_readings(compared(pair, two(reading_a, reading_b), tried))
        # What has to be searched for comes after the picture.
        for place in places:
            with place:
                if of_texts:
                    offer_size(a.reads(), tried)
                else:
                    walk(texts_that_part(pair), "", "difference", "texts differ")
    return pair


def text_of_b(a: Side, places: list[DeltaGenerator]) -> str:
    """The text of the second model: the first one's, with a place for those that part the two; or one of its own."""
    if not controls.values["one_text"]:
        return sentence_box(controls, SECOND, " B")
    places.append(st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="compare-texts"))
    return str(a.source.sentence)


def text_b(a: Side, found: Rivals) -> str:
    """Choose the second text: typed, or one of the rivals of the first."""
    every = found.found or ([found.smallest] if found.smallest else [])
    texts = [one.text for one in every]
    before, now = controls.values["found_for"], controls.now("sentence" + SECOND)
    # A rival belongs to its text and model: with another of them, it is found again.
    stale = before not in (None, a) and now in controls.values["rivals"]
    if now == "" or stale:
        now = texts[0] if texts else a.source.sentence
        controls.show("sentence" + SECOND, now)
    controls.values |= {"found_for": a, "rivals": texts or [a.source.sentence]}
    text: str = controls.keep("sentence" + SECOND, sentence_box(controls, SECOND, " B"))
    walk(texts if found.found else [], SECOND, "change", "changes")
    return text


def walk(texts: list[str], suffix: str, one: str, many: str) -> None:
    """Buttons for the text before and after the one that a box shows."""
    text = controls.values["sentence" + suffix]
    at = texts.index(text) if text in texts else -1
    if not texts or texts == [text]:
        return

    def to(at: int) -> dict[str, str]:
        return {"sentence" + suffix: texts[at % len(texts)], "file" + suffix: ""}

    shown = f"{one} {at + 1} of {len(texts):,}" if at >= 0 else f"{len(texts):,} {many}"
    st.markdown(f":small[{shown}]", width="content")
    st.button("Back", on_click=controls.move, kwargs=to(max(at, 0) - 1))
    st.button("Next", on_click=controls.move, kwargs=to(at + 1))


def offer_size(source: Source, tried: Rivals) -> None:
    """Where no change turns an answer: a button to the nearest size at which one does."""
    dim = size_with_rival(source) if tried.tried and not tried.found else None
    if dim is not None:
        st.button(f"Take hidden_dim {dim}", on_click=controls.move, kwargs={"hidden_dim": dim})


def page() -> None:
    """Draw the page: what is compared, then the two readings."""
    query = st.query_params.to_dict()
    # The three kinds of cell stand in the lesson, and what an untrained LSTM does whose state is not carried.
    of_reset = "reset" in (query.get("state"), query.get("state" + SECOND))
    is_lesson = of_reset and query.get("model", "random") == "random" and "sentence" + SECOND not in query
    if "cells" in query or is_lesson:
        st.switch_page(file_of("lesson"), query_params=query | {"part": "3" if of_reset else "5"})
    notices = controls.begin(follow)
    if of_reset:
        notices.append("Both texts are read with the state carried: part 3 of the lesson shows what else happens.")
    choice, rest = st.columns([13, 87], gap="small", vertical_alignment="bottom")
    with choice:
        what = controls.one_of("what", "Compare", WHAT, on_change=turn, label_visibility="collapsed")
    controls.say(query_of(two_sides(notices, rest, what == "texts")))


# A page's global names and their values live until the visitor leaves, so a reading stays inside a function.
page()
