"""say what each input did for an answer, against a stated baseline

A table on stdout, the largest part first, which sums to the difference of two answers: of x as it is, and with a
baseline in place of what is left out (lstm_core.explain). What was asked, how exact the sum is, and how much stayed in
the memory is said on stderr. The baseline decides more than any method does: choose what counts as nothing.

    gatescope explain sentiment --text "It is not a good film" --without not --baseline so
    gatescope explain my_model.pt --series sensors.csv --at 30 --target flow --without 2024-05-03
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gatescope.command import output, what_is_read

if TYPE_CHECKING:
    from lstm_core.explaining.question import Target


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=what_is_read.MODEL)
    what_is_read.input_arguments(parser, required=True)
    parser.add_argument("--at", metavar="N", type=int, default=-1, help="the step whose answer it is (-1, the last)")
    parser.add_argument(
        "--target", metavar="LABEL", nargs="+", help="one output, or its number; or two: the lead of A over B"
    )
    parser.add_argument("--without", metavar="W", nargs="+", help="words, dates or numbers of steps (all steps)")
    parser.add_argument(
        "--baseline", metavar="B", default="median", help="median, mean, a number, or another word or text (median)"
    )
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
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
