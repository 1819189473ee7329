"""Can a property be read from many units together?

What no single unit tracks may still be there, spread over many: a linear map of their states finds it (a probe, as in
Lees et al. 2022, "Hydrological concept formation inside long short-term memory networks").
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_core.analysis.auc_and_r_squared import Measure, measure_for, never_changes
from lstm_core.analysis.control import control_labels
from lstm_core.analysis.find_units import Against, cut_alike, p_of_the_best
from lstm_core.analysis.properties import Property
from lstm_core.analysis.property_values import Values
from lstm_core.analysis.ridge import foretell, parts_of, rank_alike, scores, units_along
from lstm_core.analysis.series_of_units import SeriesRead, Steps, read_series_of
from lstm_core.analysis.shown import as_html
from lstm_core.analysis.shuffle import FEWEST, SHIFTED, Null, level, null_of
from lstm_core.analysis.windows import clumps, group_numbers, grouped
from lstm_core.errors import LstmCoreError
from lstm_core.traces.several_traces import Traces, as_traces

if TYPE_CHECKING:
    import pandas

RESAMPLES = 200
"""How often groups are drawn anew for an interval."""


@dataclass(frozen=True, eq=False, repr=False)
class Probed:
    """How well linear maps of all units tell properties.

    `table`: a row a property. Columns: `property`; `measure`: "AUC" for a property of zeros and ones, for any other
    "R²", of which 0 is what its mean would reach, and below 0 is worse; and

    `score`: over steps that the map was not fitted to, each part of the text foretold from the others; for an AUC less
        the mean of those others, so that steps of all parts are ranked alike. Below chance (0.5, or 0) nothing is told:
        what the others have in common points the other way here.
    `low`, `high`: between these lie 95 of 100 scores if the groups are drawn anew (bootstrap) and no map is fitted
        anew: too narrow to tell from chance, which `p` does. NaN below five groups.
    `p`: how often a probe of shuffled properties does as well, the best of all properties; NaN where there is too
        little to tell: `no_p` says why.
    `control`: the mean score of random labels, one for each different token (Hewitt & Liang 2019), and no less than
        chance; `selectivity`: the score less that. NaN without tokens.
    `ridge`: the penalty, chosen by the squared error over the parts. `units`, `steps`: how many series of numbers were
        read, over how many steps. `held_out`: the score over held-out traces, if there are any.

    `weights`: a row a unit, with a column a property: how much the prediction rises as the unit rises by one standard
    deviation. `groups`, `shuffled`, `permutations`, `no_p`, `alike`: as in `Found`.
    """

    table: pandas.DataFrame
    weights: pandas.DataFrame
    groups: int
    shuffled: str
    permutations: int
    no_p: Mapping[str, str]
    alike: str = ""

    def _doubts(self) -> list[str]:
        return [*(f"No p for {name}: {why}" for name, why in self.no_p.items()), *filter(None, [self.alike])]

    def __repr__(self) -> str:
        return "\n".join([self.table.to_string(), *self._doubts()])

    def _repr_html_(self) -> str:
        return as_html(self.table, " ".join(self._doubts()))


class _Map(NamedTuple):
    """A linear map of units: means, standard deviations and weights (unit,), and what is added."""

    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    offset: float

    def __call__(self, series: np.ndarray) -> np.ndarray:
        told: np.ndarray = (series - self.mean) / self.spread @ self.weights + self.offset
        return told


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
    (`help(lstm_core.analysis.Probed)`: low and high, control, selectivity).

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

    several = as_traces(traces)
    read = read_series_of(several, property, quantities, steps, lag)
    labels, begins = grouped(several, groups)
    null = null_of(list(read.properties.values()), labels, begins)
    spoken = [tokens for trace in several for tokens in trace.tokens or []]
    tokens = np.array(list(chain(*spoken)), dtype=str) if len(spoken) == len(labels) else None
    no_p = {name: why for name, values in read.properties.items() if (why := null.why_not(values))}
    there: SeriesRead | None = None
    if held_out is not None:
        others, asked = held_out if isinstance(held_out, tuple) else (held_out, property)
        quantities = list(dict.fromkeys(read.places["quantity"]))
        there = read_series_of(as_traces(others), asked, quantities, steps, lag)
    rows, weights, against = {}, {}, {}
    for name, values in read.properties.items():
        rows[name], found = _probed(name, read.series, values, labels, tokens, seed)
        weights[name], measure = found.weights, rows[name]["measure"]
        if there is not None:
            rows[name]["held_out"] = _held_out_score(name, found, measure, there)
        if name not in no_p:
            against[name] = _against_chance(read.series, values, measure, labels, null, permutations, seed)
    for name, p in p_of_the_best(against).items():
        rows[name]["p"] = float(p[0])
    table, weighed = pd.DataFrame(list(rows.values())), pd.DataFrame(read.places | weights)
    alike = clumps(several, labels) if groups is None else ""
    return Probed(table, weighed, len(null.groups), null.way, permutations, no_p, alike)


def _probed(
    name: str,
    series: np.ndarray,
    values: Sequence[np.ndarray],
    labels: Sequence[Hashable],
    tokens: np.ndarray | None,
    seed: int,
) -> tuple[dict[str, Any], _Map]:
    """The row of one property, and the map fitted to all steps."""
    known = [~np.isnan(sequence) for sequence in values]
    lengths, there = [int(steps.sum()) for steps in known], np.concatenate(known)
    series, column = series[there], np.concatenate(values)[there]
    parts = parts_of(group_numbers(labels), lengths)
    if not len(column) or never_changes(column) or len(parts) < 2:
        raise LstmCoreError(
            f"Expected a property that changes over two parts of the text or more, got {len(column)} steps ({name}) "
            "without. Give longer texts, or texts where it changes."
        )
    measure = measure_for(column)
    labelled = np.empty((len(column), 0)) if tokens is None else control_labels(tokens[there], column, seed)
    columns = np.column_stack([column, labelled])
    told, ridge = foretell(series, columns, parts)
    if measure == "AUC":
        told = rank_alike(told, columns, parts)
    score, *random = scores(told, columns, measure).tolist()
    low, high = _interval(told[:, 0], column, measure, np.repeat(group_numbers(labels), lengths), seed)
    control = max(float(np.mean(random)), 0.5 if measure == "AUC" else 0.0) if random else np.nan
    facts = {"control": control, "selectivity": score - control, "ridge": ridge[0]}
    facts |= {"units": series.shape[1], "steps": len(column)}
    row = {"property": name, "measure": measure, "score": score, "low": low, "high": high, "p": np.nan, **facts}
    every = units_along(series)
    weights = every.axes @ every.weights(every.shared(column[:, None]), ridge[0])
    return row, _Map(every.mean, every.spread, weights[:, 0], column.mean())


def _interval(
    told: np.ndarray, column: np.ndarray, measure: Measure, groups: np.ndarray, seed: int
) -> tuple[float, float]:
    """Between which lie 95 of 100 scores if groups are drawn anew, from as many (Efron 1979)."""
    steps = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    if len(steps) < FEWEST:
        return np.nan, np.nan
    rng, found = np.random.default_rng(seed), []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([steps[group] for group in rng.integers(len(steps), size=len(steps))])
        found.append(scores(told[drawn, None], column[drawn, None], measure)[0])
    low, high = np.nanpercentile(found, [2.5, 97.5]).tolist()
    return low, high


def _against_chance(
    series: np.ndarray,
    values: Sequence[np.ndarray],
    measure: Measure,
    labels: Sequence[Hashable],
    null: Null,
    permutations: int,
    seed: int,
) -> Against:
    """The score of a property and those of its shuffles, at the steps at which they can be compared."""
    known = [~np.isnan(sequence) & steps for sequence, steps in zip(values, null.compared(), strict=True)]
    there, rng = np.concatenate(known), np.random.default_rng(seed)
    shuffles = [np.concatenate(null.moved(values, null.draw(rng)))[there] for _ in range(permutations)]
    columns = np.stack([np.concatenate(values)[there], *shuffles], axis=1)
    lengths = [int(steps.sum()) for steps in known]
    if null.way == SHIFTED:
        # Less its mean, what is there or not is a number.
        columns, measure = level(columns, np.repeat(null.group_of_each(), lengths)), "R²"
    own = columns[:, :1]
    if np.isnan(columns).any():
        # A shuffle that is cut short has less to go by: then so has the property that it is set against.
        own = cut_alike(columns)
    every, parts = np.column_stack([columns, own]), parts_of(group_numbers(labels), lengths)
    told, _ = foretell(series[there], every, parts)
    found = scores(rank_alike(told, every, parts) if measure == "AUC" else told, every, measure)
    strengths = np.nan_to_num(np.maximum(found - (0.5 if measure == "AUC" else 0.0), 0.0))
    best, own_strengths = strengths[: columns.shape[1]], strengths[columns.shape[1] :]
    return Against(own_strengths[None], best)


def _held_out_score(name: str, found: _Map, measure: Measure, there: SeriesRead) -> float:
    """The score of a map over other traces; NaN where the property never changes there."""
    properties = there.properties
    values = properties.get(name, next(iter(properties.values())) if len(properties) == 1 else None)
    if values is None or there.series.shape[1] != len(found.weights):
        raise LstmCoreError(
            f"Expected held_out of the same LSTM with {name}, got {there.series.shape[1]} series and "
            f"{', '.join(properties)}. Give traces and properties of the same kind."
        )
    column = np.concatenate(values)
    known = ~np.isnan(column)
    if not known.any() or never_changes(column[known]):
        return float("nan")
    return float(scores(found(there.series[known])[:, None], column[known][:, None], measure)[0])
