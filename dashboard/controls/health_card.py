"""Is the model healthy? A card of what `lstm_core.check` finds, on every page that has a new model."""

from threading import Lock

import streamlit as st

from gatescope.controls.page_parts import small
from gatescope.wording import health
from lstm_core import SequenceModel, check
from lstm_core.checking import Report

MOST_WEIGHTS = 1_000_000
"""The most weights of an LSTM that is asked here: python-chars, with a third of these, takes a second."""

_one_at_a_time = Lock()


def health_card(model: SequenceModel, key: object) -> None:
    """Show what goes wrong with a model; `key`: the model's own, by which what was found is kept for the visitor."""
    with st.container(border=True, key="health"):
        if sum(weight.numel() for weight in model.lstm.parameters()) > MOST_WEIGHTS:
            st.markdown(health.TITLE)
            small(
                "Too large to be asked here. In Python `lstm_core.check(model)` does it, in a shell `gatescope check`."
            )
            return
        report = _kept(model, key)
        st.markdown(health.headline(report))
        small(health.read(report))
        for row in (*report.of("broken"), *report.of("look")):
            st.markdown(health.item(row))
        small(health.passing(report))
        with st.expander("Numbers"):
            st.table(health.numbers(report), border="horizontal", hide_index=True)


def _kept(model: SequenceModel, key: object) -> Report:
    """What was found about this model, asked once for each visitor."""
    found: tuple[object, Report] | None = st.session_state.get("health found")
    if found is None or found[0] != key:
        with st.spinner("Asking…"), _one_at_a_time:
            found = key, check(model)
        st.session_state["health found"] = found
    return found[1]
