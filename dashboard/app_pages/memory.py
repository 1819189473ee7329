"""The main page: a sentence, and the memory of an LSTM that reads it."""

import streamlit as st

from gatescope.controls import visitor
from gatescope.controls.frame import file_of, live_view
from gatescope.question import link
from gatescope.question.view import View


def page() -> None:
    here = {name: text for name, text in st.query_params.to_dict().items() if name in link.names(View())}
    if here:
        visitor.asks(here)
    place = live_view({} if here else visitor.asked())
    if place:
        if "query" in place:
            visitor.asks(place["query"])
        st.switch_page(file_of(place["page"]), query_params=place.get("link"))


page()
