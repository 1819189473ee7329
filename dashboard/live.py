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
        if (!gone) unmount = live.mount(component.parentElement, base, component.data)
    })
    return () => { gone = true; if (unmount) unmount() }
}
"""

_component = st.components.v2.component("gatescope.live", js=LOADER, html="<div></div>", isolate_styles=False)


def live_view() -> None:
    """Put the live view on the page."""
    choices = CHOICES | {"model": MODELS | own_models()}
    _component(key="live", data={"base": base_path(), "ranges": RANGES, "choices": choices})
