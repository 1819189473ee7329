"""A view's sentence, read by its LSTM and recorded."""

from __future__ import annotations

from typing import NamedTuple

from torch import nn

import lstm_core
from dashboard.view import View

# What one picture takes; whole documents go through lstm_core.run.
MOST_STEPS = 1000


class Reading(NamedTuple):
    """The tokens that were read, by which LSTM, the trace of it, and what a person should know."""

    tokens: list[str]
    lstm: nn.LSTM
    trace: lstm_core.Trace | None
    notices: list[str]

    @property
    def parameters(self) -> int:
        """How many numbers the LSTM has learned, or would learn."""
        return sum(weight.numel() for weight in self.lstm.parameters())


def read(view: View) -> Reading:
    """Sentence to trace; None where there is nothing to read."""
    tokens, notices = _tokens(view)
    lstm = lstm_core.random_lstm(view.input_dim, view.hidden_dim, view.n_layers, view.seed)
    if not tokens:
        return Reading([], lstm, None, ["There is nothing to read yet: type a sentence."])
    x = lstm_core.token_vectors(tokens, view.input_dim, view.seed)
    return Reading(tokens, lstm, lstm_core.run(lstm, x, tokens=tokens), notices)


def _tokens(view: View) -> tuple[list[str], list[str]]:
    split = lstm_core.words if view.tokens == "words" else lstm_core.characters
    tokens = split(view.sentence)
    if len(tokens) <= MOST_STEPS:
        return tokens, []
    notice = (
        f"The text has {len(tokens):,} {view.tokens}; the first {MOST_STEPS:,} are read and shown. "
        "For all of it, run lstm_core.run in Python."
    )
    return tokens[:MOST_STEPS], [notice]
