"""What does this person want to train? A set-up, and the link that opens it anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import lstm_core
from dashboard import view
from lstm_core import LstmCoreError
from lstm_core.training import Task, tasks
from lstm_core.training.tasks import GENERATED, OWN, task_from

TITLES = {
    "counter": "counter: aⁿbⁿ",
    "brackets": "brackets: (())()",
    "copy": "copy: remember the first",
    "series": "series: forecast",
    "grammar": "grammar: parts of speech",
    "text": "your own text: next character",
    "forecast": "your own series: forecast",
}
RANGES = {"input_dim": (1, 64), "hidden_dim": (1, 128), "n_layers": (1, 4), "epochs": (1, 500), "seed": (0, 999_999)}
LEARNING_RATES = (0.0001, 1.0)
MOST_CHARACTERS, MOST_ROWS, MOST_COLUMNS = 1_000_000, 50_000, 32
# Its x are the numbers themselves: as many features as there are columns.
READS_NUMBERS = ("series", "forecast")


@dataclass(frozen=True)
class Setup:
    """Everything that decides a training but the visitor's own data; the dimensions under their names in the lesson."""

    task: str
    input_dim: int
    hidden_dim: int
    n_layers: int
    epochs: int
    learning_rate: float
    seed: int = 2

    def query(self) -> dict[str, str]:
        """The link's part behind the question mark."""
        shown = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in asdict(self).items()}
        if self.task in READS_NUMBERS:
            del shown["input_dim"]
        return shown


def description(task: str) -> str:
    """What a task is, in a sentence."""
    return (GENERATED | OWN)[task].description


def usual(task: str) -> Setup:
    """What a task is trained with where nothing else is asked for."""
    sizes = (GENERATED | OWN)[task].sizes
    return Setup(task, sizes.input_size, sizes.hidden_size, sizes.num_layers, sizes.epochs, sizes.learning_rate)


def read_query(query: Mapping[str, str]) -> tuple[Setup, list[str]]:
    """The set-up a link asks for, and a sentence for each value that can't be had and fell back."""
    notices = []
    task = query.get("task", "counter")
    if task not in tasks():
        notices.append(view.fell_back("task", task, f"it takes one of {', '.join(tasks())}", "counter"))
        task = "counter"
    setup = usual(task)
    readers = {name: partial(_number, name) for name in (*RANGES, "learning_rate")}
    values, wrong = view.read_values(query, readers, asdict(setup))
    return replace(setup, **values), [*notices, *wrong]


def _number(name: str, text: str) -> Any:
    if name in RANGES:
        return view.whole_number(text, *RANGES[name])
    low, high = LEARNING_RATES
    expected = f"it takes a number from {low} to {high}"
    try:
        value = float(text)
    except ValueError:
        raise ValueError(expected) from None
    if not low <= value <= high:
        raise ValueError(expected)
    return value


def task_of(setup: Setup, text: str = "", table: str | bytes = "") -> Task:
    """The task, with the visitor's text or table of numbers where it learns from those.

    Raises LstmCoreError when they are missing, unfit or too large.
    """
    if setup.task == "text":
        _at_most(len(text), MOST_CHARACTERS, "characters of text")
        if not text.strip():
            raise LstmCoreError("There is nothing to learn from yet: paste a text of at least 200 characters.")
        return task_from("text", text=text)
    return task_from("forecast", series=_series(table)) if setup.task == "forecast" else task_from(setup.task)


def _series(table: str | bytes) -> Any:
    """The table as a DataFrame, which keeps its columns' names."""
    if not table.strip():
        raise LstmCoreError("There is nothing to learn from yet: paste a table of numbers, or open a CSV file.")
    series = lstm_core.read_series(table)
    _at_most(len(series.values), MOST_ROWS, "rows")
    _at_most(len(series.names), MOST_COLUMNS, "columns")
    # Takes a quarter of a second to import, and most visitors never come here.
    import pandas as pd

    return pd.DataFrame(series.values.numpy(), columns=series.names)


def _at_most(count: int, most: int, of_what: str) -> None:
    if count > most:
        raise LstmCoreError(
            f"Expected at most {most:,} {of_what}, got {count:,}. Give fewer, or train in Python: lstm_core.train."
        )
