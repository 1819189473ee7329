"""Can a property be read from many units together?

What no single unit tracks may still be there, spread over many: a linear map of their states finds it (a probe, as in
Lees et al. 2022, "Hydrological concept formation inside long short-term memory networks"). The maps are ridge
regressions: all properties share the units, so their main directions are found once a part.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_core.analysis.at_steps import AtSteps, Steps, Values, at_steps, held_out_at_steps
from lstm_core.analysis.auc_and_r_squared import Measure, measure_for, never_changes, ranks
from lstm_core.analysis.properties import Property
from lstm_core.analysis.same_text import clumps, group_numbers, grouped
from lstm_core.analysis.shuffle import (
    SHIFTED,
    AgainstChance,
    Drawn,
    ShuffledScores,
    ShuffleTest,
    cut_alike,
    shuffle_test,
)
from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress
from lstm_core.traces.several_traces import Traces

if TYPE_CHECKING:
    import pandas

# Into how many parts the steps are cut: each is foretold from the others.
PARTS = 5
# The share of a sequence to either side of a part that is left out too, where the parts are of one sequence.
GAP = 0.1
# The penalties that are tried: what each adds to the variance 1 of a standardised unit.
RIDGES = 10.0 ** np.arange(-6, 4)
# How many numbers are foretold at a time, so that memory doesn't grow with the number of properties.
NUMBERS = 1 << 20
# How many random labels are read.
DRAWS = 10
# For each of them, how often one is drawn that changes: of two tokens, both may get the same.
TRIES = 10


@dataclass(frozen=True, eq=False, repr=False)
class Probed(AgainstChance):
    """How well linear maps of all units tell properties.

    `table`: a row a property. Columns: `property`; `measure`: "AUC" for a property of zeros and ones, for any other
    "R²", of which 0 is what its mean would reach, and below 0 is worse; and

    `score`: over steps that the map was not fitted to, each part of the text foretold from the others; for an AUC less
        the mean of those others, so that steps of all parts are ranked alike. Below chance (0.5, or 0) nothing is
        predicted: what the others have in common points the other way here.
    `p`: how often a probe of shuffled properties does as well, the best of all properties; NaN where there is too
        little to tell: `no_p` says why.
    `control`: the mean score of random labels, one for each different token (Hewitt & Liang 2019), and no less than
        chance; `selectivity`: the score less that. NaN without tokens.
    `ridge`: the penalty, chosen by the squared error over the parts. `units`, `steps`: how many series of numbers were
        read, over how many steps. `held_out`: the score over held-out traces, if there are any.

    `weights`: a row a unit, with a column a property: how much the prediction rises as the unit rises by one standard
    deviation. `groups`, `shuffled`, `permutations`, `no_p`, `alike`: as in `Found`.
    """

    weights: pandas.DataFrame


def probe(
    traces: Traces,
    property: str | Property | Values,
    held_out: tuple[Traces, Values] | Traces | None = None,
    quantities: Sequence[str] | None = None,
    permutations: int = 200,
    seed: int = 0,
    *,
    groups: Sequence[Hashable] | None = None,
    steps: Steps | None = None,
    lag: int = 0,
) -> Probed:
    """How well a linear map of all units together tells a property: a `Probed`, where each column is explained
    (`help(lstm_core.analysis.Probed)`: control, selectivity).

    The arguments are those of `find_units`, which asks each unit alone; what a single unit tracks, `find_units` says
    more simply. The map is a ridge regression. Groups are kept whole: what belongs together never stands on both sides.
    One group alone is cut into parts of time, with a gap of a tenth of each sequence between what a map is fitted to
    and what it foretells.

    A score alone says little. A map of many units reads what drifts off anything that drifts: look at `p`, which is
    that of `find_units`, with the same shuffles, and covers as little as that. And a map may know every token by heart:
    a score near `control` is no more than that, though `p` be small. Few different tokens, such as characters, are all
    known by heart, so the control is high there.

    Raises LstmCoreError as `find_units` does.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 8), torch.randn(200, 1, 4))
    >>> found = probe(trace, trace.c[0, 0, :, 0].sum(-1))
    >>> bool(found.table.score[0] > 0.99), len(found.weights)
    (True, 16)
    """
    import pandas as pd

    read = at_steps(traces, property, quantities, steps, lag)
    there = None if held_out is None else held_out_at_steps(held_out, property, read, steps, lag)
    labels, begins = grouped(read.traces, groups)
    numbers = group_numbers(labels)
    null = shuffle_test(list(read.known.values()), labels, begins)
    rows, weights = dict[str, dict[str, Any]](), dict[str, np.ndarray]()
    for name in read.known:
        rows[name], weights[name] = _probed(read, name, numbers, seed, there)
    p, how = null.tested(read.known, permutations, seed, partial(_against_chance, read, null, numbers))
    for name, found in p.items():
        rows[name]["p"] = float(found[0])
    alike = clumps(read.traces, labels) if groups is None else ""
    weighed = pd.DataFrame(read.places | weights)
    return Probed(**how, table=pd.DataFrame(list(rows.values())), alike=alike, weights=weighed)


def _probed(
    read: AtSteps, name: str, groups: Sequence[int], seed: int, held_out: AtSteps | None
) -> tuple[dict[str, Any], np.ndarray]:
    """The row of one property, and the weights of the map fitted to all steps."""
    known = [~np.isnan(sequence) for sequence in read.known[name]]
    lengths, there = [int(steps.sum()) for steps in known], np.concatenate(known)
    series, column = read.series[there], read.columns[name][there]
    parts = parts_of(groups, lengths)
    if never_changes(column) or len(parts) < 2:
        raise LstmCoreError(
            f"Expected a property that changes over two parts of the text or more, got {len(column)} steps ({name}) "
            "without. Give longer texts, or texts where it changes."
        )
    measure = measure_for(column)
    columns = np.column_stack([column, control_labels(read, there, column, seed)])
    predicted, ridge = cross_predict(series, columns, parts)
    if measure == "AUC":
        predicted = centred_by_fold(predicted, columns, parts)
    score, *random = scores(predicted, columns, measure).tolist()
    control = max(float(np.mean(random)), 0.5 if measure == "AUC" else 0.0) if random else np.nan
    facts = {"control": control, "selectivity": score - control, "ridge": ridge[0]}
    facts |= {"units": series.shape[1], "steps": len(column)}
    row = {"property": name, "measure": measure, "score": score, "p": np.nan, **facts}
    every = units_along(series)
    weights = every.axes @ every.weights(every.shared(column[:, None]), ridge[0])
    if held_out is not None:
        row["held_out"] = np.nan
        if seen := held_out.known_steps(name):
            foretold = (seen[0] - every.mean) / every.spread @ weights + column.mean()
            row["held_out"] = float(scores(foretold, seen[1][:, None], measure)[0])
    return row, weights[:, 0]


def _against_chance(
    read: AtSteps,
    null: ShuffleTest,
    groups: Sequence[int],
    name: str,
    drawn: Sequence[Drawn],
    _progress: Progress | None,
) -> ShuffledScores:
    """The score of a property and those of its shuffles, at the steps at which they can be compared."""
    values = read.known[name]
    known = [~np.isnan(sequence) & steps for sequence, steps in zip(values, null.compared(), strict=True)]
    there = np.concatenate(known)
    columns = null.columns(values, drawn, there)
    # Shifted, less its mean, what is there or not is a number.
    measure: Measure = "R²" if null.way == SHIFTED else read.measure(name)
    # A shuffle that is cut short has less to go by: then so has the property that it is set against.
    own = cut_alike(columns) if np.isnan(columns).any() else columns[:, :1]
    every, parts = np.column_stack([columns, own]), parts_of(groups, [int(steps.sum()) for steps in known])
    predicted, _ = cross_predict(read.series[there], every, parts)
    found = scores(centred_by_fold(predicted, every, parts) if measure == "AUC" else predicted, every, measure)
    strengths = np.nan_to_num(np.maximum(found - (0.5 if measure == "AUC" else 0.0), 0.0))
    best, own_strengths = strengths[: columns.shape[1]], strengths[columns.shape[1] :]
    return ShuffledScores(own_strengths[None], best)


# How well do linear maps of units predict properties at steps that they were not fitted to? Many properties at once.


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


class PrincipalAxes(NamedTuple):
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
        return np.asarray((series - self.mean) / self.spread @ self.axes)

    def shared(self, properties: np.ndarray) -> np.ndarray:
        """What each direction shares with each property (step, property) less its mean: (direction, property)."""
        return np.asarray(self.series.T @ (properties - properties.mean(0)) / len(self.series))

    def weights(self, shared: np.ndarray, ridge: float) -> np.ndarray:
        """The ridge regression of properties on the directions: (direction, property)."""
        return np.asarray(shared / (np.maximum(self.sizes, 0.0)[:, None] + ridge))


def units_along(series: np.ndarray) -> PrincipalAxes:
    """The main directions of some units (step, unit)."""
    mean, spread = series.mean(0), series.std(0)
    # The standard deviation of a unit that never changes may round to a number above 0.
    spread = np.where(spread <= 1e-12 * np.abs(mean), np.inf, spread)
    scaled = (series - mean) / spread
    sizes, axes = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    return PrincipalAxes(mean, spread, axes, sizes, scaled @ axes)


def cross_predict(series: np.ndarray, properties: np.ndarray, parts: Sequence[Fold]) -> tuple[np.ndarray, np.ndarray]:
    """Each property as it is foretold (step, property), and the penalty that served it best (property,).

    `series` (step, unit); `properties` (step, property), NaN at steps that do not count: maps are fitted to the mean
    there.
    """
    units = [units_along(series[part.fitted]) for part in parts]
    left_out = [one.along(series[part.foretold]) for one, part in zip(units, parts, strict=True)]
    predicted, ridges = np.empty(properties.shape), np.empty(properties.shape[1])
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
        predicted[:, columns] = np.take_along_axis(ways, best[None, None], axis=0)[0]
    return predicted, ridges


def centred_by_fold(predicted: np.ndarray, properties: np.ndarray, parts: Sequence[Fold]) -> np.ndarray:
    """What is foretold, less the mean of the property where its map was fitted: (step, property), to be ranked.

    A part of fewer ones leaves more to the others, so is foretold more: with these means, steps of all parts are ranked
    the wrong way round, and what tells nothing has an AUC below 0.5 (Parker, Günter & Bedo 2007, "Stratification bias
    in low signal microarray studies").
    """
    filled, found = _filled(properties), predicted.copy()
    for part in parts:
        found[part.foretold] -= filled[part.fitted].mean(0)
    return found


def _filled(properties: np.ndarray) -> np.ndarray:
    """Properties (step, property), with their means where there is no number."""
    return np.where(np.isnan(properties), np.nanmean(properties, axis=0), properties)


def scores(predicted: np.ndarray, properties: np.ndarray, measure: Measure) -> np.ndarray:
    """How well each property (step, property) is predicted: (property,); NaN where it never changes.

    AUC, or R²: 0 is what the property's own mean would reach, and below 0 is worse.
    """
    changes = np.nanmax(properties, axis=0) > np.nanmin(properties, axis=0)
    if measure == "R²":
        error = np.nansum((predicted - properties) ** 2, axis=0)
        spread = np.nansum((properties - np.nanmean(properties, axis=0)) ** 2, axis=0)
        return np.where(changes, 1 - error / np.where(changes, spread, 1.0), np.nan)
    ranked = ranks(np.where(np.isnan(properties), np.nan, predicted))
    ones, steps = np.nansum(properties, axis=0), (~np.isnan(properties)).sum(0)
    # Mann & Whitney 1947.
    beaten = np.nansum(ranked * properties, axis=0) - ones * (ones + 1) / 2
    return np.where(changes, beaten / np.where(changes, ones * (steps - ones), 1.0), np.nan)


# How well is a property read that is only a name for each token? The control task of Hewitt & Liang (2019): a map of
# many units may know the tokens by heart. Then it reads any label of the token as well, one drawn at random too: what a
# property's score is above that of such labels is its selectivity.


def control_labels(read: AtSteps, there: np.ndarray, property: np.ndarray, seed: int) -> np.ndarray:
    """Random labels (step, draw): each token has the same one wherever it stands, drawn from the property's numbers.

    `property`: its numbers at the steps `there`. There may be fewer draws than `DRAWS`, or none, where there are few
    different tokens.
    """
    spoken = [tokens for trace in read.traces for tokens in trace.tokens or []]
    if len(spoken) < len(read.counts):
        return np.empty((len(property), 0))
    rng, tokens = np.random.default_rng(seed), np.concatenate([np.asarray(one, dtype=str) for one in spoken])
    kinds, kind = np.unique(tokens[there], return_inverse=True)
    drawn = (rng.choice(property, len(kinds))[kind] for _ in range(DRAWS * TRIES))
    labels = [label for label in drawn if not never_changes(label)][:DRAWS]
    return np.stack(labels, axis=1) if labels else np.empty((len(property), 0))
