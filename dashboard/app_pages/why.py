"""The page Why?: where did this memory come from, and what if a gate were held?"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.comparing import figures as compare_figures
from dashboard.controls.chart import chart
from dashboard.controls.choose_source import choose_source, fields_of, offer_examples
from dashboard.controls.link_sync import SourceControls
from dashboard.controls.long_task import unless_stopped
from dashboard.controls.made_with import made_with
from dashboard.controls.min_width import at_least
from dashboard.controls.notices import tell
from dashboard.controls.page_title import page_title
from dashboard.controls.scroll_to import scroll_to
from dashboard.controls.side_by_side import side_by_side
from dashboard.controls.theme import theme
from dashboard.question import link
from dashboard.question.cell import Cell
from dashboard.question.shown import QUANTITIES
from dashboard.question.source import Source
from dashboard.reading.read import Reading, read
from dashboard.why import alternatives, erasing, sources
from dashboard.why import figures as why_figures
from dashboard.why import sentences as why_sentences
from dashboard.why import view as why_view
from dashboard.why.most_telling import MostTelling, is_tried, most_telling
from dashboard.why.turning import WordTurn, word_turn
from dashboard.why.view import ERASE, HOLDS, REACH, Why
from dashboard.words.escape_markdown import plain
from dashboard.words.sentences import proof, read_by
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.analysis import ledger_triangle
from lstm_core.plots import compared_strips, palette, share_bars
from lstm_core.plots.labels import signed
from lstm_core.plots.sources import Sources
from lstm_core.plots.step_axis import least_width

look = palette.look("teal", theme())
controls = SourceControls("why", link.names(Why()))


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    asked, said = why_view.read_why(query)
    own = {name: value for name, value in vars(asked).items() if name != "view"}
    controls.take(asked.view)
    controls.set(own | {"strips": list(asked.strips)})
    # The cells are known only once the text is read.
    controls.keep("pin", asked.view.shown.pin)
    controls.forget(*Cell._fields)
    return said


def choose_cell(reading: Reading, trace: Trace, telling: MostTelling | None) -> Cell:
    """Choose the cell, from the controls, or from the link while the controls have no value yet."""
    layers, directions, steps, _, units = trace.c.shape
    asked, said = why_view.cell(controls.values["pin"], trace, telling and telling.cell)
    sizes = dict(zip(Cell._fields, (layers, directions, units, steps), strict=True))
    tell([] if any(controls.is_drawn(name) for name in sizes) else said)
    there = [name for name, size in sizes.items() if size > 1]
    # A shorter text or a smaller LSTM has fewer cells.
    for name in there:
        controls.show(name, min(controls.now(name, getattr(asked, name)), sizes[name] - 1))
    place = dict.fromkeys(Cell._fields, 0)
    numbers = [name for name in there if name != "step"]
    row = st.container(key="why-cell")
    *boxes, last = row.columns([1] * len(numbers) + [8 - len(numbers)], gap="medium")
    for box, name in zip(boxes, numbers, strict=True):
        with box:
            place[name] = int(st.number_input(name.capitalize(), 0, sizes[name] - 1, step=1, **controls.drawn(name)))
    with last:
        place["step"] = choose_step(reading.tokens)
    cell: Cell = controls.keep("pin", Cell(**place))
    return cell


def choose_step(tokens: list[str]) -> int:
    """Choose the step with a slider over the words."""
    if len(tokens) == 1:
        return 0
    if len(tokens) > why_figures.MOST_SLIDER:
        return int(st.number_input("Step", 0, len(tokens) - 1, **controls.drawn("step")))
    names = why_sentences.steps(tokens)
    return int(st.select_slider("Step", range(len(tokens)), format_func=names.__getitem__, **controls.drawn("step")))


def clicked(step: int) -> None:
    """Choose the step of a clicked word, bar or point."""
    controls.show("step", step)
    controls.moved()


def look_at(cell: Cell) -> None:
    """Choose a cell."""
    for name, number in cell._asdict().items():
        if controls.is_drawn(name):
            controls.show(name, number)


def try_it(**asked: Any) -> None:
    """Hold a gate or remove a word, and bring into sight what that changes."""
    controls.set({"value": 0.0, "units": "", "steps": ""} | asked)
    controls.moved()
    st.session_state["why.tried"] = True


def try_hold(telling: MostTelling) -> None:
    """Hold the most telling gate."""
    look_at(telling.cell)
    try_it(hold=telling.gate)


def try_without(found: WordTurn, cell: Cell) -> None:
    """Remove a word, and look at the step whose answer turns over."""
    look_at(cell._replace(step=found.turn.step))
    try_it(hold=ERASE, word=found.word)


def open_telling() -> None:
    """Open a text in which a held gate turns an answer over; once it is read, the gate is held."""
    controls.set(fields_of(why_view.TELLING))
    controls.forget(*Cell._fields)
    controls.keep("pin", None)
    controls.moved()
    st.session_state["why.opened telling"] = True


def suggest(source: Source, reading: Reading, model: SequenceModel, telling: MostTelling | None, cell: Cell) -> None:
    """Say which held gate and which removed word turn an answer over, each with a button that tries it.

    Where none does, offer a text where one does.
    """
    tokens, found = reading.tokens, word_turn(source, reading)
    if telling is not None:
        suggestion(why_sentences.matters_most(telling, tokens, model), "Hold it", try_hold, telling)
    if found is not None:
        suggestion(why_sentences.without(found, tokens), "Remove it", try_without, found, cell)
    elif is_tried(reading) and (telling is None or telling.turn is None) and model.gives in ("classes", "set"):
        suggestion(why_sentences.TURNS_ELSEWHERE, "Open that text", open_telling)


def suggestion(said: str, button: str, on_click: Callable[..., None], *args: Any) -> None:
    """A sentence, and a button that does what it says."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":small[{said}]", width="content")
        st.button(button, on_click=on_click, args=args, key=controls.key(button))


