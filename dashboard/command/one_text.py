"""What can the shell do with one text or table: record it, export it, open it, explain an answer, check a model?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from gatescope.command import output, what_is_read
from gatescope.command.what_is_read import (
    MODEL,
    STDIN,
    TABLES,
    WHOLE,
    TraceOfModel,
    argument,
    number,
    of_the_model,
    read_by_a_model,
    traced,
    verb,
    which_model,
    with_ending,
)

if TYPE_CHECKING:
    from gatescope.question.view import Source
    from lstm_core import SequenceModel, Trace
    from lstm_core.explaining.question import Target
    from lstm_core.traces.load import AnyTrace

# record


@verb(
    which_model,
    read_by_a_model(required=True),
    argument("--out", "where the trace is kept", metavar="FILE", type=with_ending(*WHOLE, *TABLES)),
    of_the_model,
)
def record(options: argparse.Namespace) -> None:
    """let a model read, and record every gate and state

    Prints what was recorded, with its proof. --out keeps it: .npz and .safetensors hold the whole trace bit for
    bit, for lstm_core.load and for the other verbs; .csv, .parquet and .json hold a row a step and unit.

        gatescope record tagger --text "Giraffes in a field" --out giraffes.npz
        gatescope record my_model.pt --series sensors.csv --out run.parquet
    """
    trace = what_is_read.reading(what_is_read.model_named(options.model, options), options)
    # Before the summary: its reader may leave, as head does.
    if options.out:
        what_is_read.write_trace(trace, options.out)
        output.remark(f"Kept in {options.out}.")
    print(trace.summary())


# export

DRAWN = (".svg", ".png", ".pdf")
PAGE = ".html"
# What only a picture has, by its name in `Trace.plot`.
PICTURE = {
    "width": number("--width", None, "pixels of a picture (900)"),
    "height": number("--height", None, "pixels of a picture (as its units need)"),
    "layer": number("--layer", None, "the layer in a picture, from 0, or several (the last)", nargs="+"),
    "direction": number("--direction", None, "the direction in a picture: 0, 1 or both (0)", nargs="+"),
    "quantities": argument("--quantities", "what a picture shows, such as f c (all)", metavar="Q", nargs="+"),
}


@verb(
    traced(),
    read_by_a_model(),
    argument(
        "--out",
        "the picture, the page or the numbers",
        metavar="FILE",
        type=with_ending(*DRAWN, PAGE, *TABLES, *WHOLE),
    ),
    argument("--title", "above a picture or a page", metavar="T"),
    *PICTURE.values(),
    of_the_model,
)
def export(options: argparse.Namespace) -> None:
    """draw or write what was recorded

    The ending of --out decides. .svg, .png and .pdf are the figure of Python's trace.plot(); 96 pixels are an inch,
    so --width 326 fills a paper's column of 3.4 inches, and --width 1280 --height 720 a slide. .html is the live
    view, as a page that works offline. .csv, .parquet and .json hold a row a step and unit; .npz and .safetensors
    hold the whole trace. Without --out the rows go to stdout as CSV.

        gatescope export giraffes.npz --out giraffes.html
        gatescope export tagger --text "Giraffes in a field" --out giraffes.svg
        gatescope export giraffes.npz --title "What is kept" --quantities f c --width 326 --out giraffes.pdf
        gatescope export giraffes.npz | head
    """
    kind = "" if options.out is None else Path(options.out).suffix
    given = {name: value for name in PICTURE if (value := getattr(options, name)) is not None}
    if given and kind not in DRAWN:
        options.wrong(f"--{next(iter(given))} is of a picture: --out ends in {', '.join(DRAWN)}")
    recorded = what_is_read.recorded(options.source, options)
    if options.out is None:
        output.table(recorded.trace.to_pandas())
        return
    if kind in DRAWN:
        _draw(recorded.trace, options, given)
    elif kind == PAGE:
        _write_page(recorded, options)
    else:
        what_is_read.write_trace(recorded.trace, options.out)
    output.remark(f"Kept in {options.out}.")


def _draw(trace: Trace, options: argparse.Namespace, given: dict[str, Any]) -> None:
    from lstm_core.files.write_whole import write_bytes

    kind = Path(options.out).suffix.removeprefix(".")
    image = output.image(trace.plot(title=options.title, **given), kind, instead="a page (.html)")
    write_bytes(Path(options.out), image)
    for dim, said in (("layer", "last"), ("direction", "first")):
        if dim not in given and (number := trace.sizes[dim]) > 1:
            output.remark(f"The {said} of {number} {dim}s is drawn; --{dim} says which.")
    _say_which(trace)


def _write_page(recorded: TraceOfModel, options: argparse.Namespace) -> None:
    from gatescope.offline.page import trace_page
    from lstm_core.files.write_whole import write_bytes

    read = options.text or options.file or options.series or Path(options.source).name
    title = options.title or ("stdin" if read == STDIN else read)
    write_bytes(Path(options.out), trace_page(recorded.trace, title, recorded.model))
    _say_which(recorded.trace)


def _say_which(trace: Trace) -> None:
    if (sequences := trace.sizes["batch"]) > 1:
        output.remark(f"The first of {sequences} sequences is drawn.")


# open


@verb(argument("model", f"{MODEL}; or a recording", metavar="MODEL"), read_by_a_model(), of_the_model)
def open_at(options: argparse.Namespace) -> None:
    """open the dashboard at a model and what it reads, or at a recording

    Streamlit's own options come last. Until it is stopped, the bare address shows this model to whoever comes.

        gatescope open my_model.pt --series sensors.csv
        gatescope open counter --text aaaabbbb --server.port 8600
        gatescope open run.npz
    """
    from gatescope.live.process import share_the_machine

    share_the_machine()

    import lstm_core
    from gatescope.question.view import OWN
    from lstm_core.traces.load import is_trace

    file = Path(options.model)
    if file.suffix in WHOLE and file.is_file() and is_trace(file.read_bytes()):
        if what_is_read.text_is_given(options):
            options.wrong(f"{options.model} is a recording: it has read already")
        _watch(file.name, lstm_core.load(file), options)
    model = what_is_read.model_named(options.model, options)
    text = what_is_read.text_of(options)
    source = _source(options.model, model, text, Path(options.file or options.series or "text").name)
    _start(source, file.name if source.model.startswith(OWN) else None, options)


def _start(source: Source, own: str | None, options: argparse.Namespace) -> NoReturn:
    """Open the dashboard at a source; `own`: the name of its model, if not ours."""
    from gatescope.question import opening

    opening.opens(source, own=own)
    output.dashboard(options.streamlit)


def _watch(name: str, trace: AnyTrace, options: argparse.Namespace) -> NoReturn:
    """Open the dashboard at a recording. Raises LstmCoreError for one that can't be drawn."""
    from gatescope.question.view import Source
    from gatescope.reading.recorded import recording
    from gatescope.store import visitor_traces

    key = visitor_traces.put(name, trace)
    recording(key)
    if (sequences := trace.sizes["batch"]) > 1:
        output.remark(f"The first of {sequences} sequences is shown. Open the file on Your model to choose another.")
    _start(Source(model=key), name, options)


