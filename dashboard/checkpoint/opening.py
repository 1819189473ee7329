"""What is in a visitor's file, and which model do their choices make of it?

What was opened stays in the server's memory, under a key that only its own visitor's session knows, until newer files
need the room.
"""

from __future__ import annotations

import copy
import io
import secrets
from collections.abc import Iterator
from itertools import islice
from threading import Lock
from typing import NamedTuple

import torch
from cachetools import LRUCache
from torch import Tensor, nn

import lstm_core
from lstm_core import Checkpoint, LstmCoreError, SequenceModel, Trace
from lstm_core.checkpoints.vocabulary import read_labels
from lstm_core.checkpoints.weights_file import shortened
from lstm_core.models.embeddings import Rows, Vocabulary
from lstm_core.models.shipped import is_model

_ROOM = 200_000_000
MOST_STEPS, MOST_NUMBERS = 200, 10_000_000
"""The most steps that the first picture shows, and the most numbers in all that are recorded and said of them."""
MOST_A_STEP = 250_000
"""The most numbers that an LSTM may read and record at one step: both directions of four layers of 5,000 units."""
WAVE_STEPS = 24
_LESSON = "Giraffes in a field"


class Opened(NamedTuple):
    """A file's name and size in bytes, and what was in it: parts to choose from, or a whole model."""

    name: str
    size: int
    content: Checkpoint | SequenceModel


class Choice(NamedTuple):
    """Which parts of a checkpoint make the model: their names, "" or None for none, and texts of tokens and labels."""

    lstm: str
    embedding: str | None = None
    linear: str | None = None
    vocabulary: str = ""
    labels: str = ""


class FirstReading(NamedTuple):
    """An example that was read: its tokens, the trace, the model's word on each step, what a person should know."""

    tokens: list[str]
    trace: Trace
    probabilities: Tensor | None
    """(step, label); None where the model has no classes."""
    notices: list[str]


def _parts(content: Checkpoint | SequenceModel) -> Iterator[nn.Module]:
    if isinstance(content, SequenceModel):
        yield content
    else:
        for modules in (content.lstms, content.embeddings, content.linears):
            yield from modules.values()


def _bytes(opened: Opened) -> int:
    return 1000 + sum(int(weight.nbytes) for part in _parts(opened.content) for weight in part.parameters())


_opened: LRUCache[str, Opened] = LRUCache(_ROOM, getsizeof=_bytes)
_lock = Lock()
# A file in the middle of being read takes a few times its size: two large ones wait for each other.
_one_at_a_time = Lock()


def keep(name: str, content: bytes) -> str:
    """Open a file and keep what is in it; returns what it can be asked for by.

    Raises LstmCoreError when it holds no LSTM, or nothing that can be read.
    """
    with _one_at_a_time:
        _make_room(len(content))
        opened = Opened(name, len(content), _read(name, content))
    if _bytes(opened) > _ROOM:
        raise LstmCoreError(
            f"{shortened(name)} can't be opened. Expected weights of at most {_ROOM:,} bytes, got {_bytes(opened):,}."
        )
    key = secrets.token_urlsafe(16)
    with _lock:
        _opened[key] = opened
    return key


def _make_room(size: int) -> None:
    """Let go of what was opened longest ago, before as much comes in."""
    with _lock:
        while _opened and _opened.currsize + size > _ROOM:
            _opened.popitem()


