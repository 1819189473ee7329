"""What would a property look like if it had nothing to do with these sequences?

Steps are not independent of each other, so single steps are never shuffled. Where there are groups enough, each gets
the property of another, whole: the property then rises and falls as it does in other texts. Where there are few, the
property is shifted in time along its own sequence, and the units are compared with it in the middle of the sequence
alone, so that each shift has a number for every step. A property is never carried from a sequence's end to its
beginning: what only rises would break there, and any unit that drifts would look like a find (Yuan & Shou 2022, the
truncated time-shift test).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_core.analysis.auc_and_r_squared import strength
from lstm_core.analysis.same_text import group_numbers
from lstm_core.plots.labels import ShownResult
from lstm_core.progress import Progress, part_of

if TYPE_CHECKING:
    import pandas

# Groups that can be shuffled whole: 5 have 120 orders, fewer can't be told from chance at p = 0.05.
FEWEST = 5
# Different shuffles that it takes for a p of 0.05.
WAYS = 20
# How often a property must change where it is compared: one that changes less is like any unit that drifts.
CHANGES = 6
# The mean correlation of a property with its shifts from which on it is too smooth to tell anything.
LIKE_ITSELF = 0.9
WHOLE, GROUPS, SHIFTED = "whole sequences", "whole groups", "shifts in time"
SAME_COURSE = (
    "The property takes the same course in every text, so no shuffle changes it: give texts in which it takes "
    "different courses."
)
# Numbers, an array (step,) a sequence; NaN where there is none.
Values = Sequence[np.ndarray]
# For each sequence, whose property it gets and how many steps later; None where a group has none for it.
Drawn = Sequence[tuple[int | None, int]]


class ShuffledScores(NamedTuple):
    """How strongly series go with a property where they are compared with its shuffles."""

    found: np.ndarray
    """(series, shuffles): with the property as it is, over the steps of each shuffle; (series, 1) if these are all."""
    best: np.ndarray
    """(1 + shuffles,), of the best series: with the property as it is, and with each shuffle."""


@dataclass(frozen=True, eq=False, repr=False)
class AgainstChance(ShownResult):
    """Scores of properties, a table with a p, and how they were compared with chance."""

    table: pandas.DataFrame
    groups: int
    shuffled: str
    permutations: int
    no_p: Mapping[str, str]
    alike: str

    def to_pandas(self) -> pandas.DataFrame:
        """`table`."""
        return self.table

    def summary(self) -> str:
        """Why properties have no p, and that texts are alike, in sentences."""
        return " ".join([*(f"No p for {name}: {why}" for name, why in self.no_p.items()), *filter(None, [self.alike])])


@dataclass(frozen=True)
class ShuffleTest:
    """How a property is taken from its sequences, all of a group together."""

    way: str
    group_of_each: list[int]
    """The number of each sequence's group."""
    lengths: list[int]
    """Steps of each sequence."""
    begins: list[int] | None = None
    """At which step of its group's text each sequence begins; None: each group has sequences of its own."""

    def reach(self, group: list[int]) -> int:
        """How many steps a group's property is shifted at most, to either side."""
        return min(self.lengths[sequence] for sequence in group) // 4

    @cached_property
    def groups(self) -> list[list[int]]:
        """The sequences of each group, by number."""
        return [list(np.flatnonzero(np.equal(self.group_of_each, n))) for n in range(max(self.group_of_each) + 1)]

    def compared(self) -> list[np.ndarray]:
        """At which steps units are compared with the property: True in an array (step,) a sequence."""
        reaches = [self.reach(group) if self.way == SHIFTED else 0 for group in self.groups]
        at_ends = [reaches[number] for number in self.group_of_each]
        steps = [np.arange(length) for length in self.lengths]
        return [(end <= own) & (own < len(own) - end) for own, end in zip(steps, at_ends, strict=True)]

    def leaves_gaps(self) -> bool:
        """Whether a sequence may get a property that is shorter than itself, or none."""
        alike = len(set(self.lengths)) == 1 and len(set(map(len, self.groups))) == 1
        return self.way != SHIFTED and (not alike or any(self.begins or ()))

    def count_shuffles(self, values: Values, looked_at: Collection[int]) -> float:
        """In how many shuffles one leaves a property as it is, in the sequences that are looked at."""
        seen = [not set(group).isdisjoint(looked_at) for group in self.groups]
        if self.way == SHIFTED:
            return float(np.prod([2.0 * self.reach(group) + 1 for group in compress(self.groups, seen)]))
        # The first group that is seen gets the same course from any group that has it, the next from any other, ….
        courses = [frozenset(_course(values[sequence]) for sequence in group) for group in self.groups]
        alike, ways = Counter(courses), 1.0
        for number, course in enumerate(compress(courses, seen)):
            ways = min(ways * (len(courses) - number) / alike[course], 1e9)
            alike[course] -= 1
        return ways

    def draw(self, rng: np.random.Generator) -> Drawn:
        """Another property for each sequence."""
        drawn = dict[int, tuple[int | None, int]]()
        if self.way == SHIFTED:
            for group in self.groups:
                lag = int(rng.integers(-self.reach(group), self.reach(group) + 1))
                drawn |= {sequence: (sequence, lag) for sequence in group}
        else:
            for number, group in zip(rng.permutation(len(self.groups)), self.groups, strict=True):
                others = self.groups[number]
                drawn |= {sequence: self._counterpart(others, sequence, n) for n, sequence in enumerate(group)}
        return [drawn[sequence] for sequence in range(len(self.lengths))]

    def draws(self, count: int, seed: int) -> list[Drawn]:
        """So many of them."""
        rng = np.random.default_rng(seed)
        return [self.draw(rng) for _ in range(count)]

    def _counterpart(self, group: list[int], sequence: int, place: int) -> tuple[int | None, int]:
        """The sequence of another group that stands where this one does in its own, and how much later to read it."""
        if self.begins is None:
            return (group[place], 0) if place < len(group) else (None, 0)
        own, begins = self.begins[sequence], self.begins
        other = min(group, key=lambda each: (abs(begins[each] - own), -self.lengths[each]))
        return other, own - begins[other]

    def at(self, values: Values, drawn: Drawn, sequence: int, steps: np.ndarray) -> np.ndarray:
        """A property as drawn, at some steps of one sequence; NaN where it goes on past the property that it got.

        Whole ones begin at their first step, as all memories begin empty. Fewer steps make chance finds easier, so
        unequal lengths err on the safe side.
        """
        other, lag = drawn[sequence]
        return np.full(len(steps), np.nan) if other is None else at(values[other], steps + lag)

    def why_not(self, values: Values, looked_at: Collection[int] | None = None) -> str:
        """Why no p can be had for a property, in a sentence; "" where one can. `looked_at`: the sequences in which
        something is compared with it, all of them if not given."""
        ways = self.count_shuffles(values, range(len(self.lengths)) if looked_at is None else looked_at)
        if self.way != SHIFTED:
            if _same(values):
                return SAME_COURSE
            if ways >= WAYS - 1e-6:
                return ""
            return (
                f"One shuffle in {ways:.0f} leaves the property as it is, as few texts differ in it, and a p of 0.05 "
                f"takes one in {WAYS}. Give more texts, or texts in which it takes different courses."
            )
        alike = self._counted_as_one()
        if ways < WAYS:
            count, least, most = len(self.lengths), min(self.lengths), max(self.lengths)
            return alike + (
                f"{'One sequence' if count == 1 else f'{count} sequences'} of {least}{f' to {most}' * (most > least)} "
                f"steps can be shifted against the units in {ways:.0f} ways, and it takes {WAYS} to tell a find from "
                "chance. Give longer ones, or five and more that are independent."
            )
        seen = [sequence[steps] for sequence, steps in zip(values, self.compared(), strict=True)]
        changes = [np.diff(sequence[~np.isnan(sequence)]) for sequence in seen]
        # Overlapping windows see the same changes: the busiest window stands for its group.
        found = sum(max(int((changes[sequence] != 0).sum()) for sequence in group) for group in self.groups)
        if found < CHANGES:
            return alike + (
                f"The property changes {found} times where it can be shifted, and it takes {CHANGES} to tell a find "
                "from a unit that drifts. Give longer texts, or five and more."
            )
        if (goes := self._like_itself(values)) >= LIKE_ITSELF:
            return alike + (
                f"Shifted in time, the property goes with itself all the same (a correlation of {goes:.2f} on "
                "average): whatever drifts goes with it. Give five texts and more in which it takes different courses."
            )
        return ""

    def _counted_as_one(self) -> str:
        """That many sequences were taken for few texts, if they were."""
        count, texts = len(self.lengths), len(self.groups)
        if self.begins is None or count < FEWEST or texts == count:
            return ""
        return (
            f"These {count} sequences count as {texts} text{'' if texts == 1 else 's'}, because they share most of "
            f"their rows. If they are different texts, give groups=range({count}). "
        )

    def columns(self, values: Values, drawn: Sequence[Drawn], there: np.ndarray) -> np.ndarray:
        """A property as it is, and as drawn each time, at some steps: (step, 1 + shuffles); less their means in each
        group where they are shifted."""
        steps = [(number, np.arange(length)) for number, length in enumerate(self.lengths)]
        moved = (np.concatenate([self.at(values, one, *each) for each in steps])[there] for one in drawn)
        columns = np.stack([np.concatenate(values)[there], *moved], axis=1)
        groups = np.repeat(self.group_of_each, self.lengths)[there]
        return centred_by_group(columns, groups) if self.way == SHIFTED else columns

    def tested(
        self,
        known: Mapping[str, Values],
        permutations: int,
        seed: int,
        scores: Callable[[str, Sequence[Drawn], Progress | None], ShuffledScores],
        progress: Progress | None = None,
    ) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """The p of each series of each property that can have one, and of an `AgainstChance` how they came about;
        `scores`: those of a property and of its shuffles."""
        no_p = {name: why for name, values in known.items() if (why := self.why_not(values))}
        drawn, told = self.draws(permutations, seed), [name for name in known if name not in no_p]
        against = {
            name: scores(name, drawn, part_of(progress, number / len(told), 1 / len(told)))
            for number, name in enumerate(told)
        }
        how = {"groups": len(self.groups), "shuffled": self.way, "permutations": permutations, "no_p": no_p}
        return p_of_the_best(against), how

    def _like_itself(self, values: Values, shifts: int = 100) -> float:
        """The mean correlation, without its sign, of a property and its shifts."""
        columns = self.columns(values, self.draws(shifts, seed=0), np.concatenate(self.compared()))
        known = ~np.isnan(columns[:, 0])
        return float(np.abs(strength(columns[known, :1], columns[known, 1:], "R²")).mean())


