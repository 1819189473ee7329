"""draw or write what was recorded

The ending of --out decides. .svg, .png and .pdf are pictures of a slide's size, and .html is a page that plays
offline. .csv, .parquet and .json hold a row a step and unit; .npz and .safetensors hold the whole trace. Without --out
the rows go to stdout as CSV.

    gatescope export giraffes.npz --out giraffes.html
    gatescope export tagger --text "Giraffes in a field" --out giraffes.svg
    gatescope export giraffes.npz | head
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.command import output, trace_file, what_is_read, which_model
from dashboard.command.what_is_read import Recorded

if TYPE_CHECKING:
    from dashboard.reading.read import Reading
    from lstm_core import SequenceModel, Trace
    from lstm_core.plots.page_figure import Figure

DRAWN = (".svg", ".png", ".pdf")
PAGE = ".html"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="TRACE", help=what_is_read.TRACE)
    what_is_read.input_arguments(parser)
    parser.add_argument("--out", metavar="FILE", type=_name, help="the picture, the page or the numbers")
    which_model.arguments(parser)


def run(options: argparse.Namespace) -> None:
    recorded = what_is_read.recorded(options)
    if options.out is None:
        output.table(recorded.trace.to_pandas())
    elif Path(options.out).suffix in (*DRAWN, PAGE):
        _draw(recorded, options)
    else:
        trace_file.write(recorded.trace, options.out)


def _name(text: str) -> str:
    return trace_file.ending(text, (*DRAWN, PAGE, *trace_file.TABLES, *trace_file.WHOLE))


def _draw(recorded: Recorded, options: argparse.Namespace) -> None:
    """Write a picture, or a page that plays offline."""
    from dashboard.export.html_page import html_page
    from dashboard.export.image_file import image
    from lstm_core.files.write_whole import write_bytes

    title = options.text or options.file or options.series or Path(options.source).name
    figure, kind = _figure(recorded, title), Path(options.out).suffix
    if kind == PAGE:
        write_bytes(Path(options.out), html_page(figure, title))
    else:
        write_bytes(Path(options.out), image(figure, kind.removeprefix("."), instead="a page (.html)"))


def _figure(recorded: Recorded, title: str) -> Figure:
    """The sheet that the page exports; with the model's answers, if the model is there.

    Raises LstmCoreError for a trace of another cell than an LSTM.
    """
    from dashboard.drawing.few_units import few_units
    from dashboard.drawing.shown_strips import reach_of_trace
    from dashboard.export.sheet import sheet
    from dashboard.export.sheet_geometry import SIZES
    from dashboard.export.visible_part import WHOLE, left_out
    from dashboard.question.link import shortened
    from dashboard.question.shown import QUANTITIES, Shown
    from dashboard.words.sentences import WITH, dims_of, proof
    from lstm_core.plots import palette

    trace = _first_sequence(recorded.trace)
    reading = _reading(trace, recorded.model)
    there = "".join(name for name in QUANTITIES if name in trace.kept)
    shown = Shown(quantities=there, top="telling" if recorded.model else "active")
    sight = WHOLE._replace(few=few_units(reading, trace, shown))
    name = recorded.model.name if recorded.model else trace.name
    made = f"nn.LSTM{name and f' {name}'}: {dims_of(reading.lstm)}; {proof(recorded.trace)}. {WITH}"
    return sheet(
        reading,
        shown,
        sight,
        palette.look("teal", "light"),
        SIZES["slide"],
        shortened(title, 70),
        left_out(trace, shown, sight) + made,
        reach=reach_of_trace(trace, sight.few),
    )


def _first_sequence(whole: Trace) -> Trace:
    """The first sequence of a trace, without its padding."""
    from lstm_core import LstmCoreError, Trace

    if not isinstance(whole, Trace):
        raise LstmCoreError(
            f"Expected the trace of an LSTM to draw, got a {type(whole).__name__}. In Python its plot() draws it."
        )
    if (sequences := whole.sizes["batch"]) > 1:
        output.remark(f"The first of {sequences} sequences is drawn.")
    return whole.sel(batch=[0], time=slice(0, int(whole.lengths_or_time()[0])))


def _reading(trace: Trace, model: SequenceModel | None) -> Reading:
    """What the page draws."""
    from torch import nn

    from dashboard.reading.read import Reading

    tokens = trace.tokens[0] if trace.tokens else [str(step) for step in range(len(trace.x))]
    sizes = ("input_size", "hidden_size", "num_layers", "bidirectional", "proj_size")
    # Only its sizes are read: a trace has no weights.
    lstm = nn.LSTM(**{name: trace.config[name] for name in sizes}, device="meta")
    return Reading(tokens, lstm, trace, [], None, model, None)
