"""What does this visitor's browser say, where a page needs to know?"""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import palette, view


def theme() -> palette.Theme:
    """Light or dark, as this visitor has it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def own_models() -> dict[str, str]:
    """The models that this visitor trained or opened: what the main page's list calls each, by its key."""
    models: dict[str, str] = st.session_state.setdefault("own_models", {})
    return models


def let_go(uploaded: UploadedFile) -> None:
    """Take an uploaded file out of the server's memory; Streamlit keeps it until the visitor leaves."""
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
