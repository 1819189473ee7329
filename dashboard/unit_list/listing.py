"""In which order are the units of an LSTM listed, and under what?"""

from collections.abc import Mapping
from typing import Any

from gatescope.corpus.passages import places
from gatescope.corpus.view import UnitPlace
from gatescope.unit_list.holding import typical_keep
from gatescope.unit_list.kept import Finding, Kept, ToldProperty, Unit, finding, in_order, shown_as
from gatescope.unit_list.list_data import Listed, Truth, by_range, series
from gatescope.unit_list.workings import shows
from lstm_core import Scan, Trace
from lstm_core.analysis import Found


def listed(known: Kept | None, sort: str, answer: Found | None, trace: Trace, truth: Truth) -> Listed:
    """The units in their order: of a property that was searched for, by how well they tell it; else by what is known
    of the model; else by what their c does in this text."""
    if answer is not None:
        told = {_place(row): _told(row) for row in answer.table.to_dict(orient="records")}
        return _sorted(Listed(list(told), told, known), sort, trace)
    if known is None:
        return _sorted(Listed(by_range(trace), {}, None), sort, trace)

    def shows_here(unit: Unit, told: ToldProperty) -> bool:
        is_so = truth(told.property)
        return is_so is not None and shows(told, series(trace, unit.place), is_so)

    return listed_as_known(known, sort, finding(known, shows_here))


def in_corpus_order(known: Kept | None, sort: str, scan: Scan) -> Listed:
    """The units in their order, and without anything known by how far c goes in the corpus."""
    if known is not None:
        return listed_as_known(known, sort, finding(known))
    units = scan.units
    by = units["leak"] if sort == "keeps" else units["c_max"] - units["c_min"]
    rows = by.sort_values(ascending=False, kind="stable").index
    every = places(scan)
    return Listed([every[row] for row in rows], {}, None)


def listed_as_known(known: Kept, sort: str, opens: Finding | None) -> Listed:
    """The units of a shipped model in their order, each under what it tells."""
    told = {place: one for place, unit in known.units.items() if (one := shown_as(known, unit))}
    told |= {opens[0].place: opens[1]} if opens else {}
    return Listed([unit.place for unit in in_order(known, sort, opens)], told, known, opens)


def _sorted(found: Listed, sort: str, trace: Trace) -> Listed:
    known = found.known
    if sort == "keeps":
        keeps = {place: known.units[place].keeps if known else typical_keep([trace], *place) for place in found.places}
        return found._replace(places=sorted(found.places, key=lambda place: -keeps[place]))
    if sort == "lost" and known:
        return found._replace(places=sorted(found.places, key=lambda place: -known.units[place].lost))
    return found


def _place(row: Mapping[Any, Any]) -> UnitPlace:
    return UnitPlace(int(row["layer"]), int(row["direction"]), int(row["unit"]))


def _told(row: Mapping[Any, Any]) -> ToldProperty:
    held = row.get("held_out")
    score = float(row["score"] if held is None or held != held else held)
    return ToldProperty(row["property"], row["measure"], int(row["sign"]), score)
