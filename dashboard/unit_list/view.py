"""What does a visitor ask about the units of an LSTM: of which text or corpus, and in which order?"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gatescope.corpus.view import Corpus
from gatescope.question.link import one_of, takes, text
from gatescope.question.view import View
from lstm_core.analysis.properties import OF_A_TOKEN, OVER, PROPERTIES, SURPLUS

SAYS, COLUMN = "model says ", "column "
"""The words before a label of the model, and before a column of a series, in a property's name."""
ABOUT = dict.fromkeys((*OF_A_TOKEN, SAYS, COLUMN), ("token",)) | {SURPLUS: ("token", "other")}
"""The fields of `Property` that a kind of property needs; the other kinds need none."""
HELD = {"half": "the second half", "own": "another text", "none": "none"}
"""The texts on which the scores are checked."""
WHERE = {"text": "in this text", "corpus": "in a corpus"}
"""Where the units are looked at."""
SORTS = ("tracks", "keeps", "lost")
"""The orders of the list: by what the units track, how long they keep it, and what is lost without them."""


class Property(NamedTuple):
    """A property's kind, and its token or tokens."""

    kind: str
    """One of PROPERTIES, or the words before the token; "" for every property."""
    token: str = ""
    other: str = ""

    @property
    def name(self) -> str:
        """The property's name in `lstm_core.analysis.property_named` and in a link."""
        return self.kind + self.token + (OVER + self.other if self.kind == SURPLUS else "")


def parts(name: str) -> Property:
    """Parse a property's name. Raises ValueError, which says what is allowed."""
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


@dataclass(frozen=True)
class Units:
    """A view, and the question about its units; the corpus has the view's source."""

    view: View = field(default_factory=View)
    property: str = field(default="", metadata=takes(_property))
    """The property's name; "" to search for every one."""
    lines: int = field(default=0, metadata=takes(_lines))
    """1 if each line is a sequence of its own."""
    held: str = field(default="half", metadata=one_of(HELD))
    held_out: str = field(default="", metadata=text())
    """The held-out text, if `held` is "own"."""
    where: str = field(default="text", metadata=one_of(WHERE))
    sort: str = field(default="tracks", metadata=one_of(SORTS))
    corpus: Corpus = field(default_factory=Corpus)
    """The corpus, and the unit that is opened."""

    def __post_init__(self) -> None:
        # One model reads both.
        object.__setattr__(self, "corpus", replace(self.corpus, source=self.view.source))
