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
    const place = parentElement.querySelector(".gs-drawn"), figure = JSON.parse(data.figure)
    const { height, width } = figure.layout
    place.style.cssText = `height: ${height}px; width: ${width ? `min(100%, ${width}px)` : "100%"}`
    import(new URL(data.base + "/browser/chart.js", location.origin)).then(({ draw }) =>
        draw(place, { ...data, figure }, step => setTriggerValue("clicked", step)))
    // Called as well for a figure that was overtaken by the next one.
    return () => place.isConnected || window.Plotly?.purge(place)
}
"""

_PLACE = '<div class="gs-drawn"></div>'
_component = st.components.v2.component("gatescope.chart", js=LOADER, html=_PLACE, isolate_styles=False)


def chart(figure: Figure, key: str, on_click: Callable[[int], None] | None = None) -> None:
    """Draw a figure as wide as its place, or no wider than its layout says.

    `on_click` is called with the `customdata` of a point that was clicked, a step.
    """

    def clicked() -> None:
        if on_click:
            on_click(int(st.session_state[key]["clicked"]))

    # Plotly's own JSON: Streamlit's knows neither arrays nor that a NaN is null.
    content = to_json_plotly(_packed(figure))
    data = {"base": base_path(), "figure": content, "number": _number(key, content), "config": CONFIG}
    _component(key=key, data=data | {"clicks": on_click is not None}, on_clicked_change=clicked)


def _number(key: str, content: str) -> int:
    """How often a visitor's chart has changed: a browser that is still loading may hand over figures in any order."""
    changes: dict[str, tuple[int, int]] = st.session_state.setdefault("charts", {})
    number, last = changes.get(key, (0, 0))
    if last != hash(content):
        number += 1
        changes[key] = number, hash(content)
    return number


def _packed(part: Any) -> Any:
    """A figure or part of one, its arrays of floats in base64, as Plotly reads them too; other arrays are short."""
    if isinstance(part, np.ndarray) and part.dtype in (np.float32, np.float64) and part.size:
        numbers = part.astype(part.dtype.newbyteorder("<"))
        shape = ", ".join(map(str, part.shape))
        return {"dtype": f"f{part.itemsize}", "bdata": base64.b64encode(numbers.tobytes()).decode(), "shape": shape}
    if isinstance(part, Mapping):
        return {key: _packed(value) for key, value in part.items()}
    # A list is of traces and the like; one of arrays is a matrix, which Plotly reads as numbers alone.
    if isinstance(part, (list, tuple)) and not any(isinstance(value, np.ndarray) for value in part):
        return [_packed(value) for value in part]
    return part
