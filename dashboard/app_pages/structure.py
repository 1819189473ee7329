"""The old address of the page Lesson: leads there, with what its link says."""

import streamlit as st

st.switch_page("app_pages/lesson.py", query_params=st.query_params.to_dict())
