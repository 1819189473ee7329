"""How does a page show a drawn cell? As a component that loads the live view's own drawing."""

from __future__ import annotations

import streamlit as st

from dashboard.lesson.cell import DrawnCell
from dashboard.live.routes import base_path

# Kept small, because Streamlit sends it with every run of the page.
LOADER = """
export default function ({ data, parentElement }) {
    const place = parentElement.querySelector(".gs-drawn-cell")
    import(new URL(data.base + "/browser/drawn_cell.js", location.origin)).then(({ draw }) => draw(place, data))
}
"""

_PLACE = '<div class="gs-drawn-cell"></div>'
_component = st.components.v2.component("gatescope.cell", js=LOADER, html=_PLACE, isolate_styles=False)


def drawn_cell(drawn: DrawnCell, key: str) -> None:
    """Draw a cell: its kind, its numbers, its colours and its words, as `dashboard.lesson.cell` has them."""
    _component(key=key, data={"base": base_path(), **drawn})