def where_it_came_from(reading: Reading, trace: Trace, cell: Cell) -> None:
    """Show the memory of one unit, source by source."""
    found = sources.of_memory(trace, reading.tokens, cell)
    st.markdown(f"##### {why_sentences.where_from(found, cell, reading.tokens)}")
    memory = trace.cells("c", cell.layer, cell.direction)[cell.unit]
    with words_of(found, cell, "why-memory"):
        chart(why_figures.memory_sources(found, memory, cell, look, theme()), "why.memory", on_click=clicked)
    st.caption(
        f"Each word is coloured by its share in the memory at the framed step; the bars are the same shares, and "
        f"add up to c = {signed(found.total, 4)}. Click a word, a bar or a point: what was held there? "
        f"{why_sentences.MEMORY_LEAVES_OUT}"
    )
    every = st.expander("Every step at once", key="why.every", on_change="rerun")
    if every.open:
        with every:
            every_step_at_once(reading, trace, cell)


def words_of(found: Sources, cell: Cell, key: str) -> DeltaGenerator:
    """A container for a row of words; on a narrow screen it begins at the end that is nearer to the chosen step."""
    left = found.steps[: len(found.steps) // 2]
    return at_least(least_width(share_bars.labels_of(found)), key, "left" if cell.step in left else "right")


def every_step_at_once(reading: Reading, trace: Trace, cell: Cell) -> None:
    """Show the memory of one unit after each step, source by source."""
    if len(reading.tokens) > why_figures.MOST_TRIANGLE:
        st.markdown(f"A triangle is drawn up to {why_figures.MOST_TRIANGLE:,} steps; this text is longer.")
        return
    values = ledger_triangle(trace, cell.unit, cell.layer, cell.direction).numpy()
    figure = why_figures.triangle(values, reading.tokens, cell, look)
    words = len(figure["layout"]["xaxis"]["tickvals"])
    with at_least(least_width(words), "why-triangle"):
        chart(figure, "why.triangle")
    st.caption(
        f"One row per step: what c of unit {cell.unit} was made of after that step. One column per word: how long what "
        "the word wrote lasted. The framed row is the one shown above."
    )


def what_made_the_score(source: Source, reading: Reading, model: SequenceModel, trace: Trace, cell: Cell) -> str:
    """Show what every word does for a class's score at the step; returns the chosen class, "" for the predicted one."""
    st.divider()
    predicted = sources.predicted(reading, cell.step)
    options = {"": f"the likeliest here: {model.labels[predicted]}"} | {label: label for label in model.labels}
    if controls.now("label") not in options:
        controls.show("label", controls.keep("label", ""))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with right:
        label = st.selectbox("Score of", format_func=options.__getitem__, **controls.chosen("label", options))
        controls.keep("label", label)
    number = model.labels.index(label) if label else predicted
    score = sources.of_score(reading, model, trace, cell, number)
    without, alike = erasing.without_each(source, reading, trace, score, cell), erasing.alike(source.model)
    asked = score, without, alike is None or alike < erasing.ALIKE
    with left:
        st.markdown(f"##### {why_sentences.score_from(*asked, cell, reading.tokens)}")
    with words_of(score.sources, cell, "why-score"):
        chart(why_figures.score_sources(*asked, cell, look), "why.score", on_click=clicked)
    st.caption(why_sentences.shares_leave_out(score.rival, without, alike))
    return str(label)


def turn_off() -> None:
    """Hold o of the pinned unit at 0 at every step, so that h does not show the unit."""
    controls.set({"hold": "o", "value": 0.0, "units": "", "steps": ""})
    controls.moved()


def choose_word(tokens: list[str]) -> int:
    """Choose the word to erase."""
    controls.show("word", min(controls.now("word"), len(tokens) - 1))
    if len(tokens) > why_figures.MOST_SLIDER:
        return int(st.number_input("Word", 0, len(tokens) - 1, **controls.drawn("word")))
    names = why_sentences.steps(tokens)
    return int(st.selectbox("Word", format_func=names.__getitem__, **controls.chosen("word", range(len(names)))))


def choose_hold(reading: Reading, trace: Trace, cell: Cell) -> dict[str, Any]:
    """Choose what is held, at which value, of which units, at which steps; or which word is erased."""
    said: dict[str, Any] = {}
    boxes = st.columns([3, 2, 2, 2, 3], vertical_alignment="bottom")
    with boxes[0]:
        said["hold"] = st.selectbox("Hold", format_func=HOLDS.__getitem__, **controls.chosen("hold", HOLDS))
    if said["hold"] == ERASE:
        with boxes[1]:
            said["word"] = choose_word(reading.tokens[: alternatives.most_steps(trace)])
    elif said["hold"]:
        low, high = REACH[str(said["hold"])]
        controls.show("value", min(max(controls.now("value"), low), high))
        with boxes[1]:
            said["value"] = st.number_input("set to", low, high, step=0.1, **controls.drawn("value"))
        with boxes[2]:
            said["units"] = st.text_input("units", placeholder=f"{cell.unit}", **controls.drawn("units"))
        with boxes[3]:
            said["steps"] = st.text_input("at steps", placeholder="all", **controls.drawn("steps"))
    with boxes[4]:
        st.button(f"Turn unit {cell.unit} off", on_click=turn_off, width="stretch")
    return {name: controls.keep(name, value) for name, value in said.items()}


def what_if(why: Why, reading: Reading, trace: Trace, cell: Cell) -> Why:
    """Show the text with a gate held or a word erased, beside the text as it is."""
    st.divider()
    st.subheader("What if …")
    why = replace(why, **choose_hold(reading, trace, cell))
    if not why.hold:
        st.caption(
            "Set a gate or a state to a value, or remove a word, and see how the memory and the prediction change."
        )
        return why
    try:
        found = as_it_would_be(why, reading, trace, cell)
        if found is None:
            return why
        on_held_out = None if reading.model is None else alternatives.measured(why, reading.model, cell)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return why
    tell(why_sentences.only_the_first(len(reading.tokens), alternatives.most_steps(trace), "run again"))
    st.markdown(f"##### {why_sentences.what_changed(why, found, reading, cell)}")
    if on_held_out is not None:
        st.markdown(why_sentences.on_held_out(on_held_out))
    strips = st.pills(
        "Shown",
        list(QUANTITIES),
        selection_mode="multi",
        label_visibility="collapsed",
        **controls.drawn("strips", start="default"),
    )
    shown = controls.keep("strips", strips) or list(Why().strips)
    before_and_after(found, reading, cell, shown)
    return replace(why, strips="".join(letter for letter in QUANTITIES if letter in shown))


def as_it_would_be(why: Why, reading: Reading, trace: Trace, cell: Cell) -> alternatives.Alternative | None:
    """The text before and after; None if the visitor stopped a long computation."""
    asked = why, reading, trace, cell
    if alternatives.is_quick(why, trace) or alternatives.is_known(*asked):
        return alternatives.alternative(*asked)
    steps = f"{min(len(trace.x), alternatives.most_steps(trace)):,} steps"
    what = alternatives.what_is_asked(*asked)
    progress = unless_stopped("why.hold.run", what, f"Run {steps} again", f"Running {steps} again, with the hold")
    if progress is not None:
        alternatives.alternative(*asked, progress)
        # Draw the page again, without the bar.
        st.rerun()
    return None


def before_and_after(found: alternatives.Alternative, reading: Reading, cell: Cell, shown: list[str]) -> None:
    """Show three columns: as it is, as it would be, the difference."""
    pictures = compared_strips.three(found.comparison, cell[:2], cell[:2], shown, look)
    said = compare_figures.three_said(found.said, reading.model, found.comparison, look)
    titles = ("Original", "Changed", "Difference")
    compare_figures.indent(pictures, said)
    side_by_side("why", titles, {"three": pictures} | ({"said": said} if said else {}))


def page() -> None:
    """Draw the page: the text, where a memory came from, and what if."""
    page_title("Why?", "Which words is this memory made of, and what if a gate were held?")
    said = controls.begin(follow)
    with st.container(key="why-source"):
        source = choose_source(controls)
    why = Why(controls.view())
    reading: Reading | None = None
    try:
        reading = read(source)
    except LstmCoreError as error:
        said = [*said, str(error)]
    if reading is not None:
        offer_examples(controls, source, reading.model)
        said += reading.notices
    tell(said)
    if reading is not None and reading.trace is not None:
        telling = most_telling(source, reading)
        if telling is not None and st.session_state.pop("why.opened telling", False):
            try_hold(telling)
        cell = choose_cell(reading, reading.trace, telling)
        # Always there, so that what stands below keeps its place.
        with st.container():
            if reading.model is not None:
                suggest(source, reading, reading.model, telling, cell)
        why = Why(controls.view())
        where_it_came_from(reading, reading.trace, cell)
        if reading.model is not None:
            why = replace(why, label=what_made_the_score(source, reading, reading.model, reading.trace, cell))
        with st.container(key="why-what-if"):
            why = what_if(why, reading, reading.trace, cell)
        st.caption(
            f"The reading is {proof(reading.trace)}; the shares add up to the memory (up to rounding). The proof can’t "
            "tell i from g, nor o where c is near 0: the README says why."
        )
        made_with(read_by(source, reading, reading.trace))
        if st.session_state.pop("why.tried", False):
            scroll_to("why-what-if")
    controls.say(link.query(why))


# A page's global names and their values live until the visitor leaves, so a reading stays inside a function.
page()
