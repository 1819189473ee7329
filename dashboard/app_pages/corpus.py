"""The page Corpus: what does each unit do in a whole corpus, and where else does it do this?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.controls import visitor
from dashboard.controls.chart import chart
from dashboard.controls.choose_source import models
from dashboard.controls.corpus_controls import CorpusControls
from dashboard.controls.frame import file_of
from dashboard.controls.long_task import watched
from dashboard.controls.made_with import made_with
from dashboard.controls.notices import tell
from dashboard.controls.page_title import page_title
from dashboard.controls.passages import Line, Scale, passages
from dashboard.controls.small_print import small
from dashboard.controls.theme import theme
from dashboard.controls.uploads import let_go
from dashboard.corpus import figures, sentences, unit_rows
from dashboard.corpus.model import model_to_scan
from dashboard.corpus.one_unit import one_unit, related, responses
from dashboard.corpus.read_again import Passage
from dashboard.corpus.scanned import Scanned, is_known, name_of_scan, scanned
from dashboard.corpus.texts import fitting
from dashboard.corpus.to_memory import query_of
from dashboard.corpus.view import COLUMNS, OPENED, SIZES_OF_SCANS, TEXTS, Corpus, Place, model_of
from dashboard.corpus.where_else import Hits, brushed, hits
from dashboard.corpus.where_else import is_known as is_searched
from dashboard.corpus.worst import worst
from dashboard.question import link
from dashboard.question.limits import TooMuch
from dashboard.reading.example_texts import with_text
from dashboard.store import text_files
from dashboard.words.escape_markdown import plain
from lstm_core import LstmCoreError, Scan, SequenceModel
from lstm_core.plots import palette
from lstm_core.plots.labels import signed

look = palette.look("teal", theme())
controls = CorpusControls("corpus", link.names(Corpus()))
OWN = [field.name for field in fields(Corpus) if field.name != "source"]
# Pixels of the table of units: some fifteen rows.
HIGH = 560
ALL = "all"
# Bits of a token that the model hardly expected: a chance of one in 256.
SURPRISED = 8


def follow(query: Mapping[str, str]) -> list[str]:
    """Set the controls to a link's values; returns a sentence for each value that is not possible."""
    source = visitor.view().source
    usual = Corpus(source)
    if "sentence" not in query and controls.values and model_of(as_left().source) == model_of(source):
        # The main page asks where else something happens: in the texts that were scanned last.
        usual = replace(as_left(), source=source, unit=None)
    asked, notices = link.read(usual, query)
    controls.take(visitor.view_of(asked.source))
    controls.set({name: getattr(asked, name) for name in OWN})
    return notices


def as_left() -> Corpus:
    """The question in the controls."""
    return Corpus(controls.view().source, **{name: controls.values[name] for name in OWN})


def another_model() -> None:
    """With another model go its corpus, its units, and a text that it reads."""
    chosen = controls.now("model")
    text = with_text({"model": chosen}).get("sentence", controls.values["sentence"])
    controls.set({"sentence": text, "file": "", "texts": "", "unit": None, "brush": None, "side": Place()})
    controls.moved()


def other_texts() -> None:
    """Other texts have other units to show."""
    controls.set({"unit": None})
    controls.moved()


def choose() -> SequenceModel:
    """Choose the model, the texts and how many of them are read; returns the model.

    Raises LstmCoreError when the model is not there.
    """
    boxes = st.columns([4, 5, 3, 3], vertical_alignment="bottom", gap="small")
    options = models(controls.values["model"])
    with boxes[0]:
        how = controls.chosen("model", options) | {"on_change": another_model}
        controls.keep("model", st.selectbox("Model", format_func=options.__getitem__, **how))
    with boxes[3]:
        open_file()
    model = model_to_scan(as_left().source)
    there = [*fitting(model), *([OPENED] if controls.values["opened"] or not fitting(model) else [])]
    if controls.values["texts"] not in there:
        # A link may name no corpus, or one that this model can't read.
        controls.set({"texts": there[0]})
    with boxes[1]:
        how = controls.chosen("texts", there) | {"on_change": other_texts}
        controls.keep("texts", st.selectbox("Texts", format_func=TEXTS.__getitem__, **how))
    with boxes[2]:
        how = controls.chosen("size", SIZES_OF_SCANS) | {"format_func": "{:,}".format}
        controls.keep("size", st.selectbox(f"At most, {sentences.READ_AS[model.reads]}", **how))
    return model


def open_file() -> None:
    """Let the visitor open a file of texts, which is scanned from then on."""
    with st.popover("Open a file", icon=":material/upload_file:", width="stretch"):
        st.file_uploader("A text, or a CSV", key=controls.key("uploaded"), on_change=file_opened)
        st.caption("It is scanned on this machine alone; a link does not hold it. Of a CSV, the column with most text.")


def file_opened() -> None:
    """Keep the opened file, or a sentence on why it can't be read."""
    file = st.session_state.get(controls.key("uploaded"))
    # Streamlit reports a file that the server dropped once more, as deleted.
    if not isinstance(file, UploadedFile):
        return
    try:
        controls.set({"opened": text_files.keep(file.name, file.getvalue()), "texts": OPENED, "unit": None})
    except (LstmCoreError, TooMuch) as error:
        st.session_state[controls.key("refused")] = str(error)
    let_go(file)
    controls.moved()


