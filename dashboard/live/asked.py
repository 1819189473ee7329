"""What does a browser ask? Parses its JSON into valid values, or a sentence on what is invalid.

Any JSON gets an answer: no number, depth or type in it causes a server error.
"""

from math import isfinite
from typing import Any

from gatescope.question.holds import Cell
from lstm_core.errors import LstmCoreError
from lstm_core.files.outside import read_json

Range = tuple[float, float] | None

# No axis is longer: there are at most this many steps or units. The first of them begins here.
FURTHEST, BEGIN = 10_000_000, -0.5
FEWEST, MOST = 24.0, 4_000.0


# The most brackets, commas and colons, also inside a sentence: with as many a question is parsed in 0.05 s.
MARKS = 100_000


def question_in(body: bytes) -> dict[str, Any]:
    """The parsed question, with `query` as strings."""
    asked = read_json(body, MARKS)
    if not isinstance(asked, dict):
        raise LstmCoreError("Expected an object with a query, got something else.")
    return asked | {"query": _query(asked.get("query"))}


def _query(asked: Any) -> dict[str, str]:
    if not isinstance(asked, dict):
        raise LstmCoreError("Expected a query, an object of names and values, got something else.")
    wrong = next((name for name, value in asked.items() if not isinstance(value, str | int | float)), None)
    if wrong is not None:
        raise LstmCoreError(f"Expected a text or a number as {wrong[:40]!r} in the query, got something else.")
    return {name: str(value) for name, value in asked.items()}


def room_in(asked: dict[str, Any]) -> int:
    """The most columns of the picture, moved into the allowed range."""
    return int(min(MOST, max(FEWEST, _number("room", asked.get("room")))))


def range_in(asked: dict[str, Any], name: str) -> Range:
    """A range [a, b] of an axis; None (the whole axis) if there is none."""
    ends = asked.get(name)
    if ends is None:
        return None
    if not isinstance(ends, list) or len(ends) != 2:
        raise LstmCoreError(f"Expected {name} as a range of two numbers, got something else.")
    low, high = (_number(name, end) for end in ends)
    if low == high or max(abs(low), abs(high)) > FURTHEST:
        raise LstmCoreError(
            f"Expected {name} as a range between two numbers up to {FURTHEST:,}, got {low:g} to {high:g}."
        )
    if max(low, high) <= BEGIN:
        raise LstmCoreError(f"Expected {name} as a range with a part from 0 on, got {low:g} to {high:g}.")
    return low, high


def cell_in(asked: dict[str, Any]) -> Cell:
    """The cell that is asked for."""
    cell = asked.get("cell")
    if not isinstance(cell, dict):
        raise LstmCoreError("Expected a cell with layer, direction, unit and step, got something else.")
    return Cell(*(_whole_number(name, cell.get(name)) for name in Cell._fields))


def _whole_number(name: str, value: Any) -> int:
    number = _number(name, value)
    if not number.is_integer() or not 0 <= number <= FURTHEST:
        raise LstmCoreError(f"Expected {name} as a whole number from 0 on, got {number:g}.")
    return int(number)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LstmCoreError(f"Expected {name} as a number, got something else.")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise LstmCoreError(f"Expected {name} as a finite number, got another.")
    return number
