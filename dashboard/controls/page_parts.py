"""What is every page written with? A title, small print, notices, how its pictures were made, and the theme."""

import html
from collections.abc import Callable, Iterable

import streamlit as st

from gatescope.wording.escape_markdown import plain
from gatescope.wording.sentences import WITH
from lstm_core.plots import palette


def page_title(name: str, question: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="page-title"):
        st.title(name, anchor=False, width="content")
        st.markdown(question, width="stretch")


def small(text: str) -> None:
    """Write a line of small text; Streamlit's own captions are too pale to read."""
    st.markdown(f":small[{text}]")


def tell(sentences: Iterable[str], show: Callable[[str], object] = st.warning) -> None:
    """Write each sentence, once, in a place that is there without them too: the browser knows what stands below by its
    place, and would close what is open there and lose a file on its way whenever a sentence comes or goes."""
    with st.container():
        for sentence in dict.fromkeys(sentences):
            show(plain(sentence))


def made_with(text: str) -> None:
    """Write, unseen, how the page's pictures were made; `assets/browser/slide/pictures.js` reads it for captions."""
    with st.container(key="made"):
        st.html(f'<p class="gs-made" hidden>{html.escape(text.removesuffix("."))}. {WITH}</p>')


def theme() -> palette.Theme:
    return "dark" if st.context.theme.type == "dark" else "light"


def look() -> palette.Look:
    """The colours of the page's figures, in the visitor's theme."""
    return palette.look("teal", theme())
