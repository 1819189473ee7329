"""What does the list of units draw? A row a unit, its curve over the text, and what is known of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, NotRequired, TypedDict

import numpy as np

from gatescope.corpus.view import UnitPlace
from gatescope.drawing.passages import PassageLine, three_digits
from gatescope.drawing.scales import Scale, Scales
from gatescope.unit_list import sentences, words
from gatescope.unit_list.holding import typical_keep
from gatescope.unit_list.kept import Finding, Kept, ToldProperty
from gatescope.unit_list.workings import here
from lstm_core import Trace
from lstm_core.arrays import as_numpy

DRAWN = 400
"""The most steps of a text whose curves are drawn."""
NUMBERS = 30_000
"""The most numbers that are sent: of a longer text fewer units."""
FEW = 16
"""As many units are drawn of any text."""

Title = tuple[str, str]
"""A title, and what stands under it."""
KEEPS: Title = ("keeps", "steps in a row")

Truth = Callable[[str], np.ndarray | None]
"""A property at each step of the text, (step,); None where the text can't say."""


class Listed(NamedTuple):
    """The units in their order, and what each is listed under."""

    places: list[UnitPlace]
    told: Mapping[UnitPlace, ToldProperty]
    known: Kept | None
    opens: Finding | None = None
    """What the page opens on, if something is known of the model."""


class UnitRow(TypedDict):
    """A unit of the list: its number, what it tracks and how surely, how long it keeps, and what is lost without it."""

    key: str
    number: str
    title: str
    note: str
    share: float
    """How surely it tracks that, from 0 to 1."""
    open: bool
    keeps: str
    lost: str
    c: NotRequired[list[float | None]]
    """Over a text; and where what it tracks is true, and the gates of the unit that is opened."""
    truth: NotRequired[list[float | None]]
    gates: NotRequired[dict[str, list[float | None]]]
    passages: NotRequired[list[PassageLine]]
    """In a corpus: where it is strongest, and how far c reaches there."""
    reach: NotRequired[float]


class Head(TypedDict):
    """The head of a column, which sorts the list."""

    key: str
    title: str
    under: str


class UnitList(Scales):
    """The list of units."""

    name: str
    tokens: list[str]
    """The text over the curves; empty in a corpus."""
    between: str
    """What stands between two tokens."""
    heads: list[Head]
    sort: str
    rows: list[UnitRow]
    about: str
    left: str
    """How many of all units are listed, in words."""


class Coloured(TypedDict):
    """A text in the colours of a unit's c."""

    tokens: list[str]
    numbers: list[float | None]
    between: str


class Tracked(TypedDict):
    """One property, and how well a unit tells it."""

    name: str
    share: float
    text: str


class Tracks(TypedDict):
    """What a unit tracks."""

    title: Title
    bars: list[Tracked]


class Lost(TypedDict):
    """What is lost without a unit, among all units."""

    title: Title
    all: list[float]
    own: float
    number: str


class Histogram(TypedDict):
    """How often c has each value."""

    title: Title
    edges: list[float]
    counts: list[int]


class UnitPanel(TypedDict):
    """What is known of a unit, as far as it is a picture."""

    states: Scale
    coloured: NotRequired[Coloured]
    tracks: NotRequired[Tracks]
    lost: NotRequired[Lost]
    histogram: NotRequired[Histogram | None]


def number_of(place: UnitPlace, units: Collection[UnitPlace]) -> str:
    """A unit's number in the list; where these units are of several layers, its layer before it."""
    layer = f"{place.layer}." if len({one.layer for one in units}) > 1 else ""
    return f"{layer}{place.unit}{'←' if place.direction else ''}"


def ends(low: float, high: float) -> str:
    """From where to where c goes, in few letters.

    >>> ends(-0.04, 0.31)
    '0.0 to +0.3'
    """
    return " to ".join(f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else "0.0" for value in (low, high))


def row(listed: Listed, place: UnitPlace, opened: bool) -> UnitRow:
    """What a row says of a unit wherever it is looked at."""
    told, known = listed.told.get(place), listed.known
    return {
        "key": str(place),
        "number": number_of(place, listed.places),
        "title": "" if told is None else words.told(told.property, told.sign),
        "note": "" if told is None else f"{told.measure} {told.score:.2f}",
        "share": round(max(0.0, told.share()), 3) if told else 0.0,
        "open": opened,
        "keeps": "" if known is None else f"{known.units[place].keeps:,}",
        "lost": "" if known is None else sentences.lost(known, known.units[place]),
    }


def rows_of_text(listed: Listed, trace: Trace, truth: Truth, opened: UnitPlace) -> list[UnitRow]:
    """The rows with each unit's curve over a text; the opened one with its gates."""
    steps = min(DRAWN, len(trace.x))
    most = max(FEW, NUMBERS // steps)
    shown = listed.places[:most]
    if opened in listed.places and opened not in shown:
        shown = [opened, *shown[:-1]]
    return [_over_text(listed, place, trace, truth, place == opened) for place in shown]


def _over_text(listed: Listed, place: UnitPlace, trace: Trace, truth: Truth, opened: bool) -> UnitRow:
    found, told, c = row(listed, place, opened), listed.told.get(place), series(trace, place)
    is_so = None if told is None else truth(told.property)
    if told is not None and is_so is not None:
        found["note"] += f", {here(told, c, is_so)}"
        found["truth"] = rounded(is_so[:DRAWN])
    if not found["title"]:
        found["title"] = ends(c.min(), c.max())
    if not found["keeps"]:
        found["keeps"] = f"{typical_keep([trace], *place):,}"
    found["c"] = rounded(c[:DRAWN])
    if opened:
        found["gates"] = {gate: rounded(series(trace, place, gate)[:DRAWN]) for gate in "fio"}
    return found


def series(trace: Trace, place: UnitPlace, quantity: str = "c") -> np.ndarray:
    """A quantity of a unit: (step,)."""
    return as_numpy(getattr(trace, quantity)[place.layer, place.direction, :, 0, place.unit])


def by_range(trace: Trace) -> list[UnitPlace]:
    """All units, the one whose c goes farthest first."""
    values = as_numpy(trace.c[:, :, :, 0])
    wide = values.max(2) - values.min(2)
    order = np.argsort(-wide, axis=None, kind="stable")
    return [UnitPlace(*(int(one) for one in np.unravel_index(at, wide.shape))) for at in order]


def reach_of(rows: Sequence[UnitRow]) -> float:
    """The end of the scale of c, one for all rows: half of the first ones go no farther; a few may go to hundreds."""
    farthest = [max(abs(value) for value in row["c"] if value is not None) for row in rows[:FEW]]
    return float(max(1.0, np.ceil(np.median(farthest) * 2) / 2))


def heads(known: Kept | None, lasts: Title = KEEPS) -> list[Head]:
    """The heads of the columns, which are the orders; `lasts`: of how long a unit keeps, where nothing is known of the
    model."""
    last = sentences.LOST[known.cost] if known else ("", "")
    first = ("what they track", "on unseen texts") if known else ("range of c", "")
    titles = {"tracks": first, "keeps": KEEPS if known else lasts, "lost": last}
    return [{"key": key, "title": title, "under": under} for key, (title, under) in titles.items() if title]


def rounded(values: Sequence[float] | np.ndarray) -> list[float | None]:
    """As they are sent."""
    return [three_digits(value) for value in np.asarray(values).tolist()]
