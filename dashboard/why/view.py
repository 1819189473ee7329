"""What does this person ask of a memory? Whose, what if, and the link that asks it again anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from dashboard.view import QUANTITIES, View, query_of, read_query, read_values, shortened
from lstm_core import Trace

ERASE = "word"
"""Stands among the gates that can be held for erasing a word."""
HOLDS = {
    "": "nothing",
    "f": "forget gate f",
    "i": "input gate i",
    "g": "candidate g",
    "o": "output gate o",
    "c": "cell state c",
    "h": "hidden state h",
    ERASE: "erase a word",
}
# What each can be held at: what it could have been. A cell state can count far.
REACH = {"f": (0.0, 1.0), "i": (0.0, 1.0), "o": (0.0, 1.0), "g": (-1.0, 1.0), "h": (-1.0, 1.0), "c": (-1000.0, 1000.0)}
STRIPS_SHOWN = "ch"
"""The quantities that are compared where nothing else is asked for."""
NUMBERS = r"\s*\d{1,6}(\s*-\s*\d{1,6})?(\s*,\s*\d{1,6}(\s*-\s*\d{1,6})?)*\s*"


class Cell(NamedTuple):
    """One cell state: whose memory is asked about, and after which step."""

    layer: int
    direction: int
    unit: int
    step: int

    @property
    def pin(self) -> str:
        """As a link says it."""
        return f"{self.layer}.{self.unit}.{self.step}" + (".1" if self.direction else "")


@dataclass(frozen=True)
class Why:
    """A view, whose pinned cell is asked about, and what would be held."""

    view: View = field(default_factory=View)
    label: str = ""
    """The class whose score is taken apart; "" for the one that is predicted."""
    hold: str = ""
    """One of HOLDS."""
    value: float = 0.0
    units: str = ""
    """Which units are held, as in "0,3-5"; "" for the pinned one."""
    steps: str = ""
    """At which steps, as in "0-3,7"; "" for all."""
    word: int = 0
    """The step whose word is erased."""
    strips: str = STRIPS_SHOWN
    """The quantities shown before and after."""

    def query(self) -> str:
        """The link's part behind the question mark."""
        return query_of(self.view, asdict(self), asdict(Why()))


def read_why(query: Mapping[str, str]) -> tuple[Why, list[str]]:
    """What a link asks, and a sentence for each value that can't be had and fell back."""
    view, notices = read_query(query)
    own, wrong = read_values(query, READERS, asdict(Why()))
    notices += wrong
    low, high = REACH.get(own.get("hold", ""), REACH["c"])
    if not low <= own.get("value", low) <= high:
        value = own.pop("value")
        notices.append(
            f"value={value:g} is not possible: {own['hold']} lies from {low:g} to {high:g}. It is 0 instead."
        )
    return Why(view, **own), notices


def cell(view: View, trace: Trace) -> tuple[Cell, list[str]]:
    """The pinned cell; where none is, or one that is not there, the unit that holds most after the last step."""
    layers, directions, steps, _, units = trace.c.shape
    notices = []
    if pinned := view.pinned():
        layer, direction, unit, step = pinned
        if layer < layers and direction < directions and unit < units and step < steps:
            return Cell(layer, direction, unit, step), []
        notices = [
            f"There is no cell {view.pin} (layer.unit.step) in {layers} × {units} × {steps}: "
            "the unit that holds most after the last step is looked at instead."
        ]
    return Cell(layers - 1, 0, int(trace.c[-1, 0, -1, 0].abs().argmax()), steps - 1), notices


def numbers(text: str, below: int) -> list[int]:
    """The numbers that a text like "0-3,7" lists, in order. Raises ValueError with what it takes."""
    if not re.fullmatch(NUMBERS, text, re.ASCII):
        raise ValueError("it takes numbers and ranges, as in 0-3,7")
    found: set[int] = set()
    for part in text.split(","):
        first, last = (int(end) for end in (part.split("-") * 2)[:2])
        if max(first, last) >= below:
            raise ValueError(f"it takes numbers from 0 to {below - 1:,}")
        found |= set(range(min(first, last), max(first, last) + 1))
    return sorted(found)


def read_strips(query: Mapping[str, str]) -> tuple[str, list[str]]:
    """The quantities to compare that a link asks for."""
    try:
        return _strips(query.get("strips", STRIPS_SHOWN)), []
    except ValueError as expected:
        asked = shortened(query["strips"])
        return STRIPS_SHOWN, [f"strips={asked} is not possible: {expected}. It is {STRIPS_SHOWN} instead."]


def _hold(text: str) -> str:
    if text not in HOLDS:
        raise ValueError(f"it takes one of {', '.join(filter(None, HOLDS))}")
    return text


def _value(text: str) -> float:
    low, high = REACH["c"]
    with suppress(ValueError):
        if low <= float(text) <= high:
            return float(text)
    raise ValueError(f"it takes a number from {low:g} to {high:g}")


def _several(text: str) -> str:
    if text:
        numbers(text, 1_000_000)
    return text


def _word(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError("it takes the number of a step")
    return int(text)


def _strips(text: str) -> str:
    if not text or not set(text) <= set(QUANTITIES):
        raise ValueError(f"it takes some of the letters {QUANTITIES}")
    return "".join(letter for letter in QUANTITIES if letter in text)


READERS: dict[str, Callable[[str], Any]] = {
    "label": str,
    "hold": _hold,
    "value": _value,
    "units": _several,
    "steps": _several,
    "word": _word,
    "strips": _strips,
}
