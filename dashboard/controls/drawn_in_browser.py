"""How does a page show what the browser draws?"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from gatescope.comparing.message import Compared
from gatescope.live.routes import base_path, modules_path
from gatescope.live.shared_with_browser import VISITOR
from gatescope.recording.colours import colours
from gatescope.recording.told import told
from gatescope.recording.wire_format import NAN, as_sent
from gatescope.train_one.message import Training
from gatescope.unit_tables.message import Passages, UnitsShown

# As a component that loads the module of `assets/browser` that draws it.
#
# A loader is kept small, because Streamlit sends it with every run of the page.


def _component(name: str, script: str, place: str, tells: str = "") -> Callable[..., Any]:
    """A component that hands its data to `draw` of a module; `tells`: what it calls with what is clicked, if anything.

    The first class of its place is the place's name.
    """
    loader = f"""
export default function ({{ data, parentElement, setTriggerValue }}) {{
    const place = parentElement.querySelector(".{place.split()[0]}")
    import(new URL(data.modules, location.origin)).then(({{ modules }}) => modules["{script}"]())
        .then(one => one.draw(place, data{tells}))
}}
"""
    html = f'<div class="{place}"></div>'
    return st.components.v2.component(f"gatescope.{name}", js=loader, html=html, isolate_styles=False)


_compare = _component("compare", "compare.js", "gs-two-place")
_rows = _component("rows", "rows.js", "gs-drawn")
_weights = _component("weights", "weights.js", "gs-weights")
_passages = _component("passages", "units/passages.js", "gs-passages-place", ', row => setTriggerValue("opened", row)')
_units = _component("units", "units/list.js", "gs-units gs-pictured", ", setTriggerValue")
_training = _component("training", "train.js", "gs-training", ", setTriggerValue")
_unit = _component("unit", "units/panel.js", "gs-unit-panel", ", setTriggerValue")


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a component is handed: where the modules are, and what it draws."""
    return {"modules": modules_path(), **as_sent(data)}


def two_readings(compared: Compared) -> None:
    """Draw two readings: the browser asks for their pictures itself."""
    handed = {"nan": NAN, "visitor": VISITOR, "colours": colours(), **told()}
    _compare(key="compare.two", data=_data({"base": base_path(), "handed": handed, "compared": compared}))


def rows(drawn: Mapping[str, Any], key: str) -> None:
    """Draw rows over steps (`model_page/figures.py`), or their update in the same place."""
    _rows(key=key, data={"modules": modules_path(), "colours": colours(), **drawn})


def weights(drawn: Mapping[str, Any], key: str) -> None:
    """Draw the weights of a part of a model (`model_page/figures.py`)."""
    _weights(key=key, data={"modules": modules_path(), "colours": colours(), **drawn})


def training(drawn: Training) -> bool:
    """Draw a training, or its update; returns whether its model is to be seen on Memory."""
    return bool(_training(key="training drawn", data=_data(drawn), on_memory_change=_nothing).memory)


def passages(data: Passages, key: str) -> int | None:
    """Draw passages one under the other; returns the number of a passage that was clicked."""
    opened: int | None = _passages(key=key, data=_data(data), on_opened_change=_nothing).opened
    return opened


def unit_list(
    data: UnitsShown, key: str, moved: Callable[..., None], place: Callable[[str], Any]
) -> tuple[str, int] | None:
    """Draw the units; returns the unit and the number of a passage that was clicked.

    `moved` is called with the `unit` whose row was clicked (`place` knows it by its name), or with the `sort` of the
    column whose head was.
    """

    def clicked(what: str) -> Any:
        return st.session_state[key][what]

    passage = _units(
        key=key,
        data=_data(data),
        on_opened_change=lambda: moved(unit=place(clicked("opened"))),
        on_sort_change=lambda: moved(sort=clicked("sort")),
        on_passage_change=_nothing,
    ).passage
    return (passage[0], int(passage[1])) if passage else None


def unit_panel(key: str, elsewhere: Callable[[], None]) -> bool:
    """Draw what is known of the unit that is open in the list; returns whether it is to be seen on Memory.

    `elsewhere` is called when it is to be seen in a corpus.
    """
    return bool(_unit(key=key, data=_data({}), on_memory_change=_nothing, on_elsewhere_change=elsewhere).memory)


def _nothing() -> None:
    """Streamlit hands over only the values of a component that says whom it tells."""
