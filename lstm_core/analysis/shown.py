"""How does a result look at the end of a notebook's cell, and in a shell? A short table, and a sentence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

MOST = 10
"""Rows that are shown."""
PLACES = "{:.4g}".format


def as_text(table: pandas.DataFrame, said: str) -> str:
    """The first rows of a table and a sentence, for a shell."""
    return f"{table.head(MOST).to_string(index=False, float_format=PLACES)}\n{said}"


def as_html(table: pandas.DataFrame, said: str) -> str:
    """The first rows of a table and a sentence, for a notebook: no script, and every text escaped."""
    return f"{table.head(MOST).to_html(index=False, float_format=PLACES)}<p>{escape(said)}</p>"
