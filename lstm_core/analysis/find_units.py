"""Which unit tracks this property of the text?"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_core.analysis.at_steps import UNNAMED, AtSteps, Steps, Values, at_steps, held_out_at_steps
from lstm_core.analysis.auc_and_r_squared import Measure, as_score, measure_for, never_changes, ranks, strength
from lstm_core.analysis.properties import Property
from lstm_core.analysis.same_text import clumps, grouped
from lstm_core.analysis.shown import ShownResult
from lstm_core.analysis.shuffle import (
    SHIFTED,
    Drawn,
    ShuffledScores,
    ShuffleTest,
    cut_alike,
    p_of_the_best,
    shuffle_test,
)
from lstm_core.errors import LstmCoreError
from lstm_core.plots.labels import label
from lstm_core.progress import Progress, part_of
from lstm_core.traces.several_traces import Traces

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Found(ShownResult):
    """The units that track a property, and how the search was made.

    `table`: a row a property and unit, the best first; of several properties the best unit of each, then the rest.
    Columns: `property measure quantity layer direction unit` and

    `score`: for a property of zeros and ones the area under the ROC curve (AUC), for any other R², the squared
        correlation; `measure` says which. `sign`: -1 where the unit falls as the property rises; an AUC is that of the
        unit times its sign, so never below 0.5. `correlation`: of the two, signed.
    `p`: how often the best of all units and properties searched does as well on shuffled properties. Being that of the
        best, it is corrected for the number of series, `searched`. No p is below 1 / (permutations + 1). Under shifts
        in time a unit may have a higher score and a larger p than another: p compares them in the middle of each
        sequence alone. NaN where there is too little to tell from chance: `no_p` says why.
    `held_out`: the same unit's score on held-out traces, its sign as it was found: an AUC may fall below 0.5 there, and
        an R² whose correlation turned counts as 0. NaN where the property never changes there; no column without any.

    `searched`: how many series of numbers, times properties, p is corrected for. `sequences`, `groups`, `steps`: in how
    many of each. `shuffled`: how the properties were taken from their sequences, "whole sequences", "whole groups" or
    "shifts in time", and `permutations`: how often. `no_p`: for each property without a p, why, in a sentence. `alike`:
    that texts share most of their words in any order, as versions of one text do, for which p does not hold; or "".
    """

    table: pandas.DataFrame
    searched: int
    sequences: int
    groups: int
    steps: int
    shuffled: str
    permutations: int
    no_p: Mapping[str, str]
    alike: str = ""

    def to_pandas(self) -> pandas.DataFrame:
        """`table`."""
        return self.table

    def summary(self) -> str:
        """How the search was made, in sentences."""
        sequences, groups = (
            f"{count:,} {noun}{'' if count == 1 else 's'}"
            for count, noun in ((self.sequences, "sequence"), (self.groups, "group"))
        )
        said = (
            f"{self.searched:,} series searched over {self.steps:,} steps of {sequences} in {groups}; "
            f"compared with {self.permutations} {'' if self.shuffled == SHIFTED else 'shuffles of '}{self.shuffled}."
        )
        return " ".join([said, *doubts(self.no_p, self.alike)])

    def plot(self, most: int = 20) -> Figure:
        """A Plotly figure: the scores of the best units, a bar each with its p; in colour where p is at most 0.05."""
        from lstm_core.plots.page_figure import LIGHT, as_plotly
        from lstm_core.plots.results import score_bars

        table = self.table.head(most)
        several = [name for name in ("layer", "direction") if self.table[name].nunique() > 1]
        of = self.table["property"].nunique() > 1
        names = [
            (f"{row['property']}: " if of else "")
            + f"{row['quantity']} of unit {row['unit']}"
            + "".join(f", {name} {row[name]}" for name in several)
            for row in table.to_dict("records")
        ]
        held_out = table["held_out"].to_numpy() if "held_out" in table else None
        facts = list(zip(table["property"], table["p"].tolist(), strict=True))
        drawn = score_bars(names, table["measure"].tolist(), table["score"].to_numpy(), held_out, facts, LIGHT)
        name = str(self.table["property"].iloc[0])
        one = "it" if name == UNNAMED else f"“{escape(label(name, 40), quote=False)}”"
        return as_plotly(drawn, f"Which units track {'them' if of else one}? {self._verdict()}")

    def _verdict(self) -> str:
        """What the p of all rows come to."""
        p = self.table["p"]
        if p.isna().all():
            return "Too little to tell from chance"
        return "In colour: p ≤ 0.05" if (p <= 0.05).any() else "None is told from chance (p > 0.05)"


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
    begins, or that share runs of rows which make up 60 % of the shorter: copies, near copies, and windows of
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
    read = at_steps(traces, property, quantities, steps, lag)
    null = shuffle_test(list(read.properties.values()), *grouped(read.traces, groups))
    no_p = {name: why for name, values in read.known.items() if (why := null.why_not(values))}
    scores = {name: _scores(read.series, column, name) for name, column in read.columns.items()}
    drawn, against = null.draws(permutations, seed), {}
    for number, name in enumerate(told := [name for name in read.known if name not in no_p]):
        part = part_of(progress, number / len(told), 1 / len(told))
        against[name] = _against_chance(read, name, scores[name].measure, null, drawn, part)
    for name, p in p_of_the_best(against).items():
        scores[name].columns["p"] = p
    if held_out is not None:
        series, columns = held_out_at_steps(held_out, property, read, steps, lag)
        for name, found in scores.items():
            found.columns["held_out"] = _held_out(found, series, columns[name])
    facts: dict[str, Any] = {"sequences": len(null.lengths), "groups": len(null.groups), "no_p": no_p}
    facts |= {"steps": int(np.concatenate(read.counts).sum()), "shuffled": null.way, "permutations": permutations}
    alike = "" if groups is not None else clumps(read.traces, null.group_of_each())
    return Found(_table(scores, read.places), read.series.shape[1] * len(scores), alike=alike, **facts)


def doubts(no_p: Mapping[str, str], alike: str) -> list[str]:
    """What is said of properties without a p, and of texts that are alike."""
    return [*(f"No p for {name}: {why}" for name, why in no_p.items()), *filter(None, [alike])]


class Scores(NamedTuple):
    """How well each series tells a property."""

    measure: Measure
    columns: dict[str, np.ndarray]
    """`score`, `sign`, `correlation`, `p` and `held_out` of each series."""


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
    read: AtSteps,
    name: str,
    measure: Measure,
    null: ShuffleTest,
    drawn: Sequence[Drawn],
    progress: Progress | None,
) -> ShuffledScores:
    """Each series beside a property and its shuffles, at the steps at which they can be compared."""
    compared = np.concatenate([one & other for one, other in zip(null.compared(), read.counts, strict=True)])
    columns = null.columns(read.properties[name], drawn, compared)
    # A shuffle that is cut short has less to go by: then so has the property that it is set against.
    own = cut_alike(columns) if null.leaves_gaps() else columns[:, :1]
    # Shifted, less its mean, what is there or not is a number: of an AUC the ranks are compared.
    as_ranks, by = null.way == SHIFTED and measure == "AUC", "R²" if null.way == SHIFTED else measure
    found, best = [], np.zeros(columns.shape[1])
    # Some series at a time, so that memory doesn't grow with the number of units.
    blocks = range(0, read.series.shape[1], 64)
    for done, first in enumerate(blocks, 1):
        block = read.series[compared, first : first + 64]
        strengths = np.abs(strength(ranks(block) if as_ranks else block, columns, by))
        best = np.maximum(best, strengths.max(0))
        found.append(np.abs(strength(block, own, measure)) if null.leaves_gaps() else strengths[:, :1])
        if progress is not None:
            progress(done / len(blocks))
    return ShuffledScores(np.concatenate(found), best)


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


def _held_out(found: Scores, series: np.ndarray, column: np.ndarray) -> np.ndarray:
    """The score of each series on held-out traces, with the sign that was found; NaN where the property never changes
    there."""
    known = ~np.isnan(column)
    if not known.any() or never_changes(column[known]):
        return np.full(series.shape[1], np.nan)
    strengths = strength(series[known], column[known][:, None], found.measure)[:, 0]
    return as_score(found.columns["sign"] * strengths, found.measure)
