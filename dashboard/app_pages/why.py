"""Where did this memory come from, and what if? One cell of a reading, taken apart and held."""

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import palette, session
from dashboard.beside import side_by_side
from dashboard.chart import chart
from dashboard.comparing import figures as compare_figures
from dashboard.figures import least_width
from dashboard.linked import Controls
from dashboard.plain import plain
from dashboard.reader_controls import choose_view, fields_of, offer_examples
from dashboard.reading import Reading, read
from dashboard.scrolling import at_least
from dashboard.sentences import proof, signed
from dashboard.view import QUANTITIES, View
from dashboard.waiting import unless_stopped
from dashboard.why import alternatives, sources
from dashboard.why import figures as why_figures
from dashboard.why import sentences as why_sentences
from dashboard.why import view as why_view
from dashboard.why.view import ERASE, HOLDS, REACH, Cell, Why
from lstm_core import LstmCoreError, SequenceModel, Trace, ledger_triangle

look = palette.look("teal", session.theme())
controls = Controls("why")


def follow(query: dict[str, str]) -> list[str]:
    """Set the controls to what a link asks; a sentence for each value that can't be had."""
    asked, notices = why_view.read_why(query)
    own = {name: getattr(asked, name) for name in why_view.READERS}
    controls.follow(fields_of(asked.view) | own | {"strips": list(asked.strips)})
    # Which cells there are is known once the text is read.
    controls.values["pin"] = asked.view.pin
    for name in Cell._fields:
        st.session_state.pop(controls.key(name), None)
    return notices


def choose_cell(reading: Reading, trace: Trace) -> Cell:
    """The cell that is asked about: as the controls say, or as the link does while they say nothing yet."""
    layers, directions, steps, _, units = trace.c.shape
    asked, notices = why_view.cell(View(pin=controls.values["pin"]), trace)
    sizes = dict(zip(Cell._fields, (layers, directions, units, steps), strict=True))
    if not any(controls.key(name) in st.session_state for name in sizes):
        for notice in notices:
            st.warning(plain(notice))
    # A shorter text or a smaller LSTM has fewer of them.
    for name, size in sizes.items():
        chosen = st.session_state.get(controls.key(name), getattr(asked, name))
        st.session_state[controls.key(name)] = min(chosen, size - 1)
    shown = [name for name in ("layer", "direction", "unit") if sizes[name] > 1]
    place = dict.fromkeys(("layer", "direction", "unit"), 0)
    for box, name in zip(st.columns(3), shown, strict=False):
        with box:
            place[name] = int(st.number_input(name.capitalize(), 0, sizes[name] - 1, step=1, **controls.drawn(name)))
    cell = Cell(**place, step=choose_step(reading.tokens))
    controls.values["pin"] = cell.pin
    return cell


def choose_step(tokens: list[str]) -> int:
    """The step that is asked about, as a slider over the words."""
    if len(tokens) == 1:
        return 0
    if len(tokens) > why_figures.MOST_SLIDER:
        return int(st.number_input("Step", 0, len(tokens) - 1, **controls.drawn("step")))
    names = why_sentences.steps(tokens)
    return int(st.select_slider("Step", range(len(tokens)), format_func=names.__getitem__, **controls.drawn("step")))


def clicked(step: int) -> None:
    """A click on a word, a bar or a point chooses its step."""
    st.session_state[controls.key("step")] = step
    controls.moved()


def where_it_came_from(reading: Reading, trace: Trace, cell: Cell) -> None:
    """The memory of one unit, source by source."""
    found = sources.of_memory(trace, reading.tokens, cell)
    st.markdown(f"##### {why_sentences.where_from(found, cell, reading.tokens)}")
    memory = trace.cells("c", cell.layer, cell.direction)[cell.unit]
    with words_of(found, cell, "why-memory"):
        chart(why_figures.memory_sources(found, memory, cell, look, session.theme()), "why.memory", on_click=clicked)
    st.caption(
        f"Each word wears the colour of its share in the memory at the framed step; the bars are the same shares, and "
        f"add up to c = {signed(found.total, 4)}. Click a word, a bar or a point: what was held there?"
    )
    every = st.expander("Every step at once", key="why.every", on_change="rerun")
    if every.open:
        with every:
            every_step_at_once(reading, trace, cell)


