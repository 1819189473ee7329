"""The lesson "LSTM Structure", alive: three ways to read the same numbers, a Linear layer on top, then a GRU and an RNN
beside the LSTM."""

import streamlit as st

from dashboard import lesson_figures, palette, sentences, session
from dashboard.chart import chart
from dashboard.plain import plain
from dashboard.reading import read
from dashboard.view import View
from lstm_core import words
from lstm_core.models import lesson
from lstm_core.models.three_cells import three_cells

look = palette.look("teal", session.theme())

USUAL = {"input_dim": 4, "hidden_dim": 3, "seq_len": 5, "seed": 2, "output_dim": 4, "cell_units": 3}
for notice in session.impossible_values(USUAL):
    st.warning(plain(notice))

st.title("LSTM Structure")
st.markdown(
    "`nn.LSTM(input_dim, hidden_dim, n_layers)` reads a sequence of shape `(seq_len, batch, input_size)` and a state "
    "`(h0, c0)`, each `(n_layers, batch, hidden_dim)`. It gives back `h` of every step, and the last state."
)


@st.fragment
def three_ways_to_read() -> None:
    st.subheader("Three ways to read the same numbers")
    boxes = st.columns(4)
    with boxes[0]:
        input_dim = st.slider("input_dim", 1, 64, 4, key="input_dim", bind="query-params")
    with boxes[1]:
        hidden_dim = st.slider("hidden_dim", 1, 64, 3, key="hidden_dim", bind="query-params")
    with boxes[2]:
        seq_len = st.slider("seq_len", 1, 12, 5, key="seq_len", bind="query-params")
    with boxes[3]:
        seed = st.number_input("seed", 0, 999_999, 2, key="seed", bind="query-params")
    same_start = st.toggle(
        "Start all three from the same (h0, c0)",
        key="same_start",
        bind="query-params",
        help="The lesson draws a new (h0, c0) before it reads all at once.",
    )
    example = lesson.lesson(input_dim, hidden_dim, seq_len, int(seed))
    ways = lesson.three_ways(example, same_start)

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
            figure = lesson_figures.states(trace, look, 380)
            chart(figure, title)
            with st.expander("The numbers, as PyTorch prints them", expanded=(hidden_dim, seq_len) <= (3, 5)):
                st.code(sentences.printed(trace), language=None)

    st.info(sentences.why_they_differ(ways, same_start), icon=":material/info:")
    st.caption(f"In all three {sentences.proof(max(ways, key=lambda trace: trace.max_error))}.")


@st.fragment
def a_linear_on_top() -> None:
    st.subheader("A Linear layer on top")
    left, right = st.columns([1, 2])
    with left:
        sentence = st.text_input("Sentence", View().sentence, key="sentence", bind="query-params")
        output_dim = st.slider("output_dim", 1, 64, 4, key="output_dim", bind="query-params")
    reading = read(View(sentence=sentence))
    for notice in reading.notices:
        st.info(plain(notice))
    if reading.trace is None:
        return
    top = lesson.class_scores(reading.trace, output_dim)
    with left:
        st.table(sentences.shapes_through_linear(reading.trace, top), border="horizontal")
    with right:
        st.markdown("**Class scores a word**, as probabilities: each column sums to 1")
        classes = [f"class {number}" for number in range(output_dim)]
        figure = lesson_figures.scores(top.probabilities.T.numpy(), reading.tokens, classes, look, 760)
        chart(figure, "scores")
        st.caption("Untrained: the numbers are random, the mechanism is real.")
    st.markdown(sentences.NEXT_WORD)


@st.fragment
def lstm_gru_rnn() -> None:
    st.subheader("LSTM, GRU, RNN")
    left, right = st.columns([2, 1])
    with left:
        text = st.text_input("Read by all three", View().sentence, max_chars=200, key="all_three", bind="query-params")
    with right:
        units = st.slider("units of each", 1, 16, 3, key="cell_units", bind="query-params")
    tokens = words(text)
    if not tokens:
        st.info("There is nothing to read yet: type a sentence.")
        return
    read = three_cells(tokens, hidden_size=units)
    st.markdown(sentences.what_differs(read))
    traces = {"LSTM": read.lstm, "GRU": read.gru, "RNN": read.rnn}
    for column, (kind, trace) in zip(st.columns(3), traces.items(), strict=True):
        with column:
            st.markdown(f"**nn.{kind}**")
            figure = lesson_figures.cell(trace, tokens, look, 380)
            chart(figure, f"cell {kind}")
    st.caption(
        "All three are untrained, drawn from the same seed and read the same vectors. In each "
        f"{sentences.proof(max(traces.values(), key=lambda trace: trace.max_error))}. What the gates are for shows "
        "in training: the page Compare has all three remember a symbol across a gap."
    )


three_ways_to_read()
a_linear_on_top()
lstm_gru_rnn()
