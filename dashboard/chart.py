"""How is a figure drawn that changes in its place?

By a component: `st.plotly_chart` takes a chart away for every change of it and puts up a new one, which blinks.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import streamlit as st
from plotly.io.json import to_json_plotly

from dashboard.figures import Figure
from dashboard.quiet import CONFIG
from dashboard.routes import base_path

# Small on purpose: Streamlit sends it along with every run of the page.
LOADER = """
export default function ({ data, parentElement, setTriggerValue }) {
    const place = parentElement.querySelector("div"), figure = JSON.parse(data.figure)
    const { height, width } = figure.layout
    place.style.cssText = `height: ${height}px; width: ${data.stretch ? "100%" : `min(100%, ${width}px)`}`
    import(new URL(data.base + "/browser/chart.js", location.origin)).then(({ draw }) =>
        draw(place, { ...data, figure }, step => setTriggerValue("clicked", step)))
    return () => window.Plotly?.purge(place)
}
"""

_PLACE = '<div class="gs-chart"></div>'
_component = st.components.v2.component("gatescope.chart", js=LOADER, html=_PLACE, isolate_styles=False)


def chart(figure: Figure, key: str, stretch: bool = True, on_click: Callable[[int], None] | None = None) -> None:
    """Draw a figure, as wide as its place or, without `stretch`, no wider than its layout says.

    `on_click` is called with the `customdata` of a point that was clicked, a step.
    """

    def clicked() -> None:
        if on_click:
            on_click(int(st.session_state[key]["clicked"]))

    data = {"base": base_path(), "figure": to_json_plotly(_packed(figure)), "config": CONFIG, "stretch": stretch}
    _component(key=key, data=data | {"clicks": on_click is not None}, on_clicked_change=clicked)


def _packed(part: Any) -> Any:
    """A figure or part of one, its arrays of floats in base64, as Plotly reads them too."""
    if isinstance(part, np.ndarray) and part.dtype.kind == "f" and part.size:
        numbers = part.astype(part.dtype.newbyteorder("<"))
        shape = ", ".join(map(str, part.shape))
        return {"dtype": f"f{part.itemsize}", "bdata": base64.b64encode(numbers.tobytes()).decode(), "shape": shape}
    if isinstance(part, Mapping):
        return {key: _packed(value) for key, value in part.items()}
    return [_packed(value) for value in part] if isinstance(part, (list, tuple)) else part
