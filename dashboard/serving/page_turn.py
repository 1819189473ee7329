"""For whom does a page compute, and until when?

A page's heavy work waits for its visitor's turn (`serving/turns.py`) and ends when its visitor has moved on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gatescope.serving.limits import TooMuch
from gatescope.serving.still_wanted import while_wanted
from gatescope.serving.turns import Visitor, working_for

# Streamlit gives no address for a browser on the server's own machine.
LOCAL = "127.0.0.1"


@contextmanager
def for_this_visitor() -> Iterator[None]:
    """The block computes for the visitor whose page this is; a limit that it meets is a sentence on the page."""
    context = get_script_run_ctx()
    visitor = Visitor(st.context.ip_address or LOCAL, context.session_id if context else "")
    with working_for(visitor), while_wanted(_stays):
        try:
            yield
        except TooMuch as limit:
            st.error(str(limit))


def _stays() -> bool:
    # Streamlit ends the run of a page whose visitor has gone or moved on where it next looks at the session's state.
    return "a look" in st.session_state or True
