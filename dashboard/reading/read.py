"""How is a source's text read by its LSTM and recorded?"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor, nn

import lstm_core
from gatescope.question.view import OWN, RECORDED, SIZES, Source
from gatescope.reading.models import nearest_size
from gatescope.serving import limits
from gatescope.serving.turns import go_on, heavy_turn
from gatescope.store import text_files, visitor_models, visitor_traces
from gatescope.store.remembered import Budget, remembered, text_bytes
from lstm_core import LstmCoreError, SequenceModel, Trace
from lstm_core.inputs import Series
from lstm_core.models import random_lstm
from lstm_core.models.embeddings import Numbers, Rows
from lstm_core.plots.labels import some
from lstm_core.recording.record import run_in_blocks
from lstm_core.traces.trace import as_update

# Multiplications, about 0.1 s: a longer run may be ended.
WATCHED = 100_000_000
# Tokens whose vectors are made at once: between two such groups the visitor may leave.
TOKENS_AT_ONCE = 4_096
NO_MODEL = "A recording from a file has no model that could read a text here: the page Memory shows it."
GONE = (
    "This recording is no longer on the server, or never was: its file is kept in memory for a while. Open it again "
    "on the page Your model."
)
ALL = slice(None)
# All characters that can separate a table's cells.
_PARTS = re.compile(r"[,;\t ]")


class Reading(NamedTuple):
    """The text that was read, its LSTM, the trace, and sentences for the visitor."""

    tokens: list[str]
    """The texts over the columns: words, characters, or the times of a series."""
    lstm: nn.LSTM
    """A GRU or an RNN, if the visitor's own model has one."""
    trace: Trace | None
    notices: list[str]
    document: text_files.Document | None
    model: SequenceModel | None
    """The trained model of the LSTM; None for a random LSTM."""
    series: Series | None
    """The series, if numbers were read."""
    unread: int = 0
    """How many of the tokens the model does not know."""
    elsewhere: bool = False
    """Whether the trace was recorded elsewhere, of a cell of which nothing is known but its sizes."""

    @property
    def only_watched(self) -> bool:
        """Whether there is nothing that could read anything else: a recording without its model."""
        return self.elsewhere and self.model is None

    @property
    def is_readable(self) -> bool:
        """Whether there is a series or text that the model reads: it knows at least half of it."""
        return bool(self.tokens) and 2 * self.unread <= len(self.tokens)

    def steps(self, most: int) -> list[str]:
        """What each of the first steps reads: a token, or of a series its values."""
        if self.series is None:
            return self.tokens[:most]
        return [" ".join(f"{value:.4g}" for value in row) for row in self.series.values[:most].tolist()]

    @property
    def parameters(self) -> int:
        """The number of the LSTM's weights."""
        return sum(weight.numel() for weight in self.lstm.parameters())

    def scores(self, steps: slice = ALL) -> Tensor | None:
        """(step, label): the model's scores at some steps; None without a trained model."""
        if self.model is None or self.trace is None:
            return None
        with torch.no_grad():
            scores: Tensor = self.model.linear(torch.cat(list(self.trace.h[-1][:, steps]), dim=-1))
        return scores[:, 0]

    def probabilities(self, steps: slice = ALL) -> Tensor | None:
        """(step, label): the model's answers at some steps; None without a trained model."""
        scores = self.scores(steps)
        return None if self.model is None or scores is None else self.model.probabilities(scores)


class SplitText(NamedTuple):
    """A text, split into steps."""

    tokens: list[str]
    """All words, characters or times of the text."""
    series: Series | None = None
    """The series, if numbers are read."""


def bytes_of(reading: Reading) -> int:
    tensors = reading.trace.tensors().values() if reading.trace else ()
    # A visitor's model may be dropped from its store: then this reading alone keeps the weights.
    weights = reading.lstm.parameters()
    document = (reading.document.text,) if reading.document else ()
    return sum(int(tensor.nbytes) for tensor in (*tensors, *weights)) + text_bytes([*reading.tokens, *document])


def read(source: Source) -> Reading:
    """Read a source's text; the trace is None if there is nothing to read."""
    return _kept(source) if source.file or len(source.sentence) > limits.LONG else _read(source)


