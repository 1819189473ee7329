"""How is a figure updated in place?

With a component: `st.plotly_chart` replaces a chart at every change, which blinks.
"""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from plotly.io.json import to_json_plotly

from gatescope.live.routes import modules_path
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.quiet_axes import CONFIG

# Kept small, because Streamlit sends it with every run of the page.
LOADER = """
export default function ({ data, parentElement }) {
    const place = parentElement.querySelector(".gs-drawn"), figure = JSON.parse(data.figure)
    const { height, width } = figure.layout
    place.style.cssText = `--gs-high: ${height}; width: ${width ? `min(100%, ${width}px)` : "100%"}`
    const drawn = { ...data, figure }
    import(new URL(data.modules, location.origin)).then(({ modules }) => modules["chart.js"]())
        .then(one => one.draw(place, drawn))
    // Called as well for a figure that was overtaken by the next one.
    return () => place.isConnected || window.Plotly?.purge(place)
}
"""

_PLACE = '<div class="gs-drawn"></div>'
_component = st.components.v2.component("gatescope.chart", js=LOADER, html=_PLACE, isolate_styles=False)


class Chart(NamedTuple):
    """A figure as it is sent."""

    figure: str
    """Plotly's JSON."""
    number: int
    """A figure with a lower number is older."""
    config: dict[str, Any]


def chart(figure: Figure, key: str) -> None:
    """Draw a figure as wide as its container, or at most as wide as its layout says."""
    # Plotly's own JSON: Streamlit's JSON can write neither arrays nor NaN as null.
    content = to_json_plotly(_packed(figure))
    sent = Chart(content, _number(key, content), CONFIG)
    _component(key=key, data={"modules": modules_path(), **sent._asdict()})


def _number(key: str, content: str) -> int:
    """The number of changes of a visitor's chart: a browser that is still loading may get figures in any order."""
    changes: dict[str, tuple[int, int]] = st.session_state.setdefault("charts", {})
    number, last = changes.get(key, (0, 0))
    if last != hash(content):
        number += 1
        changes[key] = number, hash(content)
    return number


def _packed(part: Any) -> Any:
    """A figure, or part of one, with its arrays of floats in base64, which Plotly can read; other arrays are short."""
    if isinstance(part, np.ndarray) and part.dtype in (np.float32, np.float64) and part.size:
        numbers = part.astype(part.dtype.newbyteorder("<"))
        shape = ", ".join(map(str, part.shape))
        return {"dtype": f"f{part.itemsize}", "bdata": base64.b64encode(numbers.tobytes()).decode(), "shape": shape}
    if isinstance(part, Mapping):
        return {key: _packed(value) for key, value in part.items()}
    # A list holds traces and the like; a list of arrays is a matrix, which Plotly reads only as plain numbers.
    if isinstance(part, (list, tuple)) and not any(isinstance(value, np.ndarray) for value in part):
        return [_packed(value) for value in part]
    return part
