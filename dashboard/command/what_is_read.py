"""What is a verb of the shell, which model does it name, what does that read, and in which files is a trace kept?"""

from __future__ import annotations

import argparse
import io
import os.path
import sys
from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from gatescope.command.output import remark

if TYPE_CHECKING:
    from lstm_core import SequenceModel, Trace
    from lstm_core.checkpoints import Checkpoint
    from lstm_core.inputs import Series


# What is a verb?

# What adds an argument, or some, to a verb.
Argument = Callable[[argparse.ArgumentParser], object]
Run = Callable[[argparse.Namespace], int | None]
STDIN = "-"
WHOLE = (".npz", ".safetensors")
# The endings of files that hold a whole trace, and a table of one.
TABLES = (".csv", ".parquet", ".json")


class Verb(NamedTuple):
    """What it does, which its docstring says, and its arguments in the order of its help."""

    run: Run
    about: str
    arguments: tuple[Argument, ...]


def verb(*arguments: Argument) -> Callable[[Run], Verb]:
    return lambda run: Verb(run, cleandoc(run.__doc__ or ""), arguments)


def argument(name: str, help: str, *names: str, **how: Any) -> Argument:
    return lambda parser: parser.add_argument(name, *names, help=help, **how)


def number(name: str, default: int | None, help: str, **how: Any) -> Argument:
    """A whole number."""
    return argument(name, help, metavar="N", type=int, default=default, **how)


MODEL = "a name of gatescope models, or a file of weights"
TRACE = "a file of gatescope record; or, with --text, --file or --series, a MODEL that is to read it"
which_model = argument("model", MODEL, metavar="MODEL")
in_texts = argument(
    "texts",
    "a file with a text a line, a folder or several files with a text each; - is stdin, a text a line",
    metavar="TEXTS",
    nargs="+",
)


def traced(several: str | None = None) -> Argument:
    return argument("source", TRACE, metavar="TRACE", nargs=several)


def read_by_a_model(required: bool = False) -> Argument:
    """A text or a table."""

    def add(parser: argparse.ArgumentParser) -> None:
        given = parser.add_mutually_exclusive_group(required=required)
        given.add_argument("--text", metavar="T", help="this text")
        given.add_argument("--file", metavar="F", help="the text in a file; - is stdin")
        given.add_argument("--series", metavar="CSV", help="the numbers in a table, a row a step; - is stdin")

    return add


def of_the_model(parser: argparse.ArgumentParser) -> None:
    """What a file of weights may leave open."""
    parser.add_argument("--lstm", metavar="NAME", help="which LSTM, GRU or RNN, if a file of weights has several")
    parser.add_argument("--vocabulary", metavar="FILE", help="the tokens of its embedding's rows, one a line, or JSON")
    each = "one number, or one a column"
    parser.add_argument("--mean", metavar="N", type=float, nargs="+", help=f"taken from the numbers it reads: {each}")
    parser.add_argument("--scale", metavar="N", type=float, nargs="+", help=f"divides what is left of them: {each}")


def with_ending(*known: str) -> Callable[[str], str]:
    """The type of a file name with one of these endings."""

    def name(text: str) -> str:
        if Path(text).suffix not in known:
            endings = f"{'one of ' * (len(known) > 1)}{', '.join(known)}"
            raise argparse.ArgumentTypeError(f"expected a name that ends in {endings}, got {text!r}")
        return text

    return name


# Which model does a name or a file mean?


def model_named(name: str, options: argparse.Namespace) -> SequenceModel:
    """A shipped model, or the one in a file: saved as a whole, or the best guess of what belongs together in a file of
    weights.

    Raises LstmCoreError when there is none.
    """
    import lstm_core
    from gatescope.checkpoint.sentences import scaling
    from lstm_core.models.embeddings import Numbers
    from lstm_core.models.shipped import is_model
    from lstm_core.traces.load import is_trace

    if name in lstm_core.models():
        _refuse_parts(name, options)
        return lstm_core.load_model(name)
    file = Path(name)
    if not file.is_file():
        refuse_missing(name)
        shipped = ", ".join(lstm_core.models())
        raise lstm_core.LstmCoreError(f"Expected one of the models {shipped}, or a file of weights, got {name!r}.")
    if file.suffix in WHOLE and is_trace(file.read_bytes()):
        raise lstm_core.LstmCoreError(
            f"Expected a model, got the recording {name!r}. gatescope units, export and open show a recording."
        )
    if is_model(file):
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


# What does a model read, and what was recorded?


class TraceOfModel(NamedTuple):
    """A trace, and the model that it is of; None if it comes from a file."""

    trace: Trace
    model: SequenceModel | None


def text_of(options: argparse.Namespace) -> str | None:
    """The text of --text, --file or --series; None if none of them is given."""
    if options.text is not None:
        return str(options.text)
    file = options.series if options.file is None else options.file
    return None if file is None else whole_text(file)