# Readings of long texts are cached, so that a zoom does not read the text again.
@remembered(Budget.READINGS, key=lambda source: source, bytes_of=bytes_of, is_heavy=lambda _: True)
def _kept(source: Source) -> Reading:
    return _read(source)


def _read(asked: Source) -> Reading:
    reading, x = prepare(asked)
    if x is None:
        return reading
    return reading._replace(trace=_run(reading.lstm, x, reading.tokens))


def prepare(asked: Source) -> tuple[Reading, Tensor | None]:
    """The reading of a source before its LSTM has run, and the vectors (time, 1, feature) that the LSTM is to read;
    None if there is nothing to read."""
    go_on()
    return prepare_with(*_model(asked))


def prepare_with(source: Source, model: SequenceModel | None, notices: list[str]) -> tuple[Reading, Tensor | None]:
    """The reading of a source by a model (None: a random LSTM) before it has run, and the vectors that the LSTM is to
    read; `notices`: what was said of the model."""
    document = text_files.kept(source.file) if source.file else None
    if source.file and not document:
        notices.append("The opened file is no longer on the server: open it again. The sentence is read instead.")
    text = document.text if document else source.sentence
    try:
        given = _steps(source, model, text)
    except LstmCoreError as error:
        lstm = _lstm(source, model, source.input_dim)
        return Reading([], lstm, None, [*notices, str(error)], document, model, None), None
    lstm = _lstm(source, model, source.input_dim if given.series is None else len(given.series.names))
    if not given.tokens:
        notices.append("Type a sentence to start.")
        return Reading([], lstm, None, notices, document, model, given.series), None
    most = _most_steps(lstm, len(model.labels) if model else 0)
    notices += _how_much(given, text, most, _unit(source, model))
    tokens = given.tokens[:most]
    unread = unread_by(model, tokens)
    notices += unknown(model, unread, len(tokens), _unit(source, model))
    reading = Reading(tokens, lstm, None, notices, document, model, given.series, len(unread))
    return reading, _vectors(source, model, given, most)


def _how_much(given: SplitText, text: str, most: int, unit: str) -> list[str]:
    """A sentence on how much of a long text is read, if not all of it is."""
    cut = given.series is None and len(text) > limits.CHARACTERS.most
    if len(given.tokens) <= most:
        return [limits.CHARACTERS.refusal(len(text))] if cut else []
    count = f"at least {len(given.tokens):,}" if cut else f"{len(given.tokens):,}"
    return [
        f"The text has {count} {unit}; the first {most:,} are read and shown. For all of it, run lstm_core.run in "
        "Python."
    ]


def _run(lstm: nn.RNNBase, x: Tensor, tokens: list[str]) -> Trace:
    """The trace of an LSTM over x, of a GRU or RNN as an update; a long run ends once nobody waits for it."""
    if len(x) * sum(weight.numel() for weight in lstm.parameters()) <= WATCHED:
        return as_update(lstm_core.run(lstm, x, tokens=tokens))
    with heavy_turn():
        return as_update(run_in_blocks(lstm, x, tokens, lambda _: go_on()))


def unread_by(model: SequenceModel | None, tokens: list[str]) -> list[str]:
    """The tokens that a model can't tell apart."""
    return [] if model is None or model.reads == "numbers" else model.embedding.unread(tokens)


def unknown(model: SequenceModel | None, unread: list[str], tokens: int, unit: str) -> list[str]:
    """What is said of the tokens that a model can't tell apart, if there are any."""
    if model is None or not unread:
        return []
    embedding, rows = model.embedding, ""
    reads = f"its vector for unknown {unit}"
    if isinstance(embedding, Rows) and not embedding.tokens:
        reads, rows = "zeros", f" Its embedding has the rows 0 to {embedding.rows - 1:,}."
    elif isinstance(embedding, Rows) and embedding.unknown is None:
        reads = "zeros"
    lower = embedding.known_in_lower_case(unread)
    return [
        f"This model does not know {len(unread):,} of these {tokens:,} {unit} ({some(unread)}) and reads {reads} there."
        + rows
        + (f" It knows {some(lower)} in lower case." if lower else "")
    ]


