"""What can a visitor train on who has no text or series at hand?"""

from functools import cache

import torch

from lstm_core.training.series import COLUMN, DAY, series
from lstm_core.training.words import sentences

SENTENCES, DAYS = 400, 14


@cache
def text() -> str:
    """Sentences of the task `grammar`, one a line."""
    drawn = sentences(SENTENCES, torch.Generator().manual_seed(0), held_out=False)
    return "\n".join(" ".join(word for word, _ in sentence) for sentence in drawn)


@cache
def table() -> str:
    """Two weeks of an hourly series like those of the task `series`, with the name of its column."""
    hours = series(DAYS * DAY, 1, torch.Generator().manual_seed(3)).flatten().tolist()
    return "\n".join([COLUMN, *(f"{value:.1f}" for value in hours)])
