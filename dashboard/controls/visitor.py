"""What does this visitor look at, and what becomes of a link from before? All pages share one view: each page begins
with it and changes it for all."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gatescope.question import link, opening
from gatescope.question.view import Source, View

# What does this visitor look at? All pages share one view: each page begins with it and changes it for all.

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
    query: dict[str, str] = st.session_state.get(_KEY) or link.in_full(View(opening.opening()))
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


def reads_on(page: str, changed: Mapping[str, str], **more: str) -> None:
    """Set the visitor's source, and open another page with it and with more values of a link."""
    reads(**changed)
    st.switch_page(f"app_pages/{page}.py", query_params=asked() | more)


# Where do the addresses of pages that there were lead? To where their question is asked.


def why() -> None:
    """The page Why? is a drawer of the page Memory."""
    query = opening.why(st.query_params.to_dict())
    # A bare address asks about what the visitor looks at.
    seen = {} if query.keys() & link.names(View()) else asked()
    st.switch_page("app_pages/memory.py", query_params=seen | query)


def leads(page: str, **more: str) -> Callable[[], None]:
    """The page at an old address, which leads to another page with all that its link says, and more."""
    return lambda: st.switch_page(f"app_pages/{page}.py", query_params=st.query_params.to_dict() | more)


OLD = {
    "why": ("Memory", why),
    "structure": ("Lesson", leads("lesson")),
    "corpus": ("Units", leads("units", where="corpus")),
    "train": ("Your model", leads("open", how="train")),
}
"""Each old address: the title of the page to which it leads, and what leads there."""


# How does the browser know which links are late, when the visitor goes back or forward?
#
# The visitor may overtake a run whose link is still to come. The run that answers comes later, and says that it begins.

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
