"""What is in a visitor's file, which parts make the model, and what does it remember in a first picture?"""

import json
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gatescope.checkpoint import opening, sentences
from gatescope.controls import visitor
from gatescope.controls.drawn_in_browser import rows
from gatescope.controls.frame import small, tell
from gatescope.controls.long_task import health_card, let_go
from gatescope.model_page import figures
from gatescope.model_page.train_one_here import ModelControls, Way
from gatescope.question import link
from gatescope.question.link import shortened
from gatescope.reading.read import Reading
from gatescope.reading.recorded import recording
from gatescope.recording.recording import WATCHED
from gatescope.serving import open_in_process
from gatescope.store import text_files, visitor_traces
from gatescope.wording.escape_markdown import plain
from gatescope.wording.sentences import proof
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.checkpoints import Checkpoint
from lstm_core.traces.load import AnyTrace

LARGEST_VOCABULARY = 8  # megabytes
# A longer example is passed to the main page as a file.
LONGEST_IN_A_LINK = 2000
# What a visitor types or uploads beside a file of weights, and what it is before.
TYPED = {"vocabulary": "", "labels": "", "example": "", "vocabulary file": None}

state = st.session_state


def dropped(key: str) -> UploadedFile | None:
    """The file that was just uploaded, if any."""
    file = state.get(key)
    # Streamlit reports a file that the server dropped once more, as deleted.
    return file if isinstance(file, UploadedFile) else None


def open_file(name: str, content: bytes) -> bool:
    """Open a file in place of the one that is open; False if it can't be opened, and then the open one stays."""
    try:
        opened = opening.keep(name, content)
    except LstmCoreError as error:
        state["refused"] = str(error)
        return False
    opening.drop(state.get("opened", ""))
    state["opened"], state["refused"] = opened, ""
    return True


def open_weights() -> None:
    if file := dropped("weights file"):
        if open_file(file.name, file.getvalue()) and state.pop("example is open", False):
            # What was filled in for it does not fit this file.
            state.update(TYPED)
        let_go(file)


def open_example() -> None:
    """Open an example file as a visitor's own is opened, and fill in what the file does not say."""
    content, labels = opening.example_file()
    if open_file("tagger.pt", content):
        state.update(TYPED | {"labels": labels, "example": opening.EXAMPLE, "example is open": True})


def open_vocabulary() -> None:
    if file := dropped("vocabulary dropped"):
        try:
            state["vocabulary file"] = text_files.keep(file.name, file.getvalue())
            state["refused vocabulary"] = ""
        except LstmCoreError as error:
            state["refused vocabulary"] = str(error)
        let_go(file)


def pick(label: str, options: dict[str | None, str], key: str, help: str | None = None) -> str | None:
    """Choose one part of the file by its description."""
    how: Any = {"format_func": options.__getitem__, "key": key, "persist_state": "session", "help": help}
    return st.selectbox(label, list(options), **how)


def choose(content: Checkpoint) -> opening.Choice:
    """Choose the parts that make the model; the best guess is preselected."""
    opened, recurrent = state["opened"], content.recurrent
    lstm = pick(sentences.kinds(content), sentences.options(content, recurrent, recurrent), f"lstm {opened}")
    assert lstm is not None
    fitting = content.pair(lstm)
    embeddings = sentences.options(content, content.embeddings, fitting.embeddings)
    embeddings[None] = f"numbers, {recurrent[lstm].input_size:,} a step"
    fed = "Embeddings as wide as its input, the best guess first; or numbers, as they come."
    embedding = pick("fed by", embeddings, f"embedding {opened} {lstm}", fed)
    linears = sentences.options(content, content.linears, fitting.linears)
    linears[None] = "nothing: show the hidden state alone"
    gives = "Linear layers as wide as what it gives, the best guess first."
    linear = pick("read by", linears, f"linear {opened} {lstm}", gives)
    return opening.Choice(
        lstm,
        embedding,
        linear,
        vocabulary="" if embedding is None else tokens_of_the_rows(own_tokens(content, embedding)),
        labels="" if linear is None else names_of_the_classes(),
    )


