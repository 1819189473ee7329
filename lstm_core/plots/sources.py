"""Which terms of a sum does a figure show one by one? Only as many as a reader can tell apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# The most steps that are separate sources; all steps before are one source.
MOST = 160
# How many of these steps come after the pinned one.
AFTER = 20
START, EARLIER = "start", "earlier"


class Sources(NamedTuple):
    """The terms that sum to a number, source by source in the order of the sentence."""

    names: list[str]
    """The words, and the other sources: the state at the start, the steps that are too far away, a bias."""
    steps: list[int]
    """The step of each source; -1 for a source that is not a step."""
    x: list[int]
    """The position of each source on an axis where a word is at its step."""
    shares: np.ndarray
    """(source,): the terms, which sum to the number."""

    @property
    def total(self) -> float:
        """The sum of all shares."""
        return float(self.shares.sum())


def window(steps: int, step: int, direction: int) -> range:
    """The steps that are separate sources: up to the chosen one, and a few after it."""
    if steps <= MOST:
        return range(steps)
    if direction == 0:
        end = min(steps, step + 1 + AFTER)
        return range(max(0, end - MOST), max(MOST, end))
    first = max(0, step - AFTER)
    return range(min(first, steps - MOST), min(first, steps - MOST) + MOST)


def sources_shown(
    shares: np.ndarray,
    tokens: list[str],
    step: int,
    direction: int,
    others: dict[str, float] | None = None,
    both: bool = False,
) -> Sources:
    """The sources of a figure from shares (source,), source 0 the start; others than words go where reading began."""
    seen = window(len(tokens), step, direction)
    far = shares[1:].sum() - shares[1 + seen.start : 1 + seen.stop].sum()
    beside = (others or {}) | {START: float(shares[0])}
    if both and len(seen) < len(tokens):
        beside["elsewhere"] = float(far)
    elif seen.stop < len(tokens) if direction else seen.start > 0:
        beside[EARLIER] = float(far)
    names, values = list(beside), list(beside.values())
    words, steps = tokens[seen.start : seen.stop], list(seen)
    apart = [-1] * len(names)
    if direction == 0:
        x = [seen.start - len(names) + n for n in range(len(names))] + steps
        return Sources(names + words, apart + steps, x, np.array([*values, *shares[1:][seen.start : seen.stop]]))
    x = steps + [seen.stop + n for n in range(len(names))]
    return Sources(
        words + names[::-1], steps + apart, x, np.array([*shares[1:][seen.start : seen.stop], *values[::-1]])
    )
