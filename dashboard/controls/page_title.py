"""How does a page say what it is for? With its name and its question, in one line."""

import streamlit as st


def page_title(name: str, question: str) -> None:
    """Write the page's name, and its question beside it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="page-title"):
        st.title(name, anchor=False, width="content")
        st.markdown(question, width="stretch")