def names_of_the_classes() -> str:
    help = (
        "In the order of the Linear’s outputs, parted by commas or as JSON. Without them: the vocabulary’s tokens "
        "where there are as many, else numbers."
    )
    return st.text_input("Class labels", key="labels", persist_state="session", placeholder="NOUN, VERB, …", help=help)


def own_tokens(content: Checkpoint, embedding: str) -> tuple[str, ...]:
    """The file's own vocabulary, if the embedding has a row for each of its tokens."""
    return content.vocabulary if len(content.vocabulary) <= content.embeddings[embedding].num_embeddings else ()


def tokens_of_the_rows(own: tuple[str, ...]) -> str:
    """Let the visitor paste or upload the vocabulary; until then it is the file's `own`, if it has one."""
    held = text_files.kept(state["vocabulary file"]) if state.get("vocabulary file") else None
    if held:
        st.markdown(f"Vocabulary: **{plain(held.name)}**{sentences.how_many_tokens(held.text)}")
        closed = {"vocabulary file": None}
        st.button("Paste one instead", on_click=state.update, args=(closed,), type="tertiary", icon=":material/close:")
        return held.text
    if state.get("vocabulary file"):
        st.warning("The vocabulary is no longer on the server: open it again.")
    text = st.text_area(
        "Vocabulary",
        key="vocabulary",
        persist_state="session",
        height=120,
        placeholder=sentences.own_vocabulary(own) or "one token a line, or JSON: a list, or {token: row}",
        help="The tokens of the embedding’s rows, in their order. Without one a token is the number of its row.",
    )
    label, most = "or upload a vocabulary file", LARGEST_VOCABULARY
    st.file_uploader(label, key="vocabulary dropped", on_change=open_vocabulary, max_upload_size=most)
    if refused := state.get("refused vocabulary"):
        st.warning(plain(refused))
    return str(text) if text.strip() or not own else json.dumps(own)


def first_look(first: Reading, trace: Trace, model: SequenceModel) -> None:
    """Show the proof, the model's answers at each step of an example, and its states over it."""
    for notice in first.notices:
        st.info(plain(notice))
    st.markdown(f"It works; {proof(trace)}.")
    if model.gives in ("classes", "set"):
        said = model.probabilities(model.scores(trace))[:, 0].detach().numpy()
        st.markdown("Output of the Linear layer at each step, as probabilities")
        rows(figures.likely(said, first.tokens, model.labels), "scores")
    says, states = figures.states(trace)
    st.markdown(says)
    rows(states, "states")


def to_the_main_page(name: str, model: SequenceModel, text: str) -> None:
    """Put the model into this visitor's list and go to the main page with it."""
    key = visitor.keep_own_model(model, sentences.label_of(name, model))
    fits = len(text) <= LONGEST_IN_A_LINK
    read = {"sentence": text, "file": ""} if fits else {"file": text_files.keep("example", text.encode())}
    visitor.reads_on("memory", {"model": key, **read})


def to_the_recording(key: str, label: str) -> None:
    """Put a recording into this visitor's list and go to the main page with it."""
    visitor.keep_recording(key, label)
    visitor.reads_on("memory", {"model": key, "file": ""})


def choose_file() -> None:
    st.file_uploader("A file of weights, or a recording", key="weights file", on_change=open_weights)
    small("No file at hand? An example is opened as your own file would be.")
    st.button("Open an example: **PyTorch checkpoint**, parts of speech, both ways", on_click=open_example)


def how_to_save() -> None:
    """Say how each framework saves the weights of a model."""
    st.subheader("How to save a model")
    for tab, (code, note) in zip(st.tabs(list(sentences.HOW_TO_SAVE)), sentences.HOW_TO_SAVE.values(), strict=True):
        with tab:
            st.code(code, language="python", wrap_lines=True)
            small(note)


