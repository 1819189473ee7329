"""How is a table of numbers read?"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError, check_kind, shortened

if TYPE_CHECKING:
    import pandas as pd


# Which characters separate the cells of a table, and the decimals of its numbers?

MOST_CELLS = 4_000_000
# The longest cell that is parsed as a number: on a longer one the patterns' time grows with the length squared.
LONGEST_NUMBER = 100

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
    """The lines that are not empty. Raises LstmCoreError for more than `MOST_CELLS` lines, with the empty ones."""
    lines: list[str] = []
    # One by one, so that millions of empty lines take no memory.
    for number, line in enumerate(io.StringIO(text, newline=None)):
        if number == MOST_CELLS:
            raise LstmCoreError(f"Expected at most {MOST_CELLS:,} cells, got a text of more lines. Give fewer rows.")
        if line.strip():
            lines.append(line.removesuffix("\n"))
    return lines


def form_of(lines: list[str]) -> Form:
    """How the numbers in some lines are written.

    >>> form_of(["a;b", "1,5;2"]).comma, form_of(["1 2 3"]).one_line
    (True, True)
    """
    if not lines:
        raise LstmCoreError(
            "Expected numbers, got none. Give a table with a row a step, or numbers with commas between."
        )
    shown = lines[:_LOOKED_AT]
    separator = _separator(shown)
    first = (re.split(separator, line, maxsplit=_CELLS_LOOKED_AT)[:_CELLS_LOOKED_AT] for line in shown)
    cells = [cell.strip().strip('"') for line in first for cell in line]
    commas = sum("," in cell and _is_number(cell, _COMMA) for cell in cells)
    comma = separator != "," and commas > sum("." in cell and _is_number(cell, _POINT) for cell in cells)
    form = Form(separator, comma, False)
    one_line = len(lines) == 1 and len(cells) > 1 and all(form.number(cell) is not None for cell in cells if cell)
    return form._replace(one_line=one_line)


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


# How is a table of numbers read?

MOST_CHARACTERS = 64 * 2**20
MOST_COLUMNS = 2_048

_TIME_NAMES = re.compile(r"time|date|datetime|timestamp|zeit|datum|heure|fecha", re.IGNORECASE)
_DATE = r"(?:\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[AaPp][Mm])?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?"
_TIME = re.compile(rf"(?:{_DATE}(?:[T\s]\s?{_CLOCK})?|{_CLOCK})")
_FILE = re.compile(r"[\w)]\.\w{1,8}$")
_MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "--", "?", ".", "missing", "#n/a", "<na>"}


@dataclass(frozen=True, eq=False)
class Series:
    """A sequence of numbers, a row a step."""

    names: list[str]
    """The name of each feature: from the header, or "column 1" and so on."""
    values: Tensor
    """(time, feature), float32; NaN where a value is missing, if `read_series` was asked for that."""
    times: list[str] | None
    """The time of each step as it was written; None without a column of times."""


def read_series(source: str | Path | bytes, *, missing: bool = False) -> Series:
    """The series in a table: the text of a CSV, its bytes, or the `Path` of one; or a list of numbers.

    Columns are features, rows are steps; one line of numbers is one column. The separator is found (comma, semicolon,
    tab, blanks), a decimal comma too. Names come from the header, if there is one. Columns of dates or clock times,
    and a column called time, date or timestamp whose numbers increase, become `times`. Text is never used as a path.

    A missing value (NA, NaN, null, an empty cell, in one column also an empty line between others, …) is refused,
    because an LSTM that reads one knows nothing from there on. With `missing=True` it is NaN: fill it in before a model
    reads it. `find_units` and `probe` take a property with NaN as it is, and leave those steps out.

    Raises LstmCoreError, naming column and row (the first below the header is row 1), for a missing value, text, rows
    of different lengths, and for a table that is empty or too large.

    >>> series = read_series("day;load;wind\\n2024-05-01;1,5;3\\n2024-05-02;2,5;4")
    >>> series.names, series.values.tolist(), series.times
    (['load', 'wind'], [[1.5, 3.0], [2.5, 4.0]], ['2024-05-01', '2024-05-02'])
    >>> read_series("1, 2, 3").values.tolist()
    [[1.0], [2.0], [3.0]]
    >>> read_series("a,b\\n1,\\n2,5", missing=True).values.tolist()
    [[1.0, nan], [2.0, 5.0]]
    """
    text = _text(source)
    lines = lines_of(text)
    form = form_of(lines)
    cells = _cells(text, lines, form)
    names, cells = _split_header(cells, form)
    timed = _time_columns(names, cells, form)
    kept = [column for column in range(len(names)) if column not in timed]
    if not kept:
        raise LstmCoreError("Expected at least one column of numbers, got times alone. Add a column with values.")
    columns = [_column(names[column], cells[column], form, missing) for column in kept]
    times = None if not timed else [" ".join(row) for row in zip(*(cells[c].tolist() for c in timed), strict=True)]
    return Series([names[column] for column in kept], torch.from_numpy(np.stack(columns, axis=1)), times)


def _text(source: str | Path | bytes) -> str:
    if isinstance(source, Path):
        try:
            size = source.stat().st_size if source.is_file() else None
            if size is not None and size <= MOST_CHARACTERS:
                source = source.read_bytes()
        except OSError as error:
            raise LstmCoreError(f"Expected a file of numbers at {shortened(source)}, got: {error.strerror}.") from error
        if isinstance(source, Path):
            got = "none" if size is None else f"one of {size:,} bytes"
            raise LstmCoreError(
                f"Expected a file of at most {MOST_CHARACTERS:,} bytes at {shortened(source)}, got {got}."
            )
    advice = "A table of numbers in memory is an input already: torch.tensor(table.to_numpy(), dtype=torch.float32)."
    check_kind(source, (str, bytes), "a path, or a table as text or bytes", advice)
    if len(source) > MOST_CHARACTERS:
        raise LstmCoreError(f"Expected at most {MOST_CHARACTERS:,} characters, got {len(source):,}. Give fewer rows.")
    text = _decoded(source) if isinstance(source, bytes) else source
    if "\0" in text:
        raise LstmCoreError("Expected a table as text, got a file of bytes. Save it as CSV.")
    # A minus as it is printed, also on our own pages.
    return text.removeprefix("\ufeff").replace("\N{MINUS SIGN}", "-")


def _decoded(content: bytes) -> str:
    """The text of a file that a spreadsheet wrote: UTF-8, UTF-16 with a byte order mark, or else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _cells(text: str, lines: list[str], form: Form) -> pd.DataFrame:
    """Every cell as it was written, without the blanks around it; also the header's cells."""
    import pandas as pd

    # pandas makes as many columns as the first line has, and takes 0.1 ms for each.
    columns = 1 + sum(1 for _ in islice(re.finditer(form.separator, lines[0]), MOST_CELLS))
    if columns == 1:
        # In a table of one column, an empty line between others is a missing value.
        lines = io.StringIO(text.strip(), newline=None).read().split("\n")
    if (count := columns * len(lines)) > MOST_CELLS:
        raise LstmCoreError(
            f"Expected at most {MOST_CELLS:,} cells, got {count:,} or more. Give fewer rows or columns."
        )
    if form.one_line:
        return pd.DataFrame([cell.strip() for cell in re.split(form.separator, lines[0])])
    if columns > MOST_COLUMNS + 1:
        raise LstmCoreError(f"Expected at most {MOST_COLUMNS:,} columns, got {columns:,} or more.")
    try:
        cells = pd.read_csv(
            io.StringIO("\n".join(lines)),
            sep=form.separator,
            header=None,
            dtype=object,
            keep_default_na=False,
            skipinitialspace=True,
            skip_blank_lines=columns > 1,
        )
    except pd.errors.ParserError as error:
        raise LstmCoreError(_ragged(str(error))) from error
    cells = pd.DataFrame({column: cells[column].str.strip() for column in cells})
    # A separator at the end of every line makes one empty column.
    if cells.shape[1] > 1 and cells.iloc[:, -1].eq("").all():
        cells = cells.iloc[:, :-1]
    if cells.shape[1] > MOST_COLUMNS:
        raise LstmCoreError(f"Expected at most {MOST_COLUMNS:,} columns, got {cells.shape[1]:,}.")
    return cells


