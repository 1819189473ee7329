"""What does a browser ask? Parses its JSON into valid values, or a sentence on what is invalid.

Any JSON gets an answer: no number, depth or type in it causes a server error.
"""

from typing import Any

from gatescope.question.holds import Cell
from lstm_core.errors import LstmCoreError
from lstm_core.files.outside import read_json

Range = tuple[float, float] | None

# No axis is longer: there are at most this many steps or units. The first of them begins here.
FURTHEST, BEGIN = 10_000_000, -0.5
FEWEST, MOST = 24.0, 100_000.0


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
    [room] = _numbers("room", [asked.get("room")])
    return int(min(MOST, max(FEWEST, room)))


def range_in(asked: dict[str, Any], name: str) -> Range:
    """A range [a, b] of an axis; None (the whole axis) if there is none."""
    if (ends := asked.get(name)) is None:
        return None
    found = _numbers(name, ends)
    if len(found) != 2 or found[0] == found[1] or max(found) <= BEGIN:
        raise LstmCoreError(f"Expected {name} as a range between two numbers with a part from 0 on, got another.")
    return found[0], found[1]


def cell_in(asked: dict[str, Any]) -> Cell:
    """The cell that is asked for; one that is not in the picture has no terms."""
    cell = asked.get("cell")
    place = _numbers("cell", [cell.get(name) for name in Cell._fields] if isinstance(cell, dict) else None)
    return Cell(*map(int, place))


def _numbers(name: str, values: Any) -> list[float]:
    """Numbers as they came, none of them NaN or beyond any axis."""
    if isinstance(values, list) and all(type(value) in (int, float) and abs(value) <= FURTHEST for value in values):
        return [float(value) for value in values]
    raise LstmCoreError(f"Expected {name} in numbers up to {FURTHEST:,}, got something else.")
