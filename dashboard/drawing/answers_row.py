"""How are a model's answers written under the words of a picture?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lstm_core.plots.labels import width_of
from lstm_core.plots.step_axis import LEAST_LETTER

# Pixels: a line of answers with the space around it, the sides of an answer, and a probability behind its label.
LINE, SIDES, SHARE = 26, 12, 34
# Pixels that an upright answer may be long.
LONGEST = 110


class AnswersRow(NamedTuple):
    """The row of the answers."""

    height: int
    level: bool
    """Whether the labels stand level; else upright, because a column is narrower than a label."""
    shares: bool
    """Whether the probabilities have room behind their labels."""


def answers_row(labels: Sequence[str], column: float) -> AnswersRow | None:
    """The row for these labels over columns of so many pixels; None if not even a letter has room."""
    if not labels or column < LEAST_LETTER:
        return None
    longest = max(map(width_of, labels))
    # Single characters stand close together.
    level = longest + (SIDES if longest > 10 else 0) <= column
    height = LINE if level else round(min(longest, LONGEST)) + SIDES + 8
    return AnswersRow(height, level, level and longest + SIDES + SHARE <= column)
