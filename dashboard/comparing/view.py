"""Which two readings does a visitor compare? Two texts read by one model, or one text read by two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from gatescope.question import link
from gatescope.question.link import takes, whole
from gatescope.question.opening import usual
from gatescope.question.view import SIZES, Source
from gatescope.store.visitor_models import after_epoch

# The suffix of the second side's names in a link.
SECOND = "_b"
# The largest epoch that a link may name.
MOST_EPOCHS = 99_999


# What the page opens on where nobody has asked for a text: the first size at which another word of the same kind turns
# a later answer.
OPENS = Source(model=SIZES, hidden_dim=8)
WHY_THIS_SIZE = (
    f"hidden_dim is {OPENS.hidden_dim} here and {Source().hidden_dim} on Memory: with fewer units, no other word of "
    "the same kind turns a later answer."
)


def _epoch(text: str) -> int | None:
    return int(whole(0, MOST_EPOCHS)["read"](text)) if text else None


@dataclass(frozen=True)
class Side:
    """One of the two readings: its source, and the model's epoch."""

    source: Source = field(default_factory=Source)
    epoch: int | None = field(default=None, metadata=takes(_epoch) | {"called": {None: "the last"}})
    """The epoch after which a model that learned here is shown; None for its latest state."""

    def reads(self) -> Source:
        """The source to read, with the model of the chosen epoch."""
        return replace(self.source, model=after_epoch(self.source.model, self.epoch))

    def with_text(self, text: str) -> Side:
        """This side, with a text instead of its own."""
        return replace(self, source=replace(self.source, sentence=text, file=""))


@dataclass(frozen=True)
class TwoSides:
    a: Side
    b: Side

    @property
    def is_of_texts(self) -> bool:
        """Whether both texts are read by one model."""
        a, b = self.a.source, self.b.source
        return replace(self.b, source=replace(b, sentence=a.sentence, file=a.file)) == self.a


def names() -> set[str]:
    """What the link of a pair can say."""
    said = link.names(Side())
    return {*said, *(name + SECOND for name in said)}


def nearest(kept: Sequence[int], asked: int | None) -> int:
    """The latest kept epoch that is not after `asked`; the last one if `asked` is None."""
    return max((epoch for epoch in kept if asked is None or epoch <= asked), default=kept[0])


def query_of(pair: TwoSides) -> str:
    """The link of a pair: all of the first side, and the second side's differences from the first."""
    second = {name + SECOND: value for name, value in link.difference(pair.b, pair.a).items()}
    return urlencode(link.said(pair.a) | second)


def read_pair(query: Mapping[str, str]) -> tuple[TwoSides, list[str]]:
    """The pair that a link asks for; the second side takes from the first what the link does not say."""
    second = {name.removesuffix(SECOND): value for name, value in query.items() if name.endswith(SECOND)}
    a, notices = link.read(Side(usual({**second, **query}).source), query)
    b, more = link.read(a, second)
    return TwoSides(a, b), [*notices, *(f"Of the second: {notice}" for notice in more)]


def another_model(source: Source) -> Source:
    """Another model for a text, to begin with: another size, another seed, or one that learned nothing."""
    if source.model == "random":
        return replace(source, seed=source.seed + 1)
    if source.model == SIZES:
        return replace(source, hidden_dim=16 if source.hidden_dim < 16 else 3)
    if source.model in ("tagger", "tagger-bi"):
        return replace(source, model=SIZES)
    return replace(source, model="random", tokens="words")
