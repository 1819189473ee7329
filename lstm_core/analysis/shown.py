"""How does a result look at the end of a notebook's cell, and in a shell? A short table, and a sentence."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from lstm_core.plots.labels import label

if TYPE_CHECKING:
    import pandas

MOST = 12
"""Rows that are shown."""
PLACES = "{:.4g}".format
WORDS = "token", "a", "b"
"""The columns that may hold tokens."""


class ShownResult:
    """A result that a shell and a notebook show by its table and its sentence."""

    if TYPE_CHECKING:

        def to_pandas(self) -> pandas.DataFrame: ...

        def summary(self) -> str: ...

    def __repr__(self) -> str:
        return f"{_first(self.to_pandas()).to_string(index=False, float_format=PLACES)}\n{self._sentence()}"

    def _repr_html_(self) -> str:
        # No script, every text escaped, no `$` read as maths.
        about: Any = {"index": False, "float_format": PLACES, "classes": "tex2jax_ignore mathjax_ignore"}
        return f"{_first(self.to_pandas()).to_html(**about)}<p>{escape(self._sentence())}</p>"

    def _sentence(self) -> str:
        said, rows = self.summary(), len(self.to_pandas())
        return said if rows <= MOST else f"{said} These are the first {MOST} of {rows:,} rows."


def _first(table: pandas.DataFrame) -> pandas.DataFrame:
    """The rows that are shown: a blank token as a visible sign, a long one shortened."""
    first = table.head(MOST)
    words = {name: [label(w) if isinstance(w, str) else w for w in first[name]] for name in WORDS if name in first}
    return first.assign(**words)
