"""Can a property be read from many units together?

What no single unit tracks may still be there, spread over many: a linear map of their states finds it (a probe, as in
Lees et al. 2022, "Hydrological concept formation inside long short-term memory networks").
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_core.analysis.auc_and_r_squared import Measure, as_score, measure_for, never_changes, strength
from lstm_core.analysis.properties import Property
from lstm_core.analysis.property_values import Values, properties_at_steps
from lstm_core.analysis.series_of_units import Steps, counted, every_unit, lagged_by, lengths_of, quantities_of
from lstm_core.analysis.shuffle import checked_labels
from lstm_core.analysis.windows import windows
from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import Traces, as_traces

if TYPE_CHECKING:
    import pandas

FOLDS = 5
"""Into how many parts the steps are cut: each is foretold from the others."""
RIDGES = 10.0 ** np.arange(-6, 4)
"""The penalties that are tried: what each adds to the variance 1 of a standardised unit."""


@dataclass(frozen=True, eq=False, repr=False)
class Probed:
    """How well linear maps of all units tell properties.

    `table`: a row a property. `measure`: "AUC" for a property of zeros and ones, for any other "R²", of which 0 is what
    its mean would reach, and below 0 is worse. `score`: over steps that the map was not fitted to, each part of the
    text foretold from the other parts; `held_out`: over held-out traces, if there are any; `ridge`: the penalty, chosen
    by the squared error over the parts; `units`, `steps`: how many series of numbers were read, over how many steps.
    `weights`: a row a unit, with a column a property: how much the prediction rises as the unit rises by one standard
    deviation.
    """

    table: pandas.DataFrame
    weights: pandas.DataFrame

    def __repr__(self) -> str:
        return self.table.to_string()

    def _repr_html_(self) -> str:
        found: str = self.table.to_html()
        return found


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
    *,
    groups: Sequence[Hashable] | None = None,
    steps: Steps | None = None,
    lag: int = 0,
) -> Probed:
    """How well a linear map of all units together tells a property: a `Probed`.

    The arguments are those of `find_units`, which asks each unit alone; what a single unit tracks, `find_units` says
    more simply. The map is a ridge regression. Groups are kept whole: what belongs together never stands on both sides;
    with fewer than two groups each sequence is cut into parts of time.

    Raises LstmCoreError as `find_units` does.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 8), torch.randn(200, 1, 4))
    >>> found = probe(trace, trace.c[0, 0, :, 0].sum(-1))
    >>> bool(found.table.score[0] > 0.99), len(found.weights)
    (True, 16)
    """
    several = as_traces(traces)
    places, series, properties = _numbers(several, property, quantities, steps, lag)
    labels = checked_labels(groups, windows(several), len(lengths_of(several)))
    fold = _folds(labels, lengths_of(several))
    there: tuple[np.ndarray, dict[str, np.ndarray]] | None = None
    if held_out is not None:
        others, asked = held_out if isinstance(held_out, tuple) else (held_out, property)
        there = _numbers(as_traces(others), asked, list(dict.fromkeys(places["quantity"])), steps, lag)[1:]
    rows, weights = [], {}
    for name, values in properties.items():
        row, found = _probed(name, series, values, fold)
        weights[name] = found.weights
        if there is not None:
            row["held_out"] = _held_out_score(name, found, row["measure"], *there)
        rows.append(row)
    return _as_tables(rows, places, weights)


def _numbers(
    traces: Sequence[Recorded], property: Any, quantities: Sequence[str] | None, steps: Steps | None, lag: int
) -> tuple[dict[str, Any], np.ndarray, dict[str, np.ndarray]]:
    """Which units there are, their values (step, unit), and each property (step,), NaN where it does not count."""
    counts = np.concatenate([counted(length, steps) for length in lengths_of(traces)])
    places, series = every_unit(traces, quantities_of(traces, quantities))
    properties = lagged_by(properties_at_steps(traces, property), lag)
    return places, series, {name: np.where(counts, np.concatenate(p), np.nan) for name, p in properties.items()}


def _folds(labels: Sequence[Hashable], lengths: Sequence[int]) -> np.ndarray:
    """The part to which each step belongs, (step,)."""
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    if len(numbers) > 1:
        return np.repeat([numbers[label] % FOLDS for label in labels], lengths)
    return np.concatenate([np.arange(length) * FOLDS // max(length, 1) for length in lengths])


def _probed(name: str, series: np.ndarray, values: np.ndarray, fold: np.ndarray) -> tuple[dict[str, Any], _Map]:
    """The row of one property, and the map fitted to all steps."""
    known = ~np.isnan(values)
    series, values, fold = series[known], values[known], fold[known]
    parts = np.unique(fold)
    if not len(values) or never_changes(values) or len(parts) < 2:
        raise LstmCoreError(
            f"Expected a property that changes over two parts of the text or more, got {len(values)} steps ({name}) "
            "without. Give longer texts, or texts where it changes."
        )
    told = np.empty((len(RIDGES), len(values)))
    for part in parts:
        left_out = fold == part
        for row, found in enumerate(_fitted(series[~left_out], values[~left_out], RIDGES)):
            told[row, left_out] = found(series[left_out])
    best = int(((told - values) ** 2).mean(1).argmin())
    measure = measure_for(values)
    [whole] = _fitted(series, values, RIDGES[best : best + 1])
    score = _score(told[best], values, measure)
    facts = {"units": series.shape[1], "steps": len(values)}
    return {"property": name, "measure": measure, "score": score, "ridge": RIDGES[best], **facts}, whole


def _fitted(series: np.ndarray, values: np.ndarray, ridges: np.ndarray) -> list[_Map]:
    """A ridge regression of the values on the units for each penalty."""
    mean, spread = series.mean(0), series.std(0)
    # A unit that never changes says nothing: its standard deviation may round to a number above 0.
    still = spread <= 1e-12 * np.abs(mean)
    spread = np.where(still, 1.0, spread)
    scaled = np.where(still, 0.0, (series - mean) / spread)
    sizes, axes = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    along = axes.T @ (scaled.T @ (values - values.mean())) / len(scaled)
    return [_Map(mean, spread, axes @ (along / (np.maximum(sizes, 0.0) + ridge)), values.mean()) for ridge in ridges]


def _score(told: np.ndarray, values: np.ndarray, measure: Measure) -> float:
    if measure == "AUC":
        return float(as_score(strength(told[:, None], values[:, None], "AUC"), "AUC")[0, 0])
    return float(1 - ((told - values) ** 2).sum() / ((values - values.mean()) ** 2).sum())


def _held_out_score(
    name: str, found: _Map, measure: Measure, series: np.ndarray, properties: Mapping[str, np.ndarray]
) -> float:
    """The score of a map over other traces; NaN where the property never changes there."""
    values = properties.get(name, next(iter(properties.values())) if len(properties) == 1 else None)
    if values is None or series.shape[1] != len(found.weights):
        raise LstmCoreError(
            f"Expected held_out of the same LSTM with {name}, got {series.shape[1]} series and "
            f"{', '.join(properties)}. Give traces and properties of the same kind."
        )
    known = ~np.isnan(values)
    if not known.any() or never_changes(values[known]):
        return float("nan")
    return _score(found(series[known]), values[known], measure)


def _as_tables(rows: list[dict[str, Any]], places: dict[str, Any], weights: Mapping[str, np.ndarray]) -> Probed:
    import pandas as pd

    return Probed(pd.DataFrame(rows), pd.DataFrame(places | dict(weights)))
