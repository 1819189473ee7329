"""What is in a visitor's file, which parts make the model, and what does it remember in a first picture?"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gatescope.checkpoint import opening, sentences
from gatescope.controls import visitor
from gatescope.controls.drawn_in_browser import rows, weights
from gatescope.controls.frame import small, tell
from gatescope.controls.long_task import health_card, keep_or_say, upload
from gatescope.model_page import figures
from gatescope.model_page.train_one_here import ModelControls, Way
from gatescope.question import link
from gatescope.question.link import shortened
from gatescope.reading.read import Reading
from gatescope.reading.recorded import recording
from gatescope.recording.recording import WATCHED, name_of
from gatescope.serving import open_in_process
from gatescope.store import text_files, visitor_traces
from gatescope.wording.escape_markdown import plain
from gatescope.wording.sentences import proof
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.checkpoints import Checkpoint
from lstm_core.models.embeddings import Vocabulary
from lstm_core.traces.load import AnyTrace

LARGEST_VOCABULARY = 8  # megabytes
# A longer example is passed to the main page as a file.
LONGEST_IN_A_LINK = 2000
# What a visitor types or uploads beside a file of weights, and what it is before.
TYPED = {"vocabulary": "", "labels": "", "example": "", "vocabulary file": None}

state = st.session_state


def open_file(name: str, content: bytes, typed: Mapping[str, Any] | None = None) -> None:
    """Open a file in place of the one that is open, with what is `typed` beside it. Raises LstmCoreError if it can't be
    opened, and then the open one stays."""
    opened = opening.keep(name, content)
    opening.drop(state.get("opened", ""))
    state["opened"] = opened
    # What was filled in for the example does not fit another file.
    if typed or state.pop("example is open", False):
        state.update(typed or TYPED)


def open_example() -> None:
    """Open an example file as a visitor's own is opened, and fill in what the file does not say."""
    content, labels = opening.example_file()
    typed = TYPED | {"labels": labels, "example": opening.EXAMPLE, "example is open": True}
    keep_or_say("weights file", partial(open_file, typed=typed), "tagger.pt", content)


def open_vocabulary(name: str, content: bytes) -> None:
    state["vocabulary file"] = text_files.keep(name, content)


def pick(box: DeltaGenerator, label: str, options: dict[str | None, str], key: str) -> str | None:
    """Choose one part of the file by its description."""
    how: Any = {"format_func": options.__getitem__, "key": key, "persist_state": "session"}
    return box.selectbox(label, list(options), **how)


def choose(content: Checkpoint, fed: DeltaGenerator, core: DeltaGenerator, read: DeltaGenerator) -> opening.Choice:
    """Choose the parts that make the model, each in its box; the best guess is preselected."""
    opened, recurrent = state["opened"], content.recurrent
    lstm = pick(core, sentences.kinds(content), sentences.options(content, recurrent, recurrent), f"lstm {opened}")
    assert lstm is not None
    fitting, vocabulary, labels = content.pair(lstm), "", ""
    embeddings = sentences.options(content, content.embeddings, fitting.embeddings)
    embeddings[None] = f"numbers, {recurrent[lstm].input_size:,} a step"
    if embedding := pick(fed, "fed by", embeddings, f"embedding {opened} {lstm}"):
        # The file's own vocabulary, if there is a row for each of its tokens.
        rows_there = content.embeddings[embedding].num_embeddings
        with fed:
            vocabulary = tokens_of_the_rows(content.vocabulary if len(content.vocabulary) <= rows_there else ())
    linears = sentences.options(content, content.linears, fitting.linears)
    linears[None] = "nothing: show the hidden state alone"
    if linear := pick(read, "read by", linears, f"linear {opened} {lstm}"):
        order = "Class labels, in the Linear’s order: NOUN, VERB, …"
        how: Any = {"placeholder": order, "label_visibility": "collapsed", "persist_state": "session"}
        labels = str(read.text_input("Class labels", key="labels", **how))
    return opening.Choice(lstm, embedding, linear, vocabulary, labels)


def draw_parts(boxes: list[DeltaGenerator], model: SequenceModel) -> None:
    """Draw the weights of what feeds the LSTM, of the LSTM, and of what reads it."""
    table = model.embedding
    # All other tokens have the first row of a vocabulary.
    tokens = ["others"] * isinstance(table, Vocabulary) + list(getattr(table, "tokens", []))
    for box, part, names in zip(boxes, (table, model.lstm, model.linear), (tokens, [], model.labels), strict=True):
        # A model that gives its hidden state has a Linear that changes nothing.
        drawn = figures.weights(part, names)
        if drawn and not (part is model.linear and model.gives == "hidden"):
            with box:
                weights(drawn, key=f"weights {boxes.index(box)}")


def tokens_of_the_rows(own: tuple[str, ...]) -> str:
    """Let the visitor paste or upload the vocabulary; until then it is the file's `own`, if it has one."""
    held = text_files.kept(state["vocabulary file"]) if state.get("vocabulary file") else None
    said = "none" if not own else f"{len(own):,} tokens, in the file"
    if held:
        said = f"**{plain(held.name)}**{sentences.how_many_tokens(held.text)}"
    elif state.get("vocabulary", "").strip():
        said = "yours"
    with st.popover(f"Vocabulary: {said}", width="stretch"):
        if held:
            closed = {"vocabulary file": None}
            st.button("Paste one instead", on_click=state.update, args=(closed,), icon=":material/close:")
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
        upload(label, "vocabulary dropped", open_vocabulary, max_upload_size=most)
        if refused := state.get("refused vocabulary dropped"):
            st.warning(plain(refused))
    return str(text) if text.strip() or not own else json.dumps(own)


