"""What does the browser get of two readings? The contract between `drawn` and the browser."""

from typing import NotRequired, TypedDict

from gatescope.drawing.scales import Scales
from gatescope.reading.answers import Said

Numbers = list[float | None]


class Chip(TypedDict):
    """An answer, and whether it is the one that matters."""

    label: str
    share: float | None
    filled: bool


class CommonUnit(TypedDict):
    """A unit in A and in B; of the one that carries the difference, what it keeps and shows."""

    name: str
    role: str
    c: list[Numbers]
    f: NotRequired[list[Numbers]]
    o: NotRequired[list[Numbers]]


class Others(TypedDict):
    """The largest difference of all other units at each step."""

    name: str
    values: list[float]


class OneModel(TypedDict):
    """The units of one of two models that move most."""

    title: str
    units: list[str]
    c: list[Numbers]


class TwoSeries(TypedDict):
    """The values of A and B that were read, and what was forecast at each."""

    read: list[Numbers]
    forecast: list[Numbers]


class OneUnit(TypedDict):
    """How near one unit's c brings B to A's answer."""

    name: str
    near: float
    carries: bool


class Swap(TypedDict):
    """One swap: an answer before it, what was put in, and the answer after it."""

    before: str
    was: Chip
    put: str
    becomes: Chip


class UndoneRow(TypedDict):
    """What some units undo at each step."""

    name: str
    answers: list[Chip]
    says: str


class Undo(TypedDict):
    """Where A's c undoes the difference."""

    asks: str
    at: list[str]
    rows: list[UndoneRow]


class Link(TypedDict):
    """A link to the page Memory."""

    name: str
    query: str


# `from` is a word of Python's.
Proof = TypedDict(
    "Proof",
    {
        "asks": str,
        "from": float,
        "to": float,
        "rows": list[OneUnit],
        "rest": str,
        "ways": list[Swap],
        "undo": Undo,
        "unseen": str,
        "links": list[Link],
    },
)


class Common(TypedDict):
    """What is drawn of any two readings."""

    head: str
    says: str
    words: list[list[str | None]]
    answers: list[list[Said | None]]
    turned: list[int]
    """The columns at which the two answer differently."""
    proof: str
    shown: str
    """Which steps of a longer text are drawn."""
    series: TwoSeries | None
    scales: Scales


class Drawn(Common):
    """Two readings, step by step, and the proof beside them."""

    reach: float
    units: list[CommonUnit]
    others: Others | None
    models: list[OneModel]
    carrier: Proof | None
