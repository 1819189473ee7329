"""What would a score's lead be without each of the words? And may the shares be read as that?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dashboard.question.cell import Cell
from dashboard.question.source import MODELS, Source
from dashboard.reading.read import Reading
from dashboard.store.budgets import Budget
from dashboard.store.remembered import remembered
from dashboard.why.sources import Score
from lstm_core import Trace
from lstm_core.analysis.without_each import scores_without_each
from lstm_core.models.shipped import card_figures, models
from lstm_core.training.agreement import BY_SIZE

# The most multiplications, about 0.5 s, and numbers in memory: each word is erased from the text, and all these texts
# are read at once.
MOST, MOST_NUMBERS = 1_000_000_000, 8_000_000
# Multiplications from which on it is a heavy job, about 0.1 s.
HEAVY = 200_000_000
ALIKE = 0.9
"""From here on, shares are shown first: so much of them, by size, has the sign of erasing on held-out text."""


def without_each(source: Source, reading: Reading, trace: Trace, score: Score, cell: Cell) -> np.ndarray | None:
    """(source,): the lead without each word of a score's sources; NaN for a source that is no word, and for the word at
    the step itself. None if the text or the LSTM is too large to try all words."""
    steps_read = _steps_read(reading, score, cell)
    width = reading.lstm.input_size + reading.lstm.hidden_size * trace.c.shape[0] * trace.c.shape[1]
    if steps_read * reading.parameters > MOST or steps_read * width > MOST_NUMBERS:
        return None
    return _found(source, reading, trace, score, cell)


def _steps_read(reading: Reading, score: Score, cell: Cell) -> int:
    """The number of steps of all texts without a word together."""
    read = len(reading.tokens) if reading.lstm.bidirectional else cell.step + 1
    return read * sum(0 <= step < read for step in score.sources.steps)


def _what_is_asked(source: Source, reading: Reading, _trace: Trace, score: Score, cell: Cell) -> tuple[object, ...]:
    # A visitor's own model may have been dropped from the store.
    return source, reading.model is None, score.lead, cell.step


def _bytes(found: np.ndarray) -> int:
    return int(found.nbytes)


def _is_heavy(_source: Source, reading: Reading, _trace: Trace, score: Score, cell: Cell) -> bool:
    return _steps_read(reading, score, cell) * reading.parameters > HEAVY


# Cached, so that a hold tried below erases no word again.
@remembered(Budget.MEASURED, key=_what_is_asked, bytes_of=_bytes, is_heavy=_is_heavy)
def _found(_source: Source, reading: Reading, trace: Trace, score: Score, cell: Cell) -> np.ndarray:
    assert reading.model is not None
    words = [n for n, step in enumerate(score.sources.steps) if step >= 0]
    steps = [score.sources.steps[n] for n in words]
    found = np.full(len(score.sources.steps), np.nan)
    scores = scores_without_each(reading.lstm, reading.model.linear, trace.x, cell.step, steps)
    found[words] = score.lead.of(scores).numpy()
    return found


@lru_cache(maxsize=len(MODELS))
def alike(name: str) -> float | None:
    """How much of a shipped model's shares, by size, has the sign of erasing on held-out text, as its card says; None
    for a model without a card of its own."""
    return card_figures(name).get(BY_SIZE) if name in models() else None
