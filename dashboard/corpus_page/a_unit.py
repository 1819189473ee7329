"""What does one unit do in the corpus? Its moments, its histogram, its gates, its tokens and its relatives."""

from __future__ import annotations

import streamlit as st

from dashboard.controls.chart import chart
from dashboard.controls.passages import Scale
from dashboard.controls.small_print import small
from dashboard.controls.theme import theme
from dashboard.corpus import figures, sentences
from dashboard.corpus.one_unit import OneUnit, one_unit, related, responses
from dashboard.corpus.scanned import Scanned
from dashboard.corpus.view import Place
from dashboard.corpus_page.corpus_controls import CorpusControls
from dashboard.corpus_page.passages_of_texts import show_passages
from dashboard.words.escape_markdown import plain
from lstm_core import SequenceModel
from lstm_core.plots import palette


def a_unit(controls: CorpusControls, found: Scanned, model: SequenceModel, place: Place) -> None:
    """Show what a unit does."""
    one = one_unit(controls.question(), found, place)
    look = palette.look("teal", theme())
    st.markdown(f"##### {plain(sentences.headline(found.scan, place, one))}")
    left, right = st.columns([5, 2], gap="large")
    with left:
        _moments(controls, found, model, place, one, Scale(look.states, -one.reach, one.reach))
    with right:
        _numbers(controls, found, place, one, look)


def _moments(
    controls: CorpusControls, found: Scanned, model: SequenceModel, place: Place, one: OneUnit, scale: Scale
) -> None:
    for title, shown in sentences.moments(one).items():
        st.markdown(f"**{title}**")
        show_passages(controls.question(), found, model, shown, scale, title, place)
    small(f"In the text of its strongest moment: {plain(one.says)}")
    small(plain(sentences.how_chosen(one.follows)))


def _numbers(controls: CorpusControls, found: Scanned, place: Place, one: OneUnit, look: palette.Look) -> None:
    scan = found.scan
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
            st.button(sentences.relative(scan, other, r), on_click=controls.open_unit, args=(other,), key=f"to {other}")
