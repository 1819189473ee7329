"""The lesson "LSTM Structure", live, in five parts: words become numbers, one step at a time, the state that must be
carried, a Linear layer on top, and an LSTM, a GRU and a plain RNN side by side."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import NamedTuple

import streamlit as st

from gatescope.controls import visitor
from gatescope.controls.drawn_in_browser import chart, drawn_cell
from gatescope.controls.frame import file_of, look, made_with, page_title, small, tell, theme
from gatescope.controls.link_sync import SourceControls
from gatescope.drawing import lesson_strips
from gatescope.lesson import cell, kinds, kinds_figures, kinds_sentences, sentences
from gatescope.lesson.view import BOUNDS, INPUTS, LEARNED, MOST_STEPS, PARTS, UNTRAINED, LessonView, read_lesson
from gatescope.question import link
from gatescope.question.holds import Cell
from gatescope.question.view import RANGES, SIZES, Source, View
from gatescope.reading.read import Reading, read
from gatescope.wording.sentences import proof, proof_of_all, read_by
from lstm_core import LstmCoreError, Trace, anatomy, words
from lstm_core.models import untrained
from lstm_core.plots import palette
from lstm_core.plots.labels import label
from lstm_core.training.copying import SYMBOLS

lines = palette.KINDS[theme()]
controls = SourceControls("lesson", link.names(LessonView()) | {"output_dim", "all_three", "cell_units"})
FOLD = "What PyTorch prints"
# The most classes that are drawn.
LABELS = 6


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    asked, notices = read_lesson(query)
    controls.take(visitor.view_of(asked.source))
    controls.forget("input_dim", "hidden_dim")
    controls.set({name: value for name, value in vars(asked).items() if name != "source"})
    return notices


def asked() -> LessonView:
    own = {field.name: controls.values[field.name] for field in fields(LessonView) if field.name != "source"}
    return LessonView(controls.view().source, **own)


def turn_to(part: int) -> None:
    """Show a part, by its number: with a click the browser may still send the part before the one that it shows."""
    controls.show("part", part)
    controls.moved()


def choose_part() -> int:
    """Choose the part of the lesson: by its name, or with Back and Next."""
    at = controls.now("part")
    part = st.radio(
        "Part of the lesson",
        format_func=lambda number: f"{number}. {PARTS[number][0]}",
        captions=[subject for _, subject in PARTS.values()],
        label_visibility="collapsed",
        **controls.chosen("part", PARTS),
    )
    with st.container(horizontal=True, vertical_alignment="center", key="lesson-turn"):
        st.button("Back", on_click=turn_to, args=(at - 1,), disabled=at == min(PARTS))
        st.markdown(f"{at} of {len(PARTS)}", width="content")
        st.button("Next", on_click=turn_to, args=(at + 1,), disabled=at == max(PARTS), type="primary")
    return int(controls.keep("part", part))


def slider(name: str, title: str = "") -> int:
    return int(controls.keep(name, st.slider(title or name, *BOUNDS[name], **controls.drawn(name))))


def dimension(name: str) -> None:
    """Draw a slider of the source. A larger number from another page stays until the visitor moves the slider."""
    most = min(controls.values[name], BOUNDS[name][1])
    if not controls.is_drawn(name):
        controls.show(name, most)
    chosen = int(st.slider(name, *BOUNDS[name], **controls.drawn(name)))
    if chosen != most:
        controls.keep(name, chosen)


def typed() -> None:
    """Read the typed text from now on, on the other pages too, instead of an opened file."""
    controls.keep("file", "")
    controls.moved()


def plain_source(source: Source) -> Source:
    """The sentence, dimensions and seed of a source, read by an untrained LSTM of one layer."""
    return Source(source.sentence, source.input_dim, source.hidden_dim, seed=source.seed)


def choose(part: int) -> None:
    """Choose what a part reads, and the dimensions and seed of its LSTM."""
    if part == 5 and controls.one_of("cells", "Epochs trained on copy", LEARNED) != UNTRAINED:
        choose_symbols()
        return
    if part != 3 or choose_inputs() == "words":
        sentence = st.text_input("Sentence", live=True, **controls.drawn("sentence") | {"on_change": typed})
        controls.keep("sentence", sentence)
    dimension("input_dim")
    dimension("hidden_dim")
    # The fourth part's LSTM is trained.
    if part != 4:
        controls.keep("seed", st.number_input("seed", *RANGES["seed"], step=1, **controls.drawn("seed")))


def choose_symbols() -> None:
    """Choose the symbol that trained cells remember, the gap, and the seed that they learned from."""
    controls.one_of("first", "First symbol", {symbol: symbol for symbol in SYMBOLS})
    slider("gap", "Dots between the symbol and the question")
    slider("trained_seed", "Trained from seed")


def choose_step(tokens: list[str]) -> int:
    """Choose the step whose cell is drawn, among the first ones."""
    last = min(len(tokens), MOST_STEPS) - 1
    at = min(controls.now("step"), last)
    if controls.now("step") != at:
        controls.show("step", at)
    step = st.segmented_control(
        "Step",
        range(last + 1),
        format_func=lambda number: label(tokens[number]),
        required=True,
        label_visibility="collapsed",
        **controls.drawn("step", start="default"),
    )
    if len(tokens) > MOST_STEPS:
        small(f"The first {MOST_STEPS} of {len(tokens):,} words can be chosen.")
    return int(controls.keep("step", last if step is None else step))


class OnMemory(NamedTuple):
    """The drawn cell, as the page Memory shows it."""

    source: Source
    trace: Trace
    step: int
    unit: int | None = None
    """None: the telling one of the step."""

    def go(self) -> None:
        """Open it there, pinned."""
        view = View(self.source)
        unit = cell.telling_unit(self.trace, self.step) if self.unit is None else self.unit
        shown = replace(view.shown, pin=Cell(len(self.trace.c) - 1, 0, unit, self.step))
        st.switch_page(file_of(""), query_params=link.in_full(replace(view, shown=shown)))


def the_cell(source: Source, reading: Reading, trace: Trace, step: int, name: str, unit: int | None = None) -> OnMemory:
    """Show the drawn cell of a step: of a unit, or of the telling one."""
    with st.container(key=f"lesson-{name}"):
        drawn_cell(cell.drawn("lstm", trace, reading.tokens[step], step, look(), unit), f"lesson.{name}")
    return OnMemory(source, trace, step, unit)


def words_become_numbers(source: Source, reading: Reading, trace: Trace) -> OnMemory:
    st.markdown(sentences.words_become_numbers(trace))
    step = choose_step(reading.tokens)
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(lesson_strips.inputs(trace, reading.tokens, look(), 1000), "inputs")
        small(sentences.NO_LEARNING)
    with right:
        st.code(sentences.code_of_a_call(trace), language="python", wrap_lines=True)
        return the_cell(source, reading, trace, step, "inputs")


def one_step_at_a_time(source: Source, reading: Reading, trace: Trace) -> OnMemory:
    step = choose_step(reading.tokens)
    unit = cell.telling_unit(trace, step)
    st.markdown(sentences.one_cell(trace, reading.tokens, unit, step))
    left, right = st.columns([8, 5], gap="large")
    with left:
        shown = the_cell(source, reading, trace, step, "cell")
    with right:
        st.code(sentences.loop(trace, step), language="python", wrap_lines=True)
        st.markdown(f"**Unit {unit}, worked out**: each gate has its own W, U and b")
        st.code(
            sentences.worked_out(anatomy(reading.lstm, trace, time=step, unit=unit)), language=None, wrap_lines=True
        )
        small(f"This run is {proof(trace)}.")
    return shown


def choose_inputs() -> str:
    """Choose what all three ways read: the words, or random inputs, how many and from which state."""
    inputs = controls.one_of("inputs", "Inputs", INPUTS)
    if inputs == "random":
        slider("seq_len")
        same_start = st.toggle(
            "Start all three from the same (h0, c0)",
            help="The lesson draws a new (h0, c0) before it reads all at once.",
            **controls.drawn("same_start"),
        )
        controls.keep("same_start", same_start)
    return inputs


def what_is_read_in_three_ways(now: LessonView) -> tuple[untrained.Lesson | None, bool]:
    """What all three ways read, None if it is nothing; and whether all three start from the same state."""
    source = now.source
    if now.inputs == "random":
        return untrained.lesson(source.input_dim, source.hidden_dim, now.seq_len, source.seed), now.same_start
    reading = read(source)
    if reading.trace is None:
        return None, True
    start = reading.trace.h0[:, 0], reading.trace.c0[:, 0]
    return untrained.Lesson(reading.lstm, reading.trace.x, start, start), True


def three_ways_to_read(now: LessonView) -> OnMemory | None:
    st.markdown(sentences.THREE_WAYS)
    source, of_words = now.source, now.inputs == "words"
    example, same_start = what_is_read_in_three_ways(now)
    if example is None:
        st.info("Type a sentence to start.")
        return None
    ways = untrained.three_ways(example, same_start)
    names = words(source.sentence) if of_words else [f"step {step}" for step in range(len(example.inputs))]
    shown = {
        "One step at a time, the same state each time": ("out, hidden = lstm(x, (h0, c0))", ways.reset),
        "One step at a time, the state carried": ("out, hidden = lstm(x, hidden)", ways.carried),
        "All at once": ("out, hidden = lstm(inputs, (h0, c0))", ways.at_once),
    }
    last = len(names) - 1
    with st.container(key="lesson-ways"):
        columns = st.columns(3)
    for column, (way, (code, trace)) in zip(columns, shown.items(), strict=True):
        with column:
            st.markdown(f"**{way}**")
            st.code(code, language=None, wrap_lines=True)
            chart(lesson_strips.states(trace, names, look(), 560), way)
            drawn_cell(cell.drawn("lstm", trace, names[last], last, look()), f"lesson.{way}")
    left, right = st.columns([9, 2], vertical_alignment="center")
    with left:
        differ = sentences.why_they_differ(ways, same_start)
        st.info(f"{differ} All three are {proof_of_all(ways)}.", icon=":material/info:")
    with right, st.popover(FOLD):
        for way, (_, trace) in shown.items():
            st.markdown(way)
            st.code(sentences.printed(trace), language=None, wrap_lines=True)
    made_with(sentences.made("nn.LSTM", source.input_dim, source.hidden_dim, source.seed))
    return OnMemory(source, ways.at_once, last) if of_words else None


def a_linear_on_top(now: LessonView) -> OnMemory | None:
    """The trained tagger that is nearest in size: its answers mean something."""
    trained = replace(now.source, model=SIZES)
    reading = read(trained)
    model, trace, said = reading.model, reading.trace, reading.probabilities()
    tell(reading.notices, st.info)
    if model is None or trace is None or said is None:
        return None
    step = choose_step(reading.tokens)
    st.markdown(f"{sentences.TRAINED} {sentences.through_linear(trace, model, reading.tokens, step, said)}")
    left, right = st.columns([8, 5], gap="large")
    with left:
        unit = cell.answering_unit(trace, model, step, said)
        drawn = the_cell(trained, reading, trace, step, "tagger", unit)
    with right:
        st.code(sentences.shapes_through_linear(trace, len(model.labels)), language="python", wrap_lines=True)
        most = said.amax(0).argsort(descending=True, stable=True)[:LABELS].sort().values.tolist()
        classes = [model.labels[row] for row in most]
        chart(lesson_strips.scores(said[:, most].T.numpy(), reading.tokens, classes, look(), 1000), "scores")
    st.markdown(f"**What {sentences.PREDICTS} means.** {sentences.NEXT_WORD}")
    made_with(read_by(trained, reading, trace))
    return drawn


def lstm_gru_rnn(now: LessonView) -> OnMemory | None:
    """An LSTM, a GRU and a plain RNN over one text, and which of them learn to remember."""
    trained = now.cells != UNTRAINED
    try:
        found = kinds.three(now)
    except LstmCoreError as error:
        st.info(str(error))
        return None
    st.markdown(f"##### {kinds_sentences.trained(found) if trained else kinds_sentences.untrained(found)}")
    if not trained and len(words(now.source.sentence)) > len(found.tokens):
        small(f"The first {len(found.tokens)} words are read.")
    last = len(found.tokens) - 1
    with st.container(key="lesson-kinds"):
        columns = st.columns(3)
    for column, kind, hidden in zip(columns, found.kinds, kinds_figures.hidden(found, look()), strict=True):
        with column:
            st.markdown(f"**nn.{kind.cell.upper()}{'' if trained else ', untrained'}**")
            drawn_cell(cell.drawn(kind.cell, kind.trace, found.tokens[last], last, look()), f"lesson.{kind.cell}")
            chart(hidden, f"h of {kind.cell}")
    left, right = st.columns(2, gap="large")
    learned = kinds.by_gap()
    epochs = int(now.cells) if trained else min(one.epochs for one in learned)
    with left:
        small(kinds_sentences.what_left_means(trained))
        chart(kinds_figures.left(found, look(), lines), "cells.left")
    with right:
        small(kinds_sentences.budget(epochs))
        chart(kinds_figures.by_gap([one for one in learned if one.epochs == epochs], look(), lines), "cells.gap")
    with st.expander(kinds_sentences.learned(learned)):
        st.markdown(kinds_sentences.what_buys_it(learned))
        st.markdown(
            f"{kinds_sentences.blocks(found)} All three are {proof_of_all(kind.trace for kind in found.kinds)}."
        )
    made_with(kinds_sentences.made(now, found))
    trace = found.kinds[0].trace
    return OnMemory(now.source, trace, last) if isinstance(trace, Trace) and not trained else None


OF_A_READING = {1: words_become_numbers, 2: one_step_at_a_time}
OTHERS = {3: three_ways_to_read, 4: a_linear_on_top, 5: lstm_gru_rnn}


def of_the_sentence(part: int, source: Source) -> OnMemory | None:
    """Show a part about one reading of the sentence."""
    reading = read(source)
    tell(reading.notices, st.info)
    if reading.trace is None:
        return None
    made_with(read_by(source, reading, reading.trace))
    return OF_A_READING[part](source, reading, reading.trace)


def page() -> None:
    """Draw the page: at the left the parts and what is read, at the right the part."""
    notices = controls.begin(follow)
    rail, main = st.columns([2, 9], gap="large")
    with rail, st.container(key="lesson-rail"):
        part = choose_part()
        choose(part)
        now = asked()
        now = replace(now, source=plain_source(now.source))
        below = st.container()
    with main, st.container(key="lesson-main"):
        tell(notices)
        page_title(*PARTS[part])
        shown = OTHERS[part](now) if part in OTHERS else of_the_sentence(part, now.source)
    if shown is not None and below.button("See this cell on Memory", icon=":material/arrow_forward:"):
        shown.go()
    controls.say(link.query(asked()))


# A page's global names and their values live until the visitor leaves, so a reading stays inside a function.
page()
