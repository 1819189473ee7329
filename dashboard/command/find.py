"""look for the units that track a property

A table on stdout, the best unit first, with its score and how likely chance does as well: lstm_core.find_units. How it
was searched is said on stderr. score is AUC for a property that is there or not, R² for a number.

Properties: inside quotes, inside a string, inside a one-line string, inside single quotes, inside double quotes, inside
a docstring, inside a comment, bracket depth, inside brackets, position in line, indent, word length, capital, digit,
punctuation, blank; and of tokens of your choice: count of A, has seen A, time since A, surplus of A over B.

    gatescope find code-*.npz --property "inside quotes" --held-out other.npz
    gatescope find sensors.npz --values rain.csv
"""

import argparse

from gatescope.command import output, what_is_read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="TRACE", nargs="+", help=what_is_read.TRACE)
    sought = parser.add_mutually_exclusive_group(required=True)
    sought.add_argument("--property", metavar="P", help="one of those above, as in 'bracket depth' or 'count of a'")
    sought.add_argument(
        "--values",
        metavar="CSV",
        help="its numbers, a row a step of all traces in turn; an empty cell where it is not known; - is stdin",
    )
    what_is_read.input_arguments(parser)
    parser.add_argument("--held-out", metavar="TRACE", nargs="+", help="traces on which what was found is tried")
    parser.add_argument("--permutations", metavar="N", type=int, default=200, help="how many shuffles are chance (200)")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the shuffles (0)")
    parser.add_argument("--lag", metavar="N", type=int, default=0, help="the property as it was N steps before (0)")
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    import lstm_core

    if options.permutations < 1:
        options.wrong(f"--permutations is at least 1, got {options.permutations}")
    if options.values == what_is_read.STDIN in (options.file, options.series):
        options.wrong("stdin is either what is read or the --values: give a file for one of them")
    if options.values and options.held_out:
        options.wrong("--held-out needs a --property, which every trace has; --values are those of the traces alone")
    traces = what_is_read.all_recorded(options)
    if options.property is not None and any(trace.tokens is None for trace in traces):
        raise lstm_core.LstmCoreError(
            f"Expected traces with tokens for {options.property!r}, got one without. Give numbers with --values, or "
            "a trace that gatescope record wrote of a text."
        )
    held_out = [lstm_core.load(file) for file in options.held_out] if options.held_out else None
    with output.progress() as tell:
        found = lstm_core.find_units(
            traces,
            _columns(options.values) if options.property is None else options.property,
            held_out,
            permutations=options.permutations,
            seed=options.seed,
            lag=options.lag,
            progress=tell,
        )
    output.table(found.table)
    output.remark(found.summary())


def _columns(file: str) -> dict[str, list[float]]:
    """The columns of a table of numbers, by name."""
    import lstm_core

    series = lstm_core.read_series(what_is_read.whole_text(file), missing=True)
    return dict(zip(series.names, series.values.T.tolist(), strict=True))
