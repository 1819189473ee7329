"""The page Your model: open a file of weights, or train a small LSTM here, and see what it remembers."""

import streamlit as st

from gatescope.controls.frame import page_title, tell
from gatescope.model_page.open_a_file import open_a_file
from gatescope.model_page.train_one_here import HOW, QUESTIONS, ModelControls, train_one_here


def page() -> None:
    controls = ModelControls()
    notices = controls.begin(controls.follow)
    with st.container(horizontal=True, vertical_alignment="center"):
        page_title("Your model", QUESTIONS[controls.now("how")])
        how = controls.one_of("how", "Where from", HOW, label_visibility="collapsed", width="content")
    tell(notices)
    if how == "train":
        train_one_here(controls)
    else:
        open_a_file(controls)


# A page's global names and their values live until the visitor leaves, so a model stays inside a function.
page()
