"""The page Units: what does each unit do, in this text or in a corpus?"""

import streamlit as st

import lstm_core
from gatescope.controls.frame import made_with, page_title, small, tell
from gatescope.question import link
from gatescope.reading.read import read
from gatescope.unit_tables import corpus, tracking
from gatescope.unit_tables.asked import WHERE
from gatescope.unit_tables.corpus import model_to_scan
from gatescope.units_page.controls import UnitsControls, choose_corpus, choose_search, choose_text, open_file, refused
from gatescope.units_page.picture import how_far_back, in_corpus, in_text, scan_it
from gatescope.wording.escape_markdown import plain
from gatescope.wording.sentences import called_here, caption, proof, read_by, steps_are
from lstm_core import LstmCoreError

controls = UnitsControls()


def page() -> None:
    """Draw the page: what is looked at, then the picture, then what is folded."""
    page_title("Units", "What does each unit do, in this text or in a corpus?")
    notices = [*controls.begin(controls.follow), *refused(controls)]
    try:
        with st.container(key="units-source"):
            choose_text(controls)
        with st.container(horizontal=True, vertical_alignment="center", key="units-where"):
            if controls.one_of("where", "Where", WHERE, label_visibility="collapsed") == "corpus":
                choose_corpus(controls, model_to_scan(controls.question().view.source))
            open_file(controls)
            about = st.container(width="content")
        # The link names what is looked at while it is being computed, too.
        controls.say(link.query(controls.question()))
        if controls.values["where"] == "corpus":
            of_corpus(about, notices)
        else:
            of_text(about, notices)
    except LstmCoreError as error:
        tell(notices)
        st.warning(plain(str(error)))
    controls.say(link.query(controls.question()))


def of_text(about: st.delta_generator.DeltaGenerator, notices: list[str]) -> None:
    source = controls.question().view.source
    whole = read(source)
    reading, cut = tracking.first(whole)
    tell([*notices, *whole.notices, *cut])
    if reading.trace is None:
        return
    tell(called_here(reading.trace))
    steps, units = len(reading.tokens), reading.trace.c[:, :, 0].numel()
    about.markdown(f":small[{steps:,} {steps_are(source, reading)} · {units:,} units · {plain(proof(reading.trace))}]")
    picture, folded = st.container(), st.container()
    with folded:
        with st.expander("Look for something else in this text"):
            choose_search(controls, reading)
        with st.expander("How far back does it remember?", on_change="rerun", key="units.back") as fold:
            if fold.open:
                how_far_back(source)
        with st.expander("The numbers of all units", on_change="rerun", key="units.numbers") as fold:
            if fold.open:
                st.dataframe(lstm_core.units(reading.trace), hide_index=True)
    with picture:
        in_text(controls, reading, reading.trace, whole)
    small(plain(caption(source, reading, reading.trace)))
    made_with(read_by(source, reading, reading.trace))


def of_corpus(about: st.delta_generator.DeltaGenerator, notices: list[str]) -> None:
    asked, model = controls.question().corpus, model_to_scan(controls.question().view.source)
    tell(notices)
    with st.container():
        found = scan_it(asked)
    if found is None:
        return
    about.markdown(f":small[{plain(corpus.how_much(found, model))}]")
    in_corpus(controls, found, model)
    with st.expander("The numbers of all units", on_change="rerun", key="units.numbers") as fold:
        if fold.open:
            st.dataframe(found.scan.units, hide_index=True)
    small(corpus.how_it_reads(asked, found, model))
    made_with(corpus.what_was_scanned(asked, found, model))


# A page's global names and their values live until the visitor leaves, so a reading stays inside a function.
page()
