"""What stands on the page Units: the units in the visitor's text or in a corpus, a search in it, its worst texts."""

from dataclasses import replace
from urllib.parse import parse_qsl

import streamlit as st

from gatescope.controls.drawn_in_browser import passages, rows, unit_list, unit_panel
from gatescope.controls.frame import file_of
from gatescope.controls.long_task import watched
from gatescope.question.view import Source
from gatescope.reading.read import Reading
from gatescope.unit_tables import corpus, tracking
from gatescope.unit_tables.asked import SIZES_OF_SCANS, Corpus, UnitPlace, Units
from gatescope.unit_tables.corpus import Scanned, fitting, scanned
from gatescope.unit_tables.looking_back import curves, looked_back
from gatescope.unit_tables.message import Passages, UnitsShown, of_corpus, of_text
from gatescope.unit_tables.passages import Passage, Wanted, brushed, hits, query_of, reach_of, strongest, worst
from gatescope.units_page.controls import UnitsControls
from gatescope.wording.escape_markdown import plain
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.analysis import Found

# Bits of a token that the model hardly expected: a chance of one in 256.
_SURPRISED = 8


def in_text(controls: UnitsControls, reading: Reading, trace: Trace, whole: Reading) -> None:
    """Draw the units over the text, and the strongest moments of the opened one elsewhere."""
    asked = controls.question()
    # In one column on a phone, and in this order.
    left, right = st.columns([15, 8], gap="medium")
    with left:
        shown = of_text(asked, reading, trace, _search(asked, whole) if asked.property else None)
        unit_list(shown, "units.list", controls.move, controls.place)
    with right, st.container(key="units-panel"):
        place = _panel(controls, shown)
        told = shown["rows"][str(place)]["told"]
        _strongest_moments(asked, place, told.sign if told else 1, reading.model)


def in_corpus(controls: UnitsControls, found: Scanned, model: SequenceModel) -> None:
    """Draw the units in a corpus, and folded the texts that the model predicts worst."""
    asked = controls.question()
    if asked.corpus.brush is not None:
        try:
            _where_else(controls, found)
        except LstmCoreError as error:
            st.warning(plain(str(error)))
    left, right = st.columns([15, 8], gap="medium")
    with left:
        shown = of_corpus(asked, found, model)
        clicked = unit_list(shown, "units.corpus", controls.move, controls.place)
    if clicked is not None and clicked[0] in shown["rows"]:
        key, number = clicked
        moments = shown["rows"][key]["moments"]
        if number < len(moments):
            _open(asked.corpus, found, moments[number], controls.place(key))
    with right, st.container(key="units-panel"):
        _panel(controls, shown)
    with st.expander("The texts that it predicts worst", on_change="rerun", key="units.worst") as fold:
        if fold.open and (texts := worst(asked.corpus, found)):
            _passages(asked.corpus, found, texts, _SURPRISED, "Worst texts")


def how_far_back(source: Source) -> None:
    """Draw what becomes of the model's answers where it reads only its last steps."""
    try:
        with st.spinner("Reading its texts again and again…"):
            found, texts = looked_back(source)
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return
    st.markdown(plain(found.summary()))
    rows(curves(found), key="units.curves of what is forgotten")
    st.caption(
        "How much the answers change, as a share of their spread, where the model reads only the last 1, 2, 4, … "
        f"steps. Asked of {texts}."
    )


def scan_it(asked: Corpus, key: str = "scan", scan: str = "Scan", scanning: str = "Scanning") -> Scanned | None:
    """The scan, with progress; None if the visitor stopped it."""
    name = plain(corpus.title_of(asked))
    return watched(f"units.{key}", f"{scan} {name}", f"{scanning} {name}", scanned, asked)


def _search(asked: Units, whole: Reading) -> Found | None:
    """What is found of the property that was asked for; None if nothing can be, or the visitor stopped the search."""
    try:
        sample = tracking.sample(asked, whole)
        steps = f"{len(sample.found.tokens):,} steps"
        # A short search needs no bar.
        found = (
            tracking.answer(asked, sample)
            if tracking.is_quick(sample)
            else watched("units.search", f"Search {steps}", f"Searching {steps}", tracking.answer, asked, sample)
        )
    except LstmCoreError as error:
        st.warning(plain(str(error)))
        return None
    for notice in sample.notices if found else []:
        st.caption(plain(notice))
    return found


def _panel(controls: UnitsControls, shown: UnitsShown) -> UnitPlace:
    """Draw what is known of the opened unit; returns it."""
    opened = shown["opened"]
    place = controls.place(opened["key"])
    if unit_panel("units.panel", lambda: controls.move(where="corpus", unit=place)):
        st.switch_page(file_of(""), query_params=dict(parse_qsl(opened["query"], keep_blank_values=True)))
    return place


def _strongest_moments(asked: Units, place: UnitPlace, sign: int, model: SequenceModel | None) -> None:
    """A unit's strongest moments in texts that it was not trained on, once these are read."""
    if model is None or not fitting(model):
        return
    of_page = replace(asked.corpus, texts=fitting(model)[0], size=SIZES_OF_SCANS[0], unit=None)
    found = scan_it(of_page, "moments", "Read", "Reading")
    if found is not None:
        moments = strongest(of_page, found, [Wanted(place, sign)])[place]
        _passages(of_page, found, moments, reach_of(found.scan, place), "Strongest moments", place)


def _where_else(controls: UnitsControls, found: Scanned) -> None:
    """Draw where else the units are on that are on in the stretch that was brushed on Memory, once that is found."""
    sizes = found.scan.sizes
    sides = [UnitPlace(layer, side) for layer in range(sizes.layers) for side in range(sizes.directions)]
    if controls.values["side"] not in sides:
        controls.set({"side": sides[0]})
    asked = controls.question().corpus
    reading, wanted = brushed(asked)
    first, last = asked.brush or (0, 0)
    reach = max(1, len(wanted.units))
    pattern = Passages(name="Where else", rows=[], reach=reach, reads=found.texts.reads)
    pattern |= {"units": list(wanted.units), "stretch": reading.tokens[first : last + 1]}
    passages(pattern, "units.Where else")
    _choose(controls, sides)
    if wanted.units:
        unit = asked.side._replace(unit=wanted.units[0])
        _passages(asked, found, hits(asked, found, wanted), reach, "Hits", unit)
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
            controls.select("side", "of", {side: corpus.side_named(side) for side in sides})
    with boxes[1]:
        st.button("Close", on_click=controls.move, kwargs={"brush": None})


def _passages(
    asked: Corpus, found: Scanned, shown: list[Passage], reach: float, name: str, place: UnitPlace | None = None
) -> None:
    """Draw passages of the texts that were scanned; a click opens one on Memory at its place."""
    reads = found.texts.reads
    data = Passages(name=name, rows=shown, reach=reach, reads=reads, texts=corpus.title_of(asked))
    data |= {"steps": found.scan.steps, "step": corpus.READ_AS[reads]}
    chosen = passages(data, f"units.{name}")
    if chosen is not None and chosen < len(shown):
        _open(asked, found, shown[chosen], place)


def _open(asked: Corpus, found: Scanned, passage: Passage, place: UnitPlace | None) -> None:
    st.switch_page(file_of(""), query_params=query_of(asked.source, found, passage, place))
