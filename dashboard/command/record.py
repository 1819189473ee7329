"""let a model read, and record every gate and state

Prints what was recorded, with its proof. --out keeps it: .npz and .safetensors hold the whole trace bit for bit, for
lstm_core.load and for the other verbs; .csv, .parquet and .json hold a row a step and unit.

    gatescope record tagger --text "Giraffes in a field" --out giraffes.npz
    gatescope record my_model.pt --series sensors.csv --out run.parquet
"""

import argparse

from gatescope.command import trace_file, what_is_read, which_model
from gatescope.command.output import remark


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=which_model.MODEL)
    what_is_read.input_arguments(parser, required=True)
    parser.add_argument("--out", metavar="FILE", type=trace_file.name, help="where the trace is kept")
    which_model.arguments(parser)


def run(options: argparse.Namespace) -> None:
    trace = what_is_read.reading(which_model.model_named(options.model, options), options)
    # Before the summary: its reader may leave, as head does.
    if options.out:
        trace_file.write(trace, options.out)
        remark(f"Kept in {options.out}.")
    print(trace.summary())
