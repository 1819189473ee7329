"""say how far back a model looks

A table on stdout, one row for each k: how much the answers change if only the last k steps are read, from zeros or from
the state of another text. 1.0 is as much as the answers spread. Two more columns have the norm of the gradient and the
leak of the memory (lstm_core.horizon). How many steps are enough is said on stderr. The answers are those at the last
steps; of one text alone, those of its second half. With --beside, several models are asked of the same texts.

    gatescope horizon sentiment reviews.txt
    gatescope horizon my_model.pt winters/
    gatescope horizon epoch_9.pt --beside epoch_1.pt --beside epoch_3.pt winters/
"""

import argparse

from gatescope.command import output, what_is_read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help=what_is_read.MODEL)
    what_is_read.corpus_argument(parser)
    parser.add_argument("--beside", metavar="MODEL", action="append", default=[], help="another model; again for more")
    what_is_read.model_arguments(parser)


def run(options: argparse.Namespace) -> None:
    import lstm_core

    models = {name: what_is_read.model_named(name, options) for name in (options.model, *options.beside)}
    texts = what_is_read.corpus(options.texts)
    found = lstm_core.horizon(models, texts) if options.beside else lstm_core.horizon(models[options.model], texts)
    output.table(found.to_pandas())
    output.remark(found.summary())
