"""The lesson "LSTM Structure", live, in five parts: words become numbers, one step at a time, the state that must be
carried, a Linear layer on top, and a GRU and an RNN beside the LSTM."""

from collections.abc import Mapping
from dataclasses import fields

import streamlit as st

from dashboard.controls import visitor
from dashboard.controls.chart import chart
from dashboard.controls.link_sync import SourceControls
from dashboard.controls.made_with import made_with
from dashboard.controls.notices import tell
from dashboard.controls.page_title import page_title
from dashboard.controls.small_print import small
from dashboard.controls.theme import theme
from dashboard.drawing import lesson_strips
from dashboard.lesson import sentences
from dashboard.lesson.view import BOUNDS, INPUTS, LONGEST, PARTS, Lesson, read_lesson
from dashboard.question import link
from dashboard.question.source import Source
from dashboard.question.view import RANGES
from dashboard.reading.read import Reading, read
from dashboard.words.sentences import proof, proof_of_all, read_by
from lstm_core import Trace, words
from lstm_core.models import lesson
from lstm_core.models.three_cells import three_cells
from lstm_core.plots import palette

look = palette.look("teal", theme())
controls = SourceControls("lesson", link.names(Lesson()))
FOLD = "The numbers, as PyTorch prints them"


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    asked, notices = read_lesson(query)
    controls.take(visitor.view_of(asked.source))
    controls.forget("input_dim", "hidden_dim")
    controls.set({name: value for name, value in vars(asked).items() if name != "source"})
    return notices


def say() -> None:
    """Write the values of the controls of all parts into the link."""
    own = {field.name: controls.values[field.name] for field in fields(Lesson) if field.name != "source"}
    controls.say(link.query(Lesson(controls.view().source, **own)))


def turn_to(part: int) -> None:
    """Show a part, by its number: with a click the browser may still send the part before the one that it shows."""
    controls.show("part", part)
    controls.moved()


def choose_part() -> int:
    """Choose the part of the lesson: by its name, or with Back and Next."""
    at = controls.now("part")
    with st.container(horizontal=True, vertical_alignment="center", key="lesson-parts"):
        st.button("Back", on_click=turn_to, args=(at - 1,), disabled=at == min(PARTS))
        part = st.segmented_control(
            "Part of the lesson",
            list(PARTS),
            format_func=lambda number: f"{number}. {PARTS[number]}",
            required=True,
            label_visibility="collapsed",
            **controls.drawn("part", start="default"),
        )
        st.button("Next", on_click=turn_to, args=(at + 1,), disabled=at == max(PARTS), type="primary")
    return int(controls.keep("part", part))


def slider(name: str, title: str = "") -> int:
    """Draw a slider, keep its value and return it."""
    return int(controls.keep(name, st.slider(title or name, *BOUNDS[name], **controls.drawn(name))))


def dimension(name: str) -> int:
    """Draw a slider of the source. A larger number from another page stays until the visitor moves the slider."""
    most = min(controls.values[name], BOUNDS[name][1])
    if not controls.is_drawn(name):
        controls.show(name, most)
    chosen = int(st.slider(name, *BOUNDS[name], **controls.drawn(name)))
    if chosen != most:
        controls.keep(name, chosen)
    return chosen


def typed() -> None:
    """Read the typed text from now on, on the other pages too, instead of an opened file."""
    controls.keep("file", "")
    controls.moved()


def choose_source() -> Source:
    """Choose the sentence, and the dimensions and seed of the LSTM."""
    row = st.container(key="lesson-source")
    boxes = row.columns([9, 4, 4, 3], vertical_alignment="bottom", gap="medium")
    with boxes[0]:
        sentence = st.text_input("Sentence", live=True, **controls.drawn("sentence") | {"on_change": typed})
        controls.keep("sentence", sentence)
    with boxes[1]:
        input_dim = dimension("input_dim")
    with boxes[2]:
        hidden_dim = dimension("hidden_dim")
    with boxes[3]:
        seed = int(controls.keep("seed", st.number_input("seed", *RANGES["seed"], step=1, **controls.drawn("seed"))))
    return Source(sentence=sentence, input_dim=input_dim, hidden_dim=hidden_dim, seed=seed)


def words_become_numbers(reading: Reading, trace: Trace) -> None:
    st.markdown(sentences.words_become_numbers(trace))
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(lesson_strips.inputs(trace, reading.tokens, look, 1040), "inputs")
    with right:
        st.code(sentences.code_of_a_call(trace), language="python")
        small(sentences.NO_LEARNING)


def one_step_at_a_time(reading: Reading, trace: Trace) -> None:
    st.markdown(sentences.one_cell(trace, reading.tokens))
    left, right = st.columns([3, 2], gap="large")
    with left:
        chart(lesson_strips.named_cell(trace, reading.tokens, look, 1040), "cell")
    with right:
        st.code(sentences.EQUATIONS, language=None)
        with st.expander(FOLD):
            st.code(sentences.printed(trace), language=None)
        small(f"This run is {proof(trace)}.")


