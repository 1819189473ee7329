"""How does a result look at the end of a notebook's cell, and in a shell? A short table, and a sentence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from lstm_core.plots.labels import label

if TYPE_CHECKING:
    import pandas

MOST = 12
"""Rows that are shown."""
PLACES = "{:.4g}".format
WORDS = "token", "a", "b"
"""The columns that may hold tokens."""


def as_text(table: pandas.DataFrame, said: str) -> str:
    """The first rows of a table and a sentence, for a shell."""
    return f"{_first(table).to_string(index=False, float_format=PLACES)}\n{_and_how_many(table, said)}"


def as_html(table: pandas.DataFrame, said: str) -> str:
    """The first rows of a table and a sentence, for a notebook: no script, every text escaped, no `$` read as maths."""
    shown = _first(table).to_html(index=False, float_format=PLACES, classes="tex2jax_ignore mathjax_ignore")
    return f"{shown}<p>{escape(_and_how_many(table, said))}</p>"


class ShownResult:
    """A result that a shell and a notebook show by its table and its sentence."""

    if TYPE_CHECKING:

        def to_pandas(self) -> pandas.DataFrame: ...

        def summary(self) -> str: ...

    def __repr__(self) -> str:
        return as_text(self.to_pandas(), self.summary())

    def _repr_html_(self) -> str:
        return as_html(self.to_pandas(), self.summary())


def _first(table: pandas.DataFrame) -> pandas.DataFrame:
    """The rows that are shown: a blank token as a visible sign, a long one shortened."""
    first = table.head(MOST)
    words = {name: [label(w) if isinstance(w, str) else w for w in first[name]] for name in WORDS if name in first}
    return first.assign(**words)


def _and_how_many(table: pandas.DataFrame, said: str) -> str:
    return said if len(table) <= MOST else f"{said} These are the first {MOST} of {len(table):,} rows."
