"""How does a page show a line of small text?"""

import streamlit as st


def small(text: str) -> None:
    """Write a line of small text; Streamlit's own captions are too pale to read."""
    st.markdown(f":small[{text}]")
