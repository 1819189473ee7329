"""The main page: a sentence, and the memory of an LSTM reading it."""

import streamlit as st

from dashboard.live import live_view

# Pages that look closer at the same text and model.
CLOSER = {"why": "app_pages/why.py", "units": "app_pages/units.py", "compare": "app_pages/compare.py"}

place = live_view()
if place:
    page, query = place
    st.switch_page(CLOSER[page], query_params=query)