def scan_it(asked: Corpus) -> Scanned | None:
    """The scan, with progress; None if the visitor stopped it."""
    if is_known(asked):
        return scanned(asked)
    name = plain(sentences.title_of(asked))
    return watched(
        "corpus.scan", name_of_scan(asked), f"Scan {name}", f"Scanning {name}", lambda show: scanned(asked, show)
    )


def opens_unit() -> None:
    """A click on a row of the table opens its unit."""
    chosen = st.session_state[controls.key("table")].selection.rows
    if chosen:
        open_unit(st.session_state[controls.key("rows")][chosen[0]])


def all_units(found: Scanned) -> None:
    """The table of units, in order of a column and within bounds."""
    scan = found.scan
    boxes = st.columns([3, 2, 2, 5], vertical_alignment="bottom", gap="small")
    with boxes[0]:
        controls.keep("by", st.selectbox("Largest first, by", **controls.chosen("by", COLUMNS)))
    for box, name, title in ((boxes[1], "at_least", "at least"), (boxes[2], "at_most", "at most")):
        with box:
            controls.keep(name, st.number_input(title, format="%g", **controls.drawn(name)))
    table = unit_rows.rows(scan, as_left())
    with boxes[3]:
        small(f"{len(table):,} of {len(scan.units):,} units. Select a row to open its unit; a head sorts.")
    st.session_state[controls.key("rows")] = [unit_rows.place_in(scan, row) for row in table.index]
    numbers = {name: st.column_config.NumberColumn(format="%.3g") for name in COLUMNS}
    numbers |= {name: st.column_config.NumberColumn(format="%.0f%%") for name in unit_rows.SHARES}
    bars = st.column_config.BarChartColumn("c over the corpus", y_min=0, y_max=1, width="small")
    st.dataframe(
        table,
        hide_index=True,
        height=HIGH if len(table) > 14 else "auto",
        column_config=numbers | {"c": bars},
        on_select=opens_unit,
        selection_mode="single-row",
        key=controls.key("table"),
    )


def choose_unit(scan: Scan) -> Place | None:
    """Choose a unit, or all of them."""
    there = unit_rows.places(scan)
    asked = controls.values["unit"]
    not_there = asked not in (None, *there)
    tell([f"There is no unit {asked} (layer.unit): all are shown."] if not_there else [])
    if not_there:
        controls.set({"unit": None})
    # In a list of Streamlit None means that nothing is chosen yet.
    named = {ALL: f"All {len(there):,} units"} | {
        str(place): sentences.unit_named(scan, place).capitalize() for place in there
    }
    controls.show("place", str(controls.values["unit"] or ALL))
    with st.container(horizontal=True, vertical_alignment="bottom", key="corpus-unit"):
        st.selectbox(
            "Unit",
            list(named),
            format_func=named.__getitem__,
            label_visibility="collapsed",
            width=260,
            key=controls.key("place"),
            on_change=unit_chosen,
            args=(there,),
        )
        st.button("Unit before", on_click=next_unit, args=(there, -1), icon=":material/chevron_left:")
        st.button("Unit after", on_click=next_unit, args=(there, 1), icon=":material/chevron_right:")
    found: Place | None = controls.values["unit"]
    return found


def unit_chosen(there: list[Place]) -> None:
    """Show the unit that was chosen in the list."""
    chosen = controls.now("place")
    open_unit(next((place for place in there if str(place) == chosen), None))


def next_unit(there: list[Place], by: int) -> None:
    """Go to the unit after or before; from the table to the first or the last."""
    now = controls.values["unit"]
    at = there.index(now) + by if now in there else min(0, by)
    open_unit(there[at % len(there)])


def show_passages(
    found: Scanned,
    model: SequenceModel,
    shown: list[Passage],
    scale: Scale,
    name: str,
    place: Place | None = None,
    written: Callable[[float], str] = signed,
    answers: Sequence[str] = (),
) -> None:
    """Show passages, each after its number as `written`, with what the model answers after it; a click opens one on
    Memory at its place."""
    by_character = model.reads == "characters"
    pieces = found.texts.pieces
    lines = [
        Line(
            written(one.value),
            [sentences.shown(token) for token in one.tokens],
            one.numbers,
            one.first - one.begins,
            one.last - one.begins,
            sentences.where(pieces[one.text], one, by_character, answer),
        )
        for one, answer in zip(shown, answers or [""] * len(shown), strict=True)
    ]
    between = " " if model.reads in ("words", "numbers") else ""
    chosen = passages(lines, scale, between, name, f"corpus.{name}")
    if chosen is not None and chosen < len(shown):
        one = shown[chosen]
        query = query_of(as_left().source, pieces[one.text], found.texts.steps[one.text], one, place)
        st.switch_page(file_of(""), query_params=query)


