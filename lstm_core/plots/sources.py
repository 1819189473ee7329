"""Which terms of a sum does a figure show one by one? Only as many as a reader can tell apart."""

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
    """The words, and the other sources: the state at the start, the steps that are too far away."""
    steps: list[int]
    """The step of each source; -1 for a source that is not a step."""
    x: list[int]
    """The position of each source on an axis where a word is at its step."""
    shares: np.ndarray
    """(source,): the terms, which sum to the number."""


def window(steps: int, step: int, direction: int) -> range:
    """The steps that are separate sources: up to the chosen one, and a few after it."""
    if steps <= MOST:
        return range(steps)
    if direction == 0:
        end = min(steps, step + 1 + AFTER)
        return range(max(0, end - MOST), max(MOST, end))
    first = max(0, step - AFTER)
    return range(min(first, steps - MOST), min(first, steps - MOST) + MOST)


def sources_shown(shares: np.ndarray, tokens: list[str], step: int, direction: int, start: str = START) -> Sources:
    """The sources of a figure from shares (source,), source 0 being the `start`; others than words go where reading
    began."""
    seen = window(len(tokens), step, direction)
    words, near = tokens[seen.start : seen.stop], shares[1:][seen.start : seen.stop]
    apart = {start: float(shares[0])}
    if seen.stop < len(tokens) if direction else seen.start > 0:
        apart[EARLIER] = float(shares[1:].sum() - near.sum())
    names, values, nowhere = list(apart), list(apart.values()), [-1] * len(apart)
    if direction == 0:
        x = range(seen.start - len(apart), seen.stop)
        return Sources(names + words, [*nowhere, *seen], list(x), np.array([*values, *near]))
    x = range(seen.start, seen.stop + len(apart))
    return Sources(words + names[::-1], [*seen, *nowhere], list(x), np.array([*near, *values[::-1]]))
