"""What is said of every shipped model on a page that computes its pictures itself?"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from torch import nn

import lstm_core
from dashboard.picture.computing import about, about_alone
from dashboard.question.source import SIZES
from dashboard.reading.read import Reading
from dashboard.reading.trained_sizes import words_right
from lstm_core.models import sizes
from lstm_core.models.random import random_lstm


@lru_cache(maxsize=1)
def shipped() -> dict[str, Any]:
    """What is said by name of a model, or by what an untrained LSTM reads; and of each size how good the tagger is."""
    said = {name: about_alone(lstm_core.load_model(name)) for name in lstm_core.models()}
    said[SIZES] = about_alone(sizes.sized_tagger(*next(iter(sizes.scores()))))
    lstm = random_lstm(4, 3)
    for reads in ("words", "characters", "numbers"):
        said[reads] = about(Reading([], lstm, None, [], None, None, None), reads)
    trained = [(list(size), words_right(nn.LSTM(*size, device="meta"))) for size in sizes.scores()]
    return {"by": said, "trained": trained}
