"""say how each unit remembers: its gates, its half-life, its range

A table on stdout, a row a layer, direction and unit, over all traces together: lstm_core.units.

    gatescope units run-1.npz run-2.npz
    gatescope units counter --text aaaabbbb
"""

from __future__ import annotations

import argparse

from dashboard.command import output, what_is_read, which_model


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="TRACE", nargs="+", help=what_is_read.TRACE)
    what_is_read.input_arguments(parser)
    which_model.arguments(parser)


def run(options: argparse.Namespace) -> None:
    import lstm_core

    output.table(lstm_core.units(what_is_read.all_recorded(options)))
