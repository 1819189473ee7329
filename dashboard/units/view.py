"""What does this person ask about the units? A view, a property to look for, and the link that asks it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from dashboard.view import View, query_of, read_query, read_values
from lstm_core.analysis.properties import OF_A_TOKEN, OVER, PROPERTIES, SURPLUS

SAYS, COLUMN = "model says ", "column "
"""What stands before a label of the model, and before a column of a series."""
ABOUT = dict.fromkeys((*OF_A_TOKEN, SAYS, COLUMN), ("token",)) | {SURPLUS: ("token", "other")}
"""What a kind of property is about, as `Property` names it; the other kinds are about nothing."""
HELD = {"half": "the second half", "own": "another text", "none": "none"}
"""What the scores are checked on."""


class Property(NamedTuple):
    """A property's kind, and the token or tokens that it is about."""

    kind: str
    """One of PROPERTIES, or the beginning of a name that goes on with a token; "" for every property there is."""
    token: str = ""
    other: str = ""

    @property
    def name(self) -> str:
        """As `lstm_core.property_named` and a link say it."""
        return self.kind + self.token + (OVER + self.other if self.kind == SURPLUS else "")


@dataclass(frozen=True)
class Units:
    """A view, and what its units are asked."""

    view: View = field(default_factory=View)
    property: str = ""
    """The property's name; "" to search for every one."""
    lines: int = 0
    """1 where each line is a sequence of its own."""
    held: str = "half"
    """One of HELD."""
    held_out: str = ""
    """The other text."""

    def query(self) -> str:
        """The link's part behind the question mark."""
        return query_of(self.view, asdict(self), asdict(Units()))


def read_units(query: Mapping[str, str]) -> tuple[Units, list[str]]:
    """What a link asks, and a sentence for each value that can't be had and fell back."""
    view, notices = read_query(query)
    own, wrong = read_values(query, READERS, asdict(Units()))
    notices += wrong
    return Units(view, **own), notices


def parts(name: str) -> Property:
    """A property's name taken apart. Raises ValueError with what it takes."""
    if not name or name in PROPERTIES:
        return Property(name)
    symbol, _, other = name.removeprefix(SURPLUS).partition(OVER)
    if name.startswith(SURPLUS) and symbol and other:
        return Property(SURPLUS, symbol, other)
    for kind in (*OF_A_TOKEN, SAYS, COLUMN):
        if name.startswith(kind) and len(name) > len(kind):
            return Property(kind, name.removeprefix(kind))
    raise ValueError("it takes a property, as in “bracket depth”, “count of a” or “surplus of a over b”")


def _property(text: str) -> str:
    return parts(text).name


def _lines(text: str) -> int:
    if text not in ("0", "1"):
        raise ValueError("it takes 0 or 1")
    return int(text)


def _held(text: str) -> str:
    if text not in HELD:
        raise ValueError(f"it takes one of {', '.join(HELD)}")
    return text


READERS: dict[str, Callable[[str], Any]] = {"property": _property, "lines": _lines, "held": _held, "held_out": str}
