"""train a small LSTM on a task

The file in --out opens in the dashboard, in the other verbs and with lstm_core.load_model. Held-out figures go to
stdout, as a table. Tasks: counter, brackets, copy, series, grammar; text, with your own --file; forecast, with your own
--series.

    gatescope train brackets --hidden-size 8 --out brackets.safetensors
    gatescope train forecast --series load.csv --out load.safetensors
"""

import argparse
from typing import Any

from gatescope.command import output, what_is_read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", metavar="TASK", help="one of the tasks above")
    parser.add_argument("--out", metavar="FILE", type=_name, required=True, help="the model, a .safetensors file")
    what_is_read.input_arguments(parser)
    for name, kind, about in (
        ("--hidden-size", int, "units of a layer"),
        ("--num-layers", int, "layers"),
        ("--input-size", int, "numbers a token"),
        ("--epochs", int, "how often it goes through its examples"),
        ("--learning-rate", float, "of Adam"),
    ):
        parser.add_argument(name, metavar="N" if kind is int else "X", type=kind, help=f"{about}; or the task's own")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the first weights and the examples (0)")


def run(options: argparse.Namespace) -> None:
    import pandas

    import lstm_core
    from lstm_core.training.loop import task_from

    _check_data(options)
    task = task_from(options.task, *_data(options))
    sizes = ("hidden_size", "num_layers", "input_size", "epochs", "learning_rate", "seed")
    model = lstm_core.train(task, **{name: getattr(options, name) for name in sizes})
    lstm_core.save_model(model, options.out)
    output.remark(f"Kept in {options.out}.")
    output.table(pandas.DataFrame(task.scores(model).items(), columns=["figure", "value"]))


def _name(text: str) -> str:
    return what_is_read.with_ending(text, (".safetensors",))


def _check_data(options: argparse.Namespace) -> None:
    """End with the usage where a task lacks what it learns from, or would not look at it."""
    from lstm_core.training.loop import GENERATED

    text = options.text is not None or options.file is not None
    if options.task == "text" and not text:
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
