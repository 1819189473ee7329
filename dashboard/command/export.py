"""draw or write what was recorded

The ending of --out decides. .svg, .png and .pdf are the figure of Python's trace.plot(); 96 pixels are an inch, so
--width 326 fills a paper's column of 3.4 inches, and --width 1280 --height 720 a slide. .html is the live view, as a
page that works offline. .csv, .parquet and .json hold a row a step and unit; .npz and .safetensors hold the whole
trace. Without --out the rows go to stdout as CSV.

    gatescope export giraffes.npz --out giraffes.html
    gatescope export tagger --text "Giraffes in a field" --out giraffes.svg
    gatescope export giraffes.npz --title "What is kept" --quantities f c --width 326 --out giraffes.pdf
    gatescope export giraffes.npz | head
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatescope.command import output, what_is_read
from gatescope.command.what_is_read import TraceOfModel

if TYPE_CHECKING:
    from lstm_core import Trace

DRAWN = (".svg", ".png", ".pdf")
PAGE = ".html"
PICTURE = {
    "width": "pixels of a picture (900)",
    "height": "pixels of a picture (as its units need)",
    "layer": "the layer in a picture, from 0, or several (the last)",
    "direction": "the direction in a picture: 0, 1 or both (0)",
    "quantities": "what a picture shows, such as f c (all)",
}
SEVERAL = ("layer", "direction", "quantities")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="TRACE", help=what_is_read.TRACE)
    what_is_read.input_arguments(parser)
    parser.add_argument("--out", metavar="FILE", type=_name, help="the picture, the page or the numbers")
    parser.add_argument("--title", metavar="T", help="above a picture or a page")
    for name, help in PICTURE.items():
        kind, metavar = (str, "Q") if name == "quantities" else (int, "N")
        parser.add_argument(f"--{name}", metavar=metavar, type=kind, nargs="+" if name in SEVERAL else None, help=help)
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    kind = "" if options.out is None else Path(options.out).suffix
    given = {name: value for name in PICTURE if (value := getattr(options, name)) is not None}
    if given and kind not in DRAWN:
        options.wrong(f"--{next(iter(given))} is of a picture: --out ends in {', '.join(DRAWN)}")
    recorded = what_is_read.recorded(options)
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


def _name(text: str) -> str:
    return what_is_read.with_ending(text, (*DRAWN, PAGE, *what_is_read.TABLES, *what_is_read.WHOLE))


def _draw(trace: Trace, options: argparse.Namespace, given: dict[str, Any]) -> None:
    from gatescope.command.output import image
    from lstm_core.files.write_whole import write_bytes

    drawn = trace.plot(title=options.title, **given)
    write_bytes(Path(options.out), image(drawn, Path(options.out).suffix.removeprefix("."), instead="a page (.html)"))
    for dim, said in (("layer", "last"), ("direction", "first")):
        if dim not in given and (number := trace.sizes[dim]) > 1:
            output.remark(f"The {said} of {number} {dim}s is drawn; --{dim} says which.")
    _say_which(trace)


def _say_which(trace: Trace) -> None:
    if (sequences := trace.sizes["batch"]) > 1:
        output.remark(f"The first of {sequences} sequences is drawn.")


def _write_page(recorded: TraceOfModel, options: argparse.Namespace) -> None:
    from gatescope.offline.trace_page import trace_page
    from lstm_core.files.write_whole import write_bytes

    read = options.text or options.file or options.series or Path(options.source).name
    title = options.title or ("stdin" if read == what_is_read.STDIN else read)
    write_bytes(Path(options.out), trace_page(recorded.trace, title, recorded.model))
    _say_which(recorded.trace)
