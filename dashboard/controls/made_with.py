"""How does a page say how its pictures were made? In a line that is not seen, for the captions of exported pictures."""

from __future__ import annotations

import html

import streamlit as st

from dashboard.words.sentences import WITH


def made_with(text: str) -> None:
    """Write how the page's pictures were made, and with what; `assets/browser/slide/pictures.js` reads it."""
    with st.container(key="made"):
        st.html(f'<p class="gs-made" hidden>{html.escape(text.removesuffix("."))}. {WITH}</p>')
