"""What does this visitor look at? All pages share one view: each page begins with it and changes it for all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from gatescope.question import link
from gatescope.question.opening import opening
from gatescope.question.view import Source, View

_KEY = "view"


def comes_to(page: str) -> None:
    """Note the page that is on screen now; called before the page runs."""
    if st.session_state.get("page") != page:
        st.session_state["page"], st.session_state["page.is_new"] = page, True


def has_come() -> bool:
    """Whether the page was not on screen at the last call."""
    return bool(st.session_state.pop("page.is_new", False))


def asked() -> dict[str, str]:
    """The visitor's view as the values of a link, and the opened file, which no link contains."""
    query: dict[str, str] = st.session_state.get(_KEY) or link.in_full(View(opening()))
    return query


def asks(query: Mapping[str, str]) -> None:
    """Note that the main page was asked for this view."""
    st.session_state[_KEY] = dict(query)


def view() -> View:
    from gatescope.reading.example_texts import view_in  # imports torch, which the first page can't wait for

    return view_in(asked())[0]


def view_of(source: Source) -> View:
    """The visitor's view with a source; what is held in another source is not held in this one."""
    before = view()
    return View(source, before.shown, before.holds if source == before.source else View().holds)


def looks_at(view: View) -> None:
    """Set the visitor's view, on every page."""
    asks(link.in_full(view))


def reads(**changed: Any) -> None:
    """Set the visitor's source; no cell of the new source is pinned."""
    before = view()
    looks_at(View(replace(before.source, **changed), replace(before.shown, pin=None)))
