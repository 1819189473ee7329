"""How does a page of Streamlit share the server with others?

Its heavy work waits for its visitor's turn and ends when the visitor has moved on; it keeps no file that it has read.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gatescope.serving.limits import TooMuch
from gatescope.serving.still_wanted import while_wanted
from gatescope.serving.turns import working_for


@contextmanager
def for_this_visitor() -> Iterator[None]:
    """The block computes for the visitor whose page this is; a limit that it meets is a sentence on the page."""
    context = get_script_run_ctx()
    # Streamlit ends the run of a page whose visitor has gone or moved on where it next looks at the session's state.
    with working_for(context.session_id if context else ""), while_wanted(lambda: "a look" in st.session_state):
        try:
            yield
        except TooMuch as limit:
            st.error(str(limit))


def let_go(uploaded: UploadedFile) -> None:
    """Remove an uploaded file from the server's memory, because Streamlit keeps it until the visitor leaves."""
    # The widget's own value is one more reference.
    uploaded.seek(0)
    uploaded.truncate()
    context = get_script_run_ctx()
    # Only the store in memory can do this; another store manages its own files.
    remove = getattr(context and context.uploaded_file_mgr, "remove_file", None)
    if context and remove:
        remove(context.session_id, uploaded.file_id)
