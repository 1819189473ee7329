"""Which unit tracks this property of the text?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_core.analysis.at_steps import UNNAMED, AtSteps, Steps, Values, at_steps, held_out_at_steps
from lstm_core.analysis.auc_and_r_squared import Measure, as_score, ranks, strength
from lstm_core.analysis.properties import Property
from lstm_core.analysis.same_text import clumps, grouped
from lstm_core.analysis.shuffle import (
    SHIFTED,
    AgainstChance,
    Drawn,
    ShuffledScores,
    ShuffleTest,
    cut_alike,
    shuffle_test,
)
from lstm_core.errors import LstmCoreError, counted
from lstm_core.plots.labels import label
from lstm_core.progress import Progress
from lstm_core.traces.several_traces import Traces

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Found(AgainstChance):
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

    searched: int
    sequences: int
    steps: int

    def summary(self) -> str:
        """How the search was made, in sentences."""
        where = f"{counted(self.sequences, 'sequence')} in {counted(self.groups, 'group')}"
        said = (
            f"{self.searched:,} series searched over {self.steps:,} steps of {where}; "
            f"compared with {self.permutations} {'' if self.shuffled == SHIFTED else 'shuffles of '}{self.shuffled}."
        )
        return f"{said} {super().summary()}".rstrip()

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
    step: a list a sequence over all traces in turn, an array (time, batch), or of one sequence a table with a row a
    step; a dict of several. NaN: not known there. With numbers, `held_out` is a pair (traces, numbers). `quantities`:
    c and h by default, of a GRU and an RNN h, of a hand-written cell c, and h where it was found. `progress` is called
    with the share that is done, now and then; what it raises ends the search.

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
    there = None if held_out is None else held_out_at_steps(held_out, property, read, steps, lag)
    null = shuffle_test(list(read.properties.values()), *grouped(read.traces, groups))
    tables = {name: _scored(read, name) for name in read.known}
    p, how = null.tested(read.known, permutations, seed, partial(_against_chance, read, null), progress)
    for name, table in tables.items():
        table["p"] = p.get(name, np.nan)
        if there is not None:
            table["held_out"] = _held_out(table, there.known_steps(name))
    return Found(
        **how,
        table=_in_order(list(tables.values())),
        alike="" if groups is not None else clumps(read.traces, null.group_of_each),
        searched=read.series.shape[1] * len(tables),
        sequences=len(null.lengths),
        steps=int(np.concatenate(read.counts).sum()),
    )


def _scored(read: AtSteps, name: str) -> pandas.DataFrame:
    """The scores of each series for a property, over the steps at which it is known."""
    import pandas as pd

    known = read.known_steps(name)
    if known is None:
        column = read.columns[name][~np.isnan(read.columns[name])]
        what = f"got {column[0]:g} at all {len(column)} steps" if len(column) else "got no number at any step"
        raise LstmCoreError(f"Expected a property that changes, {what} ({name}). Give texts where it does.")
    (series, column), measure = known, read.measure(name)
    found = strength(series, column[:, None], measure)[:, 0]
    scores = {
        "score": as_score(np.abs(found), measure),
        "sign": np.where(found < 0, -1, 1),
        "correlation": strength(series, column[:, None], "R²")[:, 0],
    }
    return pd.DataFrame({"property": [name] * len(found), "measure": measure} | read.places | scores)


def _against_chance(
    read: AtSteps, null: ShuffleTest, name: str, drawn: Sequence[Drawn], progress: Progress | None
) -> ShuffledScores:
    """Each series beside a property and its shuffles, at the steps at which they can be compared."""
    compared = np.concatenate([one & other for one, other in zip(null.compared(), read.counts, strict=True)])
    columns = null.columns(read.properties[name], drawn, compared)
    # A shuffle that is cut short has less to go by: then so has the property that it is set against.
    own = cut_alike(columns) if null.leaves_gaps() else columns[:, :1]
    measure = read.measure(name)
    # Shifted, less its mean, what is there or not is a number: of an AUC the ranks are compared.
    as_ranks = null.way == SHIFTED and measure == "AUC"
    by: Measure = "R²" if null.way == SHIFTED else measure
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


def _in_order(tables: Sequence[pandas.DataFrame]) -> pandas.DataFrame:
    """A row a property and series, the best first: of several properties the best series of each, the surest first."""
    import pandas as pd

    # c and h of a unit may track a property equally well, except for rounding: then c comes first.
    rounded = partial(pd.Series.round, decimals=12)
    rows = pd.concat(tables).sort_values("score", ascending=False, kind="stable", ignore_index=True, key=rounded)
    if len(tables) > 1:
        rows = rows.sort_values("p", kind="stable")
        further = rows["property"].duplicated()
        rows = pd.concat([rows[~further], rows[further]], ignore_index=True)
    return rows


def _held_out(table: pandas.DataFrame, known: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray | float:
    """The score of each series on held-out traces, with the sign that was found; NaN where the property never changes
    there."""
    if known is None:
        return np.nan
    measure: Any = table["measure"].iat[0]
    return as_score(table["sign"].to_numpy() * strength(known[0], known[1][:, None], measure)[:, 0], measure)
