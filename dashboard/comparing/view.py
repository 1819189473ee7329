"""Which two does this person compare? Two views and what of each, and the link that opens the same pair."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from dashboard.shelf import after_epoch
from dashboard.view import LESSON, View, read_query, read_values, whole_number
from dashboard.why.view import STRIPS_SHOWN, read_strips

SECOND = "_b"
"""Ends the second one's names in a link."""
STATES = {"carried": "all at once", "reset": "one step at a time, memory reset"}
# What a visitor without a link sees: two sentences that differ by a word.
ANOTHER = "Elephants in a field"
# More would not be a picture, or a training: what a link may name.
MOST_LAYERS, MOST_EPOCHS = 99, 99_999


@dataclass(frozen=True)
class Side:
    """One of the two: a view, and which layer and direction of it, read how, by the model after which epoch."""

    view: View = field(default_factory=View)
    layer: int = 0
    direction: int = 0
    state: str = "carried"
    """One of STATES."""
    epoch: int | None = None
    """After which the model is meant, where it learned here; None is as it is now."""

    def values(self) -> dict[str, Any]:
        """Everything a link says of it, by name."""
        of_view = {k: v for k, v in asdict(self.view).items() if k in VIEWED and (k != "file" or v)}
        epoch = "" if self.epoch is None else self.epoch
        return of_view | {"layer": self.layer, "direction": self.direction, "state": self.state, "epoch": epoch}

    def reads(self) -> View:
        """The view whose reading it is."""
        return replace(self.view, model=after_epoch(self.view.model, self.epoch))


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


def nearest(kept: Sequence[int], asked: int | None) -> int:
    """The latest epoch of those kept that is not after the one asked for; the last where none is asked for."""
    return max((epoch for epoch in kept if asked is None or epoch <= asked), default=kept[0])


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
    usual = Side()
    place, wrong = read_values(query, READERS, {name: getattr(usual, name) for name in READERS} | {"epoch": "the last"})
    return Side(view, **place), [*notices, *wrong]


def _state(text: str) -> str:
    if text not in STATES:
        raise ValueError(f"it takes {' or '.join(STATES)}")
    return text


def _place(text: str) -> int:
    return whole_number(text, 0, MOST_LAYERS)


def _epoch(text: str) -> int | None:
    return whole_number(text, 0, MOST_EPOCHS) if text else None


READERS: dict[str, Callable[[str], Any]] = {"layer": _place, "direction": _place, "state": _state, "epoch": _epoch}
