"""How well do linear maps of units foretell properties at steps that they were not fitted to? Many properties at once.

The maps are ridge regressions: all properties share the units, so their main directions are found once a part.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstm_core.analysis.auc_and_r_squared import Measure, ranks

PARTS = 5
"""Into how many parts the steps are cut: each is foretold from the others."""
GAP = 0.1
"""The share of a sequence to either side of a part that is left out too, where the parts are of one sequence."""
RIDGES = 10.0 ** np.arange(-6, 4)
"""The penalties that are tried: what each adds to the variance 1 of a standardised unit."""
NUMBERS = 1 << 20
"""How many numbers are foretold at a time, so that memory doesn't grow with the number of properties."""


class Fold(NamedTuple):
    """Which steps are foretold, and from which others: True in arrays (step,)."""

    foretold: np.ndarray
    fitted: np.ndarray


def parts_of(group_of_each: Sequence[int], lengths: Sequence[int]) -> list[Fold]:
    """The parts of some sequences: whole groups, or parts of time with a gap between them where all are one group.

    What drifts is much alike on both sides of a step: without a gap, any property that drifts too is interpolated.
    """
    if max(group_of_each) > 0:
        part_of = np.repeat(group_of_each, lengths) % PARTS
        parts = [Fold(part_of == part, part_of != part) for part in range(PARTS)]
    else:
        at = np.concatenate([np.arange(length) / max(length, 1) for length in lengths])
        ends = [(part / PARTS, (part + 1) / PARTS) for part in range(PARTS)]
        parts = [Fold((first <= at) & (at < end), (at < first - GAP) | (at >= end + GAP)) for first, end in ends]
    return [part for part in parts if part.foretold.any() and part.fitted.any()]


class TurnedUnits(NamedTuple):
    """Standardised units, turned to the main directions of the steps to which a map is fitted."""

    mean: np.ndarray
    spread: np.ndarray
    """(unit,); a spread of infinity where a unit never changes, and says nothing."""
    axes: np.ndarray
    """(unit, direction)"""
    sizes: np.ndarray
    """(direction,): their variances."""
    series: np.ndarray
    """(step, direction): where the fitted steps lie along them."""

    def along(self, series: np.ndarray) -> np.ndarray:
        """Where other steps (step, unit) lie: (step, direction)."""
        found: np.ndarray = (series - self.mean) / self.spread @ self.axes
        return found

    def shared(self, properties: np.ndarray) -> np.ndarray:
        """What each direction shares with each property (step, property) less its mean: (direction, property)."""
        found: np.ndarray = self.series.T @ (properties - properties.mean(0)) / len(self.series)
        return found

    def weights(self, shared: np.ndarray, ridge: float) -> np.ndarray:
        """The ridge regression of properties on the directions: (direction, property)."""
        found: np.ndarray = shared / (np.maximum(self.sizes, 0.0)[:, None] + ridge)
        return found


def units_along(series: np.ndarray) -> TurnedUnits:
    """The main directions of some units (step, unit)."""
    mean, spread = series.mean(0), series.std(0)
    # The standard deviation of a unit that never changes may round to a number above 0.
    spread = np.where(spread <= 1e-12 * np.abs(mean), np.inf, spread)
    scaled = (series - mean) / spread
    sizes, axes = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    return TurnedUnits(mean, spread, axes, sizes, scaled @ axes)


def foretell(series: np.ndarray, properties: np.ndarray, parts: Sequence[Fold]) -> tuple[np.ndarray, np.ndarray]:
    """Each property as it is foretold (step, property), and the penalty that served it best (property,).

    `series` (step, unit); `properties` (step, property), NaN at steps that do not count: maps are fitted to the mean
    there.
    """
    units = [units_along(series[part.fitted]) for part in parts]
    left_out = [one.along(series[part.foretold]) for one, part in zip(units, parts, strict=True)]
    told, ridges = np.empty(properties.shape), np.empty(properties.shape[1])
    at_once = max(1, NUMBERS // max(len(properties), 1))
    for first in range(0, properties.shape[1], at_once):
        columns = slice(first, first + at_once)
        wanted = properties[:, columns]
        filled = _filled(wanted)
        shared = [one.shared(filled[part.fitted]) for one, part in zip(units, parts, strict=True)]
        ways = np.empty((len(RIDGES), *wanted.shape))
        for way, ridge in zip(ways, RIDGES, strict=True):
            for one, part, there, sums in zip(units, parts, left_out, shared, strict=True):
                way[part.foretold] = there @ one.weights(sums, ridge) + filled[part.fitted].mean(0)
        best = np.nansum((ways - wanted) ** 2, axis=1).argmin(0)
        ridges[columns] = RIDGES[best]
        told[:, columns] = np.take_along_axis(ways, best[None, None], axis=0)[0]
    return told, ridges


def rank_alike(told: np.ndarray, properties: np.ndarray, parts: Sequence[Fold]) -> np.ndarray:
    """What is foretold, less the mean of the property where its map was fitted: (step, property), to be ranked.

    A part of fewer ones leaves more to the others, so is foretold more: with these means, steps of all parts are ranked
    the wrong way round, and what tells nothing has an AUC below 0.5 (Parker, Günter & Bedo 2007, "Stratification bias
    in low signal microarray studies").
    """
    filled, found = _filled(properties), told.copy()
    for part in parts:
        found[part.foretold] -= filled[part.fitted].mean(0)
    return found


def _filled(properties: np.ndarray) -> np.ndarray:
    """Properties (step, property), with their means where there is no number."""
    return np.where(np.isnan(properties), np.nanmean(properties, axis=0), properties)


def scores(told: np.ndarray, properties: np.ndarray, measure: Measure) -> np.ndarray:
    """How well each property (step, property) is told: (property,); NaN where it never changes.

    AUC, or R²: 0 is what the property's own mean would reach, and below 0 is worse.
    """
    changes = np.nanmax(properties, axis=0) > np.nanmin(properties, axis=0)
    if measure == "R²":
        error = np.nansum((told - properties) ** 2, axis=0)
        spread = np.nansum((properties - np.nanmean(properties, axis=0)) ** 2, axis=0)
        return np.where(changes, 1 - error / np.where(changes, spread, 1.0), np.nan)
    ranked = ranks(np.where(np.isnan(properties), np.nan, told))
    ones, steps = np.nansum(properties, axis=0), (~np.isnan(properties)).sum(0)
    # Mann & Whitney 1947.
    beaten = np.nansum(ranked * properties, axis=0) - ones * (ones + 1) / 2
    return np.where(changes, beaten / np.where(changes, ones * (steps - ones), 1.0), np.nan)
