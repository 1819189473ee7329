"""What does the browser get of the units of an LSTM? Numbers of a text or a corpus: it orders, says and draws them."""

from collections.abc import Callable, Mapping
from typing import Any, NotRequired, TypedDict, cast
from urllib.parse import urlencode

import numpy as np

from gatescope.question import link
from gatescope.reading.read import Reading
from gatescope.recording.wire_format import rounded
from gatescope.unit_tables.asked import COLUMN, SAYS, UnitPlace, Units
from gatescope.unit_tables.corpus import Scanned
from gatescope.unit_tables.known import (
    Kept,
    Shows,
    ToldProperty,
    finding,
    kept,
    score,
    series,
    told_of,
    tracks_of,
    typical_keep,
)
from gatescope.unit_tables.passages import Passage, Wanted, pinned, query_of, reach_of, related, strongest
from gatescope.unit_tables.tracking import truth_in
from gatescope.wording.sentences import means, steps_are
from lstm_core import SequenceModel, Trace
from lstm_core.analysis import Found
from lstm_core.arrays import as_numpy

# The most steps of a text whose curves are drawn.
DRAWN = 400
# The most numbers of curves: of a longer text fewer units are listed, 16 of any; so many of a corpus, whose moments are
# read together.
NUMBERS, FEW, LISTED = 30_000, 16, 24
# The score from which on a text shows what a unit tells.
SHOWS = 0.9

Numbers = list[float | None]


class Facts(TypedDict):
    """What is known of a shipped model: `Kept`, of its units what goes wrong without each; and the unit of the first
    claim, None if no unit tells anything better than by chance."""

    texts: int
    cost: str
    whole: float
    lost: list[float]
    opens: str | None


class Tested(TypedDict):
    """What the search for a property found: its best unit, and how often chance does as well; or why there is no p.

    `held_out`: the score on held-out text, None where the property never changes there.
    """

    key: str
    property: str
    measure: str
    score: float
    sign: int
    held_out: NotRequired[float | None]
    p: float | None
    why: str
    searched: int
    permutations: int
    shuffled: str


class UnitRow(TypedDict):
    """One unit that may be listed: what it tells, and its c over a text, or in a corpus its strongest moments and how
    far c reaches there.

    `low`, `high`: the range of c; `keeps`: how long it keeps, in steps: by `Facts` or in this text the typical hold, in
    a corpus without facts after how many steps half is left; `tracks`: the larger, the surer it tells something, or,
    where nothing is known, the farther c goes; `lost`: what goes wrong without it; `here`: how well it tells its
    property in this text, and by which measure, None if that never changes here.
    """

    told: ToldProperty | None
    low: float | None
    high: float | None
    keeps: float | None
    tracks: float | None
    lost: float | None
    here: NotRequired[tuple[float, str] | None]
    c: NotRequired[Numbers]
    moments: NotRequired[list[Passage]]
    reach: NotRequired[float]


class UnitOpened(TypedDict):
    """The unit that is unfolded, and the link to its largest c on Memory.

    Of a text, its `recorded` gates and c, and the `truth` of what it tells, at each step; of a corpus, how often c has
    each value by edges, its row of `Scan.units`, and the units that move with it.
    """

    key: str
    told: list[ToldProperty]
    query: str
    recorded: NotRequired[dict[str, Numbers]]
    truth: NotRequired[Numbers | None]
    histogram: NotRequired[tuple[list[float], list[int]]]
    table: NotRequired[dict[str, float]]
    related: NotRequired[list[tuple[str, float]]]


class UnitsShown(TypedDict):
    """The units in a text or in a corpus.

    `sizes`: how many layers, directions, and units of each; `missing`: the unit that the link names, if the LSTM lacks
    it; `most`: how many are listed at most; `truths`: what the listed units tell at each drawn step of a text, by
    property, as far as the text can say it; `tokens`: what is read at each step, of a corpus nothing.
    """

    sizes: list[int]
    reads: str
    trained: bool
    means: dict[str, str]
    sort: str
    missing: str
    most: int
    facts: Facts | None
    found: Tested | None
    rows: dict[str, UnitRow]
    opened: UnitOpened
    truths: dict[str, Numbers]
    tokens: list[str]


