"""What did a search for units find?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from lstm_core.analysis.property_values import UNNAMED
from lstm_core.analysis.shown import as_html, as_text
from lstm_core.analysis.shuffle import SHIFTED
from lstm_core.plots.labels import label

if TYPE_CHECKING:
    import pandas
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Found:
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
        why_no_p = [f"No p for {name}: {why}" for name, why in self.no_p.items()]
        return " ".join([said, *why_no_p, *filter(None, [self.alike])])

    def plot(self, most: int = 20) -> Figure:
        """A Plotly figure: the scores of the best units, a bar each with its p; in colour where p is at most 0.05."""
        from lstm_core.plots.as_plotly import LIGHT, as_plotly
        from lstm_core.plots.score_bars import score_bars

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

    def __repr__(self) -> str:
        return as_text(self.table, self.summary())

    def _repr_html_(self) -> str:
        return as_html(self.table, self.summary())
