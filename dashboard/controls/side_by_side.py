"""How does a page show pictures side by side, in several rows?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.controls.chart import chart
from dashboard.controls.drawn_cell import drawn_cell
from lstm_core.plots.page_figure import Figure


def side_by_side(page: str, titles: Sequence[str], rows: Mapping[str, Sequence[Figure | str]]) -> None:
    """A column for each title, with one entry from each row: a picture, a drawn cell, or a sentence instead."""
    for number, (column, title) in enumerate(zip(st.columns(len(titles)), titles, strict=True)):
        with column:
            st.markdown(f"**{title}**")
            for row, shown in rows.items():
                one = shown[number]
                if isinstance(one, str):
                    st.markdown(one)
                elif "cell" in one:
                    drawn_cell(one, f"{page}.{row}.{number}")
                else:
                    chart(one, f"{page}.{row}.{number}")