def its_page(found: Scanned, model: SequenceModel, place: Place) -> None:
    """One unit: its moments, its histogram, its gates, what it does at each type of token, and its relatives."""
    scan, asked = found.scan, as_left()
    one = one_unit(asked, found, place)
    st.markdown(f"##### {plain(sentences.headline(scan, place, one))}")
    scale = Scale(look.states, -one.reach, one.reach)
    left, right = st.columns([5, 2], gap="large")
    with left:
        for title, shown in sentences.moments(one).items():
            st.markdown(f"**{title}**")
            show_passages(found, model, shown, scale, title, place)
        small(f"In the text of its strongest moment: {plain(one.says)}")
        small(plain(sentences.how_chosen(one.follows)))
    with right:
        st.markdown("**c over the corpus**")
        chart(figures.histogram(scan, place, one.reach, look), "corpus.histogram")
        st.markdown("**Gates**")
        st.table(sentences.gates(scan, place), border="horizontal")
        small(plain(sentences.lasts(scan, place)))
        rows, between = responses(scan, place)
        st.markdown(f"**Mean c at each type of token** :small[and how often{sentences.left_out(between)}]")
        chart(figures.responses(rows, one.reach, look), "corpus.responses")
        st.markdown("**Moves together with**")
        with st.container(horizontal=True, gap="small"):
            for other, r in related(scan, place):
                st.button(sentences.relative(scan, other, r), on_click=open_unit, args=(other,), key=f"to {other}")


def open_unit(place: Place | None) -> None:
    """Show a unit's page, or all units."""
    controls.set({"unit": place})
    controls.moved()


def where_else(found: Scanned, model: SequenceModel) -> None:
    """Show where else the units are on that are on in the brushed stretch."""
    sides = unit_rows.sides(found.scan)
    if controls.values["side"] not in sides:
        controls.set({"side": sides[0]})
    asked = as_left()
    reading, wanted = brushed(asked)
    first, last = asked.brush or (0, 0)
    between = " " if model.reads == "words" else ""
    st.markdown(f"##### {plain(sentences.pattern_in_words(wanted, reading.tokens[first : last + 1], between))}")
    boxes = st.columns([3, 3, 9], vertical_alignment="bottom")
    with boxes[0]:
        least = st.number_input("on from tanh c", 0.05, 0.95, step=0.05, format="%.2f", **controls.drawn("threshold"))
        controls.keep("threshold", least)
    if len(sides) > 1:
        with boxes.pop(1):
            controls.keep(
                "side", st.selectbox("of", format_func=sentences.side_named, **controls.chosen("side", sides))
            )
    with boxes[1]:
        st.button("Close", on_click=close_brush)
    if not wanted.units:
        return
    shown: Hits | None
    if is_searched(asked, found, wanted):
        shown = hits(asked, found, wanted)
    else:
        steps = f"{found.scan.steps:,} steps"
        what = *name_of_scan(asked), wanted
        shown = watched(
            "corpus.hits", what, f"Search {steps}", f"Searching {steps}", lambda show: hits(asked, found, wanted, show)
        )
    if shown is None:
        return
    small(sentences.hit_count(len(shown.table), found.scan.steps))
    pinned = asked.side._replace(unit=wanted.units[0])
    scale = Scale(look.gates, 0, len(wanted.units))
    answers = list(shown.table["answer"])
    show_passages(found, model, shown.passages, scale, "Hits", pinned, "{:.0f}".format, answers)
    st.divider()


def close_brush() -> None:
    controls.set({"brush": None})
    controls.moved()


def worst_texts(found: Scanned, model: SequenceModel) -> None:
    """Show the texts that the model predicts worst."""
    shown = worst(as_left(), found)
    if not shown:
        return
    st.markdown("**The texts that it predicts worst**")
    small(sentences.how_worst(model))
    show_passages(found, model, shown, Scale(look.gates, 0, SURPRISED), "Worst texts", written="{:.2f}".format)


def page() -> None:
    """Draw the page: what is scanned, where else something happens, then all units, or one of them."""
    page_title("Corpus", "What does each unit do in a whole corpus, and where else does it do this?")
    refused = st.session_state.pop(controls.key("refused"), None)
    tell([*controls.begin(follow), *([refused] if refused else [])])
    try:
        model = choose()
        # The link names the scan while it runs, too.
        controls.say(link.query(as_left()))
        with st.container():
            found = scan_it(as_left())
        if found is not None:
            small(plain(sentences.what_was_scanned(as_left(), found, model)))
            show(found, model)
            small(sentences.how_it_reads(as_left(), found, model))
            made_with(sentences.what_was_scanned(as_left(), found, model))
    except LstmCoreError as error:
        st.warning(plain(str(error)))
    controls.say(link.query(as_left()))


def show(found: Scanned, model: SequenceModel) -> None:
    """Show what a scan found."""
    if controls.values["brush"] is not None:
        try:
            where_else(found, model)
        except LstmCoreError as error:
            st.warning(plain(str(error)))
    place = choose_unit(found.scan)
    if place is None:
        all_units(found)
        worst_texts(found, model)
    else:
        its_page(found, model, place)


# A page's global names and their values live until the visitor leaves, so a scan stays inside a function.
page()
