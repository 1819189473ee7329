"""What does a visitor ask about a memory? Which one, and what if a gate were held?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dashboard.question import link
from dashboard.question.cell import Cell
from dashboard.question.link import number, one_of, some_of, takes, text
from dashboard.question.shown import COMPARED, QUANTITIES
from dashboard.question.source import Source
from dashboard.question.view import View
from lstm_core import Trace

TELLING = Source(sentence="They can fish in a can", model="tagger")
"""A text in which a gate of one unit, held at 0, turns an answer over."""
ERASE = "word"
"""The choice, among the gates to hold, that erases a word instead."""
HOLDS = {
    "": "nothing",
    "f": "forget gate f",
    "i": "input gate i",
    "g": "candidate g",
    "o": "output gate o",
    "c": "cell state c",
    "h": "hidden state h",
    ERASE: "remove a word",
}
# The range in which each can be held: the values that it could have had. A cell state can count far.
REACH = {"f": (0.0, 1.0), "i": (0.0, 1.0), "o": (0.0, 1.0), "g": (-1.0, 1.0), "h": (-1.0, 1.0), "c": (-1000.0, 1000.0)}
NUMBERS = r"\s*\d{1,6}(\s*-\s*\d{1,6})?(\s*,\s*\d{1,6}(\s*-\s*\d{1,6})?)*\s*"


def cell(pin: Cell | None, trace: Trace, telling: Cell | None = None) -> tuple[Cell, list[str]]:
    """The pinned cell; if no cell of the trace is pinned, the most telling one, or else the unit with the largest |c|
    after the last step."""
    if pin and pin.is_in(trace):
        return pin, []
    layers, _, steps, *_ = trace.c.shape
    most = telling or Cell(layers - 1, 0, int(trace.c[-1, 0, -1, 0].abs().argmax()), steps - 1)
    if not pin:
        return most, []
    which = "that changes the answer most" if telling else "that holds most after the last step"
    return most, [f"{pin.missing_in(trace)}: the unit {which} is looked at instead."]


def numbers(text: str, below: int) -> list[int]:
    """Parse a list of numbers such as "0-3,7", in order. Raises ValueError, which says what is allowed."""
    if not re.fullmatch(NUMBERS, text, re.ASCII):
        raise ValueError("it takes numbers and ranges, as in 0-3,7")
    found: set[int] = set()
    for part in text.split(","):
        first, last = (int(end) for end in (part.split("-") * 2)[:2])
        if max(first, last) >= below:
            raise ValueError(f"it takes numbers from 0 to {below - 1:,}")
        found |= set(range(min(first, last), max(first, last) + 1))
    return sorted(found)


def _several(text: str) -> str:
    if text:
        numbers(text, 1_000_000)
    return text


def _word(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError("it takes the number of a step")
    return int(text)


@dataclass(frozen=True)
class Why:
    """A view with a pinned cell, and the hold to try."""

    view: View = field(default_factory=View)
    label: str = field(default="", metadata=text())
    """The class whose score is split into sources; "" for the predicted class."""
    hold: str = field(default="", metadata=one_of(HOLDS))
    value: float = field(default=0.0, metadata=number(*REACH["c"]))
    units: str = field(default="", metadata=takes(_several))
    """The units that are held, as in "0,3-5"; "" for the pinned unit."""
    steps: str = field(default="", metadata=takes(_several))
    """The steps at which they are held, as in "0-3,7"; "" for all."""
    word: int = field(default=0, metadata=takes(_word))
    """The step whose word is erased."""
    strips: str = field(default=COMPARED, metadata=some_of(QUANTITIES))
    """The quantities shown before and after."""


def read_why(query: Mapping[str, str]) -> tuple[Why, list[str]]:
    """The question in a link, and a sentence for each value that is not possible; each gate has its own range."""
    asked, notices = link.read(Why(), query)
    asked = asked if asked.hold else _as_held(asked)
    low, high = REACH.get(asked.hold, REACH["c"])
    if low <= asked.value <= high:
        return asked, notices
    said = f"value={asked.value:g} is not possible: {asked.hold} lies from {low:g} to {high:g}. It is 0 instead."
    return replace(asked, value=0.0), [*notices, said]


def _as_held(asked: Why) -> Why:
    """What is held on the main page is tried here too: the first word that is left out, else the first gate of one unit
    in the pinned cell's layer."""
    gates, without = asked.view.holds
    if without:
        return replace(asked, hold=ERASE, word=without[0])
    held = gates[0] if gates else None
    if held is None or held.unit is None:
        return asked
    pin = asked.view.shown.pin
    if pin is None:
        pin = Cell(held.layer, held.direction, held.unit, held.step or 0)
        asked = replace(asked, view=replace(asked.view, shown=replace(asked.view.shown, pin=pin)))
    if pin[:2] != (held.layer, held.direction):
        return asked
    steps = "" if held.step is None else f"{held.step}"
    return replace(asked, hold=held.gate, value=held.value, units=f"{held.unit}", steps=steps)