def _ragged(said: str) -> str:
    match = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
    if match:
        return (
            f"Expected {match[1]} columns in every line, as in the first, got {match[3]} in line {match[2]} (empty "
            "lines not counted). Mind a separator too many, or a decimal comma beside commas as separators."
        )
    return "Expected a table, got text whose quotation marks do not close."


def _split_header(cells: pd.DataFrame, form: Form) -> tuple[list[str], pd.DataFrame]:
    first, below = cells.iloc[0].tolist(), cells.iloc[1:]
    words = [column for column, cell in enumerate(first) if not _is_data(cell, form)]
    has_header = bool(words) and (
        len(words) == len(first)
        or any(_is_data(cell, form) and cell.lower() not in _MISSING for c in words for cell in below[c].head(1))
    )
    if has_header and below.empty:
        text = ", ".join(first)
        path = " If that is a file, give its path as one: pathlib.Path(name)." if _FILE.search(text) else ""
        raise LstmCoreError(
            f"Expected rows of numbers, for example 37.0, 33.4, 33.5; got the text {shortened(text)}.{path}"
        )
    given = first if has_header else [""] * len(first)
    names: list[str] = []
    for number, name in enumerate(given, start=1):
        name = name or f"column {number}"
        names.append(f"{name} ({number})" if name in names else name)
    return names, (below if has_header else cells).reset_index(drop=True)


