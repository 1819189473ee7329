"""What does this visitor's browser say, where a page needs to know?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import palette, view

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lstm_core import SequenceModel


def theme() -> palette.Theme:
    """Light or dark, as this visitor has it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def own_models() -> dict[str, str]:
    """The models that this visitor trained or opened: what the main page's list calls each, by its key."""
    models: dict[str, str] = st.session_state.setdefault("own_models", {})
    return models


def keep_own_model(model: SequenceModel, label: str, epochs: Mapping[int, SequenceModel] | None = None) -> str:
    """Put a model into the main page's list, and by number what it was after its epochs; returns what it is asked for
    by."""
    from dashboard import shelf  # and with it torch, which the first page can't wait for

    taken, key = set(own_models().values()), shelf.put(model, epochs)
    names = (label if number == 1 else f"{label} ({number})" for number in count(1))
    own_models()[key] = next(name for name in names if name not in taken)
    return key


def offer_own_model(place: DeltaGenerator, model: SequenceModel, help: str | None = None) -> None:
    """A button for all of a model in one file, under the name that its script opens."""
    from dashboard.script import file_of
    from lstm_core.models.shipped import model_bytes

    place.download_button(
        "Download .safetensors",
        data=lambda: model_bytes(model),
        file_name=file_of(model),
        mime="application/octet-stream",
        on_click="ignore",
        width="stretch",
        help=help,
    )


def let_go(uploaded: UploadedFile) -> None:
    """Take an uploaded file out of the server's memory; Streamlit keeps it until the visitor leaves."""
    # The widget's own value is one more.
    uploaded.seek(0)
    uploaded.truncate()
    context = get_script_run_ctx()
    # Only the store in memory can; another one sees to its own files.
    remove = getattr(context and context.uploaded_file_mgr, "remove_file", None)
    if context and remove:
        remove(context.session_id, uploaded.file_id)


def impossible_values(usual: Mapping[str, Any]) -> list[str]:
    """A sentence for each value in the link that a widget can't take; it is dropped from the link."""
    query = st.query_params.to_dict()
    notices = []
    for name in usual.keys() & query.keys():
        wrong = view.impossible(query, {name: usual[name]})
        if wrong:
            del st.query_params[name]
        notices += wrong
    return notices
