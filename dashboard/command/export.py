"""draw or write what was recorded

The ending of --out decides. .svg, .png and .pdf are pictures; .html is the live view, as a page that works offline.
.csv, .parquet and .json hold a row a step and unit; .npz and .safetensors hold the whole trace. Without --out the rows
go to stdout as CSV.

    gatescope export giraffes.npz --out giraffes.html
    gatescope export tagger --text "Giraffes in a field" --out giraffes.svg
    gatescope export giraffes.npz --size column --out giraffes.pdf
    gatescope export giraffes.npz | head
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dashboard.command import output, trace_file, what_is_read, which_model
from dashboard.command.what_is_read import Recorded

DRAWN = (".svg", ".png", ".pdf")
PAGE = ".html"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="TRACE", help=what_is_read.TRACE)
    what_is_read.input_arguments(parser)
    parser.add_argument("--out", metavar="FILE", type=_name, help="the picture, the page or the numbers")
    parser.add_argument(
        "--size", choices=("slide", "column"), default="slide", help="a picture for a slide, or for a paper's column"
    )
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
    """Write a picture, or a page that works offline."""
    from dashboard.export.image_file import image
    from dashboard.export.trace_sheet import sheet_of
    from dashboard.offline.trace_page import trace_page
    from lstm_core.files.write_whole import write_bytes

    title = options.text or options.file or options.series or Path(options.source).name
    title = "stdin" if title == what_is_read.STDIN else title
    trace, kind = recorded.trace, Path(options.out).suffix
    if (sequences := trace.sizes["batch"]) > 1:
        output.remark(f"The first of {sequences} sequences is drawn.")
    if kind == PAGE:
        made = trace_page(trace, title, recorded.model)
    else:
        figure = sheet_of(trace, title, recorded.model, options.size)
        made = image(figure, kind.removeprefix("."), instead="a page (.html)")
    write_bytes(Path(options.out), made)
