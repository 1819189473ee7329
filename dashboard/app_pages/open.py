"""A visitor's own weights: what is in the file, which parts make the model, a first picture, on to the main page."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import documents, palette, sentences, session
from dashboard.chart import chart
from dashboard.checkpoint import first_picture, found, opening
from dashboard.plain import plain
from lstm_core import Checkpoint, LstmCoreError, SequenceModel

LARGEST_VOCABULARY = 8  # megabytes
# A longer example goes to the main page as a file.
LONGEST_IN_A_LINK = 2000

look = palette.look("teal", session.theme())
state = st.session_state


def dropped(key: str) -> UploadedFile | None:
    """The file that was just dropped into an uploader."""
    file = state.get(key)
    # One that was let go of is reported once more, as deleted.
    return file if isinstance(file, UploadedFile) else None


def open_weights() -> None:
    if file := dropped("weights file"):
        try:
            opened, state["refused"] = opening.keep(file.name, file.getvalue()), ""
            opening.drop(state.get("opened", ""))
            state["opened"] = opened
        except LstmCoreError as error:
            state["refused"] = str(error)
        session.let_go(file)


def open_vocabulary() -> None:
    if file := dropped("vocabulary dropped"):
        try:
            state["vocabulary file"] = documents.keep(file.name, file.getvalue())
            state["refused vocabulary"] = ""
        except LstmCoreError as error:
            state["refused vocabulary"] = str(error)
        session.let_go(file)


def close_vocabulary() -> None:
    state["vocabulary file"] = None


def choose(content: Checkpoint) -> opening.Choice:
    """Which parts make the model; the best guess is chosen already."""
    opened = state["opened"]
    lstms = {name: found.lstm_option(content, name) for name in content.lstms}
    lstm = st.selectbox(
        "LSTM",
        list(lstms),
        format_func=lstms.__getitem__,
        key=f"lstm {opened}",
        persist_state="session",
    )
    fitting = content.pair(lstm)
    embeddings = {name: found.embedding_option(content, lstm, name) for name in (*fitting.embeddings, None)}
    embedding = st.selectbox(
        "fed by",
        list(embeddings),
        format_func=embeddings.__getitem__,
        key=f"embedding {opened} {lstm}",
        persist_state="session",
        help="Embeddings as wide as the LSTM’s input, the best guess first; or numbers, as they come.",
    )
    linears = {name: found.linear_option(content, name) for name in (*fitting.linears, None)}
    linear = st.selectbox(
        "read by",
        list(linears),
        format_func=linears.__getitem__,
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
    held = documents.kept(state["vocabulary file"]) if state.get("vocabulary file") else None
    if held:
        st.markdown(f"Vocabulary: **{plain(held.name)}**, {len(held.text):,} characters")
        st.button("Paste one instead", on_click=close_vocabulary, type="tertiary", icon=":material/close:")
        return held.text
    if state.get("vocabulary file"):
        st.warning("The vocabulary is no longer on the server: open it again.")
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
        key="vocabulary dropped",
        on_change=open_vocabulary,
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
    chart(picture.states, "states")
    if picture.scores is not None:
        st.markdown("What the Linear says at each step, as probabilities")
        chart(picture.scores, "scores")


def to_the_main_page(name: str, model: SequenceModel, text: str) -> None:
    """Put the model into this visitor's list and go there with it."""
    key = session.keep_own_model(model, found.label_of(name, model))
    example = (
        {"sentence": text} if len(text) <= LONGEST_IN_A_LINK else {"file": documents.keep("example", text.encode())}
    )
    st.switch_page("app_pages/memory.py", query_params={"model": key} | example)


def opened_now() -> opening.Opened | None:
    """The visitor's file, if one is open and still on the server."""
    return opening.kept(state["opened"]) if "opened" in state else None


def what_was_refused() -> None:
    """Why the last file can't be opened, and which one is open in its place."""
    if refused := state.get("refused"):
        still = opened_now()
        st.error(plain(refused) + (f" Below is still {plain(still.name)}." if still else ""))


def what_was_opened() -> None:
    """What is in the file, the model that the choices make of it, and its first picture."""
    opened = opened_now()
    if opened is None:
        if "opened" in state:
            st.warning("The opened file is no longer on the server: open it again.")
        st.code(found.HOW_TO_SAVE, language="python")
        return
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
            return
        if st.button("Open it on the Memory page", type="primary", width="stretch"):
            to_the_main_page(opened.name, model, typed or example)
        session.offer_own_model(left, model, "All of it in one file, for this page and for lstm_core.load_model.")
    with right:
        st.subheader("A first picture")
        first_look(first, model.labels)


st.title("Your model")
st.markdown(
    "Open the weights of an LSTM that you trained: a PyTorch state dict or checkpoint, safetensors, Keras, ONNX, or a "
    "model trained here. Nothing in the file is executed, and it is in no list but yours."
)
st.file_uploader("A file of weights", key="weights file", on_change=open_weights)
# In functions: Streamlit keeps a page's global names, and with them what they hold, until the visitor leaves.
what_was_refused()
what_was_opened()
