"""What is in a visitor's file, and which model do their choices make of it?

An opened file stays in the server's memory, under a key that only its visitor's session knows, until newer files need
the room.
"""

import io
from typing import NamedTuple

import torch
from torch import nn

import lstm_core
from gatescope.question.view import Source
from gatescope.reading.models import FIRST, examples
from gatescope.reading.read import Reading, numbers_a_step, prepare_with
from gatescope.reading.recorded import MOST_A_STEP
from gatescope.serving import open_in_process
from gatescope.store import visitor_traces
from gatescope.store.remembered import Budget, KeyedStore, text_bytes
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.checkpoints import Checkpoint
from lstm_core.checkpoints.vocabulary import read_labels
from lstm_core.checkpoints.weights_file import not_finite
from lstm_core.models import about
from lstm_core.models.embeddings import Rows
from lstm_core.recording.kinds import kind_of
from lstm_core.traces.recorded import Recorded

# The most steps that the first picture shows.
MOST_STEPS = 200


class Opened(NamedTuple):
    """A file's name and size in bytes, its content (parts to choose from, or a whole model), and notes on it."""

    name: str
    size: int
    content: Checkpoint | SequenceModel
    notes: tuple[str, ...]
    """Sentences for the visitor about the file."""


class Choice(NamedTuple):
    """The parts of a checkpoint that make the model, by name ("" or None for none), and texts of tokens and labels."""

    lstm: str
    embedding: str | None = None
    linear: str | None = None
    vocabulary: str = ""
    labels: str = ""


def modules_in(content: Checkpoint | SequenceModel) -> list[tuple[str, nn.Module]]:
    """The modules of a file with their names: what remembers comes first."""
    if isinstance(content, SequenceModel):
        return [("lstm", content.lstm), ("embedding", content.embedding), ("linear", content.linear)]
    return [*content.recurrent.items(), *content.embeddings.items(), *content.linears.items()]


def _bytes(opened: Opened) -> int:
    tokens = opened.content.vocabulary if isinstance(opened.content, Checkpoint) else ()
    weights = (weight for _, module in modules_in(opened.content) for weight in module.parameters())
    return sum(int(weight.nbytes) for weight in weights) + text_bytes(tokens)


_store: KeyedStore[Opened] = KeyedStore(Budget.WEIGHTS, _bytes)


def keep(name: str, content: bytes) -> str:
    """Open a file and keep its content, a recording among recordings; returns the key.

    Raises LstmCoreError when the file holds no LSTM and no recording, or can't be read.
    """
    found = open_in_process.opened(name, content, Budget.WEIGHTS)
    if isinstance(found, Recorded):
        return visitor_traces.put(name, found)
    notes = (
        found.notes if isinstance(found, Checkpoint) else tuple(filter(None, [not_finite(found.named_parameters())]))
    )
    return _store.put(Opened(name, len(content), found, notes))


def kept(key: str) -> Opened | None:
    """The opened file of weights with this key, or None if it was dropped to make room."""
    return _store.get(key)


def drop(key: str) -> None:
    """Drop the opened file with this key; a recording stays, for the Memory page."""
    _store.drop(key)


def model_of(opened: Opened, choice: Choice | None) -> SequenceModel:
    """The model in the file, or the model that the choices make from its parts.

    Raises LstmCoreError when vocabulary, labels and parts don't fit each other, and for a module that is too wide to
    record here.
    """
    if isinstance(opened.content, SequenceModel):
        return opened.content
    if choice is None:
        raise LstmCoreError("Expected a choice of parts, got none. Choose an LSTM, GRU or RNN.")
    model = lstm_core.assemble(
        opened.content,
        choice.lstm,
        choice.embedding,
        choice.linear,
        vocabulary=lstm_core.checkpoints.read_vocabulary(choice.vocabulary) if choice.vocabulary.strip() else None,
        labels=read_labels(choice.labels) if choice.labels.strip() else None,
    )
    if (numbers := numbers_a_step(model.lstm)) > MOST_A_STEP:
        raise LstmCoreError(
            f"Expected at most {MOST_A_STEP:,} numbers to look at for each step, got {numbers:,}: this "
            f"{kind_of(model.lstm).name} has input_dim {model.lstm.input_size:,} and hidden_dim "
            f"{model.lstm.hidden_size:,}. Record it in Python: lstm_core.record."
        )
    return model


def example(model: SequenceModel) -> str:
    """A text that the model can read."""
    return next(iter(examples(model, model.reads).values()), FIRST)


def rows_alone(model: SequenceModel) -> bool:
    """Whether tokens are the numbers of rows, because there is no vocabulary."""
    return isinstance(model.embedding, Rows) and not model.embedding.tokens


def first_reading(model: SequenceModel, text: str) -> Reading:
    """Read and record the first steps of a text, or of the model's example if the text is "".

    Raises LstmCoreError when there is nothing to read, or the input or the weights are not finite.
    """
    reading, x = prepare_with(Source(sentence=text or example(model)), model, [])
    if x is None:
        raise LstmCoreError(" ".join(reading.notices))
    if not x[:MOST_STEPS].isfinite().all() or not_finite(model.state_dict().items()):
        raise LstmCoreError(
            "Expected finite numbers in the weights of this model and in what it reads, got some that are infinite or "
            "not a number (nan). Training that diverged leaves such weights: open an earlier checkpoint."
        )
    notices, tokens = reading.notices, reading.tokens[:MOST_STEPS]
    if len(reading.tokens) > MOST_STEPS:
        more = f"The first {MOST_STEPS} of {len(reading.tokens):,} steps are shown; the Memory page shows more."
        notices = [more, *notices]
    trace = lstm_core.run(model.lstm, x[:MOST_STEPS], tokens=tokens)
    return reading._replace(tokens=tokens, trace=trace, notices=notices)


# Which file can a visitor open who has none at hand?

EXAMPLE = "They can fish in a can"


def example_file() -> tuple[bytes, str]:
    """A checkpoint of PyTorch as people save one, with its vocabulary, of a tagger that reads both ways; and the labels
    of that model."""
    model = lstm_core.load_model("tagger-bi")
    words = list(dict.fromkeys(word for text in about("tagger").examples.values() for word in lstm_core.words(text)))
    state = nn.ModuleDict({"lstm": model.lstm, "fc": model.linear}).state_dict()
    state["embedding.weight"] = model.vectors(words)[:, 0].detach()
    weights = {f"module.{name}": weight for name, weight in state.items()}
    file = io.BytesIO()
    torch.save({"model_state_dict": weights, "vocab": {word: row for row, word in enumerate(words)}}, file)
    return file.getvalue(), ", ".join(model.labels)