def opened_now() -> opening.Opened | None:
    """The visitor's open file, if the server still keeps it."""
    return opening.kept(state["opened"]) if "opened" in state else None


def what_was_refused() -> None:
    """Show why the last file can't be opened, and which file is still open."""
    recorded, opened = visitor_traces.kept(state.get("opened", "")), opened_now()
    refused, still = state.get("refused"), recorded[0] if recorded else opened
    below = f" Below is still {still.name}." if still else ""
    tell([refused + below] if refused else [], st.error)


def what_was_recorded(key: str, name: str, whole: AnyTrace) -> None:
    """Show what is in a recording, and the way to the Memory page with one of its sequences."""
    st.subheader("What was found")
    st.markdown(f"**{plain(shortened(name))}** · a recording. {plain(WATCHED)}")
    st.code(whole.summary(), language=None)
    numbers, sequence = whole.coords["batch"], 0
    if len(numbers) > 1:
        help = f"One of {len(numbers):,}, from 1."
        sequence = int(st.number_input("Sequence", 1, len(numbers), key=f"sequence {key}", step=1, help=help)) - 1
    chosen = visitor_traces.of_sequence(key, sequence)
    try:
        recording(chosen)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return
    if st.button("Open on Memory", type="primary"):
        to_the_recording(chosen, shortened(name) + (f", sequence {sequence + 1}" if sequence else ""))


def what_was_opened() -> None:
    """Show the file's contents, the choices, and the first picture of the model."""
    if recorded := visitor_traces.kept(state.get("opened", "")):
        what_was_recorded(state["opened"], recorded[0].name, recorded[0].trace)
        return
    opened = opened_now()
    if opened is None:
        if "opened" in state:
            st.warning("The opened file is no longer on the server: open it again.")
        how_to_save()
        return
    st.subheader("What was found")
    st.markdown(sentences.headline(opened))
    for note in opened.notes:
        st.info(plain(note))
    left, right = st.columns([1, 2], gap="large")
    st.subheader("What is in the file")
    table = sentences.table(opened)
    st.table(table, border="horizontal", hide_index=True, height="content" if len(table) <= 10 else 400)
    if more := sentences.left_out(opened):
        st.markdown(more)
    with left:
        st.subheader("The model")
        choice = choose(opened.content) if isinstance(opened.content, Checkpoint) else None
        try:
            model = opening.model_of(opened, choice)
            example = opening.example(model)
            shown = sentences.shortened_example(example)
            typed = st.text_area("Try it on", key="example", persist_state="session", height=80, placeholder=shown)
            st.markdown(f":small[{sentences.reads(model)}]")
        except LstmCoreError as error:
            st.warning(plain(str(error)))
            return
        first = first_reading(model, typed)
        if first:
            if st.button("Open on Memory", type="primary", width="stretch"):
                to_the_main_page(opened.name, model, typed or example)
            offered = "All of it in one file, for this page and for lstm_core.load_model."
            visitor.offer_own_model(left, model, offered)
    with right:
        if first and first.trace:
            st.subheader("A first picture")
            first_look(first, first.trace, model)
        health_card(model, (state["opened"], choice))


def first_reading(model: SequenceModel, text: str) -> Reading | None:
    """The first reading of a model; None, and a sentence, where there is nothing that can be read."""
    try:
        return opening.first_reading(model, text)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return None


def open_a_file(controls: ModelControls) -> None:
    """Draw the room: the file, why one was refused, and what was opened."""
    # So that the process is ready when the visitor chooses a file.
    open_in_process.warm()
    controls.say(link.query(Way("open")))
    st.markdown(
        "Open the weights of an LSTM, GRU or RNN that you trained: a PyTorch state dict or checkpoint, safetensors, "
        "Flax, Keras, ONNX, or a model trained here. Or open a recording of any cell: a file of "
        "`trace.save`. Nothing in the file is executed. Only you see it, and whoever has your link."
    )
    choose_file()
    what_was_refused()
    what_was_opened()
