"""Where in a corpus are units strongest, and which move together?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from gatescope.corpus.model import model_to_scan
from gatescope.corpus.read_again import Passage, bytes_of, ends_of, passage, read_again
from gatescope.corpus.scanned import TOP, Scanned, name_of_scan
from gatescope.corpus.view import Corpus, UnitPlace
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from lstm_core import Scan
from lstm_core.arrays import as_numpy

BESIDE = 20
"""A moment up to so many steps from another one in the same text is beside it."""
RELATED = 6
"""Units that move most with a unit."""


class Wanted(NamedTuple):
    """A unit, and how many of its moments: where c is largest, or smallest if `sign` is -1."""

    place: UnitPlace
    sign: int = 1
    most: int = 1


def _what_is_read(asked: Corpus, _found: Scanned, wanted: Sequence[Wanted]) -> tuple[object, ...]:
    return *name_of_scan(asked), tuple(wanted)


def _bytes(shown: dict[UnitPlace, list[Passage]]) -> int:
    return sum(map(bytes_of, shown.values()))


@remembered(Budget.MOMENTS, key=_what_is_read, bytes_of=_bytes, is_heavy=lambda *_: True)
def strongest(asked: Corpus, found: Scanned, wanted: Sequence[Wanted]) -> dict[UnitPlace, list[Passage]]:
    """The passages around each unit's strongest moments; none for a unit whose c is nowhere finite. All are read
    together: ask for few units."""
    model = model_to_scan(asked.source)
    moments = {one.place: _moments(found.scan, one, model.reads == "words") for one in wanted}
    ends = ends_of([(text, time) for those in moments.values() for text, time, _ in those])
    if not ends:
        return {}
    units = sorted({place.unit for place in moments})
    again = read_again(model, found.texts, ends, units)
    shown: dict[UnitPlace, list[Passage]] = {}
    for place, those in moments.items():
        c = as_numpy(again.trace.c[place.layer, place.direction, :, :, units.index(place.unit)]).astype(np.float32)
        shown[place] = [passage(again, text, at, at, c[:, again.row[text]], value) for text, at, value in those]
    return shown


def _moments(scan: Scan, wanted: Wanted, of_words: bool) -> list[tuple[int, int, float]]:
    """A unit's moments, the strongest first; of words, first those of different ones: five times “10” teach less."""
    layer, direction, unit = wanted.place
    table = scan.top(unit, "c", layer, direction, TOP, wanted.sign)
    if of_words:
        again = table["token"].str.lower().duplicated()
        table = pd.concat([table[~again], table[again]])
    rows = table[["text", "time", "value"]].itertuples(index=False)
    return apart([(int(text), int(time), float(value)) for text, time, value in rows], wanted.most)


def apart(moments: Sequence[tuple[int, int, float]], most: int) -> list[tuple[int, int, float]]:
    """The first moments that are not beside an earlier one in the same text, and only if these are few, others too."""
    chosen: list[tuple[int, int, float]] = []
    for text, time, value in moments:
        if all(text != other or abs(time - at) > BESIDE for other, at, _ in chosen):
            chosen.append((text, time, value))
    others = [moment for moment in moments if moment not in chosen]
    return sorted([*chosen[:most], *others[: max(0, most - len(chosen))]], key=moments.index)


def reach_of(scan: Scan, place: UnitPlace) -> float:
    """The end of the scale of c: 1, or more if more than a fiftieth of a unit's values lie beyond."""
    values = np.abs(scan.sums.states["c"].sample[:, place.layer, place.direction, place.unit])
    return float(max(1.0, np.ceil(np.quantile(values, 0.98) * 2) / 2)) if len(values) else 1.0


def related(scan: Scan, place: UnitPlace) -> list[tuple[UnitPlace, float]]:
    """The units whose c is most correlated with a unit's, of the same layer and direction, the strongest first."""
    row = scan.correlations(place.layer, place.direction)[place.unit]
    strengths = np.where(np.isnan(row), -1.0, np.abs(row))
    strengths[place.unit] = -1.0
    order = [int(unit) for unit in np.argsort(-strengths, kind="stable")[:RELATED] if strengths[unit] >= 0]
    return [(place._replace(unit=unit), float(row[unit])) for unit in order]
