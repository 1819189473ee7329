"""let a model read a corpus, and keep what each unit did

A table on stdout, a row a unit: lstm_core.scan. --store keeps the scan, with c and h at every step, for gatescope
search.

    gatescope scan tagger corpus.txt --store corpus-store
    gatescope scan python-chars src/*.py --store code --quantities c
"""

import argparse
import sys

from gatescope.command import output, what_is_read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=what_is_read.MODEL)
    what_is_read.corpus_argument(parser)
    parser.add_argument("--store", "--out", metavar="DIR", help="the folder that keeps the scan; replaces one there")
    parser.add_argument("--quantities", metavar="Q", help="what is kept of each step, as c or ifgoch (ch)")
    parser.add_argument("--resume", metavar="DIR", help="a folder for parts, to go on with after a stop")
    parser.add_argument("--top", metavar="N", type=int, default=20, help="how many extremes are kept of each unit (20)")
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    import lstm_core

    found = lstm_core.scan(
        what_is_read.model_named(options.model, options),
        what_is_read.corpus(options.texts),
        top=options.top,
        store=options.store,
        resume=options.resume,
        quantities=options.quantities,
        progress=sys.stderr.isatty(),
    )
    # Before the table: its reader may leave, as head does.
    if options.store:
        output.remark(f"Kept in {options.store}.")
    output.remark(found.summary())
    output.table(found.units)
