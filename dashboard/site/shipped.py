"""What is said of every shipped model on a page that computes its pictures itself?"""

from functools import lru_cache
from typing import TypedDict

from torch import nn

import lstm_core
from gatescope.offline.carried import Proved
from gatescope.picture.computing import ModelInWords, about, about_alone
from gatescope.question.view import SIZES, TOKENS, Source
from gatescope.reading.read import Reading
from gatescope.reading.trained_sizes import words_right
from gatescope.site.proofs import proofs
from lstm_core.models import sizes
from lstm_core.models.untrained import random_lstm


class Shipped(TypedDict):
    """All that read a text."""

    by: dict[str, ModelInWords]
    """What is said by name of a model, or by what an untrained LSTM reads."""
    trained: list[tuple[list[int], str]]
    """The sizes of taggers, and how often each is right."""
    untrained: dict[str, list[Proved]]
    """The proof of an untrained LSTM, by what it reads."""


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """What a page is told of them."""
    said = {name: about_alone(lstm_core.load_model(name)) for name in lstm_core.models()}
    said[SIZES] = about_alone(sizes.sized_tagger(*next(iter(sizes.scores()))))
    lstm = random_lstm(4, 3)
    untrained = {}
    for reads in TOKENS:
        said[reads] = about(Reading([], lstm, None, [], None, None, None), reads)
        untrained[reads] = proofs(Source(tokens=reads), said[reads]["examples"].values())
    trained = [(list(size), words_right(nn.LSTM(*size, device="meta"))) for size in sizes.scores()]
    return Shipped(by=said, trained=trained, untrained=untrained)