def what_is_read_in_three_ways(source: Source) -> tuple[lesson.Lesson | None, bool]:
    """Choose what all three ways read; returns it, and whether all three start from the same state."""
    boxes = st.columns([5, 3, 4], vertical_alignment="bottom", gap="medium")
    with boxes[0]:
        inputs = st.segmented_control(
            "Inputs",
            list(INPUTS),
            format_func=INPUTS.__getitem__,
            required=True,
            **controls.drawn("inputs", start="default"),
        )
        controls.keep("inputs", inputs)
    if inputs == "words":
        reading = read(source)
        if reading.trace is None:
            return None, True
        trace = reading.trace
        start = trace.h0[:, 0], trace.c0[:, 0]
        return lesson.Lesson(reading.lstm, trace.x, start, start), True
    with boxes[1]:
        seq_len = slider("seq_len")
    with boxes[2]:
        same_start = st.toggle(
            "Start all three from the same (h0, c0)",
            help="The lesson draws a new (h0, c0) before it reads all at once.",
            **controls.drawn("same_start"),
        )
        controls.keep("same_start", same_start)
    return lesson.lesson(source.input_dim, source.hidden_dim, seq_len, source.seed), same_start


def three_ways_to_read(source: Source) -> None:
    st.markdown(sentences.THREE_WAYS)
    example, same_start = what_is_read_in_three_ways(source)
    if example is None:
        st.info("Type a sentence to start.")
        return
    ways = lesson.three_ways(example, same_start)
    random = controls.values["inputs"] == "random"
    names = [f"step {step}" for step in range(len(example.inputs))] if random else words(source.sentence)
    shown = {
        "One step at a time, the same state each time": (
            "for x in inputs:\n    out, hidden = lstm(x, (h0, c0))",
            ways.reset,
        ),
        "One step at a time, the state carried": ("for x in inputs:\n    out, hidden = lstm(x, hidden)", ways.carried),
        "All at once": ("# one call reads every step\nout, hidden = lstm(inputs, (h0, c0))", ways.at_once),
    }
    for column, (title, (code, trace)) in zip(st.columns(3), shown.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.code(code, language=None)
            chart(lesson_strips.states(trace, names, look, 560), title)
            with st.expander(FOLD):
                st.code(sentences.printed(trace), language=None)
    st.info(sentences.why_they_differ(ways, same_start), icon=":material/info:")
    made_with(sentences.made("nn.LSTM", source.input_dim, source.hidden_dim, source.seed))
    small(f"All three are {proof_of_all(ways)}.")


def a_linear_on_top(reading: Reading, trace: Trace) -> None:
    left, right = st.columns([2, 3], gap="large")
    with left:
        output_dim = slider("output_dim")
        top = lesson.class_scores(trace, output_dim)
        st.table(sentences.shapes_through_linear(trace, top), border="horizontal")
    with right:
        st.markdown("**Class scores per word**, as probabilities: each column sums to 1")
        classes = [f"class {number}" for number in range(output_dim)]
        figure = lesson_strips.class_scores(top.probabilities.T.numpy(), reading.tokens, classes, look, 1040)
        chart(figure, "scores")
        small("Untrained: random weights, real LSTM.")
    st.markdown(sentences.NEXT_WORD)


def lstm_gru_rnn() -> None:
    left, right = st.columns([2, 1])
    with left:
        text = st.text_input("Read by all three", live=True, max_chars=LONGEST, **controls.drawn("all_three"))
        controls.keep("all_three", text)
    with right:
        units = slider("cell_units", "units of each")
    tokens = words(text)
    if not tokens:
        st.info("Type a sentence to start.")
        return
    read = three_cells(tokens, hidden_size=units)
    st.markdown(sentences.what_differs(read))
    traces = {"LSTM": read.lstm, "GRU": read.gru, "RNN": read.rnn}
    for column, (kind, trace) in zip(st.columns(3), traces.items(), strict=True):
        with column:
            st.markdown(f"**nn.{kind}**")
            chart(lesson_strips.cell(trace, tokens, look, 560), f"cell {kind}")
    made_with(f"“{text}”, {sentences.made('nn.LSTM, nn.GRU and nn.RNN', read.lstm.x.shape[-1], units, 2)}")
    small(
        "All three are untrained, drawn from the same seed, read the same vectors and are "
        f"{proof_of_all(traces.values())}. Training shows "
        "what the gates are for: on the page Compare all three remember a symbol across a gap."
    )


ABOUT_THE_SENTENCE = {1: words_become_numbers, 2: one_step_at_a_time, 4: a_linear_on_top}


def page() -> None:
    """Draw the page: the part's name, the sentence, the part."""
    page_title("Lesson", "What does `nn.LSTM(input_dim, hidden_dim, n_layers)` do with a sentence?")
    tell(controls.begin(follow))
    part = choose_part()
    if part == 5:
        lstm_gru_rnn()
    elif part == 3:
        three_ways_to_read(choose_source())
    else:
        source = choose_source()
        reading = read(source)
        tell(reading.notices, st.info)
        if reading.trace is not None:
            ABOUT_THE_SENTENCE[part](reading, reading.trace)
            made_with(read_by(source, reading, reading.trace))
    say()


# A page's global names and their values live until the visitor leaves, so a reading stays inside a function.
page()
