"""look in a corpus for where the same units are on together

The pattern: the units that are on from the step --first to the step --last of a trace, and off before. A table on
stdout, the best place first: lstm_core.pattern and Scan.search.

    gatescope search corpus-store tagger --text "Giraffes in a field" --first 1 --last 2
"""

import argparse

from gatescope.command import output, what_is_read

PATTERN = ("quantity", "threshold", "layer", "direction", "batch", "sign", "before", "after")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scan", metavar="SCAN", help="a folder of gatescope scan")
    parser.add_argument("source", metavar="TRACE", help=what_is_read.TRACE)
    what_is_read.input_arguments(parser)
    parser.add_argument("--first", metavar="STEP", type=int, required=True, help="of the pattern, from 0")
    parser.add_argument("--last", metavar="STEP", type=int, required=True, help="of the pattern, itself included")
    parser.add_argument("--quantity", metavar="Q", help="i f g o c or h (c)")
    parser.add_argument("--threshold", metavar="X", type=float, default=0.3, help="on is at least this (0.3)")
    parser.add_argument("--sign", metavar="S", type=int, default=1, help="-1: on is below the threshold's negative")
    parser.add_argument("--layer", metavar="N", type=int, default=0, help="the first is 0 (0)")
    parser.add_argument("--direction", metavar="N", type=int, default=0, help="1 reads from the right (0)")
    parser.add_argument("--batch", metavar="N", type=int, default=0, help="which sequence of the trace (0)")
    parser.add_argument("--before", metavar="N", type=int, default=1, help="steps before at which they are off (1)")
    parser.add_argument("--after", metavar="N", type=int, default=0, help="steps after at which they are off (0)")
    parser.add_argument("--length", metavar="N", type=int, default=2, help="the fewest steps of a hit (2)")
    parser.add_argument("--limit", metavar="N", type=int, default=50, help="the most hits (50)")
    parser.add_argument("--texts", metavar="PATH", help="texts to read now and search, for what is not kept")
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    import lstm_core

    scan = lstm_core.load_scan(options.scan)
    trace, model = what_is_read.recorded(options)
    scanned = (scan.sizes.layers, scan.sizes.directions, scan.sizes.units)
    if (read := tuple(trace.sizes[dim] for dim in ("layer", "direction", "unit"))) != scanned:
        raise lstm_core.LstmCoreError(
            f"Expected a trace of the scanned model, of (layers, directions, units) {scanned}, got {read}."
        )
    asked = {name: getattr(options, name) for name in PATTERN}
    sought = lstm_core.pattern(trace, options.first, options.last, **asked)
    output.remark(f"Units of the pattern: {', '.join(map(str, sought.units)) or 'none'}.")
    output.table(scan.search(sought, options.length, options.limit, texts=options.texts, model=model))
