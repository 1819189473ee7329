"""How does a page show passages of texts, each token in the colour of its number? As a component that draws them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.drawing.passages import Line, Passages
from dashboard.drawing.scales import Scale
from dashboard.live.routes import base_path
from dashboard.picture.wire_format import as_sent

# Kept small, because Streamlit sends it with every run of the page.
LOADER = """
export default function ({ data, parentElement, setTriggerValue }) {
    const place = parentElement.querySelector(".gs-passages-place")
    import(new URL(data.base + "/browser/passages.js", location.origin)).then(({ draw }) =>
        draw(place, data, row => setTriggerValue("opened", row)))
}
"""

_PLACE = '<div class="gs-passages-place"></div>'
_component = st.components.v2.component("gatescope.passages", js=LOADER, html=_PLACE, isolate_styles=False)


def passages(lines: Sequence[Line], scale: Scale, between: str, name: str, key: str) -> int | None:
    """Draw passages one under the other; returns the number of a passage that was clicked."""
    data = Passages(base=base_path(), name=name, rows=[*lines], scale=scale, between=between)
    opened: int | None = _component(key=key, data=as_sent(data), on_opened_change=_nothing).opened
    return opened


def _nothing() -> None:
    """Streamlit hands over only the values of a component that says whom it tells."""