def _source(asked: str, model: SequenceModel, text: str | None, name: str) -> Source:
    """The model and its text for the page: what is no shipped model, or too long for a link, is kept on the server as
    what a visitor opens is. Without a text the model's first example is read."""
    import lstm_core
    from gatescope.question.view import Source
    from gatescope.reading.models import examples
    from gatescope.serving import limits
    from gatescope.store import text_files, visitor_models

    key = asked if asked in lstm_core.models() else visitor_models.put(model)
    if text is None:
        text = next(iter(examples(model, model.reads).values()))
    if len(text) <= limits.LONG:
        return Source(model=key, sentence=text)
    return Source(model=key, file=text_files.keep(name, text.encode("utf-8", "replace")))


# explain


@verb(
    which_model,
    read_by_a_model(required=True),
    number("--at", -1, "the step whose answer it is (-1, the last)"),
    argument("--target", "one output, or its number; or two: the lead of A over B", metavar="LABEL", nargs="+"),
    argument("--without", "words, dates or numbers of steps (all steps)", metavar="W", nargs="+"),
    argument("--baseline", "median, mean, a number, or another word or text (median)", metavar="B", default="median"),
    of_the_model,
)
def explain(options: argparse.Namespace) -> None:
    """say what each input did for an answer, against a stated baseline

    A table on stdout, the largest part first, which sums to the difference of two answers: of x as it is, and with
    a baseline in place of what is left out (lstm_core.explain). What was asked, how exact the sum is, and how much
    stayed in the memory is said on stderr. The baseline decides more than any method does: choose what counts as
    nothing.

        gatescope explain sentiment --text "It is not a good film" --without not --baseline so
        gatescope explain my_model.pt --series sensors.csv --at 30 --target flow --without 2024-05-03
    """
    import lstm_core

    if options.target is not None and len(options.target) > 2:
        options.wrong(f"--target is one output or two, got {len(options.target)}")
    model = what_is_read.model_named(options.model, options)
    read = what_is_read.steps_read(model, options)
    names = read if isinstance(read, list) else read.times or []
    found = lstm_core.explain(
        model,
        read,
        without=None if options.without is None else [_name_or_number(each, names) for each in options.without],
        baseline=_number(options.baseline),
        time=options.at,
        target=_target(options.target, model.labels),
    )
    output.table(found.to_pandas())
    output.remark(found.summary())


def _target(given: list[str] | None, labels: list[str]) -> Target:
    """One output or two, by label or number."""
    named = [_name_or_number(each, labels) for each in given or []]
    return (named[0], named[1]) if named[1:] else named[0] if named else None


def _name_or_number(given: str, names: list[str]) -> str | int:
    """A word, a date or a label that there is, or else a number."""
    return given if given in names or not given.removeprefix("-").isdecimal() else int(given)


def _number(given: str) -> str | float:
    try:
        return float(given)
    except ValueError:
        return given


# check


@verb(which_model, read_by_a_model(), of_the_model)
def check(options: argparse.Namespace) -> int:
    """say what goes wrong with a model that can be tested for

    A table on stdout, a row a question: its result (pass, look or broken), its number, and the line that mends it
    (lstm_core.check). What is broken comes first. Without a text the model reads a thousand random words of its
    vocabulary. The exit code is 1 when something is broken.

        gatescope check sentiment
        gatescope check my_model.pt --series sensors.csv
    """
    import lstm_core

    model = what_is_read.model_named(options.model, options)
    read = what_is_read.steps_read(model, options) if what_is_read.text_is_given(options) else None
    steps = read if isinstance(read, list) or read is None else read.values
    report = lstm_core.check(model) if steps is None else lstm_core.check(model, model.vectors(steps).detach())
    output.table(report.to_pandas())
    output.remark(report.summary())
    return int(report.is_broken)
