"""Which characters separate the cells of a table, and the decimals of its numbers?"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_core.errors import LstmCoreError

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 4_000_000
LONGEST_NUMBER = 100
"""The longest cell that is parsed as a number: on a longer one the patterns' time grows with the length squared."""

_LOOKED_AT, _CELLS_LOOKED_AT = 50, 10_000
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?(?:(?:\d{1,3}(?:\.\d{3})+|\d+),?\d*|,\d+)(?:[eE][+-]?\d+)?")


class Form(NamedTuple):
    """How a table is written."""

    separator: str
    """A regular expression."""
    comma: bool
    """Whether the comma is the decimal separator, and the point separates thousands."""
    one_line: bool
    """Whether the table is one line of numbers, to be read as one column."""
    cells: int
    """The approximate number of cells."""

    def number(self, cell: str) -> float | None:
        """The number that a cell holds, or None."""
        if not _is_number(cell, _COMMA if self.comma else _POINT):
            return None
        return float(cell.replace(".", "").replace(",", ".") if self.comma else cell)

    def numbers(self, cells: pd.Series[str]) -> np.ndarray:
        """A column's numbers in float64, NaN where a cell holds no number."""
        import pandas as pd

        if not self.comma:
            short = cells.where(cells.str.len() <= LONGEST_NUMBER)
            return pd.to_numeric(short, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        found = [self.number(cell) for cell in cells.tolist()]
        return np.array([np.nan if number is None else number for number in found])


def _is_number(cell: str, pattern: re.Pattern[str]) -> bool:
    return len(cell) <= LONGEST_NUMBER and pattern.fullmatch(cell) is not None


def lines_of(text: str) -> list[str]:
    """The lines that are not empty.

    Raises LstmCoreError for more than `MOST_CELLS` of them.
    """
    if text.count("\n") + text.count("\r") > 2 * MOST_CELLS:
        raise LstmCoreError(f"Expected at most {MOST_CELLS:,} cells, got a text of more lines. Give fewer rows.")
    lines: list[str] = []
    # One by one, so that millions of empty lines take no memory.
    for line in io.StringIO(text, newline=None):
        if line.strip():
            lines.append(line.removesuffix("\n"))
        if len(lines) > MOST_CELLS:
            raise LstmCoreError(f"Expected at most {MOST_CELLS:,} cells, got more rows than that. Give fewer rows.")
    return lines


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
    cells = [cell.strip().strip('"') for line in shown for cell in split(separator, line, _CELLS_LOOKED_AT)]
    commas = sum("," in cell and _is_number(cell, _COMMA) for cell in cells)
    comma = separator != "," and commas > sum("." in cell and _is_number(cell, _POINT) for cell in cells)
    form = Form(separator, comma, False, 0)
    one_line = len(lines) == 1 and len(cells) > 1 and all(form.number(cell) is not None for cell in cells if cell)
    count = len(lines) + sum(_count(separator, line) for line in shown) * len(lines) // len(shown)
    return Form(separator, comma, one_line, max(count, len(lines)))


def split(separator: str, line: str, most: int = 0) -> list[str]:
    """The cells of a line; with `most`, only the first `most` cells.

    >>> split(",", "1,2,3", 2), split(r"\\s+", "1  2")
    (['1', '2'], ['1', '2'])
    """
    cells = re.split(separator, line, maxsplit=most)
    return cells[:most] if most else cells


def _count(separator: str, line: str) -> int:
    """How many separators are in a line; a run of blanks counts as one."""
    return line.count(separator) if len(separator) == 1 else sum(1 for _ in re.finditer(separator, line))


def _separator(lines: list[str]) -> str:
    """The lines' separator: tab and semicolon are never part of a number, a comma may be, blanks are anywhere."""
    for mark in ("\t", ";"):
        if all(mark in line for line in lines):
            return mark
    header, *rows = lines
    if "," not in header and rows and any("," in line for line in rows) and max(line.count(",") for line in rows) == 1:
        # If the header has no comma and each line has one, it is a decimal comma and the table has one column.
        return ";"
    if any("," in line for line in lines):
        return ","
    blanks = [line.strip().split(maxsplit=_CELLS_LOOKED_AT)[:_CELLS_LOOKED_AT] for line in lines]
    parted = all(len(cells) > 1 for cells in blanks)
    return r"\s+" if parted and all(_is_number(c, _POINT) or _is_number(c, _COMMA) for c in blanks[-1]) else ","
