"""Which two readings does a visitor compare? Two sources, and a layer and direction of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from dashboard.question import link
from dashboard.question.link import some_of, takes, whole
from dashboard.question.shown import COMPARED, QUANTITIES
from dashboard.question.source import Source
from dashboard.store.visitor_models import after_epoch

SECOND = "_b"
"""The suffix of the second side's names in a link."""
STATES = {"carried": "all at once", "reset": "one step at a time, memory reset"}
# A visitor whose link names no text sees two sentences that differ by a word.
ANOTHER = "Elephants in a field"
# The largest layer and epoch that a link may name.
MOST_LAYERS, MOST_EPOCHS = 99, 99_999


def _state(text: str) -> str:
    if text not in STATES:
        raise ValueError(f"it takes {' or '.join(STATES)}")
    return text


def _epoch(text: str) -> int | None:
    return int(whole(0, MOST_EPOCHS)["read"](text)) if text else None


@dataclass(frozen=True)
class Side:
    """One of the two readings: its source, layer and direction, how it is read, and the model's epoch."""

    source: Source = field(default_factory=Source)
    layer: int = field(default=0, metadata=whole(0, MOST_LAYERS))
    direction: int = field(default=0, metadata=whole(0, MOST_LAYERS))
    state: str = field(default="carried", metadata=takes(_state))
    epoch: int | None = field(default=None, metadata=takes(_epoch) | {"called": {None: "the last"}})
    """The epoch after which a model that learned here is shown; None for its latest state."""

    def reads(self) -> Source:
        """The source to read, with the model of the chosen epoch."""
        return replace(self.source, model=after_epoch(self.source.model, self.epoch))


@dataclass(frozen=True)
class Pair:
    """The two sides, and the quantities that are shown."""

    a: Side
    b: Side
    strips: str = field(default=COMPARED, metadata=some_of(QUANTITIES))


def names() -> set[str]:
    """What the link of a pair can say."""
    said = link.names(Side())
    return {"strips", *said, *(name + SECOND for name in said)}


def nearest(kept: Sequence[int], asked: int | None) -> int:
    """The latest kept epoch that is not after `asked`; the last one if `asked` is None."""
    return max((epoch for epoch in kept if asked is None or epoch <= asked), default=kept[0])


def query_of(pair: Pair) -> str:
    """The link of a pair: all of the first side, and the second side's differences from the first."""
    second = {name + SECOND: value for name, value in link.difference(pair.b, pair.a).items()}
    strips = {} if pair.strips == COMPARED else {"strips": pair.strips}
    return urlencode(link.said(pair.a) | second | strips)


def read_pair(query: Mapping[str, str]) -> tuple[Pair, list[str]]:
    """The pair that a link asks for; the second side takes from the first what the link does not say."""
    if not query:
        return opening(Pair(Side(), Side())), []
    second = {name.removesuffix(SECOND): value for name, value in query.items() if name.endswith(SECOND)}
    a, notices = link.read(Side(), query)
    b, more = link.read(a, second)
    pair, wrong = link.read(Pair(a, b), {name: query[name] for name in ("strips",) if name in query})
    return pair, [*notices, *(f"Of the second: {notice}" for notice in more), *wrong]


def names_a_text(query: Mapping[str, str]) -> bool:
    """Whether a link says what one of the two sides reads."""
    return any(name == "sentence" or name.endswith(SECOND) for name in query)


def opening(pair: Pair) -> Pair:
    """The pair for a visitor who has not chosen a text: the second sentence differs by a word."""
    if pair.a.source.sentence != Source().sentence:
        return pair
    return replace(pair, b=replace(pair.b, source=replace(pair.b.source, sentence=ANOTHER)))
