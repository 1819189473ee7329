"""How well does one series of numbers tell another?"""

from typing import Literal

import numpy as np

Measure = Literal["AUC", "R²"]


def measure_for(property: np.ndarray) -> Measure:
    """AUC for a property of zeros and ones, R² for any other."""
    return "AUC" if np.isin(property, (0.0, 1.0)).all() else "R²"


def never_changes(property: np.ndarray) -> bool:
    """Whether a property is the same at every step, so that nothing can track it."""
    return bool((property == property[:1]).all())


def strength(series: np.ndarray, properties: np.ndarray, measure: Measure) -> np.ndarray:
    """How strongly each series goes with each property, signed, from -1 to 1: (series, property).

    `series` (step, series); `properties` (step, property), NaN at steps that do not count. For R² the correlation; for
    AUC 2 · AUC - 1. 0 if the series or the property never changes.
    """
    counts = ~np.isnan(properties)
    known = np.where(counts, properties, 0.0)
    if measure == "AUC":
        return _rank_biserial(series, known, counts.astype(float))
    return _correlation(series, known, counts.astype(float))


def as_score(strength: np.ndarray, measure: Measure) -> np.ndarray:
    """AUC from 0 to 1, or R²; for R² a negative strength counts as 0."""
    return (1 + strength) / 2 if measure == "AUC" else np.maximum(strength, 0) ** 2


def _correlation(series: np.ndarray, known: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each pair over the steps that count."""
    steps = np.maximum(counts.sum(0), 1)
    # The mean of a constant may round: the difference that remains counts as 0.
    least_x, least_y = (1e-12 * np.abs(series).max(0)) ** 2, (1e-12 * np.abs(known).max(0)) ** 2
    # The mean is subtracted first: plain sums of squares lose the small changes of a large number.
    series, known = series - series.mean(0), counts * (known - known.sum(0) / steps)
    shared, spread_y = series.T @ known, (known**2).sum(0)
    if counts.all():
        spread_x = (series**2).sum(0)[:, None]
    else:
        spread_x = (series**2).T @ counts - (series.T @ counts) ** 2 / steps
    moves = (spread_x > steps * least_x[:, None]) & (spread_y > steps * least_y)
    return np.where(moves, shared / np.sqrt(np.where(moves, spread_x * spread_y, 1.0)), 0.0)


def _rank_biserial(series: np.ndarray, known: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """2 · AUC - 1, the distance of the mean ranks of ones and zeros (Mann & Whitney 1947), ties counting half."""
    if not counts.all():
        return np.stack([_wins(values, known, counts) for values in series.T])
    ones, zeros = known.sum(0), (counts - known).sum(0)
    ranked = ranks(series)
    distance = ranked.T @ known / np.maximum(ones, 1) - ranked.T @ (counts - known) / np.maximum(zeros, 1)
    return np.where((ones > 0) & (zeros > 0), 2 * distance / len(series), 0.0)


def _wins(values: np.ndarray, known: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """2 · AUC - 1 of one series, if each property has its own steps that count: ranks only among those steps.

    With ranks among all steps, a unit that drifts would look weaker beside a property that is cut short.
    """
    order = np.argsort(values, kind="stable")
    ordered, ones, zeros = values[order], known[order], (counts - known)[order]
    below = np.concatenate([np.zeros((1, zeros.shape[1])), zeros.cumsum(0)])
    beaten = (below[np.searchsorted(ordered, ordered)] + below[np.searchsorted(ordered, ordered, "right")]) / 2
    pairs = ones.sum(0) * zeros.sum(0)
    return np.where(pairs > 0, 2 * (ones * beaten).sum(0) / np.maximum(pairs, 1) - 1, 0.0)


def ranks(series: np.ndarray) -> np.ndarray:
    """Ranks from 1 down each column, equal values sharing their mean rank."""
    import pandas as pd

    return pd.DataFrame(series).rank().to_numpy()
