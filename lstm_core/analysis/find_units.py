"""Which unit tracks this property of the text?"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from lstm_core.analysis.auc_and_r_squared import Measure, as_score, measure_for, never_changes, ranks, strength
from lstm_core.analysis.found import Found
from lstm_core.analysis.properties import Property
from lstm_core.analysis.property_values import Values, properties_at_steps
from lstm_core.analysis.series_of_units import (
    Steps,
    counted,
    every_unit,
    known_at,
    lagged_by,
    quantities_of,
    read_series_of,
)
from lstm_core.analysis.shuffle import SHIFTED, Null, level, null_of
from lstm_core.analysis.windows import clumps, grouped
from lstm_core.errors import LstmCoreError
from lstm_core.progress import Progress, part_of
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import Traces, as_traces

if TYPE_CHECKING:
    import pandas


def find_units(
    traces: Traces,
    property: str | Property | Values,
    held_out: Traces | tuple[Traces, Values] | None = None,
    quantities: Sequence[str] | None = None,
    permutations: int = 200,
    seed: int = 0,
    progress: Progress | None = None,
    *,
    groups: Sequence[Hashable] | None = None,
    steps: Steps | None = None,
    lag: int = 0,
) -> Found:
    """How well each unit of each layer and direction tracks a property: a `Found`, whose `table` has the best first.

    `property`: a name (`analysis.PROPERTIES`, "count of a", …), a function from tokens to numbers, or numbers, one a
    step: a list a sequence over all traces in turn, an array (time, batch), or a DataFrame, DataArray or Dataset with
    rows or dims named batch and time; a dict of several. NaN: not known there. With numbers, `held_out` is a pair
    (traces, numbers). `quantities`: c and h by default, of a GRU and an RNN h, of a hand-written cell c, and h where it
    was found. `progress` is called with the share that is done, now and then; what it raises ends the search.

    Chance: with five groups and more, each gets the property of another, whole; with fewer (or if all texts have the
    same property), properties are shifted in time by up to a quarter of a sequence to either side, and compared with
    units in the half between. `groups`: a label a sequence, such as its basin; what belongs together is shuffled or
    shifted together. Without them, sequences are together whose rows of x are all equal, of which one ends as the other
    begins, or that share runs of rows, in order, which make up 60 % of the shorter: copies, near copies, and windows of
    one series, except side by side. `steps`: which steps of each sequence count, such as slice(365, None) after a warm-
    up. `lag`: the property as it was so many steps before the unit's; below 0, as it will be.

    No p covers texts in an order (in a diary all that changes goes together), one author's texts beside another's or
    versions of one text (`alike` tells of them; use `groups`), or a property chosen after looking: say it first. Where
    p could not be small it is NaN, and `no_p` says why. Of unequal lengths (3 to 600) p errs on the safe side.

    Karpathy, Johnson & Fei-Fei 2015; AUC: Mann & Whitney 1947; shifts: Yuan & Shou 2022. Raises LstmCoreError when the
    tokens are missing, the numbers don't fit the steps or could be meant in two ways, or a property never changes.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(50, 1, 4), tokens=list("ab(c)" * 10))
    >>> found = find_units(trace, "inside brackets")
    >>> len(found.table), found.searched, found.table.measure[0], found.shuffled
    (6, 6, 'AUC', 'shifts in time')
    """
    several = as_traces(traces)
    properties = lagged_by(properties_at_steps(several, property), lag)
    null = null_of(list(properties.values()), *grouped(several, groups))
    counts = [counted(length, steps) for length in null.lengths]
    places, series = every_unit(several, quantities_of(several, quantities))
    scores = {
        name: _scores(series, np.concatenate(known_at(values, counts)), name) for name, values in properties.items()
    }
    no_p = {name: why for name, values in properties.items() if (why := null.why_not(known_at(values, counts)))}
    told = {name: (values, scores[name].measure) for name, values in properties.items() if name not in no_p}
    for name, p in p_of_the_best(_against_chance(series, told, counts, null, permutations, seed, progress)).items():
        scores[name].columns["p"] = p
    if held_out is not None:
        _add_held_out(scores, *_there(*_held_out(held_out, property), steps, lag, places))
    facts: dict[str, Any] = {"sequences": len(null.lengths), "groups": len(null.groups), "no_p": no_p}
    facts |= {"steps": int(np.concatenate(counts).sum()), "shuffled": null.way, "permutations": permutations}
    alike = "" if groups is not None else clumps(several, null.group_of_each())
    return Found(_table(scores, places), series.shape[1] * len(properties), alike=alike, **facts)


class Scores(NamedTuple):
    """How well each series tells a property."""

    measure: Measure
    columns: dict[str, np.ndarray]
    """`score`, `sign`, `correlation`, `p` and `held_out` of each series."""


class Against(NamedTuple):
    """How strongly series go with a property where they are compared with its shuffles."""

    found: np.ndarray
    """(series, shuffles): with the property as it is, over the steps of each shuffle; (series, 1) if these are all."""
    best: np.ndarray
    """(1 + shuffles,), of the best series: with the property as it is, and with each shuffle."""


def _scores(series: np.ndarray, property: np.ndarray, name: str) -> Scores:
    """The scores of series (step, series) for a property (step,), over the steps at which it is known."""
    known = ~np.isnan(property)
    column = property[known]
    if not len(column) or never_changes(column):
        what = f"got {column[0]:g} at all {len(column)} steps" if len(column) else "got no number at any step"
        raise LstmCoreError(f"Expected a property that changes, {what} ({name}). Give texts where it does.")
    measure, there = measure_for(column), series[known]
    found = strength(there, column[:, None], measure)[:, 0]
    return Scores(
        measure,
        {
            "score": as_score(np.abs(found), measure),
            "sign": np.where(found < 0, -1, 1),
            "correlation": strength(there, column[:, None], "R²")[:, 0],
            "p": np.full(series.shape[1], np.nan),
        },
    )


def _against_chance(
    series: np.ndarray,
    properties: Mapping[str, tuple[list[np.ndarray], Measure]],
    counts: Sequence[np.ndarray],
    null: Null,
    permutations: int,
    seed: int,
    progress: Progress | None,
) -> dict[str, Against]:
    """Each series beside properties and their shuffles, the same of all, at the steps at which they can be compared."""
    compared = np.concatenate([one & other for one, other in zip(null.compared(), counts, strict=True)])
    rng = np.random.default_rng(seed)
    draws = [null.draw(rng) for _ in range(permutations)]
    group_of = np.repeat(null.group_of_each(), null.lengths)
    # Some columns at a time, so that memory doesn't grow with the number of units.
    blocks, against = np.split(series[compared], range(64, series.shape[1], 64), axis=1), {}
    for number, (name, (values, measure)) in enumerate(properties.items()):
        part = part_of(progress, number / len(properties), 1 / len(properties))
        shuffles = [np.concatenate(null.moved(values, drawn))[compared] for drawn in draws]
        columns = np.stack([np.concatenate(values)[compared], *shuffles], axis=1)
        if shifted := null.way == SHIFTED:
            columns = level(columns, group_of[compared])
        found, best = [], np.zeros(columns.shape[1])
        for done, block in enumerate(blocks, 1):
            known_by = ranks(block) if shifted and measure == "AUC" else block
            strengths = np.abs(strength(known_by, columns, "R²" if shifted else measure))
            best = np.maximum(best, strengths.max(0))
            # A shuffle that is cut short has less to go by: then so has the property that it is set against.
            cut = null.leaves_gaps()
            found.append(np.abs(strength(block, cut_alike(columns), measure)) if cut else strengths[:, :1])
            if part is not None:
                part(done / len(blocks))
        against[name] = Against(np.concatenate(found), best)
    return against


def cut_alike(columns: np.ndarray) -> np.ndarray:
    """The property, the first of these columns, at the steps at which each of the others has a number."""
    return np.where(np.isnan(columns[:, 1:]), np.nan, columns[:, :1])


def p_of_the_best(parts: Mapping[str, Against]) -> dict[str, np.ndarray]:
    """The p of each series of each property: how often the best of all does as well (Westfall & Young 1993)."""
    # A property that goes slowly fits anything better by chance: each is measured by its own shuffles' mean.
    sizes = {name: max(float(part.best.mean()), 1e-300) for name, part in parts.items()}
    best = np.max([part.best / sizes[name] for name, part in parts.items()], axis=0)[1:] if parts else np.empty(0)
    # As good is as good: equal strengths may differ by rounding.
    return {
        name: (1 + (best >= (part.found - 1e-12) / sizes[name]).sum(1)) / (1 + len(best))
        for name, part in parts.items()
    }


def _table(scores: Mapping[str, Scores], places: dict[str, Any]) -> pandas.DataFrame:
    """A row a property and series, the best first: of several properties the best series of each, the surest first."""
    import pandas as pd

    tables = []
    for name, found in scores.items():
        first = {"property": [name] * len(places["unit"]), "measure": found.measure}
        tables.append(pd.DataFrame(first | places | found.columns))
    # c and h of a unit may track a property equally well, except for rounding: then c comes first.
    rounded = partial(pd.Series.round, decimals=12)
    rows = pd.concat(tables).sort_values("score", ascending=False, kind="stable", ignore_index=True, key=rounded)
    if len(scores) > 1:
        rows = rows.sort_values("p", kind="stable")
        further = rows["property"].duplicated()
        rows = pd.concat([rows[~further], rows[further]], ignore_index=True)
    return rows


def _there(
    held_out: Traces, property: str | Property | Values, steps: Steps | None, lag: int, found: dict[str, Any]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The series of other traces (step, series), and each property there (step,), NaN where it does not count."""
    read = read_series_of(as_traces(held_out), property, list(dict.fromkeys(found["quantity"])), steps, lag)
    if len(read.places["unit"]) != len(found["unit"]):
        raise LstmCoreError(
            f"Expected held_out of the same LSTM, with {len(found['unit'])} series to search, got "
            f"{len(read.places['unit'])}."
        )
    return read.series, {name: np.concatenate(values) for name, values in read.properties.items()}


