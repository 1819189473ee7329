"""Which tasks are there, by name?"""

from collections.abc import Sequence
from typing import Any

from lstm_core.errors import LstmCoreError
from lstm_core.models import about, models
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.brackets import Brackets
from lstm_core.training.copying import Copy
from lstm_core.training.counter import Counter
from lstm_core.training.forecast import Forecast
from lstm_core.training.grammar import Grammar
from lstm_core.training.series import DailyLoads
from lstm_core.training.task import Task
from lstm_core.training.text import Text

GENERATED: dict[str, type[Task]] = {task.name: task for task in (Counter, Brackets, Copy, DailyLoads, Grammar)}
"""The tasks that generate their examples."""

OWN: dict[str, type[Task]] = {task.name: task for task in (Text, Forecast)}
"""The tasks that learn from the caller's own data."""


def tasks() -> list[str]:
    """The names of all tasks that a model can be trained on."""
    return [*GENERATED, *OWN]


def learned(model: SequenceModel) -> str:
    """The name of the task that a model learned, as its folder says; a model that is not shipped has its task's name.
    A name that no task has stands for what nobody has said."""
    return about(model.name).task if model.name in models() else model.name


def texts_like_those_of(model: SequenceModel) -> Sequence[Any]:
    """Texts like those that a model learned from, or tables (time, feature); none if no task generates any.

    >>> from lstm_core import load_model
    >>> texts_like_those_of(load_model("counter"))[:3]
    ['ab', 'aabb', 'aaabbb']
    """
    task = GENERATED.get(learned(model))
    return task().texts() if task else ()


def task_from(task: str | Task, text: str | None = None, series: Any = None) -> Task:
    """A task by its name, with the caller's data if it learns from data."""
    if isinstance(task, Task):
        return task
    if not isinstance(task, str) or task not in tasks():
        got = repr(task) if isinstance(task, str) else type(task).__name__
        raise LstmCoreError(
            f"Expected one of the tasks {', '.join(tasks())}, got {got}. A model of your own learns in a loop of your "
            "own; lstm_core.record can watch it."
        )
    if task == Text.name:
        return Text(text)
    return Forecast(series) if task == Forecast.name else GENERATED[task]()
