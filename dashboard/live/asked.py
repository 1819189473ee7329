"""What does a browser ask? Parses its JSON into valid values, or a sentence on what is invalid.

Any JSON gets an answer: no number, depth or type in it causes a server error.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

Range = tuple[float, float] | None

# No axis is longer: there are at most this many steps or units.
FURTHEST = 10_000_000
NARROWEST, WIDEST = 200.0, 4_000.0
LOWEST, TALLEST = 300.0, 3_000.0
PLACE = ("layer", "direction", "unit", "step")


class CantBeRead(ValueError):
    """The question is invalid; the message says what was expected."""


def question_in(body: bytes) -> dict[str, Any]:
    """The parsed question, with `query` as strings and a known `theme`."""
    try:
        asked = json.loads(body)
    except RecursionError:
        raise CantBeRead("Expected JSON with few levels, got some nested too deeply.") from None
    except ValueError:
        raise CantBeRead("Expected JSON, got something else.") from None
    if not isinstance(asked, dict):
        raise CantBeRead("Expected an object with a query, got something else.")
    return asked | {"query": _query(asked.get("query")), "theme": "dark" if asked.get("theme") == "dark" else "light"}


def _query(asked: Any) -> dict[str, str]:
    if not isinstance(asked, dict):
        raise CantBeRead("Expected a query, an object of names and values, got something else.")
    wrong = next((name for name, value in asked.items() if not isinstance(value, str | int | float)), None)
    if wrong is not None:
        raise CantBeRead(f"Expected a text or a number as {wrong[:40]!r} in the query, got something else.")
    return {name: str(value) for name, value in asked.items()}


def width_in(asked: dict[str, Any]) -> float:
    """The width of the picture in pixels, moved into the allowed range."""
    return min(WIDEST, max(NARROWEST, _number("width", asked.get("width"))))


def height_in(asked: dict[str, Any]) -> float | None:
    """The height in pixels that the picture should fill; None if it may be as high as it likes."""
    if asked.get("height") is None:
        return None
    return min(TALLEST, max(LOWEST, _number("height", asked["height"])))


def range_in(asked: dict[str, Any], name: str) -> Range:
    """A range [a, b] of an axis; None (the whole axis) if there is none."""
    ends = asked.get(name)
    if ends is None:
        return None
    if not isinstance(ends, list) or len(ends) != 2:
        raise CantBeRead(f"Expected {name} as a range of two numbers, got something else.")
    low, high = (_number(name, end) for end in ends)
    if low == high or max(abs(low), abs(high)) > FURTHEST:
        raise CantBeRead(f"Expected {name} as a range between two numbers up to {FURTHEST:,}, got {low:g} to {high:g}.")
    return low, high


def place_in(asked: dict[str, Any]) -> dict[str, int]:
    """The cell that is asked for: layer, direction, unit and step."""
    cell = asked.get("cell")
    if not isinstance(cell, dict):
        raise CantBeRead("Expected a cell with layer, direction, unit and step, got something else.")
    return {name: _whole_number(name, cell.get(name)) for name in PLACE}


def _whole_number(name: str, value: Any) -> int:
    number = _number(name, value)
    if not number.is_integer() or not 0 <= number <= FURTHEST:
        raise CantBeRead(f"Expected {name} as a whole number from 0 on, got {number:g}.")
    return int(number)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CantBeRead(f"Expected {name} as a number, got something else.")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise CantBeRead(f"Expected {name} as a finite number, got another.")
    return number
