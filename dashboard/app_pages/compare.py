"""The page Compare: a text and its nearest rival, read by one model; or one text, read by two."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gatescope.comparing.message import compared
from gatescope.comparing.rivals import Rival, Rivals, rivals
from gatescope.comparing.two_readings import MOST, Two, two, where_they_differ
from gatescope.comparing.view import OPENS, SECOND, Side, TwoSides, another_model, names, nearest, query_of, read_pair
from gatescope.controls.drawn_in_browser import two_readings
from gatescope.controls.frame import file_of, tell
from gatescope.controls.link_sync import SourceControls, choose_lstm, choose_source, fields_of, sentence_box
from gatescope.question.opening import opening
from gatescope.question.view import OWN
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
    take(pair)
    controls.values["offered"] = pair.a.source if is_bare else None
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
        controls.set(fields_of(another_model(source), SECOND))
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
    with right:
        if of_texts:
            b = a.with_text(text_b(a, tried))
        else:
            with st.container(key="compare-b"):
                text = partial(text_of_b, a)
                b, others = with_epoch(Side(choose_lstm(controls, text, SECOND, " B")), SECOND, " B")
    pair, (reading_b, about_b) = TwoSides(a, b), reading_of(b)
    tell(list(dict.fromkeys([*notices, *more, *others, *about_a, *about_b])))
    if reading_a is not None and reading_b is not None:
        found = two(reading_a, reading_b)
        if not of_texts:
            offer_where_they_differ(pair, found)
        two_readings(compared(pair, found, tried))
    return pair


def text_of_b(a: Side) -> str:
    """The text of the second model: the first one's, or one of its own."""
    return str(a.source.sentence) if controls.values["one_text"] else sentence_box(controls, SECOND, " B")


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
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="compare-b"):
        text: str = controls.keep("sentence" + SECOND, sentence_box(controls, SECOND, " B"))
        turn_rivals(found.found, text)
    return text


def turn_rivals(found: list[Rival], text: str) -> None:
    """Buttons for the rival before and after the one that is shown."""
    texts = [one.text for one in found]
    at = texts.index(text) if text in texts else -1
    if not texts or texts == [text]:
        return

    def go(to: int) -> None:
        controls.show("sentence" + SECOND, texts[to % len(texts)])
        controls.moved()

    st.markdown(
        f":small[change {at + 1} of {len(texts):,}]" if at >= 0 else f":small[{len(texts):,} changes]", width="content"
    )
    st.button("Back", on_click=go, args=(max(at, 0) - 1,))
    st.button("Next", on_click=go, args=(at + 1,))


def offer_where_they_differ(pair: TwoSides, found: Two) -> None:
    """A button to a text where the two models differ, if here they don't."""
    model = found.models[0]
    if model is None or not found.answer_alike or found.differs or found.turned():
        return
    text = where_they_differ(pair, model)

    def go() -> None:
        controls.set(fields_of(pair.a.with_text(str(text)).source))
        controls.set(fields_of(pair.b.with_text(str(text)).source, SECOND))
        controls.moved()

    if text is not None:
        st.button("Try a sentence where they differ", on_click=go)


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
