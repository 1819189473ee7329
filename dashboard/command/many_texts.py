"""What can the shell ask of many steps: how units remember, what they track, what they do in a corpus, how far back?"""

from __future__ import annotations

import argparse
import sys

from gatescope.command import output, what_is_read
from gatescope.command.what_is_read import (
    STDIN,
    Argument,
    argument,
    in_texts,
    number,
    of_the_model,
    read_by_a_model,
    traced,
    verb,
    which_model,
)

# units


@verb(traced("+"), read_by_a_model(), of_the_model)
def units(options: argparse.Namespace) -> None:
    """say how each unit remembers: its gates, the leak of c, its range

    A table on stdout, a row a layer, direction and unit, over all traces together: lstm_core.units. leak: in how
    many steps half of c leaks by the forget gates alone, not how long the network remembers (gatescope horizon).
    i_left, f_left and o_left are the shares of steps at which a gate is below 0.1; i_right, f_right and o_right,
    above 0.9.

        gatescope units run-1.npz run-2.npz
        gatescope units counter --text aaaabbbb
    """
    import lstm_core

    output.table(lstm_core.units(what_is_read.all_recorded(options)))


# find


def _sought(parser: argparse.ArgumentParser) -> None:
    sought = parser.add_mutually_exclusive_group(required=True)
    sought.add_argument("--property", metavar="P", help="one of those above, as in 'bracket depth' or 'count of a'")
    sought.add_argument(
        "--values",
        metavar="CSV",
        help="its numbers, a row a step of all traces in turn; an empty cell where it is not known; - is stdin",
    )


@verb(
    traced("+"),
    _sought,
    read_by_a_model(),
    argument("--held-out", "traces on which what was found is tried", metavar="TRACE", nargs="+"),
    number("--permutations", 200, "how many shuffles are chance (200)"),
    number("--seed", 0, "of the shuffles (0)"),
    number("--lag", 0, "the property as it was N steps before (0)"),
    of_the_model,
)
def find(options: argparse.Namespace) -> None:
    """look for the units that track a property

    A table on stdout, the best unit first, with its score and how likely chance does as well: lstm_core.find_units.
    How it was searched is said on stderr. score is AUC for a property that is there or not, R² for a number.

    Properties: inside quotes, inside a string, inside a one-line string, inside single quotes, inside double
    quotes, inside a docstring, inside a comment, bracket depth, inside brackets, position in line, indent, word
    length, capital, digit, punctuation, blank; and of tokens of your choice: count of A, has seen A, time since A,
    surplus of A over B.

        gatescope find code-*.npz --property "inside quotes" --held-out other.npz
        gatescope find sensors.npz --values rain.csv
    """
    import lstm_core

    if options.permutations < 1:
        options.wrong(f"--permutations is at least 1, got {options.permutations}")
    if options.values == STDIN in (options.file, options.series):
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


# scan


@verb(
    which_model,
    in_texts,
    argument("--store", "the folder that keeps the scan; replaces one there", "--out", metavar="DIR"),
    argument("--quantities", "what is kept of each step, as c or ifgoch (ch)", metavar="Q"),
    argument("--resume", "a folder for parts, to go on with after a stop", metavar="DIR"),
    number("--top", 20, "how many extremes are kept of each unit (20)"),
    of_the_model,
)
def scan(options: argparse.Namespace) -> None:
    """let a model read a corpus, and keep what each unit did

    A table on stdout, a row a unit: lstm_core.scan. --store keeps the scan, with c and h at every step, for
    gatescope search.

        gatescope scan tagger corpus.txt --store corpus-store
        gatescope scan python-chars src/*.py --store code --quantities c
    """
    import lstm_core

    model = what_is_read.model_named(options.model, options)
    found = lstm_core.scan(
        model,
        what_is_read.corpus(options.texts, model.reads),
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


# search

# What a pattern is besides its steps, by its name in `lstm_core.pattern`.
PATTERN: dict[str, Argument] = {
    "quantity": argument("--quantity", "i f g o c or h (c)", metavar="Q"),
    "threshold": argument("--threshold", "on is at least this (0.3)", metavar="X", type=float, default=0.3),
    "sign": argument("--sign", "-1: on is below the threshold's negative", metavar="S", type=int, default=1),
    "layer": number("--layer", 0, "the first is 0 (0)"),
    "direction": number("--direction", 0, "1 reads from the right (0)"),
    "batch": number("--batch", 0, "which sequence of the trace (0)"),
    "before": number("--before", 1, "steps before at which they are off (1)"),
    "after": number("--after", 0, "steps after at which they are off (0)"),
}


@verb(
    argument("scan", "a folder of gatescope scan", metavar="SCAN"),
    traced(),
    read_by_a_model(),
    argument("--first", "of the pattern, from 0", metavar="STEP", type=int, required=True),
    argument("--last", "of the pattern, itself included", metavar="STEP", type=int, required=True),
    *PATTERN.values(),
    number("--length", 2, "the fewest steps of a hit (2)"),
    number("--limit", 50, "the most hits (50)"),
    argument("--texts", "texts to read now and search, for what is not kept", metavar="PATH"),
    of_the_model,
)
def search(options: argparse.Namespace) -> None:
    """look in a corpus for where the same units are on together

    The pattern: the units that are on from the step --first to the step --last of a trace, and off before. A table
    on stdout, the best place first: lstm_core.pattern and Scan.search.

        gatescope search corpus-store tagger --text "Giraffes in a field" --first 1 --last 2
    """
    import lstm_core

    scan = lstm_core.load_scan(options.scan)
    trace, model = what_is_read.recorded(options.source, options)
    scanned = (scan.sizes.layers, scan.sizes.directions, scan.sizes.units)
    if (read := tuple(trace.sizes[dim] for dim in ("layer", "direction", "unit"))) != scanned:
        raise lstm_core.LstmCoreError(
            f"Expected a trace of the scanned model, of (layers, directions, units) {scanned}, got {read}."
        )
    asked = {name: getattr(options, name) for name in PATTERN}
    sought = lstm_core.pattern(trace, options.first, options.last, **asked)
    output.remark(f"Units of the pattern: {', '.join(map(str, sought.units)) or 'none'}.")
    output.table(scan.search(sought, options.length, options.limit, texts=options.texts, model=model))


# horizon


@verb(
    which_model,
    in_texts,
    of_the_model,
)
def horizon(options: argparse.Namespace) -> None:
    """say how far back a model looks

    A table on stdout, one row for each k: how much the answers change if only the last k steps are read, from zeros
    or from the state of another text. 1.0 is as much as the answers spread. Two more columns have the norm of the
    gradient and the leak of the memory (lstm_core.horizon). How many steps are enough is said on stderr. The
    answers are those at the last steps; of one text alone, those of its second half.

        gatescope horizon sentiment reviews.txt
        gatescope horizon my_model.pt winters/
    """
    import lstm_core

    model = what_is_read.model_named(options.model, options)
    found = lstm_core.horizon(model, what_is_read.corpus(options.texts, model.reads))
    output.table(found.to_pandas())
    output.remark(found.summary())
