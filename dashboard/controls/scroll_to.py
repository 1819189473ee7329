"""How does a page bring into sight what a button has just opened further down?"""

import streamlit as st

LOADER = """
export default function ({ data }) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    document.querySelector(`.st-key-${data.key}`)?.scrollIntoView({ behavior: calm ? "auto" : "smooth" })
}
"""
_component = st.components.v2.component("gatescope.scroll", js=LOADER, html="<span></span>", isolate_styles=False)


def scroll_to(key: str) -> None:
    """Scroll to the container with a key. Call it in one run only, as the last of the page: the next run would scroll
    again."""
    _component(key=f"scroll to {key}", data={"key": key})
