"""What does a visitor want to train?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import lstm_core
from gatescope.question import link
from gatescope.question.link import ALWAYS, number, one_of, whole
from lstm_core import LstmCoreError
from lstm_core.training import Task
from lstm_core.training.loop import GENERATED, OWN, task_from

TITLES = {task: task for task in GENERATED} | {"text": "your own text", "forecast": "your own series"}
SAMPLES = {
    "counter": "aaaabbbb",
    "brackets": "(()(()))",
    "copy": "b.......?",
    "series": "forecast of a load",
    "grammar": "parts of speech",
    "text": "the next character",
    "forecast": "a forecast",
}
RANGES = {"input_dim": (1, 64), "hidden_dim": (1, 128), "n_layers": (1, 4), "epochs": (1, 500), "seed": (0, 999_999)}
LEARNING_RATES = (0.0001, 1.0)
MOST_CHARACTERS, MOST_ROWS, MOST_COLUMNS = 1_000_000, 50_000, 32
# These tasks read numbers: x has one feature for each column.
READS_NUMBERS = ("series", "forecast")


@dataclass(frozen=True)
class Setup:
    """Everything that decides a training except the visitor's data; the dimensions have the lesson's names."""

    task: str = field(metadata=one_of(TITLES))
    input_dim: int = field(metadata=whole(*RANGES["input_dim"]))
    hidden_dim: int = field(metadata=whole(*RANGES["hidden_dim"]))
    n_layers: int = field(metadata=whole(*RANGES["n_layers"]))
    epochs: int = field(metadata=whole(*RANGES["epochs"]))
    learning_rate: float = field(metadata=number(*LEARNING_RATES))
    seed: int = field(default=2, metadata=whole(*RANGES["seed"]) | ALWAYS)


def query_of(setup: Setup) -> str:
    return link.query(setup, without=("input_dim",) if setup.task in READS_NUMBERS else ())


def numbers_of(setup: Setup) -> dict[str, Any]:
    """Everything in a set-up except its task, by name."""
    return {name: value for name, value in vars(setup).items() if name != "task"}


def description(task: str) -> str:
    return (GENERATED | OWN)[task].description


def usual(task: str) -> Setup:
    sizes = (GENERATED | OWN)[task].sizes
    return Setup(task, sizes.input_size, sizes.hidden_size, sizes.num_layers, sizes.epochs, sizes.learning_rate)


def read_setup(query: Mapping[str, str]) -> tuple[Setup, list[str]]:
    """The set-up that a link asks for, with the task's defaults, and a sentence for each value that is not possible."""
    task = query.get("task", "")
    return link.read(usual(task if task in TITLES else "counter"), query)


def task_of(setup: Setup, text: str = "", table: str | bytes = "") -> Task:
    """The task, with the visitor's text or table of numbers if it learns from one.

    Raises LstmCoreError when the text or table is missing, unfit or too large.
    """
    if setup.task == "text":
        _at_most(len(text), MOST_CHARACTERS, "characters of text")
        if not text.strip():
            raise LstmCoreError("Nothing to learn from yet: paste a text of at least 200 characters.")
        return task_from("text", text=text)
    return task_from("forecast", series=_series(table)) if setup.task == "forecast" else task_from(setup.task)


def _series(table: str | bytes) -> Any:
    """The table as a DataFrame, which keeps its columns' names."""
    if not table.strip():
        raise LstmCoreError("Nothing to learn from yet: paste a table of numbers, or open a CSV file.")
    series = lstm_core.read_series(table)
    _at_most(len(series.values), MOST_ROWS, "rows")
    _at_most(len(series.names), MOST_COLUMNS, "columns")
    # The import takes 0.25 s, and most visitors never need it.
    import pandas as pd

    return pd.DataFrame(series.values.numpy(), columns=series.names)


def _at_most(count: int, most: int, of_what: str) -> None:
    if count > most:
        raise LstmCoreError(
            f"Expected at most {most:,} {of_what}, got {count:,}. Give fewer, or train in Python: lstm_core.train."
        )


def trained_with(setup: Setup) -> str:
    sizes = "" if setup.task in READS_NUMBERS else f"input_dim={setup.input_dim}, "
    return (
        f"{setup.task}: {sizes}hidden_dim={setup.hidden_dim}, n_layers={setup.n_layers}, "
        f"learning rate {setup.learning_rate:g}, seed {setup.seed}"
    )


def model_label(setup: Setup) -> str:
    """The name, in the main page's list, of a model that was trained here."""
    layers = "" if setup.n_layers == 1 else f" × {setup.n_layers} layers"
    return f"{setup.task}, yours: {setup.hidden_dim} units{layers}, seed {setup.seed}"
