"""Which model does a name or a file mean?"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING

from gatescope.command import trace_file
from gatescope.command.output import remark

if TYPE_CHECKING:
    from lstm_core import SequenceModel
    from lstm_core.checkpoints import Checkpoint

MODEL = "a name of gatescope models, or a file of weights"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What a file of weights may leave open."""
    parser.add_argument("--lstm", metavar="NAME", help="which LSTM, GRU or RNN, if a file of weights has several")
    parser.add_argument("--vocabulary", metavar="FILE", help="the tokens of its embedding's rows, one a line, or JSON")
    each = "one number, or one a column"
    parser.add_argument("--mean", metavar="N", type=float, nargs="+", help=f"taken from the numbers it reads: {each}")
    parser.add_argument("--scale", metavar="N", type=float, nargs="+", help=f"divides what is left of them: {each}")


def model_named(name: str, options: argparse.Namespace) -> SequenceModel:
    """A shipped model, or the one in a file: saved as a whole, or the best guess of what belongs together in a file of
    weights.

    Raises LstmCoreError when there is none.
    """
    import lstm_core
    from gatescope.checkpoint.sentences import scaling
    from lstm_core.models.embeddings import Numbers
    from lstm_core.models.shipped import is_model_file
    from lstm_core.traces.load import is_trace

    if name in lstm_core.models():
        _refuse_parts(name, options)
        return lstm_core.load_model(name)
    file = Path(name)
    if not file.is_file():
        refuse_missing(name)
        shipped = ", ".join(lstm_core.models())
        raise lstm_core.LstmCoreError(f"Expected one of the models {shipped}, or a file of weights, got {name!r}.")
    if file.suffix in trace_file.WHOLE and is_trace(file.read_bytes()):
        raise lstm_core.LstmCoreError(
            f"Expected a model, got the recording {name!r}. gatescope units, export and open show a recording."
        )
    if is_model_file(file):
        model = lstm_core.load_model(file)
        is_raw = isinstance(model.embedding, Numbers) and model.embedding.is_raw
        _refuse_parts(name, options, may_scale=is_raw)
    else:
        model = _assembled(lstm_core.load_checkpoint(file), options.lstm, options.vocabulary)
    _scale(model, options)
    if isinstance(model.embedding, Numbers) and model.embedding.is_raw:
        remark(f"{scaling(model)} --mean and --scale do that.")
    return model


def refuse_missing(name: str) -> None:
    """Raise LstmCoreError for the name of a file that is not there; a name without an ending may be a model's."""
    from lstm_core import LstmCoreError

    file = Path(name)
    if (file.suffix or file.name != name) and not file.is_file():
        raise LstmCoreError(f"There is no file {name!r}.")


def _refuse_parts(name: str, options: argparse.Namespace, may_scale: bool = False) -> None:
    """Refuse what a whole model has already."""
    if options.lstm is not None or options.vocabulary is not None:
        options.wrong(f"--lstm and --vocabulary are for a file of weights, and {name} is a whole model")
    if not may_scale and (options.mean is not None or options.scale is not None):
        options.wrong(f"--mean and --scale are for numbers that go in as they are, which {name} does not read")


def _scale(model: SequenceModel, options: argparse.Namespace) -> None:
    """Let a model scale its numbers as the options say."""
    from lstm_core import LstmCoreError
    from lstm_core.models.embeddings import Numbers

    if options.mean is None and options.scale is None:
        return
    if not isinstance(model.embedding, Numbers):
        raise LstmCoreError(f"--mean and --scale are for numbers, and this model reads {model.reads}. Leave them out.")
    model.embedding = model.embedding.scaled(options.mean or [0.0], options.scale or [1.0])


def _assembled(checkpoint: Checkpoint, lstm: str | None, vocabulary: str | None) -> SequenceModel:
    import lstm_core
    from gatescope.checkpoint.sentences import rows_without_a_token
    from gatescope.store.text_files import decoded
    from lstm_core.checkpoints import read_vocabulary
    from lstm_core.recording.kinds import kind_of

    for note in checkpoint.notes:
        remark(note)
    names = list(checkpoint.recurrent)
    if lstm is None and len(names) > 1:
        raise lstm_core.LstmCoreError(f"Expected --lstm with one of {', '.join(names)}, got none.")
    name = names[0] if lstm is None else lstm
    fitting = checkpoint.pair(name) if name in names else None
    embedding, linear = (next(iter(found), None) for found in (fitting or ([], [])))
    tokens = None
    if vocabulary is not None:
        text = decoded(vocabulary, Path(vocabulary).read_bytes(), "vocabulary")
        tokens = read_vocabulary(io.StringIO(text, newline=None).read())
    if tokens is None and embedding and len(checkpoint.vocabulary) <= checkpoint.embeddings[embedding].num_embeddings:
        tokens = list(checkpoint.vocabulary) or None
    model = lstm_core.assemble(checkpoint, name, embedding, linear, vocabulary=tokens)
    if embedding is not None and tokens is None:
        remark("No vocabulary: a token is the number of its row, from 0. --vocabulary gives the words.")
    fed = "numbers" if embedding is None else f"the embedding {embedding!r}"
    if few := rows_without_a_token(model):
        remark(few.strip())
    read = "no Linear" if linear is None else f"the Linear {linear!r}"
    remark(f"The {kind_of(model.lstm).name}{f' {name!r}' if name else ''} is fed by {fed} and read by {read}.")
    return model