class Passages(TypedDict):
    """Passages of texts one under the other, and what is said of them: `name` is “Strongest moments” of a unit, “Hits”
    of a pattern, “Where else” for its units and the brushed words, or “Worst texts”; in `texts` were so many steps;
    `reach`: the end of the scale of their numbers."""

    name: str
    rows: list[Passage]
    reach: float
    reads: str
    texts: NotRequired[str]
    steps: NotRequired[int]
    step: NotRequired[str]
    units: NotRequired[list[int]]
    stretch: NotRequired[list[str]]


def of_text(asked: Units, reading: Reading, trace: Trace, answer: Found | None) -> UnitsShown:
    """The units over a text; `answer`: what a search for a property has found."""
    c, truth = as_numpy(trace.c[:, :, :, 0]), truth_in(reading)

    def scored(place: UnitPlace, told: ToldProperty) -> tuple[float, str] | None:
        is_so = truth(told.property)
        return None if is_so is None else score(told, series(trace, place), is_so)

    def shows(place: UnitPlace, told: ToldProperty) -> bool:
        return (scored(place, told) or (0.0, ""))[0] >= SHOWS

    most = max(FEW, NUMBERS // min(DRAWN, len(trace.x)))
    about = asked, reading.model, steps_are(asked.view.source, reading), most
    shown, rows = _shown(*about, c.min(2), c.max(2), lambda place: typical_keep([trace], *place), shows, answer)
    for place, row in rows.items():
        row["c"], told = rounded(series(trace, place)[:DRAWN]), row["told"]
        if told is not None and (is_so := truth(told.property)) is not None:
            row["here"], shown["truths"][told.property] = scored(place, told), rounded(is_so[:DRAWN])
    shown["tokens"] = reading.steps(len(reading.tokens))
    [place, *_], opened = rows, shown["opened"]
    told = rows[place]["told"]
    is_so = truth(told.property) if told else None
    opened["truth"] = None if is_so is None else rounded(is_so)
    opened["recorded"] = {quantity: rounded(series(trace, place, quantity), 5) for quantity in "cfigo"}
    opened["query"] = link.query(pinned(asked.view, place, int(np.abs(series(trace, place)).argmax())))
    return shown


def of_corpus(asked: Units, found: Scanned, model: SequenceModel) -> UnitsShown:
    """The units in a corpus, each where it is strongest."""
    scan, sizes = found.scan, found.scan.sizes
    shape = sizes.layers, sizes.directions, sizes.units
    low, high, leak = (scan.units[name].to_numpy().reshape(shape) for name in ("c_min", "c_max", "leak"))
    shown, rows = _shown(asked, model, model.reads, LISTED, low, high, leak.__getitem__)
    moments = strongest(asked.corpus, found, [_wanted(place, row["told"]) for place, row in rows.items()])
    for place, row in rows.items():
        row["moments"], row["reach"] = moments.get(place, []), reach_of(scan, place)
    [place, *_], opened = rows, shown["opened"]
    if moments.get(place):
        opened["query"] = urlencode(query_of(asked.view.source, found, moments[place][0], place))
    edges, counts = scan.histogram(place.unit, "c", place.layer, place.direction)
    opened["histogram"] = edges.tolist(), counts.tolist()
    table = scan.units.iloc[int(np.ravel_multi_index(place, shape))]
    opened["table"] = {str(name): float(value) for name, value in table.items()}
    opened["related"] = [(str(other), r) for other, r in related(scan, place)]
    return shown


def _shown(
    asked: Units,
    model: SequenceModel | None,
    reads: str,
    most: int,
    low: np.ndarray,
    high: np.ndarray,
    keeps: Callable[[UnitPlace], float],
    shows: Shows = lambda *_: True,
    answer: Found | None = None,
) -> tuple[UnitsShown, dict[UnitPlace, UnitRow]]:
    """What is the same of a text and of a corpus, and its rows, that of the unfolded unit first; `low` and
    `high` (layer, direction, unit): the range of c."""
    places, known = [UnitPlace(*place) for place in np.ndindex(low.shape)], kept(asked.view.source)
    opens = None if known is None or answer is not None else finding(known, shows)
    if answer is not None:
        told = {_place(row): _told(row) for row in answer.table.to_dict(orient="records")}
        tracks = {place: float(-rank) for rank, place in enumerate(told)}
    elif known is not None:
        told, tracks = told_of(known, opens), tracks_of(known, opens)
    else:
        told, tracks = {}, {place: float(high[place] - low[place]) for place in places}
    numbers = {
        "low": low.__getitem__,
        "high": high.__getitem__,
        "keeps": lambda place: known.units[place].keeps if known else keeps(place),
        "tracks": lambda place: tracks.get(place, -np.inf),
        "lost": lambda place: known.units[place].lost if known else -np.inf,
    }
    table = {place: {name: float(number(place)) for name, number in numbers.items()} for place in places}
    by = "tracks" if asked.sort == "lost" and known is None else asked.sort
    first = sorted(places, key=lambda place: -table[place][by])[:most]
    unit, claimed = asked.corpus.unit, opens[0] if opens else None
    place = unit if unit is not None and unit in places else claimed or first[0]
    # Sentences name the one whose c goes farthest, and that without which most is lost.
    widest = max(places, key=lambda place: table[place]["high"] - table[place]["low"])
    named = claimed or place, widest, max(places, key=lambda place: max(0.0, table[place]["lost"]))
    rows = dict[UnitPlace, UnitRow]()
    for one in dict.fromkeys([place, *named, *first]):
        values = dict(zip(numbers, rounded([*table[one].values()], 7), strict=True))
        rows[one] = cast("UnitRow", {"told": told.get(one), **values})
    shown = UnitsShown(
        sizes=list(low.shape),
        reads=reads,
        trained=model is not None and asked.view.source.model != "random",
        means=means(model.labels) if model else {},
        sort=asked.sort,
        missing="" if unit is None or unit in places else str(unit),
        most=most,
        facts=None if known is None else _facts(known, claimed),
        found=None if answer is None else _tested(answer),
        rows={str(one): rows[one] for one in sorted(rows)},
        opened=UnitOpened(key=str(place), told=known.units[place].told if known else [], query=""),
        truths={},
        tokens=[],
    )
    return shown, rows


def _facts(known: Kept, opens: UnitPlace | None) -> Facts:
    lost = [unit.lost for unit in known.units.values()]
    return Facts(texts=known.texts, cost=known.cost, whole=known.whole, lost=lost, opens=opens and str(opens))


def _wanted(place: UnitPlace, told: ToldProperty | None) -> Wanted:
    if told is None:
        return Wanted(place)
    # What a model says, and a column, are no properties of a text.
    return Wanted(place, told.sign, "" if told.property.startswith((SAYS, COLUMN)) else told.property)


def _tested(answer: Found) -> Tested:
    row = answer.table.iloc[0].to_dict()
    found = {name: None if value != value else value for name, value in row.items() if name in Tested.__annotations__}
    found |= {name: getattr(answer, name) for name in ("searched", "permutations", "shuffled")}
    return cast("Tested", found | {"key": str(_place(row)), "why": next(iter(answer.no_p.values()), "")})


def _place(row: Mapping[Any, Any]) -> UnitPlace:
    return UnitPlace(*(int(row[name]) for name in UnitPlace._fields))


def _told(row: Mapping[Any, Any]) -> ToldProperty:
    held = row.get("held_out")
    score = float(row["score"] if held is None or held != held else held)
    return ToldProperty(row["property"], row["measure"], int(row["sign"]), score)
