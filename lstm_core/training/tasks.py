"""Which tasks are there, by name?"""

from __future__ import annotations

from typing import Any

from lstm_core.errors import LstmCoreError
from lstm_core.training.counter import Counter
from lstm_core.training.task import Task

GENERATED: dict[str, type[Task]] = {task.name: task for task in (Counter,)}
"""Those that make their own examples."""


def tasks() -> list[str]:
    """The names of all tasks that `train` knows."""
    return [*GENERATED]


def task_from(task: str | Task, _text: str | None = None, _series: Any = None) -> Task:
    """A task by its name, with the caller's data where it learns from those."""
    if isinstance(task, Task):
        return task
    if task not in tasks():
        raise LstmCoreError(f"Expected one of the tasks {', '.join(tasks())}, got {task!r}.")
    return GENERATED[task]()
