"""What would a property look like if it had nothing to do with these sequences?

Steps are not independent of each other, so single steps are never shuffled. Where there are sequences enough, each
gets the property of another, whole; where there are few, each property goes round its own sequence by a drawn number of
steps (a circular shift).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FEWEST = 5
"""Sequences that can be shuffled whole: 5 have 120 orders, fewer can't be told from chance at p = 0.05."""
WHOLE, ROUND = "whole sequences", "circular shifts"


def way_to_shuffle(values: Sequence[np.ndarray]) -> str:
    """How a property (one array a sequence) is to be shuffled.

    Whole sequences can't tell anything about a property that is the same in all of them, such as the position: it goes
    round.
    """
    longest = max(values, key=len)
    same = all(np.array_equal(sequence, longest[: len(sequence)]) for sequence in values)
    return ROUND if same or len(values) < FEWEST else WHOLE


def shuffled(values: Sequence[np.ndarray], way: str, rng: np.random.Generator) -> list[np.ndarray]:
    """The property of the same sequences, shuffled; NaN where a longer sequence goes on past the property it got.

    Both begin at their first step, as all memories begin empty: a shuffle that shifted them would make what all
    beginnings have in common look like a find. Fewer steps make chance finds easier, so unequal lengths err on the
    safe side.
    """
    if way == ROUND:
        return [np.roll(sequence, rng.integers(max(1, len(sequence)))) for sequence in values]
    order = rng.permutation(len(values))
    return [_cut(values[n], len(sequence)) for n, sequence in zip(order, values, strict=True)]


def _cut(values: np.ndarray, length: int) -> np.ndarray:
    if len(values) >= length:
        return values[:length]
    return np.pad(values[:length], (0, length - len(values)), constant_values=np.nan)