def whole_text(file: str) -> str:
    """The text in a file, or in stdin; a line ends with \\n, also in a file from Windows.

    Raises LstmCoreError for what is not UTF-8.
    """
    from gatescope.store.text_files import decoded

    content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    return io.StringIO(decoded(file, content), newline=None).read()


def corpus(files: list[str], reads: str) -> Path | Iterable[str | Path]:
    """The texts in some files, in a folder or in stdin, for a model that reads words, characters, symbols or numbers.

    Raises LstmCoreError for what is not there, and for a table where texts are read.
    """
    from lstm_core import LstmCoreError
    from lstm_core.errors import shortened

    if files == [STDIN]:
        return _lines_of_stdin()
    for file in files:
        if not os.path.exists(file):
            raise LstmCoreError(f"There is no file or folder {shortened(file)}.")
        if reads != "numbers" and file.lower().endswith((".csv", ".tsv")):
            raise LstmCoreError(
                f"Expected texts of {reads}, got the table {shortened(file)}. Give a file of its texts."
            )
    return Path(files[0]) if len(files) == 1 else [Path(file) for file in files]


def _lines_of_stdin() -> Iterator[str]:
    """The lines, decoded and counted as those of a file are, whatever the terminal's own encoding."""
    from lstm_core import LstmCoreError

    try:
        for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig"):
            yield line.removesuffix("\n")
    except UnicodeDecodeError as error:
        raise LstmCoreError("Expected text in UTF-8, got something else on stdin.") from error


def all_recorded(options: argparse.Namespace) -> list[Trace]:
    """The traces in several files, or the one of a model that reads what the options give."""
    if text_is_given(options) and len(options.source) > 1:
        options.wrong(f"one MODEL reads a text, got {len(options.source)}")
    return [recorded(source, options).trace for source in options.source]


def text_is_given(options: argparse.Namespace) -> bool:
    """Whether there is something for a model to read."""
    return any(given is not None for given in (options.text, options.file, options.series))


def recorded(source: str, options: argparse.Namespace) -> TraceOfModel:
    """The trace in a file, or of a model that reads what the options give."""
    import lstm_core
    from lstm_core.models.shipped import is_model

    if text_is_given(options):
        model = model_named(source, options)
        return TraceOfModel(reading(model, options), model)
    file = Path(source)
    if source in lstm_core.models() or is_model(file):
        options.wrong(f"{source} is a model: say what it is to read, with --text, --file or --series")
    if file.is_file() and file.suffix not in WHOLE:
        raise lstm_core.LstmCoreError(
            f"Expected a trace, which ends in {' or '.join(WHOLE)}, got {source!r}. If it is a file of "
            "weights, say what it is to read, with --text, --file or --series."
        )
    # It may be of a GRU or an RNN: each verb refuses what it can't take.
    return TraceOfModel(cast("Trace", lstm_core.load(source)), None)


def reading(model: SequenceModel, options: argparse.Namespace) -> Trace:
    """The trace of a model that reads what the options give.

    Raises LstmCoreError when it can't read that, and when there is nothing to read.
    """
    read = steps_read(model, options)
    if isinstance(read, list):
        return _run(model, read, read)
    return _run(model, read.values, read.times or [str(step) for step in range(len(read.values))])


def steps_read(model: SequenceModel, options: argparse.Namespace) -> Series | list[str]:
    """The series or the tokens that the options give.

    Raises LstmCoreError when the model can't read that, and when there is nothing to read.
    """
    import lstm_core
    from gatescope.reading.read import unknown

    text = text_of(options) or ""
    if model.reads == "numbers":
        return lstm_core.read_series(text)
    if options.series is not None:
        raise lstm_core.LstmCoreError(f"{model.name} reads {model.reads}, not numbers. Give --text or --file.")
    tokens = model.tokens(text)
    if not tokens:
        raise lstm_core.LstmCoreError(f"Expected a text with {model.reads} in it, got {text[:40]!r}.")
    if unread := model.embedding.unread(tokens):
        [said] = unknown(model, unread, len(tokens), model.reads)
        if len(unread) == len(tokens):
            raise lstm_core.LstmCoreError(f"{said} Give {model.reads} that it knows, or its words with --vocabulary.")
        remark(said)
    return tokens


def _run(model: SequenceModel, steps: Any, names: list[str]) -> Trace:
    """The trace of a model that reads these steps.

    Raises LstmCoreError where PyTorch cannot hold so many.
    """
    import lstm_core

    try:
        return lstm_core.run(model.lstm, model.vectors(steps).detach(), tokens=names)
    except (RuntimeError, MemoryError) as error:
        reason = (str(error).splitlines() or ["out of memory"])[0]
        raise lstm_core.LstmCoreError(
            f"{model.name} can't record {len(names):,} steps at once ({reason}). Give less to read, or use "
            "gatescope scan, which keeps no single step."
        ) from error


def write_trace(trace: Trace, file: str) -> None:
    """Write a trace in the form that the file's name says."""
    writers = {".csv": trace.to_csv, ".parquet": trace.to_parquet, ".json": trace.to_json}
    writers.get(Path(file).suffix, trace.save)(file)
