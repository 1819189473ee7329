"""How does a page show passages of texts, each token in the colour of its number? As a component that draws them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from dashboard.live.routes import base_path

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


class Line(NamedTuple):
    """A passage as it is drawn."""

    value: str
    """The number before it, in words."""
    tokens: list[str]
    numbers: list[float]
    """The number of each token, which gives its colour."""
    first: int
    last: int
    """The tokens that are framed."""
    where: str
    """Where it comes from."""


class Scale(NamedTuple):
    """The colours of a range of numbers, in Plotly's form."""

    colours: list[list[float | str]]
    low: float
    high: float


def passages(lines: Sequence[Line], scale: Scale, between: str, name: str, key: str) -> int | None:
    """Draw passages one under the other; returns the number of a passage that was clicked.

    `between`: what stands between two tokens; `name`: the list's name for a screen reader.
    """
    rows = [line._asdict() | {"numbers": [_shown(number) for number in line.numbers]} for line in lines]
    colours = {"colorscale": scale.colours, "zmin": scale.low, "zmax": scale.high}
    data = {"base": base_path(), "name": name, "rows": rows, "scale": colours, "between": between}
    opened: int | None = _component(key=key, data=data, on_opened_change=_nothing).opened
    return opened


def _shown(number: float) -> float | None:
    """Three digits are enough for a colour; JSON has no NaN."""
    return float(f"{number:.3g}") if math.isfinite(number) else None


def _nothing() -> None:
    """Streamlit hands over only the values of a component that says whom it tells."""
