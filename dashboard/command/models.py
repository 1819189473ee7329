"""Which models are there, how does the shell train another, and how does it write the page that has them all?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatescope.command import output, what_is_read
from gatescope.command.what_is_read import argument, number, read_by_a_model, verb, with_ending

if TYPE_CHECKING:
    from lstm_core import SequenceModel

# models


@verb(argument("name", "the model whose card is shown", metavar="NAME", nargs="?"))
def models(options: argparse.Namespace) -> None:
    """list the trained models, or show the card of one

    The list is a table: what each model reads, its sizes, and what it is for. A card says what a model learned
    from, how well it does on texts that it never saw, and what to look at.
    """
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


# train

# What is chosen of a training, by its name in `lstm_core.train`.
SIZES = {
    "hidden_size": number("--hidden-size", None, "units of a layer; or the task's own"),
    "num_layers": number("--num-layers", None, "layers; or the task's own"),
    "input_size": number("--input-size", None, "numbers a token; or the task's own"),
    "epochs": number("--epochs", None, "how often it goes through its examples; or the task's own"),
    "learning_rate": argument("--learning-rate", "of Adam; or the task's own", metavar="X", type=float),
    "seed": number("--seed", 0, "of the first weights and the examples (0)"),
}


@verb(
    argument("task", "one of the tasks above", metavar="TASK"),
    argument(
        "--out", "the model, a .safetensors file", metavar="FILE", type=with_ending(".safetensors"), required=True
    ),
    read_by_a_model(),
    *SIZES.values(),
)
def train(options: argparse.Namespace) -> None:
    """train a small LSTM on a task

    The file in --out opens in the dashboard, in the other verbs and with lstm_core.load_model. Held-out figures go
    to stdout, as a table. Tasks: counter, brackets, copy, series, grammar; text, with your own --file; forecast,
    with your own --series.

        gatescope train brackets --hidden-size 8 --out brackets.safetensors
        gatescope train forecast --series load.csv --out load.safetensors
    """
    import pandas

    import lstm_core
    from lstm_core.training.loop import task_from

    _check_data(options)
    task = task_from(options.task, *_data(options))
    model = lstm_core.train(task, **{name: getattr(options, name) for name in SIZES})
    lstm_core.save_model(model, options.out)
    output.remark(f"Kept in {options.out}.")
    output.table(pandas.DataFrame(task.scores(model).items(), columns=["figure", "value"]))


def _check_data(options: argparse.Namespace) -> None:
    """End with the usage where a task lacks what it learns from, or would not look at it."""
    from lstm_core.training.loop import GENERATED

    if options.task == "text" and options.text is None and options.file is None:
        options.wrong("text learns from your own --text or --file")
    if options.task == "forecast" and options.series is None:
        options.wrong("forecast learns from your own --series")
    if options.task in GENERATED and what_is_read.text_is_given(options):
        options.wrong(f"{options.task} makes its own examples: leave out --text, --file and --series")


def _data(options: argparse.Namespace) -> tuple[str | None, Any]:
    """What a task learns from: a text, a table of numbers, or neither."""
    import pandas

    import lstm_core

    if options.series is None:
        return what_is_read.text_of(options), None
    series = lstm_core.read_series(what_is_read.whole_text(options.series))
    return None, pandas.DataFrame(series.values.numpy(), columns=series.names)


# site


@verb(argument("folder", "where the page is written", metavar="DIR"))
def site(options: argparse.Namespace) -> None:
    """write a page that needs no server: the dashboard's Memory, with all shipped models, computed in the browser

    The folder's index.html opens from a disk, and from any web server that hands out files. Each model is loaded
    when it is asked for; from a server the page opens without a network after the first visit.

        gatescope site public
        python -m http.server --directory public
    """
    import torch

    from gatescope.site.folder import write_site

    # The texts are short: on a busy machine threads that wait for each other take many times as long.
    torch.set_num_threads(1)
    folder = Path(options.folder)
    with output.progress() as progress:
        write_site(folder, progress)
    output.remark(f"Open {folder / 'index.html'}.")
