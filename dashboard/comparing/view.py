"""Which two does this person compare? Two views and what of each, and the link that opens the same pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from dashboard.view import LESSON, View, fell_back, read_query
from dashboard.why.view import STRIPS_SHOWN, read_strips

SECOND = "_b"
"""Ends the second one's names in a link."""
STATES = {"carried": "all at once", "reset": "one step at a time, memory reset"}
# What a visitor without a link sees: two sentences that differ by a word.
ANOTHER = "Elephants in a field"
# More would not be a picture: what a link may name.
MOST_LAYERS = 99


@dataclass(frozen=True)
class Side:
    """One of the two: a view, and which layer and direction of it, read how."""

    view: View = field(default_factory=View)
    layer: int = 0
    direction: int = 0
    state: str = "carried"
    """One of STATES."""

    def values(self) -> dict[str, Any]:
        """Everything a link says of it, by name."""
        of_view = {k: v for k, v in asdict(self.view).items() if k in VIEWED and (k != "file" or v)}
        return of_view | {"layer": self.layer, "direction": self.direction, "state": self.state}


@dataclass(frozen=True)
class Pair:
    """The two, and the quantities that are shown of them."""

    a: Side
    b: Side
    strips: str = STRIPS_SHOWN

    def query(self) -> str:
        """The link's part behind the question mark: the first as the main page has it, of the second what differs."""
        a, b, usual = self.a.values(), self.b.values(), Side().values()
        # A file lies on this server alone.
        a.pop("file", None), b.pop("file", None)
        said = {k: v for k, v in a.items() if k in LESSON or v != usual[k]}
        said |= {k + SECOND: v for k, v in b.items() if v != a[k]}
        return urlencode(said | ({} if self.strips == STRIPS_SHOWN else {"strips": self.strips}))


VIEWED = ("sentence", "file", "model", "tokens", "input_dim", "hidden_dim", "n_layers", "directions", "seed")


def read_pair(query: Mapping[str, str]) -> tuple[Pair, list[str]]:
    """The pair a link asks for; the second is like the first wherever nothing else is said of it."""
    if not query:
        first = Side()
        return Pair(first, replace(first, view=replace(first.view, sentence=ANOTHER))), []
    own = {name: value for name, value in query.items() if not name.endswith(SECOND)}
    second = {name.removesuffix(SECOND): value for name, value in query.items() if name.endswith(SECOND)}
    a, notices = _side(own)
    taken = {name: f"{value}" for name, value in a.values().items()}
    b, more = _side(taken | second)
    strips, wrong = read_strips(query)
    return Pair(a, b, strips), [*notices, *(f"Of the second: {notice}" for notice in more), *wrong]


def _side(query: Mapping[str, str]) -> tuple[Side, list[str]]:
    view, notices = read_query({name: value for name, value in query.items() if name in VIEWED})
    state = query.get("state", "carried")
    if state not in STATES:
        notices.append(fell_back("state", state, "it takes carried or reset", "carried"))
        state = "carried"
    place = {}
    for name in ("layer", "direction"):
        asked = query.get(name, "0")
        if not (asked.isascii() and asked.isdecimal() and int(asked[:9]) <= MOST_LAYERS):
            notices.append(fell_back(name, asked, "it takes a number from 0 on", "0"))
            asked = "0"
        place[name] = int(asked)
    return Side(view, place["layer"], place["direction"], state), notices
