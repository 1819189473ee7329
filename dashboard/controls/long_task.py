"""How does a page run a long task, so that the visitor sees its progress and can stop it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard.serving.still_wanted import go_on
from lstm_core import LstmCoreError

_R = TypeVar("_R")

Show = Callable[..., None]
"""Called with the share done, from 0 to 1, and with the name of the current part when that changes."""


def when_asked(key: str, what: object, title: str, doing: str) -> Show | None:
    """A button with this title and None; once it is pressed, a button to stop and a bar.

    `what`: everything that the task depends on; when it changes, the visitor is asked again. If the visitor stops the
    task or moves a control, Streamlit ends the run at the next call of `Show`, so call `Show` now and then.
    """
    # One button with two meanings: with two buttons Streamlit leaves the first on the page, grey, until the run ends.
    running = st.session_state.get(key) == what
    title, begins = ("Cancel", None) if running else (title, what)
    st.button(title, on_click=_begin, args=(key, begins), key=f"{key}.button")
    if not running:
        return None
    bar = st.progress(0.0, text=doing)

    def show(share: float, doing: str = doing) -> None:
        bar.progress(min(1.0, share), text=doing)
        go_on()

    return show


def unless_stopped(key: str, what: object, title: str, doing: str) -> Show | None:
    """A button to stop and a bar, at once; a button to start again and None only after the visitor stopped the task."""
    if st.session_state.get(f"{key}.of") != what:
        st.session_state[f"{key}.of"] = st.session_state[key] = what
    return when_asked(key, what, title, doing)


def watched(key: str, what: object, title: str, doing: str, work: Callable[[Show], _R]) -> _R | None:
    """The result of `work`, which gets a `Show`, while a button to stop and a bar are on the page; None and a button to
    start again after the visitor stopped it."""
    place = st.empty()
    with place.container():
        show = unless_stopped(key, what, title, doing)
    if show is None:
        return None
    try:
        found = work(show)
    except LstmCoreError:
        place.empty()
        raise
    place.empty()
    return found


def _begin(key: str, what: object) -> None:
    st.session_state[key] = what
