"""How is a token shown, and how wide; a number, with its sign; and a result, in a shell and in a notebook?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from math import floor, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

# The width of a letter in pixels.
LETTER, WIDE_LETTER = 7.4, 14
# Arrows and the signs for blanks are as wide as a letter.
SIGNS = range(0x2190, 0x2500)
BLANKS = {" ": "␣", "\u00a0": "␣", "\t": "⇥", "\n": "⏎", "\r": "⏎", "\r\n": "⏎"}


def label(token: str, most: int = 18) -> str:
    """A token as it is shown: a blank as a visible sign, a long token shortened."""
    seen = BLANKS.get(token, token)
    if not any(character.isprintable() for character in seen):
        seen = " ".join(f"U+{ord(character):04X}" for character in seen)
    return seen if len(seen) <= most else seen[: most - 1] + "…"


def some(tokens: Iterable[str], shown: Callable[[str], str] = label) -> str:
    """The first five different tokens."""
    each = list(dict.fromkeys(tokens))
    return ", ".join(map(shown, each[:5])) + (", …" if len(each) > 5 else "")


def width_of(text: str) -> float:
    """The approximate width of a label in pixels: East Asian characters and emoji are twice as wide."""
    return sum(WIDE_LETTER if ord(letter) >= 0x1100 and ord(letter) not in SIGNS else LETTER for letter in text)


def signed(value: float, places: int = 2) -> str:
    """A number with its sign and a printed minus; a small number gets more places."""
    if 1e-6 < abs(value) < 0.1:
        places = max(places, 1 - floor(log10(abs(value))))
    return f"{value:+.{places}f}".replace("-", "−")


# How does a result look at the end of a notebook's cell, and in a shell? A short table, and a sentence.

# The most rows that are shown, how a number is written, and the columns that may hold tokens.
MOST, PLACES, WORDS = 12, "{:.4g}".format, ("token", "a", "b")


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
