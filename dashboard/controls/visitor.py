"""What does this visitor look at, which models are the visitor's own, and what becomes of a link from before?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gatescope.question import link, opening
from gatescope.question.opening import own_model
from gatescope.question.view import View

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lstm_core import SequenceModel

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
    from gatescope.reading.models import view_in  # imports torch, which the first page can't wait for

    return view_in(asked())[0]


def looks_at(view: View) -> None:
    """Set the visitor's view, on every page."""
    asks(link.in_full(view))


def reads_on(page: str, changed: Mapping[str, Any], **more: str) -> None:
    """Set the visitor's source, of which no cell is pinned, and open another page with it and more values of a link."""
    before = view()
    looks_at(View(replace(before.source, **changed), replace(before.shown, pin=None)))
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


# Each old address: the title of the page to which it leads, and what leads there.
OLD = {
    "why": ("Memory", why),
    "structure": ("Lesson", leads("lesson")),
    "corpus": ("Units", leads("units", where="corpus")),
    "train": ("Your model", leads("open", how="train")),
}


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


# Which models did this visitor train or open, and how are they downloaded?


def own_models() -> dict[str, str]:
    """The models that this visitor trained or opened: by key, the name in the main page's list. The one with which the
    server was opened is everybody's."""
    models: dict[str, str] = st.session_state.setdefault("own_models", own_model())
    return models


def keep_own_model(model: SequenceModel, label: str, epochs: Mapping[int, SequenceModel] | None = None) -> str:
    """Put a model into the main page's list, with its states after earlier epochs by number; returns its key."""
    from gatescope.store import visitor_models  # imports torch, which the first page can't wait for

    taken = set(own_models().values())
    names = (label if number == 1 else f"{label} ({number})" for number in count(1))
    name = next(name for name in names if name not in taken)
    key = visitor_models.put(model, epochs, name)
    own_models()[key] = name
    return key


def offer_own_model(place: DeltaGenerator, model: SequenceModel, help: str | None = None) -> None:
    """A button that downloads a model as one file, with the name that its script opens."""
    from gatescope.reading.python_script import file_of
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
