"""Where else are the units on that are on in the stretch that was brushed on Memory?"""

import streamlit as st

from gatescope.controls.frame import look, small
from gatescope.corpus import sentences
from gatescope.corpus.passages import brushed, hits, places
from gatescope.corpus.scanned import Scanned
from gatescope.corpus.view import UnitPlace
from gatescope.drawing import scales
from gatescope.units_page.passages_of_texts import show_passages
from gatescope.units_page.units_controls import UnitsControls
from gatescope.wording.escape_markdown import plain
from lstm_core import SequenceModel


def where_else(controls: UnitsControls, found: Scanned, model: SequenceModel) -> None:
    """Show the hits, once they are found."""
    sides = [place for place in places(found.scan) if place.unit == 0]
    if controls.values["side"] not in sides:
        controls.set({"side": sides[0]})
    asked = controls.question().corpus
    reading, wanted = brushed(asked)
    first, last = asked.brush or (0, 0)
    between = " " if model.reads == "words" else ""
    st.markdown(f"##### {plain(sentences.pattern_in_words(wanted, reading.tokens[first : last + 1], between))}")
    _choose(controls, sides)
    if not wanted.units:
        return
    shown = hits(asked, found, wanted)
    small(sentences.hit_count(len(shown.table), found.scan.steps))
    pinned = asked.side._replace(unit=wanted.units[0])
    scale = scales.gates(look(), len(wanted.units))
    answers = list(shown.table["answer"])
    show_passages(asked, found, model, shown.passages, scale, "Hits", pinned, "{:.0f}".format, answers)
    st.divider()


def _choose(controls: UnitsControls, sides: list[UnitPlace]) -> None:
    """Choose from where on a unit counts as on, and whose units: a layer's and a direction's."""
    boxes = st.columns([3, 3, 9], vertical_alignment="bottom")
    with boxes[0]:
        least = st.number_input(
            "A unit is on when tanh c is at least", 0.05, 0.95, step=0.05, format="%.2f", **controls.drawn("threshold")
        )
        controls.keep("threshold", least)
    if len(sides) > 1:
        with boxes.pop(1):
            controls.keep(
                "side", st.selectbox("of", format_func=sentences.side_named, **controls.chosen("side", sides))
            )
    with boxes[1]:
        st.button("Close", on_click=controls.close_brush)
