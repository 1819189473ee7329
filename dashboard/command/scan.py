"""let a model read a corpus, and keep what each unit did

A table on stdout, a row a unit: lstm_core.scan. --out keeps the scan, and --store keeps every step's c too, so that
gatescope search takes milliseconds.

    gatescope scan tagger corpus.txt --store corpus-store
    gatescope scan python-chars src/*.py --out code.npz
"""

import argparse
import sys

from gatescope.command import output, what_is_read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=what_is_read.MODEL)
    what_is_read.corpus_argument(parser)
    parser.add_argument("--out", metavar="FILE", type=_name, help="where the scan is kept, a .npz file")
    parser.add_argument("--store", metavar="DIR", help="a folder for the scan and every step's c; replaces one there")
    parser.add_argument("--resume", metavar="FILE", type=_name, help="a .npz file, to go on with after a stop")
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
        progress=sys.stderr.isatty(),
    )
    # Before the table: its reader may leave, as head does.
    if options.out:
        found.save(options.out)
        output.remark(f"Kept in {options.out}.")
    output.remark(found.summary())
    output.table(found.units)


def _name(text: str) -> str:
    return what_is_read.with_ending(text, (".npz",))
