"""What is scanned? The choice of a model, of texts, and of how many of them are read."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.controls.choose_source import models
from dashboard.controls.uploads import let_go
from dashboard.corpus import sentences
from dashboard.corpus.model import model_to_scan
from dashboard.corpus.texts import fitting
from dashboard.corpus.view import OPENED, SIZES_OF_SCANS, TEXTS
from dashboard.corpus_page.corpus_controls import CorpusControls
from dashboard.question.limits import TooMuch
from dashboard.store import text_files
from lstm_core import LstmCoreError, SequenceModel


def choose(controls: CorpusControls) -> SequenceModel:
    """Choose the model, the texts and how many of them are read; returns the model.

    Raises LstmCoreError when the model is not there.
    """
    boxes = st.columns([4, 5, 3, 3], vertical_alignment="bottom", gap="small")
    options = models(controls.values["model"])
    with boxes[0]:
        how = controls.chosen("model", options) | {"on_change": controls.another_model}
        controls.keep("model", st.selectbox("Model", format_func=options.__getitem__, **how))
    with boxes[3]:
        _open_file(controls)
    model = model_to_scan(controls.question().source)
    there = [*fitting(model), *([OPENED] if controls.values["opened"] or not fitting(model) else [])]
    if controls.values["texts"] not in there:
        # A link may name no corpus, or one that this model can't read.
        controls.set({"texts": there[0]})
    with boxes[1]:
        # Other texts have other units to show.
        how = controls.chosen("texts", there) | {"on_change": controls.open_unit, "args": (None,)}
        controls.keep("texts", st.selectbox("Texts", format_func=TEXTS.__getitem__, **how))
    with boxes[2]:
        how = controls.chosen("size", SIZES_OF_SCANS) | {"format_func": "{:,}".format}
        controls.keep("size", st.selectbox(f"At most, {sentences.READ_AS[model.reads]}", **how))
    return model


def refused(controls: CorpusControls) -> list[str]:
    """The sentence on why the file that was just opened can't be read, if it can't."""
    said = st.session_state.pop(controls.key("refused"), None)
    return [said] if said else []


def _open_file(controls: CorpusControls) -> None:
    with st.popover("Open a file", icon=":material/upload_file:", width="stretch"):
        st.file_uploader("A text, or a CSV", key=controls.key("uploaded"), on_change=_opened, args=(controls,))
        st.caption("It is scanned on this machine alone; a link does not hold it. Of a CSV, the column with most text.")


def _opened(controls: CorpusControls) -> None:
    """Keep the opened file, or a sentence on why it can't be read."""
    file = st.session_state.get(controls.key("uploaded"))
    # Streamlit reports a file that the server dropped once more, as deleted.
    if not isinstance(file, UploadedFile):
        return
    try:
        controls.set({"opened": text_files.keep(file.name, file.getvalue()), "texts": OPENED, "unit": None})
    except (LstmCoreError, TooMuch) as error:
        st.session_state[controls.key("refused")] = str(error)
    let_go(file)
    controls.moved()