def first_look(first: Reading, trace: Trace) -> None:
    """Show what the model says at each step of an example, and under it its gates."""
    says, drawn = figures.first_picture(first, trace)
    rows(drawn, key="states")
    # The summary of a recording says its own proof.
    small(f"It works; {proof(trace)}. {sentences.reads(first.model)} {says}" if first.model else says)
    tell(first.notices)


def to_the_main_page(name: str, model: SequenceModel, text: str) -> None:
    """Put the model into this visitor's list and go to the main page with it."""
    key = visitor.keep_own_model(model, sentences.label_of(name, model))
    fits = len(text) <= LONGEST_IN_A_LINK
    read = {"sentence": text, "file": ""} if fits else {"file": text_files.keep("example", text.encode())}
    visitor.reads_on("memory", {"model": key, **read})


def choose_file(answered: str) -> None:
    """Ask for a file; the question is folded away once it is `answered`."""
    asks = not answered or bool(state.get("refused weights file"))
    with st.expander(f"{answered} · another file…" if answered else "Which file?", expanded=asks):
        st.markdown(
            "Open the weights of an LSTM, GRU or RNN that you trained: a PyTorch state dict or checkpoint, "
            "safetensors, Flax, Keras, ONNX, or a model trained here. Or open a recording of any cell: a file of "
            "`trace.save`. Nothing in the file is executed. Only you see it, and whoever has your link."
        )
        upload("A file of weights, or a recording", "weights file", open_file)
        small("No file at hand? An example is opened as your own file would be.")
        st.button("Open an example: **PyTorch checkpoint**, parts of speech, both ways", on_click=open_example)


def how_to_save() -> None:
    """Say how each framework saves the weights of a model."""
    st.subheader("How to save a model")
    for tab, (code, note) in zip(st.tabs(list(sentences.HOW_TO_SAVE)), sentences.HOW_TO_SAVE.values(), strict=True):
        with tab:
            st.code(code, language="python", wrap_lines=True)
            small(note)


def what_was_recorded(key: str, name: str, whole: AnyTrace, goes_on: DeltaGenerator) -> None:
    """Show what is in a recording, a first picture, and the way to the Memory page with one of its sequences."""
    numbers, sequence = whole.coords["batch"], 0
    if len(numbers) > 1:
        named = f"Sequence, from 1 to {len(numbers):,}"
        sequence = int(st.number_input(named, 1, len(numbers), key=f"sequence {key}", step=1, width=240)) - 1
    chosen = visitor_traces.of_sequence(key, sequence)
    try:
        found = recording(chosen)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        found = None
    if found and found.trace:
        if goes_on.button("Open on Memory", type="primary", width="stretch"):
            visitor.own_models()[chosen] = name_of(name, found.trace)
            visitor.reads_on("memory", {"model": chosen, "file": ""})
        first_look(found, found.trace)
    st.markdown(plain(WATCHED))
    st.code(whole.summary(), language=None)


def what_was_opened(opened: opening.Opened, goes_on: DeltaGenerator) -> None:
    """Draw the file's parts as boxes, the first picture of the model that they make, and the way to Memory."""
    content, choice = opened.content, None
    with st.container(key="boxes"):
        boxes = [column.container(border=True, height="stretch") for column in st.columns([3, 5, 3])]
    if isinstance(content, Checkpoint):
        choice = choose(content, *boxes)
        boxes[1].markdown(f":small[{sentences.dimensions(content.recurrent[choice.lstm])}]")
    else:
        for box, (name, part) in zip((boxes[1], boxes[0], boxes[2]), opening.modules_in(content), strict=True):
            box.markdown(f"**{name}** :small[{sentences.dimensions(part)}]")
    try:
        model = opening.model_of(opened, choice)
        example = opening.example(model)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return
    draw_parts(boxes, model)
    left, right = st.columns([2.4, 1], gap="large")
    with left:
        shown = f"Try it on: {sentences.shortened_example(example)}"
        how: Any = {"height": 68, "placeholder": shown, "label_visibility": "collapsed", "persist_state": "session"}
        typed = st.text_area("Try it on", key="example", **how)
        first = first_reading(model, typed)
        if first and first.trace:
            first_look(first, first.trace)
            if goes_on.button("Open on Memory", type="primary", width="stretch"):
                to_the_main_page(opened.name, model, typed or example)
    with right:
        for note in opened.notes:
            st.info(plain(note))
        health_card(model, (state["opened"], choice))
        offered = "All of it in one file, for this page and for lstm_core.load_model."
        visitor.offer_own_model(right, model, offered)


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
    open_in_process.running()
    controls.say(link.query(Way("open")))
    recorded, opened = visitor_traces.kept(key := state.get("opened", "")), opening.kept(key)
    asks, goes_on = st.columns([3, 1])
    with asks:
        name = f"**{plain(shortened(recorded[0].name))}** · a recording" if recorded else ""
        choose_file(name or (sentences.headline(opened) if opened else ""))
    refused, still = state.get("refused weights file"), recorded[0] if recorded else opened
    below = f" Below is still {still.name}." if still else ""
    tell([refused + below] if refused else [], st.error)
    if recorded:
        what_was_recorded(state["opened"], recorded[0].name, recorded[0].trace, goes_on)
    elif opened:
        what_was_opened(opened, goes_on)
    else:
        if "opened" in state:
            st.warning("The opened file is no longer on the server: open it again.")
        how_to_save()