def _is_data(cell: str, form: Form) -> bool:
    return cell.lower() in _MISSING or _is_time(cell) or form.number(cell) is not None


def _is_time(cell: str) -> bool:
    return len(cell) <= LONGEST_NUMBER and _TIME.fullmatch(cell) is not None


def _time_columns(names: list[str], cells: pd.DataFrame, form: Form) -> list[int]:
    """The columns of times: dates, clock times, or increasing numbers under a name such as time."""
    found = []
    for column, name in enumerate(names):
        head = cells[column].head(20)
        if all(form.number(cell) is None and _is_time(cell) for cell in head):
            bad = ~cells[column].map(_is_time)
            if bad.any():
                row = int(bad.to_numpy().argmax())
                got = shortened(cells[column][row])
                raise LstmCoreError(
                    f"Expected a time in every row of column {shortened(name)}, got {got} in row {row + 1}."
                )
            found.append(column)
        elif _TIME_NAMES.fullmatch(name.strip()) and len(names) > 1:
            numbers = form.numbers(cells[column])
            if bool(np.isfinite(numbers).all() and (np.diff(numbers) > 0).all()):
                found.append(column)
    return found


def _column(name: str, cells: pd.Series[str], form: Form, missing: bool) -> np.ndarray:
    """A column's numbers in float32; NaN for a missing one, if those are asked for."""
    numbers = form.numbers(cells)
    with np.errstate(over="ignore"):
        narrow = numbers.astype(np.float32)
    bad = ~np.isfinite(narrow)
    if missing and bad.any():
        bad &= ~cells.str.lower().isin(_MISSING).to_numpy()
    if bad.any():
        row = int(bad.argmax())
        cell, place = cells.iloc[row], name.removeprefix("column ")
        where = f"{name if place.isdecimal() else f'column {shortened(name)}'}, row {row + 1}"
        if cell.lower() in _MISSING:
            raise LstmCoreError(
                f"Expected a number in {where}, got a missing value. Fill it in, with the value before it for example: "
                "an LSTM that reads none knows nothing from there on."
            )
        if form.number(cell) is None:
            # One line of numbers is a list, and has no columns for whoever typed it.
            if len(cells) == 1 and place.isdecimal():
                raise LstmCoreError(
                    f"Expected numbers, for example 37.0, 33.4, 33.5; got the text {shortened(cell)} in place "
                    f"{place}. Write a number there, or take it out."
                )
            raise LstmCoreError(f"Expected a number in {where}, got the text {shortened(cell)}. Leave that column out.")
        raise LstmCoreError(f"Expected a number that float32 can hold in {where}, got {shortened(cell)}.")
    return narrow
