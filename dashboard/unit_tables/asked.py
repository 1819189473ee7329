"""What does a visitor ask about the units of an LSTM: of which text or corpus, in which order, and which property?"""

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gatescope.question.link import NEVER, number, one_of, takes, text
from gatescope.question.view import SIZES, Source, View
from gatescope.serving import limits
from lstm_core.analysis.properties import OF_A_TOKEN, OVER, PROPERTIES, SURPLUS

LIBRARY, TOPICS, TAUGHT, OPENED = "library", "topics", "taught", "opened"
# The corpora by their names in a link.
TEXTS = {
    LIBRARY: "Python’s standard library, held-out files",
    TOPICS: "Python’s documentation topics",
    TAUGHT: "texts like those it was trained on",
    OPENED: "an opened file",
}
# How many tokens a scan of the page reads at most.
SIZES_OF_SCANS = (20_000, 100_000, 300_000, limits.SCANNED)
_SIZES = [str(size) for size in SIZES_OF_SCANS]


class UnitPlace(NamedTuple):
    layer: int = 0
    direction: int = 0
    unit: int = 0

    def __str__(self) -> str:
        """The unit in a link: "layer.unit", with ".1" at the end in direction 1."""
        return f"{self.layer}.{self.unit}" + (".1" if self.direction else "")


class Stretch(NamedTuple):
    """Some steps of the text on the main page, from the first to the last."""

    first: int
    last: int

    def __str__(self) -> str:
        """The steps in a link, as in "8-12"."""
        return f"{self.first}-{self.last}"


def _place(text: str) -> UnitPlace | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}\.[0-9]{1,6}(\.[01])?", text):
        raise ValueError("it takes layer.unit, as in 0.48")
    layer, unit, direction = map(int, f"{text}.0".split(".")[:3])
    return UnitPlace(layer, direction, unit)


def _stretch(text: str) -> Stretch | None:
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,6})-([0-9]{1,6})", text)
    if not found or int(found[2]) < int(found[1]):
        raise ValueError("it takes the first and the last step, as in 8-12")
    return Stretch(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class Corpus:
    """A model and texts, and what of their scan is shown.

    `source`: the model, and the text of the main page, of which a stretch may be searched; `texts`: the name of the
    corpus, "" for the first that fits the model; `size`: at most how many tokens are read; `opened`: the key of the
    opened file; `unit`: the one that is unfolded; `brush`: the steps whose pattern is searched in the corpus; `side`:
    the layer and direction whose units the pattern has; `threshold`: a unit is on where tanh c is at least this.
    """

    source: Source = field(default_factory=Source)
    texts: str = field(default="", metadata=one_of(("", *TEXTS)))
    size: int = field(default=SIZES_OF_SCANS[1], metadata=takes(lambda text: int(one_of(_SIZES)["read"](text))))
    opened: str = field(default="", metadata=text() | NEVER)
    unit: UnitPlace | None = field(default=None, metadata=takes(_place))
    brush: Stretch | None = field(default=None, metadata=takes(_stretch))
    side: UnitPlace = field(default=UnitPlace(), metadata=takes(lambda text: _place(text) or UnitPlace()))
    threshold: float = field(default=0.3, metadata=number(0.05, 0.95))


def model_of(source: Source) -> Source:
    """The part of a source that names its model: equal for all texts."""
    plain = replace(source, sentence="", file="")
    if source.model in ("random", SIZES):
        return plain
    # Only these two have dimensions to choose.
    return Source(sentence="", model=source.model)


# What is asked of a text, and of both?

# The words before a label of the model, and before a column of a series, in a property's name.
SAYS, COLUMN = "model says ", "column "
# The fields of `Property` that a kind of property needs; the other kinds need none.
ABOUT = dict.fromkeys((*OF_A_TOKEN, SAYS, COLUMN), ("token",)) | {SURPLUS: ("token", "other")}
# Where the units are looked at.
WHERE = {"text": "in this text", "corpus": "in a corpus"}
# The orders of the list: by what the units track, how long they keep it, and what is lost without them.
SORTS = ("tracks", "keeps", "lost")


class Property(NamedTuple):
    """A property's kind (one of PROPERTIES, the words before a token, or "" for every property), and its tokens."""

    kind: str
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


@dataclass(frozen=True)
class Units:
    """A view, and the question about its units; the corpus has the view's source.

    `property`: a property's name, "" to list what is known; `corpus`: the corpus, and the unfolded unit.
    """

    view: View = field(default_factory=View)
    property: str = field(default="", metadata=takes(lambda text: parts(text).name))
    where: str = field(default="text", metadata=one_of(WHERE))
    sort: str = field(default="tracks", metadata=one_of(SORTS))
    corpus: Corpus = field(default_factory=Corpus)

    def __post_init__(self) -> None:
        # One model reads both.
        object.__setattr__(self, "corpus", replace(self.corpus, source=self.view.source))
