"""What do the units do in a corpus? The same list, each unit where it is strongest, and the same panel."""

import streamlit as st

from gatescope.controls.drawn_in_browser import unit_list
from gatescope.controls.frame import file_of, look
from gatescope.controls.long_task import watched
from gatescope.corpus import passages as corpus_passages
from gatescope.corpus import sentences
from gatescope.corpus.passages import Passage, Wanted, reach_of, related, strongest
from gatescope.corpus.scanned import Scanned, scanned
from gatescope.corpus.to_memory import query_of
from gatescope.corpus.view import Corpus, UnitPlace
from gatescope.drawing.scales import scales
from gatescope.question import link
from gatescope.question.view import View
from gatescope.unit_list import list_data, workings
from gatescope.unit_list import sentences as unit_sentences
from gatescope.unit_list.kept import kept
from gatescope.unit_list.list_data import Histogram, Listed, UnitList, UnitRow
from gatescope.unit_list.listing import in_corpus_order
from gatescope.unit_list.view import COLUMN, SAYS, Units
from gatescope.units_page import panel
from gatescope.units_page.hits import where_else
from gatescope.units_page.in_text import opened
from gatescope.units_page.passages_of_texts import line_of
from gatescope.units_page.units_controls import UnitsControls
from gatescope.units_page.worst_texts import worst_texts
from gatescope.wording.escape_markdown import plain
from lstm_core import LstmCoreError, SequenceModel

LISTED = 24
"""The units that are listed: their moments are read together."""

UNFOLDED = 5
"""The passages of the unit that is opened."""


def scan_it(asked: Corpus) -> Scanned | None:
    """The scan, with progress; None if the visitor stopped it."""
    name = plain(sentences.title_of(asked))
    return watched("units.scan", f"Scan {name}", f"Scanning {name}", scanned, asked)


def in_corpus(controls: UnitsControls, found: Scanned, model: SequenceModel) -> None:
    """Draw the page's picture, and folded the worst texts and the numbers of all units."""
    asked = controls.question()
    if asked.corpus.brush is not None:
        try:
            where_else(controls, found, model)
        except LstmCoreError as error:
            st.warning(plain(str(error)))
    shown = in_corpus_order(kept(asked.view.source), asked.sort, found.scan)
    unit = asked.corpus.unit
    if unit is not None and unit not in shown.places:
        st.caption(f"There is no unit {unit} (layer.unit).")
    place = opened(asked, shown)
    left, right = st.columns([15, 8], gap="medium")
    with left:
        row = sentences.unit_row(found.scan, shown.places[0])
        if shown.known:
            claim, sure = unit_sentences.opens_on(shown.known, shown.opens, model)
        else:
            ends = row["c_min"], row["c_max"]
            claim, sure = unit_sentences.moves_most(shown.places[0], shown.places, ends), ""
        st.markdown(f"## {claim}")
        st.markdown(sure, help=unit_sentences.SCORES if shown.told else None)
        tops = _list(controls, asked, found, model, shown, place)
    with right, st.container(key="units-panel"):
        _panel(controls, asked, found, model, shown, place, tops)
    with st.expander("The texts that it predicts worst", on_change="rerun", key="units.worst") as fold:
        if fold.open:
            worst_texts(asked.corpus, found, model)


def _list(
    controls: UnitsControls, asked: Units, found: Scanned, model: SequenceModel, shown: Listed, place: UnitPlace
) -> list[Passage]:
    """Draw the list; returns the passages of the unit that is opened."""
    places = shown.places[:LISTED]
    if place not in places:
        places = [place, *places[:-1]]
    signs = {other: shown.told[other].sign if other in shown.told else 1 for other in places}
    wanted = [Wanted(other, signs[other], UNFOLDED if other == place else 1) for other in places]
    passages = strongest(asked.corpus, found, wanted)
    rows: list[UnitRow] = []
    for other in places:
        row = list_data.row(shown, other, other == place)
        those, told = passages.get(other, []), shown.told.get(other)
        few = [line_of(passage, found.texts.pieces, model) for passage in those]
        numbers_of = sentences.unit_row(found.scan, other)
        row["passages"], row["reach"] = few, reach_of(found.scan, other)
        row["keeps"] = row["keeps"] or f"{numbers_of['leak']:,.1f}"
        if told is not None and not told.property.startswith((SAYS, COLUMN)):
            texts = found.texts.pieces
            row["note"] += workings.denied(told, [(model.tokens(texts[one.text].text), one.last) for one in those])
        row["title"] = row["title"] or list_data.ends(numbers_of["c_min"], numbers_of["c_max"])
        rows.append(row)
    data = UnitList(
        name="Units in a corpus",
        tokens=[],
        between=" " if model.reads in ("words", "numbers") else "",
        heads=list_data.heads(shown.known, ("half is left", "after … steps")),
        sort=asked.sort,
        rows=rows,
        about="each unit where it is strongest, the moment in one column",
        left=f"{len(rows):,} of {len(shown.places):,} units",
        **scales(look(), reach_of(found.scan, place)),
    )
    clicked = unit_list(data, "units.corpus", controls.open_unit, controls.order_by)
    if clicked is not None:
        key, number = clicked
        its = next((other for other in passages if str(other) == key), None)
        if its is not None and number < len(passages[its]):
            st.switch_page(file_of(""), query_params=_on_memory(asked, found, passages[its][number], its))
    return passages.get(place, [])


def _on_memory(asked: Units, found: Scanned, passage: Passage, place: UnitPlace) -> dict[str, str]:
    piece, steps = found.texts.pieces[passage.text], found.texts.steps[passage.text]
    return query_of(asked.view.source, piece, steps, passage, place)


def _panel(
    controls: UnitsControls,
    asked: Units,
    found: Scanned,
    model: SequenceModel,
    shown: Listed,
    place: UnitPlace,
    tops: list[Passage],
) -> None:
    edges, counts = found.scan.histogram(place.unit, "c", place.layer, place.direction)
    title = "Its c over the corpus", "square root of how often"
    histogram = Histogram(title=title, edges=edges.tolist(), counts=counts.tolist())
    pinned = _on_memory(asked, found, tops[0], place) if tops else {}
    view = link.read(View(asked.view.source), pinned)[0]
    said = [plain(sentences.reaches(found.scan, place)), plain(sentences.gates_said(found.scan, place))]
    others = ", ".join(sentences.relative(found.scan, other, r) for other, r in related(found.scan, place))
    if others:
        said.append(f"Moves together with {others}.")
    panel.panel(controls, shown, place, model, panel.UnitSaid(said, view, histogram=histogram))


def numbers(asked: Corpus, found: Scanned) -> None:
    """The numbers of all units, in the order and within the bounds that a link may name."""
    st.dataframe(corpus_passages.rows(found.scan, asked), hide_index=True)
