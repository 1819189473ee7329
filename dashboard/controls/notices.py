"""How does a page tell its visitor what could not be done as asked?"""

from collections.abc import Callable, Iterable

import streamlit as st

from dashboard.words.escape_markdown import plain


def tell(sentences: Iterable[str], show: Callable[[str], object] = st.warning) -> None:
    """Write each sentence, once, in a place that is there without them too: the browser knows what stands below by its
    place, and would close what is open there and lose a file on its way whenever a sentence comes or goes."""
    with st.container():
        for sentence in dict.fromkeys(sentences):
            show(plain(sentence))