def _add_held_out(scores: Mapping[str, Scores], series: np.ndarray, properties: Mapping[str, np.ndarray]) -> None:
    """The score of each series, with the sign that was found; NaN where the property never changes there."""
    for name, found in scores.items():
        # One property may go by another name there.
        property = next(iter(properties.values())) if len(properties) == len(scores) == 1 else properties.get(name)
        if property is None:
            raise LstmCoreError(f"Expected {name} among the held-out properties, got {', '.join(properties)}.")
        known = ~np.isnan(property)
        if not known.any() or never_changes(property[known]):
            found.columns["held_out"] = np.full(series.shape[1], np.nan)
            continue
        strengths = strength(series[known], property[known][:, None], found.measure)[:, 0]
        found.columns["held_out"] = as_score(found.columns["sign"] * strengths, found.measure)


def _held_out(
    held_out: Traces | tuple[Traces, Values], property: str | Property | Values
) -> tuple[Traces, str | Property | Values]:
    """Traces and what to look for in them: with numbers, those that came along."""
    asked = list(property.values()) if isinstance(property, dict) else [property]
    if all(isinstance(one, str) or callable(one) for one in asked):
        return cast(Traces, held_out), property
    if isinstance(held_out, tuple) and len(held_out) == 2 and not isinstance(held_out[1], Recorded):
        return cast("tuple[Traces, Values]", held_out)
    raise LstmCoreError("Expected held_out=(traces, numbers), as the property is numbers, got traces alone.")
