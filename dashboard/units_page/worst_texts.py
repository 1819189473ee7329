"""Which texts does the model predict worst?"""

import streamlit as st

from gatescope.controls.frame import look, small
from gatescope.corpus import sentences
from gatescope.corpus.passages import worst
from gatescope.corpus.scanned import Scanned
from gatescope.corpus.view import Corpus
from gatescope.drawing import scales
from gatescope.units_page.passages_of_texts import show_passages
from lstm_core import SequenceModel

# Bits of a token that the model hardly expected: a chance of one in 256.
_SURPRISED = 8


def worst_texts(asked: Corpus, found: Scanned, model: SequenceModel) -> None:
    """Show the texts, if the model predicts at all."""
    shown = worst(asked, found)
    if not shown:
        return
    st.markdown("**The texts that it predicts worst**")
    small(sentences.how_worst(model))
    scale = scales.gates(look(), _SURPRISED)
    show_passages(asked, found, model, shown, scale, "Worst texts", written="{:.2f}".format)
