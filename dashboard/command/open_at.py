"""open the dashboard at a model and what it reads, or at a recording

Streamlit's own options come last. Until it is stopped, the bare address shows this model to whoever comes.

    gatescope open my_model.pt --series sensors.csv
    gatescope open counter --text aaaabbbb --server.port 8600
    gatescope open run.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from gatescope.command import output, start, what_is_read

if TYPE_CHECKING:
    from gatescope.question.view import Source
    from lstm_core import SequenceModel
    from lstm_core.traces.load import AnyTrace


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=f"{what_is_read.MODEL}; or a recording")
    what_is_read.input_arguments(parser)
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    from gatescope.live.process import share_the_machine

    share_the_machine()

    import lstm_core
    from gatescope.question import opening
    from gatescope.question.view import OWN
    from lstm_core.traces.load import is_trace

    file = Path(options.model)
    if file.suffix in what_is_read.WHOLE and file.is_file() and is_trace(file.read_bytes()):
        if what_is_read.text_is_given(options):
            options.wrong(f"{options.model} is a recording: it has read already")
        _watch(file.name, lstm_core.load(file), options)
    model = what_is_read.model_named(options.model, options)
    text = what_is_read.text_of(options)
    read = Path(options.file or options.series or "text").name
    source = _source(options.model, model, text, read)
    opening.opens(source, own=Path(options.model).name if source.model.startswith(OWN) else None)
    start.dashboard(options.streamlit)


def _watch(name: str, trace: AnyTrace, options: argparse.Namespace) -> NoReturn:
    """Open the dashboard at a recording. Raises LstmCoreError for one that can't be drawn."""
    from gatescope.question import opening
    from gatescope.question.view import Source
    from gatescope.reading.recorded import recording
    from gatescope.store import visitor_traces

    key = visitor_traces.put(name, trace)
    recording(key)
    if (sequences := trace.sizes["batch"]) > 1:
        output.remark(f"The first of {sequences} sequences is shown. Open the file on Your model to choose another.")
    opening.opens(Source(model=key), own=name)
    start.dashboard(options.streamlit)


def _source(asked: str, model: SequenceModel, text: str | None, name: str) -> Source:
    """The model and its text for the page: what is no shipped model, or too long for a link, is kept on the server as
    what a visitor opens is. Without a text the model's first example is read."""
    import lstm_core
    from gatescope.question.view import Source
    from gatescope.reading.example_texts import examples
    from gatescope.serving import limits
    from gatescope.store import text_files, visitor_models

    key = asked if asked in lstm_core.models() else visitor_models.put(model)
    if text is None:
        text = next(iter(examples(model, model.reads).values()))
    if len(text) <= limits.LONG:
        return Source(model=key, sentence=text)
    return Source(model=key, file=text_files.keep(name, text.encode("utf-8", "replace")))
