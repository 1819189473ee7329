"""A view's text, read by its LSTM and recorded."""

from __future__ import annotations

from threading import Condition
from typing import NamedTuple

from cachetools import LRUCache, cached
from torch import nn

import lstm_core
from dashboard import documents
from dashboard.view import View

# What one picture takes; what is longer goes through lstm_core.run.
MOST_STEPS, MOST_NUMBERS = 100_000, 120_000_000
# Bytes of traces that are kept, so that zooming into a long one does not read it again.
_ROOM = 600_000_000


class Reading(NamedTuple):
    """The tokens that were read, by which LSTM, the trace of it, and what a person should know."""

    tokens: list[str]
    lstm: nn.LSTM
    trace: lstm_core.Trace | None
    notices: list[str]
    document: documents.Document | None

    @property
    def parameters(self) -> int:
        """How many numbers the LSTM has learned, or would learn."""
        return sum(weight.numel() for weight in self.lstm.parameters())


def _bytes(reading: Reading) -> int:
    tensors = reading.trace.tensors().values() if reading.trace else ()
    return 1000 + sum(tensor.nbytes for tensor in tensors)


def _what_is_read(view: View) -> tuple[object, ...]:
    text = view.file or view.sentence
    return text, view.tokens, view.model, view.input_dim, view.hidden_dim, view.n_layers, view.directions, view.seed


@cached(LRUCache(_ROOM, getsizeof=_bytes), key=_what_is_read, condition=Condition())
def read(view: View) -> Reading:
    """Text to trace; None where there is nothing to read."""
    document = documents.kept(view.file) if view.file else None
    tokens, notices = _tokens(view, document.text if document else view.sentence)
    if view.file and not document:
        notices.append("The opened file is no longer on the server: open it again. The sentence is read instead.")
    lstm = lstm_core.random_lstm(view.input_dim, view.hidden_dim, view.n_layers, view.seed, view.directions == 2)
    if not tokens:
        return Reading([], lstm, None, [*notices, "There is nothing to read yet: type a sentence."], document)
    x = lstm_core.token_vectors(tokens, view.input_dim, view.seed)
    return Reading(tokens, lstm, lstm_core.run(lstm, x, tokens=tokens), notices, document)


def _tokens(view: View, text: str) -> tuple[list[str], list[str]]:
    split = lstm_core.words if view.tokens == "words" else lstm_core.characters
    tokens = split(text)
    numbers_a_step = len(lstm_core.QUANTITIES) * view.hidden_dim * view.n_layers * view.directions + view.input_dim
    most = min(MOST_STEPS, MOST_NUMBERS // numbers_a_step)
    if len(tokens) <= most:
        return tokens, []
    notice = (
        f"The text has {len(tokens):,} {view.tokens}; the first {most:,} are read and shown. "
        "For all of it, run lstm_core.run in Python."
    )
    return tokens[:most], [notice]
