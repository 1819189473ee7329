"""How does a page run a long task, so that the visitor sees its progress and can stop it?"""

from typing import TypeVar

import streamlit as st

from gatescope.serving.still_wanted import go_on
from gatescope.store.remembered import Remembered
from lstm_core import LstmCoreError
from lstm_core.progress import Progress

_R = TypeVar("_R")


def watched(key: str, title: str, doing: str, find: Remembered[..., _R], *args: object) -> _R | None:
    """What `find` returns, at once if it is known; else a button to stop it and a bar are on the page meanwhile.

    None and a button to start again after the visitor stopped it, until other things are asked for. If the visitor
    stops it or moves a control, Streamlit ends the run when `find` next says how far it is.
    """
    if find.is_known(*args):
        return find(*args)
    place = st.empty()
    with place.container():
        progress = _unless_stopped(key, find.key(*args), title, doing)
    if progress is None:
        return None
    try:
        found = find(*args, progress=progress)
    except LstmCoreError:
        place.empty()
        raise
    place.empty()
    return found


def _unless_stopped(key: str, what: object, title: str, doing: str) -> Progress | None:
    """A button to stop and a bar; once the visitor stopped the task, a button to start it again and None."""
    if st.session_state.get(f"{key}.of") != what:
        st.session_state[f"{key}.of"] = st.session_state[key] = what
    # One button with two meanings: with two buttons Streamlit leaves the first on the page, grey, until the run ends.
    running = st.session_state.get(key) == what
    title, begins = ("Cancel", None) if running else (title, what)
    st.button(title, on_click=_begin, args=(key, begins), key=f"{key}.button")
    if not running:
        return None
    bar = st.progress(0.0, text=doing)

    def progress(share: float) -> None:
        bar.progress(min(1.0, share), text=doing)
        go_on()

    return progress


def _begin(key: str, what: object) -> None:
    st.session_state[key] = what
