"""A visitor's own weights: what is in the file, which parts make the model, a first picture, on to the main page."""

import streamlit as st

from dashboard import documents, lesson_figures, palette, sentences, session
from dashboard.checkpoint import first_picture, found, opening
from dashboard.plain import plain
from lstm_core import Checkpoint, LstmCoreError, SequenceModel

LARGEST_VOCABULARY = 16  # megabytes
# A longer example goes to the main page as a file.
LONGEST_IN_A_LINK = 2000

look = palette.look("teal", session.theme())
state = st.session_state


def uploader(name: str) -> str:
    """The key of an uploader, which starts anew once it was emptied."""
    return f"{name} uploader {state.get(f'{name} taken', 0)}"


def take(name: str, key: str) -> tuple[str, bytes] | None:
    """Name and content of what was dropped; Streamlit's own copy is let go of."""
    # An uploader that was emptied reports once more, on its way out.
    dropped = state.get(key) if key == uploader(name) else None
    if dropped is None:
        return None
    state[f"{name} taken"] = state.get(f"{name} taken", 0) + 1
    session.let_go(dropped)
    return dropped.name, dropped.getvalue()


def open_weights(key: str) -> None:
    if taken := take("weights", key):
        try:
            opened, state["refused"] = opening.keep(*taken), ""
            opening.drop(state.get("opened", ""))
            state["opened"] = opened
        except LstmCoreError as error:
            state["refused"] = str(error)


def open_vocabulary(key: str) -> None:
    if taken := take("vocabulary", key):
        name, content = taken
        try:
            state["vocabulary file"], state["refused vocabulary"] = (name, content.decode("utf-8-sig")), ""
        except UnicodeDecodeError:
            state["refused vocabulary"] = (
                f"Expected a vocabulary as text in UTF-8, got {name}, which is something else."
            )


def close_vocabulary() -> None:
    state["vocabulary file"] = None


def choose(content: Checkpoint) -> opening.Choice:
    """Which parts make the model; the best guess is chosen already."""
    opened = state["opened"]
    lstm = st.selectbox(
        "LSTM",
        list(content.lstms),
        format_func=lambda name: found.lstm_option(content, name),
        key=f"lstm {opened}",
        persist_state="session",
    )
    fitting = content.pair(lstm)
    embedding = st.selectbox(
        "fed by",
        [*fitting.embeddings, None],
        format_func=lambda name: found.embedding_option(content, lstm, name),
        key=f"embedding {opened} {lstm}",
        persist_state="session",
        help="Embeddings as wide as the LSTM’s input, the best guess first; or numbers, as they come.",
    )
    linear = st.selectbox(
        "read by",
        [*fitting.linears, None],
        format_func=lambda name: found.linear_option(content, name),
        key=f"linear {opened} {lstm}",
        persist_state="session",
        help="Linear layers as wide as what the LSTM gives, the best guess first.",
    )
    return opening.Choice(
        lstm,
        embedding,
        linear,
        vocabulary="" if embedding is None else tokens_of_the_rows(),
        labels="" if linear is None else names_of_the_classes(),
    )


def names_of_the_classes() -> str:
    """The labels as they were typed."""
    return st.text_input(
        "Class labels",
        key="labels",
        persist_state="session",
        placeholder="NOUN, VERB, …",
        help="In the order of the Linear’s outputs, parted by commas or as JSON. Without them: the vocabulary’s tokens "
        "where there are as many, else numbers.",
    )


def tokens_of_the_rows() -> str:
    """The vocabulary as it was pasted or uploaded."""
    if held := state.get("vocabulary file"):
        name, text = held
        st.markdown(f"Vocabulary: **{plain(name)}**, {len(text):,} characters")
        st.button("Paste one instead", on_click=close_vocabulary, type="tertiary", icon=":material/close:")
        return str(text)
    text = st.text_area(
        "Vocabulary",
        key="vocabulary",
        persist_state="session",
        height=120,
        placeholder="one token a line, or JSON: a list, or {token: row}",
        help="The tokens of the embedding’s rows, in their order. Without one a token is the number of its row.",
    )
    st.file_uploader(
        "or a file of it",
        key=uploader("vocabulary"),
        on_change=open_vocabulary,
        args=(uploader("vocabulary"),),
        max_upload_size=LARGEST_VOCABULARY,
    )
    if refused := state.get("refused vocabulary"):
        st.warning(plain(refused))
    return str(text)


def first_look(first: opening.FirstReading, labels: list[str]) -> None:
    """The proof, the model's states over an example, and what it says of each step."""
    for notice in first.notices:
        st.info(plain(notice))
    st.markdown(f"It works: {sentences.proof(first.trace)}.")
    picture = first_picture.first_picture(first, labels, look)
    st.markdown(first_picture.which_states(first.trace))
    st.plotly_chart(picture.states, theme=None, width="content", config=lesson_figures.CHART, key="states")
    if picture.scores is not None:
        st.markdown("What the Linear says at each step, as probabilities")
        st.plotly_chart(picture.scores, theme=None, width="content", config=lesson_figures.CHART, key="scores")


def to_the_main_page(name: str, model: SequenceModel, text: str) -> None:
    """Put the model into this visitor's list and go there with it."""
    key = session.keep_own_model(model, found.label_of(name, model))
    example = (
        {"sentence": text} if len(text) <= LONGEST_IN_A_LINK else {"file": documents.keep("example", text.encode())}
    )
    st.switch_page("app_pages/memory.py", query_params={"model": key} | example)


st.title("Your model")
st.markdown(
    "Open the weights of an LSTM that you trained: a PyTorch state dict or checkpoint, safetensors, Keras, ONNX, or a "
    "model trained here. Nothing in the file is executed, and only this browser session sees it."
)
st.file_uploader(
    "A file of weights",
    key=uploader("weights"),
    on_change=open_weights,
    args=(uploader("weights"),),
)
if refused := state.get("refused"):
    st.error(plain(refused))

opened = opening.kept(state["opened"]) if "opened" in state else None
if opened is None:
    if "opened" in state:
        st.warning("The opened file is no longer on the server: open it again.")
    st.code(found.HOW_TO_SAVE, language="python")
    st.stop()

st.subheader("What was found")
st.markdown(found.headline(opened))
st.table(found.table(opened), border="horizontal", hide_index=True, height=found.table_height(opened))
if more := found.left_out(opened):
    st.markdown(more)

left, right = st.columns([1, 2], gap="large")
with left:
    st.subheader("The model")
    choice = choose(opened.content) if isinstance(opened.content, Checkpoint) else None
    try:
        model = opening.model_of(opened, choice)
        example = opening.example(model)
        typed = st.text_area(
            "Try it on",
            key="example",
            persist_state="session",
            height=80,
            placeholder=found.shortened_example(example),
        )
        st.markdown(f":small[{found.reads(model)}]")
        first = opening.first_reading(model, typed)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        st.stop()
    if st.button("Open it on the main page", type="primary", width="stretch"):
        to_the_main_page(opened.name, model, typed or example)
with right:
    st.subheader("A first picture")
    first_look(first, model.labels)
