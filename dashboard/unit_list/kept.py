"""What is known of the units of a shipped model? `studies.what_units_do` found it and kept it in the model's folder."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from gatescope.corpus.view import UnitPlace
from gatescope.question.view import OWN, SIZES, Source
from gatescope.reading.trained_sizes import DIMENSIONS, nearest_size
from gatescope.unit_list.tracking import CERTAIN, NOW
from lstm_core.files.model_folders import FOLDER


class ToldProperty(NamedTuple):
    """A property, and how well a unit tells it."""

    property: str
    measure: str
    sign: int
    """-1 where c is low while the property is true or large."""
    score: float
    pairs: float | None = None
    """The share of pairs of steps, among those at which the property differs, that c puts in the right order."""
    cut: float | None = None
    """The c that parts what is true from what is not."""
    p: float | None = None
    """How often the best of all units tells it as well by chance; None where that can't be told."""

    def share(self) -> float:
        """How far it is from chance, 0, to certainty, 1: an AUC of a coin is 0.5."""
        return 2 * self.score - 1 if self.measure == "AUC" else self.score


class Unit(NamedTuple):
    """A unit on texts that the model was not trained on."""

    place: UnitPlace
    keeps: int
    """The typical length of a hold, in steps."""
    lost: float
    """What goes wrong with its c held at its mean."""
    told: list[ToldProperty]
    """What it tells best, the strongest first: chosen on one half of the texts, scored on the other."""


class Kept(NamedTuple):
    """What is kept of a model."""

    texts: int
    """How many texts the scores are from."""
    cost: str
    """What `lost` counts: "bits" a token, share of "answers" or of "texts" with another answer, or "error"."""
    whole: float
    """The cost without a hold."""
    best: list[tuple[str, UnitPlace]]
    """The properties that some unit tells better than by chance, the surest first, each with its best unit."""
    units: dict[UnitPlace, Unit]


def kept(source: Source) -> Kept | None:
    """What is kept of a source's model; None of a visitor's own model, and of one that is untrained."""
    if source.model == "random" or source.model.startswith(OWN):
        return None
    if source.model != SIZES:
        return _of(source.model, source.model)
    size, _, _ = nearest_size(source)
    return _of("tagger", "-".join(str(getattr(size, name)) for name in DIMENSIONS))


Finding = tuple[Unit, ToldProperty]
"""A unit, and what it tells."""


def finding(known: Kept, shows: Callable[[Unit, ToldProperty], bool] = lambda *_: True) -> Finding | None:
    """What a page of the model opens on: the surest find for which a unit must remember, if there is one that `shows`
    in the text in sight, such a one; None if there is none at all."""
    found = [
        (known.units[place], told)
        for name, place in known.best
        for told in known.units[place].told
        if told.property == name
    ]
    remembers = [one for one in found if one[1].property not in NOW]
    return next(iter([*(one for one in remembers if shows(*one)), *remembers, *found]), None)


def in_order(known: Kept, sort: str, opens: Finding | None) -> list[Unit]:
    """All units: by what they track (what the page opens on, then the best of each property), or the largest number
    first."""
    units = list(known.units.values())
    if sort == "keeps":
        return sorted(units, key=lambda unit: -unit.keeps)
    if sort == "lost":
        return sorted(units, key=lambda unit: -unit.lost)
    first = dict.fromkeys(([opens[0].place] if opens else []) + [place for _, place in known.best])
    others = sorted(
        (unit for unit in units if unit.place not in first and unit.told), key=lambda unit: -unit.told[0].share()
    )
    return [*(known.units[place] for place in first), *others, *(unit for unit in units if not unit.told)]


def shown_as(known: Kept, unit: Unit) -> ToldProperty | None:
    """What a unit is listed under: the property that it tells best of all units, else the one that it tells best."""
    own = [name for name, place in known.best if place == unit.place]
    return next((told for told in unit.told if told.property in own), unit.told[0] if unit.told else None)


@cache
def _of(folder: str, name: str) -> Kept | None:
    path = FOLDER / folder / "units.json"
    found = json.loads(path.read_text(encoding="utf-8")).get(name) if path.is_file() else None
    return _read(found) if found else None


def _read(found: dict[str, Any]) -> Kept:
    properties, rows = found["properties"], found["units"]
    units = [_unit(properties, *row) for row in rows]
    best = [(name, units[at].place) for name, _, p, at in properties if p is not None and p < CERTAIN]
    return Kept(found["texts"], found["cost"], found["whole"], best, {unit.place: unit for unit in units})


def _unit(
    properties: Sequence[Any], layer: int, direction: int, unit: int, keeps: int, lost: float, told: Sequence[Any]
) -> Unit:
    every = [
        ToldProperty(properties[at][0], properties[at][1], sign, score, pairs, cut, properties[at][2])
        for at, sign, score, pairs, cut in told
    ]
    return Unit(UnitPlace(layer, direction, unit), keeps, lost, every)
