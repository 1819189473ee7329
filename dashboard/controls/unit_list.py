"""How does a page show the units of an LSTM? A list, and a panel on one of them, as components that draw them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.live.routes import base_path
from dashboard.picture.wire_format import as_sent
from dashboard.units.list_data import UnitList, UnitPanel

# Kept small, because Streamlit sends them with every run of the page.
LIST = """
export default function ({ data, parentElement, setTriggerValue }) {
    const place = parentElement.querySelector(".gs-units")
    import(new URL(data.base + "/browser/units/list.js", location.origin)).then(({ draw }) =>
        draw(place, data, (what, value) => setTriggerValue(what, value)))
}
"""
PANEL = """
export default function ({ data, parentElement }) {
    const place = parentElement.querySelector(".gs-unit-panel")
    import(new URL(data.base + "/browser/units/panel.js", location.origin)).then(({ draw }) => draw(place, data))
}
"""

_list = st.components.v2.component(
    "gatescope.units", js=LIST, html='<div class="gs-units gs-pictured"></div>', isolate_styles=False
)
_panel = st.components.v2.component(
    "gatescope.unit", js=PANEL, html='<div class="gs-unit-panel"></div>', isolate_styles=False
)


def unit_list(
    data: UnitList, key: str, opened: Callable[[str], None], sort: Callable[[str], None]
) -> tuple[str, int] | None:
    """Draw a list of units; returns the unit and the number of a passage that was clicked.

    `opened` is called with the unit whose row was clicked, `sort` with the head of a column.
    """

    def tells(what: str, call: Callable[[str], None]) -> None:
        call(st.session_state[key][what])

    passage = _list(
        key=key,
        data={"base": base_path(), **as_sent(data)},
        on_opened_change=partial(tells, "opened", opened),
        on_sort_change=partial(tells, "sort", sort),
        on_passage_change=lambda: None,
    ).passage
    return (passage[0], int(passage[1])) if passage else None


def unit_panel(data: UnitPanel, key: str) -> None:
    """Draw what is known of a unit, as far as it is a picture."""
    _panel(key=key, data={"base": base_path(), **data})