def centred_by_group(columns: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Properties (step, property) less their means in each group; `groups` (step,): the group of each step.

    Groups are shifted apart, and what rises is then higher in one than in another: that must not weaken the shuffles.
    """
    levelled = columns.copy()
    for group in np.unique(groups):
        there = groups == group
        known = np.maximum((~np.isnan(columns[there])).sum(0), 1)
        levelled[there] -= np.nansum(columns[there], axis=0) / known
    return levelled


def shuffle_test(
    properties: Sequence[Values], labels: Sequence[Hashable], begins: list[int] | None = None
) -> ShuffleTest:
    """How some properties of the same sequences are to be shuffled, all alike; `labels`: the group of each sequence,
    `begins`: at which step of its group's text it begins, if a group is one text.

    Whole groups can't tell anything about a property that is the same in all of them, such as the position: if each is,
    all sequences are shifted by as much; beside others it has no p. Of few groups, one such property is enough.
    """
    lengths = [len(sequence) for sequence in properties[0]]
    groups = group_numbers(labels)
    same, count = [_same(values) for values in properties], max(groups) + 1
    if all(same) or (any(same) and count < FEWEST):
        return ShuffleTest(SHIFTED, [0] * len(lengths), lengths)
    way = SHIFTED if count < FEWEST else WHOLE if count == len(lengths) else GROUPS
    return ShuffleTest(way, groups, lengths, begins)


def _same(values: Values) -> bool:
    """Whether all of several sequences have the same property, as far as each goes."""
    longest = max(values, key=len)
    return len(values) > 1 and all(np.array_equal(one, longest[: len(one)], equal_nan=True) for one in values)


def _course(values: np.ndarray) -> bytes:
    """What a property does before it stays as it is: equal for equal courses, whatever their lengths."""
    known = values[: np.flatnonzero(~np.isnan(values)).max(initial=-1) + 1]
    changes = np.flatnonzero(known[1:] != known[:-1])
    return known[: changes.max(initial=-1) + 2].tobytes()


def at(values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Values at some steps; NaN before the beginning and past the end."""
    found, known = np.full(len(steps), np.nan), (steps >= 0) & (steps < len(values))
    found[known] = values[steps[known]]
    return found


def cut_alike(columns: np.ndarray) -> np.ndarray:
    """The property, the first of these columns, at the steps at which each of the others has a number."""
    return np.where(np.isnan(columns[:, 1:]), np.nan, columns[:, :1])


def p_of_the_best(parts: Mapping[str, ShuffledScores]) -> dict[str, np.ndarray]:
    """The p of each series of each property: how often the best of all does as well (Westfall & Young 1993)."""
    # A property that goes slowly fits anything better by chance: each is measured by its own shuffles' mean.
    sizes = {name: max(float(part.best.mean()), 1e-300) for name, part in parts.items()}
    best = np.max([part.best / sizes[name] for name, part in parts.items()], axis=0)[1:] if parts else np.empty(0)
    # As good is as good: equal strengths may differ by rounding.
    return {
        name: (1 + (best >= (part.found - 1e-12) / sizes[name]).sum(1)) / (1 + len(best))
        for name, part in parts.items()
    }
