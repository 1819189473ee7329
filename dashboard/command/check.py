"""say what goes wrong with a model that can be tested for

A table on stdout, a row a question: its result (pass, look or broken), its number, and the line that mends it
(lstm_core.check). What is broken comes first. Without a text the model reads a thousand random words of its vocabulary.
The exit code is 1 when something is broken.

    gatescope check sentiment
    gatescope check my_model.pt --series sensors.csv
"""

import argparse

from gatescope.command import output, what_is_read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=what_is_read.MODEL)
    what_is_read.input_arguments(parser)
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> int:
    import lstm_core

    model = what_is_read.model_named(options.model, options)
    read = what_is_read.steps_read(model, options) if what_is_read.text_is_given(options) else None
    steps = read if isinstance(read, list) or read is None else read.values
    report = lstm_core.check(model) if steps is None else lstm_core.check(model, model.vectors(steps).detach())
    output.table(report.to_pandas())
    output.remark(report.summary())
    return int(report.is_broken)
