"""How does the browser know which links are late, when the visitor goes back or forward?

The visitor may overtake a run whose link is still to come. The run that answers comes later, and says that it begins.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# The browser drops links until one has this name (`assets/browser/app/one_entry.js`).
BEGUN = "begun"


def answers_history() -> bool:
    """Whether this run answers Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def say_that_it_is_answered() -> None:
    """Tell the browser that the answer to Back or Forward begins, if this run is one; called before the page runs."""
    if answers_history():
        st.query_params[BEGUN] = "1"
        del st.query_params[BEGUN]
