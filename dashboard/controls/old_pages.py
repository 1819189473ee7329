"""Where do the addresses of pages that there were lead? To where their question is asked."""

from collections.abc import Callable

import streamlit as st

from gatescope.controls import visitor
from gatescope.question import link, old_links
from gatescope.question.view import View


def why() -> None:
    """The page Why? is a drawer of the page Memory."""
    query = old_links.why(st.query_params.to_dict())
    # A bare address asks about what the visitor looks at.
    seen = {} if query.keys() & link.names(View()) else visitor.asked()
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
