"""What would a property look like if it had nothing to do with these sequences?

Steps are not independent of each other, so single steps are never shuffled. Where there are groups enough, each gets
the property of another, whole: the property then rises and falls as it does in other texts. Where there are few, the
property is shifted in time along its own sequence, and the units are compared with it in the middle of the sequence
alone, so that each shift has a number for every step. A property is never carried from a sequence's end to its
beginning: what only rises would break there, and any unit that drifts would look like a find (Yuan & Shou 2022, the
truncated time-shift test).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_core.errors import LstmCoreError

FEWEST = 5
"""Groups that can be shuffled whole: 5 have 120 orders, fewer can't be told from chance at p = 0.05."""
WAYS = 20
"""Different shifts that it takes for a p of 0.05."""
CHANGES = 6
"""How often a property must change where it is compared: one that changes less is like any unit that drifts."""
WHOLE, GROUPS, SHIFTED = "whole sequences", "whole groups", "shifts in time"
Values = Sequence[np.ndarray]
"""Numbers, an array (step,) a sequence; NaN where there is none."""


@dataclass(frozen=True)
class Null:
    """How a property is taken from its sequences, all of a group together."""

    way: str
    groups: list[list[int]]
    """The sequences of each group, by number."""
    lengths: list[int]
    """Steps of each sequence."""

    def reach(self, group: list[int]) -> int:
        """How many steps a group's property is shifted at most, to either side."""
        return min(self.lengths[sequence] for sequence in group) // 4

    def group_of_each(self) -> list[int]:
        """The number of each sequence's group."""
        numbers = {sequence: number for number, group in enumerate(self.groups) for sequence in group}
        return [numbers[sequence] for sequence in range(len(self.lengths))]

    def compared(self) -> list[np.ndarray]:
        """At which steps units are compared with the property: True in an array (step,) a sequence."""
        steps = [np.ones(length, dtype=bool) for length in self.lengths]
        if self.way == SHIFTED:
            for group in self.groups:
                reach = self.reach(group)
                for sequence in group:
                    steps[sequence][:reach] = steps[sequence][len(steps[sequence]) - reach :] = False
        return steps

    def ways(self) -> float:
        """How many different shuffles there are."""
        if self.way == SHIFTED:
            return float(np.prod([2.0 * self.reach(group) + 1 for group in self.groups]))
        return float(np.prod(np.arange(1.0, min(len(self.groups), 20) + 1)))

    def draw(self, rng: np.random.Generator) -> list[tuple[int | None, int]]:
        """For each sequence, whose property it gets and how many steps later; None where a group has none for it."""
        drawn: list[tuple[int | None, int]] = [(None, 0)] * len(self.lengths)
        if self.way == SHIFTED:
            for group in self.groups:
                lag = int(rng.integers(-self.reach(group), self.reach(group) + 1))
                for sequence in group:
                    drawn[sequence] = sequence, lag
            return drawn
        for number, group in zip(rng.permutation(len(self.groups)), self.groups, strict=True):
            for sequence, other in zip(group, self.groups[number], strict=False):
                drawn[sequence] = other, 0
        return drawn

    def moved(self, values: Values, drawn: Sequence[tuple[int | None, int]]) -> list[np.ndarray]:
        """A property as drawn; NaN where a sequence goes on past the property that it got.

        Whole ones begin at their first step, as all memories begin empty. Fewer steps make chance finds easier, so
        unequal lengths err on the safe side.
        """
        return [
            np.full(length, np.nan) if other is None else _later(values[other], lag, length)
            for (other, lag), length in zip(drawn, self.lengths, strict=True)
        ]

    def at(
        self, values: Values, drawn: Sequence[tuple[int | None, int]], sequence: int, steps: np.ndarray
    ) -> np.ndarray:
        """A property as drawn, at some steps of one sequence; NaN where there is none (see `moved`)."""
        other, lag = drawn[sequence]
        found, there = np.full(len(steps), np.nan), steps + lag
        if other is not None:
            known = (there >= 0) & (there < len(values[other]))
            found[known] = values[other][there[known]]
        return found

    def why_not(self, values: Values) -> str:
        """Why no p can be had for a property, in a sentence; "" where one can."""
        if self.way != SHIFTED:
            return ""
        if self.ways() < WAYS:
            return (
                f"{_sequences(len(self.lengths))} of {_steps(self.lengths)} can be shifted against the units in "
                f"{self.ways():.0f} ways, and it takes {WAYS} to tell a find from chance. Give longer ones, or five "
                "and more that are independent."
            )
        seen = [sequence[steps] for sequence, steps in zip(values, self.compared(), strict=True)]
        changes = [np.diff(sequence[~np.isnan(sequence)]) for sequence in seen]
        if all(len(np.unique(change)) == 1 for change in changes):
            return (
                "The property rises by the same amount at every step, as the step number does: whatever drifts goes "
                "with it. Give five texts and more in which it takes different courses."
            )
        # Overlapping windows see the same changes: the busiest window stands for its group.
        found = sum(max(int((changes[sequence] != 0).sum()) for sequence in group) for group in self.groups)
        if found < CHANGES:
            return (
                f"The property changes {found} times where it can be shifted, and it takes {CHANGES} to tell a find "
                "from a unit that drifts. Give longer texts, or five and more."
            )
        return ""


def null_of(properties: Sequence[Values], labels: Sequence[Hashable]) -> Null:
    """How some properties of the same sequences are to be shuffled, all alike; `labels`: the group of each sequence.

    Whole groups can't tell anything about a property that is the same in all of them, such as the position: then all
    sequences are shifted by as much.
    """
    lengths = [len(sequence) for sequence in properties[0]]
    groups = [[n for n, own in enumerate(labels) if own == label] for label in dict.fromkeys(labels)]
    if any(_same(values) for values in properties):
        return Null(SHIFTED, [list(range(len(lengths)))], lengths)
    if len(groups) < FEWEST:
        return Null(SHIFTED, groups, lengths)
    return Null(WHOLE if len(groups) == len(lengths) else GROUPS, groups, lengths)


def checked_labels(groups: Sequence[Hashable] | None, found: Sequence[Hashable], sequences: int) -> list[Hashable]:
    """The group of each sequence, as given or as found."""
    labels = list(found if groups is None else groups)
    if len(labels) != sequences:
        raise LstmCoreError(
            f"Expected groups with a label for each of the {sequences} sequences, got {len(labels)}. Give a list such "
            "as the basin of each sequence, over all traces in turn."
        )
    return labels


def _same(values: Values) -> bool:
    """Whether all of several sequences have the same property, as far as each goes."""
    longest = max(values, key=len)
    return len(values) > 1 and all(np.array_equal(one, longest[: len(one)], equal_nan=True) for one in values)


def _later(values: np.ndarray, lag: int, length: int) -> np.ndarray:
    """What comes so many steps later, at each of so many steps; NaN before the beginning and past the end."""
    found = np.full(length, np.nan)
    first, last = max(0, -lag), min(length, len(values) - lag)
    if last > first:
        found[first:last] = values[first + lag : last + lag]
    return found


def lagged(values: Values, lag: int) -> list[np.ndarray]:
    """The property as it was so many steps before."""
    return [_later(sequence, -lag, len(sequence)) for sequence in values]


def _sequences(count: int) -> str:
    return "One sequence" if count == 1 else f"{count} sequences"


def _steps(lengths: Sequence[int]) -> str:
    return f"{min(lengths)} steps" if min(lengths) == max(lengths) else f"{min(lengths)} to {max(lengths)} steps"