def words_of(found: sources.Sources, cell: Cell, key: str) -> DeltaGenerator:
    """A place for a row of words; on a narrow screen it begins at the end where the step is that is asked about."""
    left = found.steps[: len(found.steps) // 2]
    return at_least(least_width(why_figures.labels_of(found)), key, "left" if cell.step in left else "right")


def every_step_at_once(reading: Reading, trace: Trace, cell: Cell) -> None:
    """The memory of one unit after each step, source by source."""
    if len(reading.tokens) > why_figures.MOST_TRIANGLE:
        st.markdown(f"A triangle is drawn up to {why_figures.MOST_TRIANGLE:,} steps; this text is longer.")
        return
    values = ledger_triangle(trace, cell.unit, cell.layer, cell.direction).numpy()
    figure = why_figures.triangle(values, reading.tokens, cell, look)
    words = len(figure["layout"]["xaxis"]["tickvals"])
    with at_least(least_width(words), "why-triangle"):
        chart(figure, "why.triangle")
    st.caption(
        f"A row a step: what c of unit {cell.unit} was made of after it. A column a word: how long what it wrote "
        "lasted. The framed row is the one above."
    )


def what_made_the_score(reading: Reading, model: SequenceModel, trace: Trace, cell: Cell) -> str:
    """Every word's share in the score of one class at the step; the class that was chosen, "" for the predicted."""
    st.divider()
    predicted = sources.predicted(reading, cell.step)
    options = {"": f"the likeliest here: {model.labels[predicted]}"} | {label: label for label in model.labels}
    controls.values["label"] = controls.values["label"] if controls.values["label"] in options else ""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with right:
        if st.session_state.get(controls.key("label")) not in options:
            st.session_state[controls.key("label")] = controls.values["label"]
        label = st.selectbox("Score of", list(options), format_func=options.__getitem__, **controls.drawn("label"))
        controls.keep("label", label)
    number = model.labels.index(label) if label else predicted
    found = sources.of_score(reading, model, trace, cell, number)
    with left:
        st.markdown(f"##### {why_sentences.score_from(found, cell, reading.tokens, model.labels[number])}")
    with words_of(found, cell, "why-score"):
        chart(why_figures.score_sources(found, cell, look, model.labels[number]), "why.score", on_click=clicked)
    return str(label)


def turn_off() -> None:
    """The pinned unit shows nothing any more: o held at 0 at every step."""
    controls.follow({"hold": "o", "value": 0.0, "units": "", "steps": ""})
    controls.moved()


def choose_word(tokens: list[str]) -> int:
    """The word that is erased."""
    key = controls.key("word")
    st.session_state[key] = min(st.session_state.get(key, controls.values["word"]), len(tokens) - 1)
    if len(tokens) > why_figures.MOST_SLIDER:
        return int(st.number_input("Word", 0, len(tokens) - 1, **controls.drawn("word")))
    names = why_sentences.steps(tokens)
    return int(st.selectbox("Word", range(len(names)), format_func=names.__getitem__, **controls.drawn("word")))


def choose_hold(reading: Reading, trace: Trace, cell: Cell) -> dict[str, Any]:
    """What is held, at which value, of which units, at which steps; or which word is erased."""
    said: dict[str, Any] = {}
    boxes = st.columns([3, 2, 2, 2, 3], vertical_alignment="bottom")
    with boxes[0]:
        said["hold"] = st.selectbox("Hold", list(HOLDS), format_func=HOLDS.__getitem__, **controls.drawn("hold"))
    if said["hold"] == ERASE:
        with boxes[1]:
            said["word"] = choose_word(reading.tokens[: alternatives.most_steps(trace)])
    elif said["hold"]:
        low, high = REACH[str(said["hold"])]
        key = controls.key("value")
        st.session_state[key] = min(max(st.session_state.get(key, controls.values["value"]), low), high)
        with boxes[1]:
            said["value"] = st.number_input("at the value", low, high, step=0.1, **controls.drawn("value"))
        with boxes[2]:
            said["units"] = st.text_input("of units", placeholder=f"{cell.unit}", **controls.drawn("units"))
        with boxes[3]:
            said["steps"] = st.text_input("at steps", placeholder="all", **controls.drawn("steps"))
    with boxes[4]:
        st.button(f"Turn unit {cell.unit} off", on_click=turn_off, width="stretch")
    return {name: controls.keep(name, value) for name, value in said.items()}


def what_if(why: Why, reading: Reading, trace: Trace, cell: Cell) -> Why:
    """The text with a gate held or a word erased, beside the text as it is."""
    st.divider()
    st.subheader("What if …")
    why = replace(why, **choose_hold(reading, trace, cell))
    if not why.hold:
        st.caption("Hold a gate or a state at a value, or erase a word, and see what the memory and the prediction do.")
        return why
    try:
        found = as_it_would_be(why, reading, trace, cell)
        if found is None:
            return why
        on_held_out = None if reading.model is None else alternatives.measured(why, reading.model, cell)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return why
    for notice in why_sentences.only_the_first(len(reading.tokens), alternatives.most_steps(trace), "run again"):
        st.info(notice)
    st.markdown(f"##### {why_sentences.what_changed(why, found, reading, cell)}")
    if on_held_out is not None:
        st.markdown(why_sentences.on_held_out(on_held_out))
    strips = st.pills(
        "Shown",
        list(QUANTITIES),
        selection_mode="multi",
        label_visibility="collapsed",
        **controls.drawn("strips"),
    )
    shown = controls.keep("strips", strips) or list(Why().strips)
    before_and_after(found, reading, cell, shown)
    return replace(why, strips="".join(letter for letter in QUANTITIES if letter in shown))


def as_it_would_be(why: Why, reading: Reading, trace: Trace, cell: Cell) -> alternatives.Alternative | None:
    """Before and after; None where that takes long and somebody has stopped it."""
    asked = why, reading, trace, cell
    if alternatives.is_quick(why, trace) or alternatives.is_known(*asked):
        return alternatives.alternative(*asked)
    steps = f"{min(len(trace.x), alternatives.most_steps(trace)):,} steps"
    what = alternatives.what_is_asked(*asked)
    progress = unless_stopped("why.hold.run", what, f"Run {steps} again", f"Running {steps} again, with the hold")
    if progress is not None:
        alternatives.alternative(*asked, progress)
        # Drawn again, without the bar.
        st.rerun()
    return None


def before_and_after(found: alternatives.Alternative, reading: Reading, cell: Cell, shown: list[str]) -> None:
    """Three columns: as it is, as it would be, the difference."""
    pictures = compare_figures.three(found.comparison, cell[:2], cell[:2], shown, look)
    said = compare_figures.three_said(found.said, reading.model, found.comparison, look)
    titles = ("As it is", "As it would be", "The difference")
    compare_figures.indent(pictures, said)
    side_by_side("why", titles, {"three": pictures} | ({"said": said} if said else {}))


st.title("Why?")
news = controls.news()
notices = [] if news is None else follow(news)
left, right = st.columns([1, 1], gap="large")
with left:
    view = choose_view(controls)
why = Why(view)
reading: Reading | None = None
try:
    reading = read(view)
except LstmCoreError as error:
    notices = [*notices, str(error)]
if reading is not None:
    with left:
        offer_examples(controls, view, reading.model)
    notices += reading.notices
for notice in notices:
    st.warning(plain(notice))
if reading is not None and reading.trace is not None:
    with right:
        cell = choose_cell(reading, reading.trace)
    why = Why(replace(view, pin=cell.pin))
    where_it_came_from(reading, reading.trace, cell)
    if reading.model is not None:
        why = replace(why, label=what_made_the_score(reading, reading.model, reading.trace, cell))
    why = what_if(why, reading, reading.trace, cell)
    st.caption(f"In all of this {proof(reading.trace)}; the shares add up to the memory but for rounding.")
controls.say(why.query())
