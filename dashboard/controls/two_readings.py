"""How does a page show two readings? As a component that loads the modules that draw them."""

from __future__ import annotations

import streamlit as st

from dashboard.comparing.header import Drawn
from dashboard.live.routes import base_path
from dashboard.picture.wire_format import as_sent

# Kept small, because Streamlit sends it with every run of the page.
LOADER = """
export default function ({ data, parentElement }) {
    const place = parentElement.querySelector(".gs-two-place")
    import(new URL(data.base + "/browser/compare.js", location.origin)).then(({ draw }) => draw(place, data))
}
"""

_PLACE = '<div class="gs-two-place"></div>'
_component = st.components.v2.component("gatescope.compare", js=LOADER, html=_PLACE, isolate_styles=False)


def two_readings(drawn: Drawn) -> None:
    """Draw two readings, as `dashboard.comparing.drawn` has them."""
    _component(key="compare.two", data={"base": base_path(), **as_sent(drawn)})
