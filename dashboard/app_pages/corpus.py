"""The page Corpus: what does each unit do in a whole corpus, and where else does it do this?"""

import streamlit as st

from dashboard.controls.long_task import watched
from dashboard.controls.made_with import made_with
from dashboard.controls.notices import tell
from dashboard.controls.page_title import page_title
from dashboard.controls.small_print import small
from dashboard.corpus import sentences
from dashboard.corpus.scanned import Scanned, is_known, name_of_scan, scanned
from dashboard.corpus.view import Corpus
from dashboard.corpus_page.a_unit import a_unit
from dashboard.corpus_page.all_units import all_units, choose_unit
from dashboard.corpus_page.choice import choose, refused
from dashboard.corpus_page.corpus_controls import CorpusControls
from dashboard.corpus_page.hits import where_else
from dashboard.corpus_page.worst_texts import worst_texts
from dashboard.question import link
from dashboard.words.escape_markdown import plain
from lstm_core import LstmCoreError, SequenceModel

controls = CorpusControls()


def page() -> None:
    """Draw the page: what is scanned, where else something happens, then all units, or one of them."""
    page_title("Corpus", "What does each unit do in a whole corpus, and where else does it do this?")
    tell([*controls.begin(controls.follow), *refused(controls)])
    try:
        model = choose(controls)
        # The link names the scan while it runs, too.
        controls.say(link.query(controls.question()))
        with st.container():
            found = scan_it(controls.question())
        if found is not None:
            small(plain(sentences.what_was_scanned(controls.question(), found, model)))
            show(found, model)
            small(sentences.how_it_reads(controls.question(), found, model))
            made_with(sentences.what_was_scanned(controls.question(), found, model))
    except LstmCoreError as error:
        st.warning(plain(str(error)))
    controls.say(link.query(controls.question()))


def scan_it(asked: Corpus) -> Scanned | None:
    """The scan, with progress; None if the visitor stopped it."""
    if is_known(asked):
        return scanned(asked)
    name = plain(sentences.title_of(asked))
    return watched(
        "corpus.scan", name_of_scan(asked), f"Scan {name}", f"Scanning {name}", lambda show: scanned(asked, show)
    )


def show(found: Scanned, model: SequenceModel) -> None:
    """Show what a scan found."""
    if controls.values["brush"] is not None:
        try:
            where_else(controls, found, model)
        except LstmCoreError as error:
            st.warning(plain(str(error)))
    place = choose_unit(controls, found.scan)
    if place is None:
        all_units(controls, found.scan)
        worst_texts(controls.question(), found, model)
    else:
        a_unit(controls, found, model, place)


# A page's global names and their values live until the visitor leaves, so a scan stays inside a function.
page()
