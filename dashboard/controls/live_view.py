"""How does Streamlit show the live view? As a component that loads its own modules and asks `routes` for pictures."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.controls.own_models import own_models
from dashboard.live.routes import base_path
from dashboard.live.shared_with_browser import PAGES, handed_over
from dashboard.picture.wire_format import as_sent

# Kept small, because Streamlit sends it with every run of the page.
LOADER = """
export default function (component) {
    const base = new URL(component.data.base + "/", location.origin)
    let unmount = null, gone = false
    // Plotly is the largest file: it comes while the other modules still find each other.
    import(new URL("browser/shared/plotly.js", base))
    import(new URL("browser/live.js", base)).then(live => {
        const go = place => component.setTriggerValue("go", place)
        if (!gone) unmount = live.mount(component.parentElement, base, component.data, go)
    })
    return () => { gone = true; if (unmount) unmount() }
}
"""

_component = st.components.v2.component("gatescope.live", js=LOADER, html="<div></div>", isolate_styles=False)


def live_view(asked: Mapping[str, str]) -> dict[str, Any] | None:
    """Put the live view on the page; `asked` is its view if the address has none. If the visitor goes on to another
    page, returns that page's name (`page`), and the last view (`query`) or that page's link (`link`)."""
    data = as_sent(handed_over(base_path(), own_models())) | {"asked": dict(asked)}
    place: dict[str, Any] | None = _component(key="live", data=data, on_go_change=lambda: None).go
    return place if place and place["page"] in PAGES else None
