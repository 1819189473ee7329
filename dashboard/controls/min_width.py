"""How does a picture with a word over each column stay readable on a narrow screen?"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def at_least(pixels: int, key: str, begins: str = "left") -> DeltaGenerator:
    """A container with a minimal width in pixels: on a narrower screen it scrolls sideways, and begins at its left or
    right end."""
    place = st.container(key=key)
    direction = "rtl" if begins == "right" else "ltr"
    # Without this room the scroll bar would cut off the top and bottom.
    place.html(
        f"<style>.st-key-{key} {{ overflow: auto hidden; direction: {direction} }}"
        f".st-key-{key} > * {{ direction: ltr }}"
        f".st-key-{key} > [data-testid=stElementContainer]:has(.gs-drawn) {{ min-width: {pixels}px }}</style>"
    )
    return place