class _Named(io.BytesIO):
    """Content that messages call by its name."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def _read(name: str, content: bytes) -> Checkpoint | SequenceModel:
    if not is_model(content):
        return lstm_core.load_checkpoint(_Named(name, content))
    try:
        return lstm_core.load_model(content)
    except LstmCoreError as error:
        raise LstmCoreError(f"{shortened(name)} can't be opened. {error}") from error


def kept(key: str) -> Opened | None:
    """What was opened under that key, or None once it had to make room."""
    with _lock:
        return _opened.get(key)


def drop(key: str) -> None:
    """Let go of what was opened under that key."""
    with _lock:
        _opened.pop(key, None)


def model_of(opened: Opened, choice: Choice | None) -> SequenceModel:
    """The model that is the file, or the one that the choices make of its parts.

    Raises LstmCoreError where vocabulary, labels and parts don't fit each other, and for an LSTM that is too wide to be
    looked at.
    """
    if isinstance(opened.content, SequenceModel):
        return opened.content
    if choice is None:
        raise LstmCoreError("Expected a choice of parts, got none. Choose an LSTM.")
    model = lstm_core.assemble(
        opened.content,
        choice.lstm,
        choice.embedding,
        choice.linear,
        vocabulary=lstm_core.read_vocabulary(choice.vocabulary) if choice.vocabulary.strip() else None,
        labels=read_labels(choice.labels) if choice.labels.strip() else None,
    )
    if (numbers := _numbers_a_step(model)) > MOST_A_STEP:
        raise LstmCoreError(
            f"Expected at most {MOST_A_STEP:,} numbers to look at for each step, got {numbers:,}: this LSTM has "
            f"input_dim {model.lstm.input_size:,} and hidden_dim {model.lstm.hidden_size:,}. Record it in Python: "
            "lstm_core.record."
        )
    return model


def _numbers_a_step(model: SequenceModel) -> int:
    lstm = model.lstm
    units = lstm.hidden_size * lstm.num_layers * (2 if lstm.bidirectional else 1)
    return len(lstm_core.QUANTITIES) * units + lstm.input_size


def example(model: SequenceModel) -> str:
    """A text that the model can read."""
    if model.reads == "numbers":
        return _wave(model.lstm.input_size)
    tokens = _listed(model)
    if isinstance(model.embedding, Rows) and rows_alone(model):
        return " ".join(str(row) for row in range(min(8, model.embedding.rows)))
    lesson = model.tokens(_LESSON)
    if not tokens or set(lesson) <= set(tokens):
        return _LESSON
    usual = list(islice((token for token in tokens if model.tokens(token) == [token]), 8))
    return (" " if model.reads == "words" else "").join(usual) or _LESSON


def _listed(model: SequenceModel) -> list[str]:
    """The tokens that the model has a vector for, one by one; [] where it makes vectors in another way."""
    return model.embedding.tokens if isinstance(model.embedding, (Rows, Vocabulary)) else []


def rows_alone(model: SequenceModel) -> bool:
    """Whether tokens are the numbers of rows, for want of a vocabulary."""
    return isinstance(model.embedding, Rows) and not model.embedding.tokens


def _wave(columns: int) -> str:
    """A made-up series as a CSV: waves, one a column."""
    return "\n".join(",".join(f"{value:.2f}" for value in row) for row in _waves(columns).tolist())


def _waves(columns: int) -> Tensor:
    """(step, column), with two decimals."""
    steps, offsets = torch.arange(WAVE_STEPS, dtype=torch.float64)[:, None], torch.arange(columns)
    return (steps / 3 + offsets).sin().mul(100).round().div(100).float()


def first_reading(model: SequenceModel, text: str) -> FirstReading:
    """The first steps of a text, or with "" of the model's example, read and recorded.

    Raises LstmCoreError where there is nothing to read, or what is read or reads is not finite.
    """
    tokens, x = _input(model, text)
    if not tokens:
        raise LstmCoreError("There is nothing to read yet: type an example.")
    notices = []
    most = min(MOST_STEPS, max(1, MOST_NUMBERS // (_numbers_a_step(model) + len(model.labels))))
    if len(tokens) > most:
        notices.append(f"The first {most} of {len(tokens):,} steps are shown; the Memory page shows more.")
        tokens, x = tokens[:most], x[:most]
    # A module of its own, with the same weights: recording hooks it, and the main page may be reading with it too.
    lstm = copy.deepcopy(model.lstm, {id(weight): weight for weight in model.lstm.parameters()})
    if not all(bool(part.isfinite().all()) for part in (x, *lstm.parameters())):
        raise LstmCoreError(
            "Expected finite numbers in the weights of this LSTM and in what it reads, got some that are infinite or "
            "not a number (nan). Training that diverged leaves such weights: open an earlier checkpoint."
        )
    trace = lstm_core.run(lstm, x, tokens=tokens)
    notices += _unknown(tokens, model)
    scored = model.gives in ("classes", "set")
    return FirstReading(tokens, trace, model.probabilities(model.scores(trace))[:, 0] if scored else None, notices)


def _input(model: SequenceModel, text: str) -> tuple[list[str], Tensor]:
    if model.reads == "numbers" and not text:
        # Hundreds of columns take seconds to parse.
        return [str(step) for step in range(WAVE_STEPS)], model.vectors(_waves(model.lstm.input_size)).detach()
    if model.reads == "numbers":
        series = lstm_core.read_series(text)
        return series.times or [str(step) for step in range(len(series.values))], model.vectors(series.values).detach()
    tokens = model.tokens(text or example(model))
    return tokens, model.vectors(tokens).detach()


def _unknown(tokens: list[str], model: SequenceModel) -> list[str]:
    """A sentence on the tokens that have no vector of their own."""
    if rows_alone(model):
        missing = [token for token, row in zip(tokens, model.embedding.read(tokens).tolist(), strict=True) if row < 0]
    else:
        missing = sorted(set(tokens).difference(listed), key=tokens.index) if (listed := _listed(model)) else []
    if not missing:
        return []
    first = ", ".join(f"“{token}”" for token in missing[:5]) + ("" if len(missing) <= 5 else " and others")
    return [f"Not in the vocabulary, so read as unknown: {first}."]
