"""Which theme does this visitor's browser have?"""

import streamlit as st

from lstm_core.plots import palette


def theme() -> palette.Theme:
    """The visitor's theme, light or dark."""
    return "dark" if st.context.theme.type == "dark" else "light"
