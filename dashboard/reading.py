"""A view's text, read by its LSTM and recorded."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import lru_cache
from threading import Condition
from typing import NamedTuple

from cachetools import LRUCache, cached
from torch import Tensor, nn

import lstm_core
from dashboard import documents, progress, shelf
from dashboard.figures import label
from dashboard.view import OWN, View
from lstm_core import LstmCoreError, SequenceModel, Series, Trace
from lstm_core.models.embeddings import Numbers
from lstm_core.recording.in_blocks import run_in_blocks

# What one picture takes; what is longer goes through lstm_core.run.
MOST_STEPS, MOST_NUMBERS = 100_000, 120_000_000
# Multiplications, some 0.1 s of them: a run of more can be watched.
WATCHED = 100_000_000
# Long texts' traces are kept, in so many bytes, so that zooming into one does not read it again.
LONG, _ROOM = 2_000, 600_000_000


class Reading(NamedTuple):
    """What was read, by which LSTM, the trace of it, and what a person should know."""

    tokens: list[str]
    """What stands over the columns: words, characters, or the times of a series."""
    lstm: nn.LSTM
    trace: Trace | None
    notices: list[str]
    document: documents.Document | None
    model: SequenceModel | None
    """The trained model whose LSTM it is; None for a random one."""
    series: Series | None
    """The numbers, where numbers were read."""

    @property
    def parameters(self) -> int:
        """How many numbers the LSTM has learned, or would learn."""
        return sum(weight.numel() for weight in self.lstm.parameters())

    def probabilities(self) -> Tensor | None:
        """(step, label): what the model makes of each step; None without a trained one."""
        if self.model is None or self.trace is None:
            return None
        return self.model.probabilities(self.model.scores(self.trace))[:, 0]


class Input(NamedTuple):
    """A text as an LSTM reads it."""

    tokens: list[str]
    x: Tensor
    """(time, 1, feature)."""
    series: Series | None = None


def _bytes(reading: Reading) -> int:
    tensors = reading.trace.tensors().values() if reading.trace else ()
    return sum(tensor.nbytes for tensor in tensors)


def what_is_read(view: View) -> tuple[object, ...]:
    """What of a view decides its reading."""
    text = view.file or view.sentence
    return text, view.tokens, view.model, view.input_dim, view.hidden_dim, view.n_layers, view.directions, view.seed


def read(view: View) -> Reading:
    """Text to trace; None where there is nothing to read."""
    return _kept(view) if view.file or len(view.sentence) > LONG else _read(view)


@cached(LRUCache(_ROOM, getsizeof=_bytes), key=what_is_read, condition=Condition())
def _kept(view: View) -> Reading:
    return _read(view)


def _read(asked: View) -> Reading:
    view, model, notices = _model(asked)
    document = documents.kept(view.file) if view.file else None
    if view.file and not document:
        notices.append("The opened file is no longer on the server: open it again. The sentence is read instead.")
    try:
        given = _input(view, model, document.text if document else view.sentence)
    except LstmCoreError as error:
        return Reading([], _lstm(view, model, view.input_dim), None, [*notices, str(error)], document, model, None)
    lstm = _lstm(view, model, given.x.shape[-1])
    if not given.tokens:
        notices.append("There is nothing to read yet: type a sentence.")
        return Reading([], lstm, None, notices, document, model, given.series)
    most = _most_steps(lstm, len(model.labels) if model else 0)
    if len(given.tokens) > most:
        notices.append(
            f"The text has {len(given.tokens):,} {_unit(view, model)}; the first {most:,} are read and shown. "
            "For all of it, run lstm_core.run in Python."
        )
    tokens = given.tokens[:most]
    notices += _unread(model, tokens)
    trace = _run(lstm, given.x[:most], tokens, asked)
    return Reading(tokens, lstm, trace, notices, document, model, given.series)


def _run(lstm: nn.LSTM, x: Tensor, tokens: list[str], asked: View) -> Trace:
    """What the LSTM does over x; of a long run `progress` knows meanwhile how far it is."""
    if len(x) * sum(weight.numel() for weight in lstm.parameters()) <= WATCHED:
        return lstm_core.run(lstm, x, tokens=tokens)
    with progress.under_way(what_is_read(asked)) as tell:
        return run_in_blocks(lstm, x, tokens, tell)


def _unread(model: SequenceModel | None, tokens: list[str]) -> list[str]:
    """A sentence on what a model can't tell apart, if there is any."""
    if model is None or model.reads == "numbers":
        return []
    unread = model.embedding.unread(tokens)
    if not unread:
        return []
    some = list(dict.fromkeys(unread))
    named = ", ".join(label(token) for token in some[:5]) + (", …" if len(some) > 5 else "")
    return [
        f"This model has no numbers of their own for {len(unread):,} of the {len(tokens):,} {model.reads} "
        f"({named}): it reads them all alike."
    ]


def _model(view: View) -> tuple[View, SequenceModel | None, list[str]]:
    """The view's trained model, or none; a visitor's own may have had to make room."""
    if view.model == "random":
        return view, None, []
    model = shelf.kept(view.model) if view.model.startswith(OWN) else shipped(view.model)
    if model is not None:
        return view, model, []
    notice = (
        "This model is no longer on the server, or never was: what is trained or opened here is kept in its memory "
        "for a while. Train or open it again. A random LSTM reads instead."
    )
    return replace(view, model="random"), None, [notice]


@lru_cache(maxsize=16)
def shipped(name: str) -> SequenceModel:
    """A trained model that comes along."""
    return lstm_core.load_model(name)


def _lstm(view: View, model: SequenceModel | None, features: int) -> nn.LSTM:
    # Recording hooks a module, and another visitor may be reading with the same one: each reads with a copy.
    if model is not None:
        return copy.deepcopy(model.lstm)
    return lstm_core.random_lstm(features, view.hidden_dim, view.n_layers, view.seed, view.directions == 2)


def _input(view: View, model: SequenceModel | None, text: str) -> Input:
    """What the view's model reads in a text."""
    if _unit(view, model) == "numbers":
        series = lstm_core.read_series(text)
        steps = series.times or [str(step) for step in range(len(series.values))]
        if model is not None:
            _check_columns(series, model)
            return Input(steps, model.vectors(series.values).detach(), series)
        return Input(steps, Numbers.fitted(series.names, series.values)(series.values), series)
    if model is not None:
        tokens = model.tokens(text)
        return Input(tokens, model.vectors(tokens).detach())
    tokens = lstm_core.words(text) if view.tokens == "words" else lstm_core.characters(text)
    return Input(tokens, lstm_core.token_vectors(tokens, view.input_dim, view.seed))


def _check_columns(series: Series, model: SequenceModel) -> None:
    columns, size = len(series.names), model.embedding.size
    if columns != size:
        raise LstmCoreError(
            f"Expected a table with as many columns of numbers as {model.name} reads, {size}, got {columns}. "
            "Leave out the others, or let a random LSTM read them."
        )


def _unit(view: View, model: SequenceModel | None) -> str:
    """What a step is called: words, characters, symbols or numbers."""
    return view.tokens if model is None else model.reads


def _most_steps(lstm: nn.LSTM, labels: int) -> int:
    directions = 2 if lstm.bidirectional else 1
    numbers = len(lstm_core.QUANTITIES) * lstm.hidden_size * lstm.num_layers * directions + lstm.input_size
    # A language model has a score, and a probability, for each of its words at each step.
    numbers += 2 * labels
    return min(MOST_STEPS, MOST_NUMBERS // numbers)
