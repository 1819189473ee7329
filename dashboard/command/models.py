"""list the trained models, or show the card of one

The list is a table: what each model reads, its sizes, and what it is for. A card says what a model learned from, how
well it does on texts that it never saw, and what to look at.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatescope.command import output, what_is_read

if TYPE_CHECKING:
    from lstm_core import SequenceModel


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help="the model whose card is shown")


def run(options: argparse.Namespace) -> None:
    import pandas

    import lstm_core
    from lstm_core.models.shipped import card

    if options.name:
        what_is_read.refuse_missing(options.name)
        if options.name not in lstm_core.models() and Path(options.name).is_file():
            raise lstm_core.LstmCoreError(
                f"Expected one of the models that come with gatescope, {', '.join(lstm_core.models())}, got the file "
                f"{options.name!r}. gatescope open and gatescope check show a file of weights."
            )
        print(card(options.name).strip())
    else:
        output.table(pandas.DataFrame([_row(lstm_core.load_model(name)) for name in lstm_core.models()]))


def _row(model: SequenceModel) -> dict[str, Any]:
    lstm = model.lstm
    return {
        "name": model.name,
        "reads": model.reads,
        "input_size": lstm.input_size,
        "hidden_size": lstm.hidden_size,
        "num_layers": lstm.num_layers,
        "directions": 1 + lstm.bidirectional,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "task": model.task,
    }
