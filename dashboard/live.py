"""The live view as a Streamlit component: it loads its own modules and asks `routes` for every picture."""

import streamlit as st

from dashboard.routes import base_path
from dashboard.session import own_models
from dashboard.view import CHOICES, MODELS, RANGES

# Small on purpose: Streamlit sends it along with every run of the page.
LOADER = """
export default function (component) {
    const base = new URL(component.data.base + "/", location.origin)
    let unmount = null, gone = false
    import(new URL("browser/live.js", base)).then(live => {
        const go = place => component.setTriggerValue("go", place)
        if (!gone) unmount = live.mount(component.parentElement, base, component.data, go)
    })
    return () => { gone = true; if (unmount) unmount() }
}
"""

_component = st.components.v2.component("gatescope.live", js=LOADER, html="<div></div>", isolate_styles=False)


def live_view() -> tuple[str, dict[str, str]] | None:
    """Put the live view on the page. Where its visitor goes on to, if anywhere: a page's name, and what it is asked."""
    choices = CHOICES | {"model": MODELS | own_models()}
    data = {"base": base_path(), "ranges": RANGES, "choices": choices}
    place = _component(key="live", data=data, on_go_change=lambda: None).go
    return (place["page"], place["query"]) if place else None
