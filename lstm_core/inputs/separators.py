"""What parts the cells of a table, and its whole numbers from their decimals?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_core.errors import LstmCoreError

if TYPE_CHECKING:
    import pandas as pd

_LOOKED_AT = 50
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?(?:(?:\d{1,3}(?:\.\d{3})+|\d+),?\d*|,\d+)(?:[eE][+-]?\d+)?")


class Form(NamedTuple):
    """How a table is written."""

    separator: str
    """A regular expression."""
    comma: bool
    """Whether decimals follow a comma, and thousands a point."""
    one_line: bool
    """Whether it is one line of numbers, to be read as one column."""
    cells: int
    """About how many cells there are."""

    def number(self, cell: str) -> float | None:
        """The number that a cell holds, or None."""
        if not (_COMMA if self.comma else _POINT).fullmatch(cell):
            return None
        return float(cell.replace(".", "").replace(",", ".") if self.comma else cell)

    def numbers(self, cells: pd.Series[str]) -> np.ndarray:
        """A column's numbers in float64, NaN where a cell holds none."""
        import pandas as pd

        if not self.comma:
            return pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        found = [self.number(cell) for cell in cells.tolist()]
        return np.array([np.nan if number is None else number for number in found])


def lines_of(text: str) -> list[str]:
    """The lines with anything in them."""
    return [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]


def form_of(text: str) -> Form:
    """How the numbers in a text are written.

    >>> form_of("a;b\\n1,5;2").comma, form_of("1 2 3").one_line
    (True, True)
    """
    lines = lines_of(text)
    if not lines:
        raise LstmCoreError(
            "Expected numbers, got none. Give a table with a row a step, or numbers with commas between."
        )
    shown = lines[:_LOOKED_AT]
    separator = _separator(shown)
    cells = [cell.strip().strip('"') for line in shown for cell in re.split(separator, line)]
    commas = sum("," in cell and _COMMA.fullmatch(cell) is not None for cell in cells)
    comma = separator != "," and commas > sum("." in cell and _POINT.fullmatch(cell) is not None for cell in cells)
    form = Form(separator, comma, False, 0)
    one_line = len(lines) == 1 and len(cells) > 1 and all(form.number(cell) is not None for cell in cells if cell)
    count = len(lines) + sum(len(re.findall(separator, line)) for line in shown) * len(lines) // len(shown)
    return Form(separator, comma, one_line, max(count, len(lines)))


def _separator(lines: list[str]) -> str:
    """Tab and semicolon never stand in a number; a comma may, and blanks stand everywhere."""
    for mark in ("\t", ";"):
        if all(mark in line for line in lines):
            return mark
    header, *rows = lines
    if "," not in header and rows and any("," in line for line in rows) and max(line.count(",") for line in rows) == 1:
        # One comma a line below a header without one is a decimal comma, and nothing parts the cells.
        return ";"
    if any("," in line for line in lines):
        return ","
    blanks = [line.strip().split() for line in lines]
    parted = all(len(cells) > 1 for cells in blanks)
    return r"\s+" if parted and all(_POINT.fullmatch(c) or _COMMA.fullmatch(c) for c in blanks[-1]) else ","
