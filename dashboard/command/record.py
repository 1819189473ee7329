"""let a model read, and record every gate and state

Prints what was recorded, with its proof. --out keeps it: .npz and .safetensors hold the whole trace bit for bit, for
lstm_core.load and for the other verbs; .csv, .parquet and .json hold a row a step and unit.

    gatescope record tagger --text "Giraffes in a field" --out giraffes.npz
    gatescope record my_model.pt --series sensors.csv --out run.parquet
"""

import argparse

from gatescope.command import what_is_read
from gatescope.command.output import remark


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=what_is_read.MODEL)
    what_is_read.input_arguments(parser, required=True)
    parser.add_argument("--out", metavar="FILE", type=what_is_read.trace_name, help="where the trace is kept")
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    trace = what_is_read.reading(what_is_read.model_named(options.model, options), options)
    # Before the summary: its reader may leave, as head does.
    if options.out:
        what_is_read.write_trace(trace, options.out)
        remark(f"Kept in {options.out}.")
    print(trace.summary())