def trained_model(source: Source) -> SequenceModel | None:
    """The source's trained model; None for a random LSTM.

    Raises LstmCoreError for a recording, and for a visitor's own model that was dropped to make room.
    """
    if source.model == "random":
        return None
    if source.model == SIZES:
        return nearest_size(source)[1]
    if source.model.startswith(RECORDED):
        raise LstmCoreError(NO_MODEL if visitor_traces.kept(source.model) else GONE)
    model = visitor_models.kept(source.model) if source.model.startswith(OWN) else shipped(source.model)
    if model is None:
        raise LstmCoreError(
            "This model is no longer on the server, or never was: what is trained or opened here is kept in its memory "
            "for a while. Train or open it again."
        )
    return model


def _model(source: Source) -> tuple[Source, SequenceModel | None, list[str]]:
    """The source with its trained model, or with a random LSTM and why."""
    if source.model == SIZES:
        return nearest_size(source)
    try:
        return source, trained_model(source), []
    except LstmCoreError as error:
        return replace(source, model="random"), None, [f"{error} A random LSTM reads instead."]


@lru_cache(maxsize=16)
def shipped(name: str) -> SequenceModel:
    return lstm_core.load_model(name)


def _lstm(source: Source, model: SequenceModel | None, features: int) -> nn.LSTM:
    if model is not None:
        return model.lstm
    return random_lstm(features, source.hidden_dim, source.n_layers, source.seed, source.directions == 2)


def _steps(source: Source, model: SequenceModel | None, text: str) -> SplitText:
    """A text split into the steps of the source's model. A long text is cut before it is tokenised."""
    if _unit(source, model) == "numbers":
        check_table(text)
        series = lstm_core.read_series(text)
        if model is not None:
            check_columns(series, model)
        return SplitText(series.times or [str(step) for step in range(len(series.values))], series)
    text = text[: limits.CHARACTERS.most]
    if model is not None:
        return SplitText(model.tokens(text))
    return SplitText(lstm_core.words(text) if source.tokens == "words" else lstm_core.characters(text))


def _vectors(source: Source, model: SequenceModel | None, given: SplitText, most: int) -> Tensor:
    """x of shape (time, 1, feature) of the first steps."""
    if given.series is not None:
        series = given.series
        if model is not None:
            return model.vectors(series.values[:most]).detach()
        fitted: Tensor = Numbers.fitted(series.names, series.values)(series.values[:most])
        return fitted
    parts = []
    for first in range(0, min(most, len(given.tokens)), TOKENS_AT_ONCE):
        go_on()
        tokens = given.tokens[first : min(most, first + TOKENS_AT_ONCE)]
        if model is not None:
            parts.append(model.vectors(tokens).detach())
        else:
            parts.append(lstm_core.inputs.token_vectors(tokens, source.input_dim, source.seed))
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def check_table(text: str) -> None:
    """Raises LstmCoreError if a table exceeds a limit."""
    limits.TABLE.check(len(text))
    cells = text.count("\n") + max(text.count(mark) for mark in ",;\t")
    limits.CELLS.check(cells)
    for line in text.splitlines():
        limits.CELL.check(max(map(len, _PARTS.split(line))))


def check_columns(series: Series, model: SequenceModel) -> None:
    """Raises LstmCoreError if a table has other columns than a model reads."""
    columns, size = len(series.names), model.embedding.size
    if columns != size:
        raise LstmCoreError(
            f"Expected a table with as many columns of numbers as {model.name} reads, {size}, got {columns}. "
            "Leave out the others, or let a random LSTM read them."
        )


def _unit(source: Source, model: SequenceModel | None) -> str:
    """The name of the steps: words, characters, symbols or numbers."""
    return source.tokens if model is None else model.reads


def numbers_a_step(lstm: nn.RNNBase) -> int:
    """How many numbers a recording has of each step."""
    units = lstm.hidden_size * lstm.num_layers * (2 if lstm.bidirectional else 1)
    return len(lstm_core.traces.QUANTITIES) * units + lstm.input_size


def _most_steps(lstm: nn.RNNBase, labels: int) -> int:
    recorded = numbers_a_step(lstm)
    # A language model has a score and a probability for each of its words at each step.
    said = 2 * labels
    return min(limits.STEPS, limits.RECORDED // recorded, limits.NUMBERS // (recorded + said))
