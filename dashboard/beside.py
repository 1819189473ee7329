"""How do pictures stand side by side on a page, and several rows of them one under the other?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.chart import chart
from dashboard.figures import Figure


def side_by_side(page: str, titles: Sequence[str], rows: Mapping[str, Sequence[Figure | str]]) -> None:
    """A column a title, and in it what each row has for it: a picture, or a sentence where there is none."""
    for number, (column, title) in enumerate(zip(st.columns(len(titles)), titles, strict=True)):
        with column:
            st.markdown(f"**{title}**")
            for row, shown in rows.items():
                one = shown[number]
                if isinstance(one, str):
                    st.markdown(one)
                else:
                    chart(one, f"{page}.{row}.{number}")
