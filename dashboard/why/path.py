"""How did one word reach the answer? What each unit carried on from each step, and whether patching says the same.

Units are named only where a few carry most of it and patching bears that out: their memory is put at its value without
the word, at one step, beside as many units drawn by chance.
"""

from typing import NamedTuple

import numpy as np

from gatescope.question.holds import Event
from gatescope.reading.held import HeldReading
from gatescope.reading.read import Reading
from gatescope.why.drawer import Carried, Path, short
from gatescope.why.names import step_name, units_named
from lstm_core.explaining.explained import RANDOM, Explained
from lstm_core.plots.labels import signed

SEEN, MOST_LINES = 0.02, 600
"""The part of an effect from which on a line can be seen, and the most lines."""
NAMED, MOST_OF = 3, 0.5
"""The most units that are named, and the part of the effect that they carry."""
LOOK = 5
MOST_PATCHED = 1_000_000_000
"""The most multiplications of all patched runs, about 0.2 s."""
AGREES = (0.5, 2.0)
"""What patching takes as a share of what is carried, from and to."""


class Crossing(NamedTuple):
    """What all units carried past the step halfway between an event and the answer."""

    step: int
    units: list[tuple[int, int]]
    """(layer, unit), the largest carriers first."""
    carried: np.ndarray
    """(unit,): in that order."""


class Alone(NamedTuple):
    """The answer explained with and without one event alone."""

    found: Explained
    event: Event
    left: list[int]
    """The steps that are read."""
    target: str
    baseline: str
    size: float
    """The sizes of all parts of the answer, summed."""

    @property
    def is_little(self) -> bool:
        """Whether its effect is too little for a path."""
        return abs(self.found.effect) < SEEN * self.size


def path_of(reading: HeldReading, alone: Alone) -> Path:
    """The path of one event to the answer."""
    return Path(
        step=alone.event.step,
        feature=alone.event.feature,
        effect=short(alone.found.effect),
        error=short(alone.found.error),
        lines=[] if alone.is_little else lines_of(alone.found, alone.left),
        said=_said(reading.reading, alone),
    )


def lines_of(found: Explained, left: list[int]) -> list[Carried]:
    """What units carried on from steps, the largest part first, where it can be seen."""
    kept, reread = (each[:, 0] for each in found.carriers)
    if kept.shape != reread.shape:
        # The units of a projection's h are not those of c.
        reread = np.zeros_like(kept)
    most = np.maximum(np.abs(kept), np.abs(reread))
    order = np.argsort(-most, axis=None, kind="stable")[:MOST_LINES]
    lines = []
    for layer, step, unit in zip(*(places.tolist() for places in np.unravel_index(order, most.shape)), strict=True):
        own = float(kept[layer, step, unit]), float(reread[layer, step, unit])
        if max(map(abs, own)) >= SEEN * abs(found.effect):
            lines.append(Carried(layer=layer, step=left[step], unit=unit, kept=short(own[0]), reread=short(own[1])))
    return lines


def _said(reading: Reading, alone: Alone) -> str:
    found, event = alone.found, alone.event
    name = step_name(reading.tokens, event.step, reading.series is not None)
    if event.feature is not None and len(found.features) > 1:
        name = f"{found.features[event.feature]} at {name}"
    makes = f"{signed(found.effect)} of {alone.target}"
    said = f"{name} alone, with {alone.baseline} in its place, makes {makes}"
    if alone.is_little:
        return f"{said}: too little for a path."
    if (found.time + 1) * reading.parameters * (RANDOM + LOOK) > MOST_PATCHED:
        return f"{said}. No unit is named: the text is too long to check that by patching while you wait."
    return f"{said}{_carriers(reading, alone)}"


def _carriers(reading: Reading, alone: Alone) -> str:
    """Which units carried it, if few did and patching bears that out."""
    found = alone.found
    crossing = _crossing(found, alone.left.index(alone.event.step))
    at = step_name(reading.tokens, alone.left[crossing.step], reading.series is not None)
    is_most = crossing.carried.cumsum()[:NAMED] / found.effect >= MOST_OF
    if not is_most.any():
        held = signed(float(crossing.carried[:LOOK].sum()))
        return f". No unit is named: many carry it, the {LOOK} largest {held} of it past {at}."
    few = int(is_most.argmax()) + 1
    table = found.patched(units=few, at=crossing.step)
    # Of the sizes: the effects of two draws may cancel each other.
    takes, by_chance = float(table["takes"][few]), float(table["takes"][few + 1 :].abs().median())
    carried = float(crossing.carried[:few].sum())
    names = units_named(crossing.units[:few], len(found.kept))
    others = f"{few} random unit{' moves' if few == 1 else 's move'} the answer by {signed(by_chance)[1:]}"
    if not (AGREES[0] <= takes / carried <= AGREES[1] and by_chance < abs(takes) / 2):
        return (
            f". No unit is named: {names} seem{'s' * (few == 1)} to carry {signed(carried)} past {at}, but patching "
            f"takes {signed(takes)}, and {others}."
        )
    return (
        f", carried past {at} by {names}: {signed(carried)}. Patching {'it' if few == 1 else 'them'} there takes "
        f"{signed(takes)}; {others}."
    )


def _crossing(found: Explained, event: int) -> Crossing:
    """`event`: its step among those that are read."""
    step = (event + found.time) // 2
    kept, reread = (each[:, 0, step] for each in found.carriers)
    carried = kept + reread if kept.shape == reread.shape else kept
    order = np.argsort(-np.abs(carried), axis=None, kind="stable")
    layers, units = np.unravel_index(order, carried.shape)
    return Crossing(step, list(zip(layers.tolist(), units.tolist(), strict=True)), carried.flatten()[order])
