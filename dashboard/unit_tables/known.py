"""What is known of the units of a shipped model, and what do they do in one text?

`studies.what_units_do` found it and kept it in the model's folder.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from gatescope.question.view import OWN, SIZES, Source
from gatescope.reading.models import DIMENSIONS, nearest_size
from gatescope.unit_tables.asked import UnitPlace
from gatescope.unit_tables.tracking import CERTAIN, NOW
from lstm_core import Trace
from lstm_core.analysis.auc_and_r_squared import as_score, measure_for, never_changes, strength
from lstm_core.arrays import as_numpy
from lstm_core.files.model_folders import FOLDER
from lstm_core.quantities import RIGHT


class ToldProperty(NamedTuple):
    """A property, and how well a unit tells it.

    `sign`: -1 where c is low while the property is true or large; `pairs`: the share of pairs of steps, among those at
    which the property differs, that c puts in the right order; `cut`: the c that parts what is true from what is not;
    `p`: how often the best of all units tells it as well by chance, None where that can't be told.
    """

    property: str
    measure: str
    sign: int
    score: float
    pairs: float | None = None
    cut: float | None = None
    p: float | None = None

    def share(self) -> float:
        """How far it is from chance, 0, to certainty, 1: an AUC of a coin is 0.5."""
        return 2 * self.score - 1 if self.measure == "AUC" else self.score


class Unit(NamedTuple):
    """A unit on texts that the model was not trained on.

    `keeps`: the typical length of a hold, in steps; `lost`: what goes wrong with its c held at its mean; `told`: what
    it tells best, the strongest first: chosen on one half of the texts, scored on the other.
    """

    keeps: int
    lost: float
    told: list[ToldProperty]


class Kept(NamedTuple):
    """What is kept of a model, from so many texts.

    `cost`: what `lost` counts: "bits" a token, share of "answers" or of "texts" with another answer, or "error";
    `whole`: the cost without a hold; `best`: the properties that some unit tells better than by chance, the surest
    first, each with its best unit.
    """

    texts: int
    cost: str
    whole: float
    best: list[tuple[str, UnitPlace]]
    units: dict[UnitPlace, Unit]


def kept(source: Source) -> Kept | None:
    """What is kept of a source's model; None of a visitor's own model, and of one that is untrained."""
    if source.model == "random" or source.model.startswith(OWN):
        return None
    if source.model != SIZES:
        return _of(source.model, source.model)
    size, _, _ = nearest_size(source)
    return _of("tagger", "-".join(str(getattr(size, name)) for name in DIMENSIONS))


Finding = tuple[UnitPlace, ToldProperty]
Shows = Callable[[UnitPlace, ToldProperty], bool]


def finding(known: Kept, shows: Shows = lambda *_: True) -> Finding | None:
    """What is claimed first of a model: the surest find for which a unit must remember, if there is one that `shows` in
    the text in sight, such a one; None if there is none at all."""
    found = [(place, told) for name, place in known.best for told in known.units[place].told if told.property == name]
    remembers = [one for one in found if one[1].property not in NOW]
    return next(iter([*(one for one in remembers if shows(*one)), *remembers, *found]), None)


def told_of(known: Kept, opens: Finding | None) -> dict[UnitPlace, ToldProperty]:
    """What each unit is listed under: what is claimed first of it, else the property that it tells best of all units,
    else the one that it tells best."""
    best = {(place, name) for name, place in known.best}
    told = {
        place: next((one for one in unit.told if (place, one.property) in best), unit.told[0])
        for place, unit in known.units.items()
        if unit.told
    }
    return told | dict([opens] if opens else [])


def tracks_of(known: Kept, opens: Finding | None) -> dict[UnitPlace, float]:
    """How surely each unit tells something: before all others what is claimed first, then the best of each property."""
    tracks = {place: unit.told[0].share() if unit.told else -1.0 for place, unit in known.units.items()}
    first = list(dict.fromkeys([opens[0], *(place for _, place in known.best)])) if opens else []
    return tracks | {place: float(len(first) - rank + 1) for rank, place in enumerate(first)}


@cache
def _of(folder: str, name: str) -> Kept | None:
    path = FOLDER / folder / "units.json"
    found = json.loads(path.read_text(encoding="utf-8")).get(name) if path.is_file() else None
    return _read(found) if found else None


def _read(found: dict[str, Any]) -> Kept:
    properties, units = found["properties"], dict[UnitPlace, Unit]()
    for *place, keeps, lost, told in found["units"]:
        every = [ToldProperty._make([*properties[at][:2], *own, properties[at][2]]) for at, *own in told]
        units[UnitPlace(*place)] = Unit(keeps, lost, every)
    best = [(name, list(units)[at]) for name, _, p, at in properties if p is not None and p < CERTAIN]
    return Kept(found["texts"], found["cost"], found["whole"], best, units)


# What does a unit do in one text?


def series(trace: Trace, place: UnitPlace, quantity: str = "c") -> np.ndarray:
    """A quantity of a unit: (step,)."""
    return as_numpy(getattr(trace, quantity)[place.layer, place.direction, :, 0, place.unit])


def typical_keep(traces: Sequence[Trace], layer: int, direction: int, unit: int) -> int:
    """The typical length of a hold, in steps: half of the steps at which f is above 0.9 lie in runs of such steps that
    are at least so long. 0 if f never is."""
    lengths = list[int]()
    for trace in traces:
        kept = series(trace, UnitPlace(layer, direction, unit), "f") > RIGHT
        edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]])))
        lengths += (edges[1::2] - edges[::2]).tolist()
    ordered = np.sort(lengths)[::-1]
    return int(ordered[np.searchsorted(ordered.cumsum(), ordered.sum() / 2)]) if lengths else 0


def score(told: ToldProperty, c: np.ndarray, truth: np.ndarray) -> tuple[float, str] | None:
    """How well a unit tells its property in this text, and by which measure; None if that never changes here."""
    if never_changes(truth):
        return None
    measure = measure_for(truth) if told.measure == "AUC" else "R²"
    return float(as_score(told.sign * strength(c[:, None], truth[:, None], measure)[0, 0], measure)), measure
