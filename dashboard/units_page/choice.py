"""What is looked at? The text and the LSTM that reads it, or a corpus, and how many of its texts are read."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gatescope.controls.link_sync import choose_lstm
from gatescope.corpus import sentences
from gatescope.corpus.texts import fitting
from gatescope.corpus.view import OPENED, SIZES_OF_SCANS, TEXTS
from gatescope.serving.limits import TooMuch
from gatescope.serving.streamlit_pages import let_go
from gatescope.store import text_files
from gatescope.units_page.units_controls import UnitsControls
from lstm_core import LstmCoreError, SequenceModel


def choose_text(controls: UnitsControls) -> None:
    def typed() -> None:
        controls.values["file"] = ""
        controls.moved()

    def text_box() -> str:
        how = controls.drawn("sentence") | {"on_change": typed, "label_visibility": "collapsed"}
        # In a corpus it is not read.
        return str(st.text_area("Sentence", height=68, disabled=controls.now("where") == "corpus", **how))

    choose_lstm(controls, text_box)


def choose_corpus(controls: UnitsControls, model: SequenceModel) -> None:
    """Choose the texts, and how many of them are read."""
    there = [*fitting(model), *([OPENED] if controls.values["opened"] or not fitting(model) else [])]
    if controls.values["texts"] not in there:
        # A link may name no corpus, or one that this model can't read.
        controls.set({"texts": there[0]})
    with st.popover(sentences.title_of(controls.question().corpus)):
        controls.keep("texts", st.selectbox("Texts", format_func=TEXTS.__getitem__, **controls.chosen("texts", there)))
        how = controls.chosen("size", SIZES_OF_SCANS) | {"format_func": "{:,}".format}
        controls.keep("size", st.selectbox(f"At most this many {sentences.READ_AS[model.reads]}", **how))


def open_file(controls: UnitsControls) -> None:
    """Open a file: it is the text, or in a corpus the corpus."""
    is_corpus = controls.values["where"] == "corpus"
    with st.popover("Open a file", icon=":material/upload_file:"):
        label = "A text, or a CSV" if is_corpus else "A text, or a table of numbers"
        st.file_uploader(label, key=controls.key("uploaded"), on_change=_opened, args=(controls, is_corpus))
        st.caption(
            "It is scanned on this machine alone; a link does not hold it. Of a CSV, the column with most text."
            if is_corpus
            else "It is read in place of the sentence, on this machine alone; a link does not hold it."
        )
    if controls.values["file"] and not is_corpus:
        st.caption("The opened file is read in place of the sentence, until something is typed.")


def refused(controls: UnitsControls) -> list[str]:
    """The sentence on why the file that was just opened can't be read, if it can't."""
    said = st.session_state.pop(controls.key("refused"), None)
    return [said] if said else []


def _opened(controls: UnitsControls, is_corpus: bool) -> None:
    """Keep the opened file, or a sentence on why it can't be read."""
    file = st.session_state.get(controls.key("uploaded"))
    # Streamlit reports a file that the server dropped once more, as deleted.
    if not isinstance(file, UploadedFile):
        return
    try:
        kept = text_files.keep(file.name, file.getvalue())
        controls.set({"opened": kept, "texts": OPENED, "unit": None} if is_corpus else {"file": kept})
    except (LstmCoreError, TooMuch) as error:
        st.session_state[controls.key("refused")] = str(error)
    let_go(file)
    controls.moved()
