"""Which property is looked for in the visitor's own text, on what is a find checked, and what is found?"""

import streamlit as st

from gatescope.controls.long_task import watched
from gatescope.reading.read import Reading
from gatescope.unit_list import samples, tracking, words
from gatescope.unit_list import view as units_view
from gatescope.unit_list.view import HELD, Property, Units
from gatescope.units_page.units_controls import UnitsControls
from lstm_core.analysis import Found
from lstm_core.plots.labels import label


def choose_search(controls: UnitsControls, reading: Reading) -> None:
    """Choose a property, and the held-out text on which a find is checked."""
    left, right = st.columns(2, gap="large")
    with left:
        _choose_property(controls, [reading])
    with right:
        how = controls.drawn("held", start="default")
        held = st.segmented_control("Held-out text", list(HELD), format_func=HELD.__getitem__, **how)
        controls.keep("held", held or "none")
        if reading.series is None and len(samples.lines_of(samples.text_of(reading, controls.question()))) > 1:
            about = "Every line is read from an empty memory; with five and more, whole lines are shuffled."
            lines = st.toggle("Each line is a text of its own", help=about, **controls.drawn("lines"))
            controls.keep("lines", lines)
        if controls.values["held"] == "own":
            how = controls.drawn("held_out")
            controls.keep("held_out", st.text_area("Held-out text, as it is read", height=104, **how))


def _choose_property(controls: UnitsControls, found: list[Reading]) -> None:
    """Choose the property to search for; "" for what is known of the model, or for all."""
    kinds = tracking.kinds(found)
    if controls.values["kind"] not in kinds:
        # A link may ask for a property that this text does not have: the page answers and does not hide it.
        kinds.append(controls.values["kind"])
    kind = st.selectbox("Property", format_func=words.kind, **controls.chosen("kind", kinds))
    controls.keep("kind", kind)
    tokens, names = tracking.offered(kind, found), units_view.ABOUT.get(kind, ())
    for place, (box, name) in enumerate(zip(st.columns(2), names, strict=False)):
        wanted = controls.values[name] or (tokens[place] if place < len(tokens) else "…")
        options = tokens if wanted in tokens else [*tokens, wanted]
        if controls.now(name) not in options:
            controls.show(name, wanted)
        with box:
            title = "less" if name == "other" else "Of"
            controls.keep(name, st.selectbox(title, format_func=label, **controls.chosen(name, options)))
    controls.set({name: "" for name in Property._fields[1:] if name not in names and controls.values[name]})


def searched(asked: Units, reading: Reading) -> tuple[Found, list[str]] | None:
    """What a search for a property finds, and what to know of the texts; None if the visitor stopped it.

    Raises LstmCoreError when the property never changes or is not there, or the held-out text can't be read.
    """
    sample = samples.sample(asked, reading)
    if not sample.found:
        return None
    if tracking.is_quick(sample):
        return tracking.answer(asked, sample), sample.notices
    steps = f"{sum(len(one.tokens) for one in sample.found):,} steps"
    found = watched("units.search", f"Search {steps}", f"Searching {steps}", tracking.answer, asked, sample)
    return None if found is None else (found, sample.notices)
