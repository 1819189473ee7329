"""How are two readings drawn, one beside the other, and what differs?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.side_by_side_strips import ZERO, At, Words, fine_scale, level, scale_of, strips
from lstm_core.plots.strips import strips_of

if TYPE_CHECKING:
    from lstm_core.analysis.compare import Comparison


def three(comparison: Comparison, at_a: At, at_b: At, quantities: Sequence[str], look: Look) -> list[Figure]:
    """One layer and direction of each reading on one scale, and the difference on its own scale.

    If the comparison has only one layer and direction, `at_a` and `at_b` say which they are.
    """
    narrowed = next(iter(comparison.a.values())).shape[:2] == (1, 1)
    runs: list[Mapping[Any, np.ndarray]] = [comparison.a, comparison.b, comparison.differences]
    a, b, difference = (
        {
            quantity: run[quantity][(0, 0) if narrowed else at_a].T
            for quantity in (strip.quantity for strip in strips_of(comparison.a))
            if quantity in quantities
        }
        for run in runs
    )
    words_a, words_b, words = words_of(comparison)
    state = "c" if "c" in comparison.a else "h"
    reach = scale_of([a.get(state, ZERO), b.get(state, ZERO)])
    apart, kind = fine_scale(difference.values()), strips_of(comparison.a)
    return level(
        [
            strips(a, words_a, look, at_a, reach, of=kind),
            strips(b, words_b, look, at_b, reach, of=kind),
            strips(difference, words, look, at_a, apart, differ=True, of=kind),
        ]
    )


def words_of(comparison: Comparison) -> tuple[Words, Words, Words]:
    """The words over the columns of A, of B, and of the difference, which has both words where they differ."""
    pairs = comparison.tokens or [(f"{a}", f"{b}") for a, b in comparison.pairs]
    both: Words = [(a, b) if a and b and a != b else (a or b or "",) for a, b in pairs]
    return [(a or "",) for a, _ in pairs], [(b or "",) for _, b in pairs], both
