"""say how each unit remembers: its gates, the leak of c, its range

A table on stdout, a row a layer, direction and unit, over all traces together: lstm_core.units. leak: in how
many steps half of c leaks by the forget gates alone, not how long the network remembers (gatescope horizon). i_left,
f_left and o_left are the shares of steps at which a gate is below 0.1; i_right, f_right and o_right, above 0.9.

    gatescope units run-1.npz run-2.npz
    gatescope units counter --text aaaabbbb
"""

import argparse

from gatescope.command import output, what_is_read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="TRACE", nargs="+", help=what_is_read.TRACE)
    what_is_read.input_arguments(parser)
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    import lstm_core

    output.table(lstm_core.units(what_is_read.all_recorded(options)))
