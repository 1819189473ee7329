"""How does a page show what the browser draws?"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from gatescope.comparing.message import Compared
from gatescope.controls.frame import component
from gatescope.live.routes import base_path
from gatescope.live.shared_with_browser import VISITOR
from gatescope.recording.colours import colours
from gatescope.recording.told import told
from gatescope.recording.wire_format import NAN
from gatescope.train_one.message import Training
from gatescope.unit_tables.message import Passages, UnitsShown

# As a component that loads the module of `assets/browser` that draws it.


def _component(script: str, place: str, tells: str = "setTriggerValue") -> Callable[..., Any]:
    """A component that hands its data and all colours to `draw` of a module; `tells`: what that calls with what is
    clicked. The first class of its place is the place's name."""
    draw = component(script, f'draw(parentElement.querySelector(".{place.split()[0]}"), data, {tells})', place)
    return lambda data, **options: draw({"colours": colours(), **data}, **options)


_compare = _component("compare.js", "gs-two-place")
_passages = _component("units/passages.js", "gs-passages-place", 'row => setTriggerValue("opened", row)')
_units = _component("units/list.js", "gs-units gs-pictured")
_training = _component("train.js", "gs-training")
_unit = _component("units/panel.js", "gs-unit-panel")
# Rows over steps, or the weights of a part of a model (`model_page/figures.py`), or their update in the same place.
rows = _component("rows.js", "gs-drawn")
weights = _component("weights.js", "gs-weights")


def two_readings(compared: Compared) -> None:
    """Draw two readings: the browser asks for their pictures itself."""
    handed = {"nan": NAN, "visitor": VISITOR, **told()}
    _compare({"base": base_path(), "handed": handed, "compared": compared}, key="compare.two")


def training(drawn: Training) -> bool:
    """Draw a training, or its update; returns whether its model is to be seen on Memory."""
    return bool(_training(key="training drawn", data=drawn, on_memory_change=_nothing).memory)


def passages(data: Passages, key: str) -> int | None:
    """Draw passages one under the other; returns the number of a passage that was clicked."""
    opened: int | None = _passages(key=key, data=data, on_opened_change=_nothing).opened
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
        data=data,
        on_opened_change=lambda: moved(unit=place(clicked("opened"))),
        on_sort_change=lambda: moved(sort=clicked("sort")),
        on_passage_change=_nothing,
    ).passage
    return (passage[0], int(passage[1])) if passage else None


def unit_panel(key: str, elsewhere: Callable[[], None]) -> bool:
    """Draw what is known of the unit that is open in the list; returns whether it is to be seen on Memory.

    `elsewhere` is called when it is to be seen in a corpus.
    """
    return bool(_unit(key=key, data={}, on_memory_change=_nothing, on_elsewhere_change=elsewhere).memory)


def _nothing() -> None:
    """Streamlit hands over only the values of a component that says whom it tells."""
