"""How does a page do what takes long, so that somebody sees how far it is and can stop it?"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

Show = Callable[..., None]
"""Called with the share that is done, from 0 to 1, and with what is done now where that changes."""


def when_asked(key: str, what: object, title: str, doing: str) -> Show | None:
    """A button to stop, and a bar, once somebody has pressed a button of this title; until then, that and None.

    `what`: all that is computed depends on: when it changes, somebody is asked again. Streamlit ends the run in `Show`,
    which so is to be called now and then, when somebody has stopped it or moved a control.
    """
    # One button that is now this, now that: of two, Streamlit leaves the first there, grey, until all is done.
    running = st.session_state.get(key) == what
    title, begins = ("Cancel", None) if running else (title, what)
    st.button(title, on_click=_begin, args=(key, begins), key=f"{key}.button")
    if not running:
        return None
    bar = st.progress(0.0, text=doing)

    def show(share: float, doing: str = doing) -> None:
        bar.progress(min(1.0, share), text=doing)

    return show


def unless_stopped(key: str, what: object, title: str, doing: str) -> Show | None:
    """The same, but it begins by itself: the button is there only after somebody has stopped it."""
    if st.session_state.get(f"{key}.of") != what:
        st.session_state[f"{key}.of"] = st.session_state[key] = what
    return when_asked(key, what, title, doing)


def _begin(key: str, what: object) -> None:
    st.session_state[key] = what
