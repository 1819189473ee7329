"""Which tasks are there, and how does a model learn one, epoch by epoch, so that the caller can watch and stop?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from lstm_core.errors import LstmCoreError
from lstm_core.models import about, models
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.copying import Copy
from lstm_core.training.counts import Brackets, Counter
from lstm_core.training.series import DailyLoads, Forecast, r_squared
from lstm_core.training.task import MISSING, Batch, Sizes, Task
from lstm_core.training.words import Grammar, Text

# Which tasks are there, by name?

# The tasks that generate their examples.
GENERATED: dict[str, type[Task]] = {task.name: task for task in (Counter, Brackets, Copy, DailyLoads, Grammar)}

# The tasks that learn from the caller's own data.
OWN: dict[str, type[Task]] = {task.name: task for task in (Text, Forecast)}


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


# How does a model learn, epoch by epoch, so that the caller can watch and stop?


@dataclass(frozen=True)
class Epoch:
    """The result of one pass over the examples."""

    number: int
    """The number of the epoch, from 1."""
    of: int
    loss: float
    """Mean loss over the epoch's batches: cross-entropy, or the squared error of standardised numbers."""
    accuracy: float
    """The share of judged steps that were right during the epoch; for numbers R², below 0 when the mean would have been
    a better forecast."""
    model: SequenceModel
    """The model itself, which the next epoch changes: copy its `state_dict()` to keep it as it is now."""


def epochs(
    task: str | Task,
    *,
    hidden_size: int | None = None,
    num_layers: int | None = None,
    input_size: int | None = None,
    epochs: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
    text: str | None = None,
    series: Any = None,
) -> Iterator[Epoch]:
    """Train a model and yield after each epoch; if you stop iterating, the last epoch's model is the result.

    `task` is a name from `tasks()`, or a Task with settings of its own. None takes the task's own default. The task
    `text` learns from `text`; `forecast` learns from `series`, a table (time, column), for example a DataFrame.
    The same seed gives the same weights on the same machine and number of threads; torch's global random state is
    neither read nor changed.

    Raises LstmCoreError at once for an unknown task, missing or unfit data, and impossible sizes.

    >>> for epoch in epochs("counter", hidden_size=3, seed=1):
    ...     if epoch.number == 2:
    ...         break
    >>> epoch.of, epoch.model.lstm.hidden_size
    (60, 3)
    """
    task = task_from(task, text, series)
    given: dict[str, Any] = {
        "hidden_size": hidden_size,
        "num_layers": num_layers,
        "input_size": input_size,
        "epochs": epochs,
        "learning_rate": learning_rate,
    }
    sizes = task.sizes._replace(**{name: value for name, value in given.items() if value is not None})
    for name, value in sizes._asdict().items():
        if not value > 0:
            raise LstmCoreError(f"Expected {name} above 0, got {value}. Give a positive number.")
    generator = torch.Generator().manual_seed(seed)
    return _epochs(task, task.model(sizes, generator), sizes, generator)


def train_task(task: str | Task, **choices: Any) -> SequenceModel:
    """Make a small model and train it on one of the tasks of `tasks()`, to the end, with a progress bar.

    The arguments are those of `epochs`. A model of your own learns in a loop of your own, which `record` can watch.
    Raises LstmCoreError as `epochs` does.

    >>> model = train_task("counter", hidden_size=4, epochs=1)
    >>> model.task
    'Count the a’s of aⁿbⁿ, to know when the b’s must end.'
    """
    from tqdm.auto import tqdm

    learning = epochs(task, **choices)
    first = next(learning)
    with tqdm(total=first.of, unit="epoch", desc=first.model.name) as bar:
        epoch: Epoch | None = first
        while epoch is not None:
            bar.set_postfix(loss=f"{epoch.loss:.3f}", accuracy=f"{epoch.accuracy:.3f}", refresh=False)
            bar.update()
            epoch = next(learning, None)
    return first.model


def _epochs(task: Task, model: SequenceModel, sizes: Sizes, generator: torch.Generator) -> Iterator[Epoch]:
    optimizer = torch.optim.Adam(model.parameters(), lr=sizes.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, sizes.epochs)
    for number in range(1, sizes.epochs + 1):
        losses, judged = [], []
        for batch in task.batches(model, (number - 1) / sizes.epochs, generator):
            loss, scores = _step(model, batch, optimizer)
            losses.append(loss)
            judged.append((scores[batch.judged], batch.targets[batch.judged]))
        schedule.step()
        said, wanted = (torch.cat(parts) for parts in zip(*judged, strict=True))
        yield Epoch(number, sizes.epochs, sum(losses) / len(losses), _accuracy(model, said, wanted), model)


@torch.enable_grad()
def _step(model: SequenceModel, batch: Batch, optimizer: torch.optim.Optimizer) -> tuple[float, Tensor]:
    scores: Tensor = model(model.embedding.embed(batch.numbers))
    loss = loss_of(model, scores, batch.targets)
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    # A long sequence sometimes gives a gradient so large that it would destroy what was learned.
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item(), scores.detach()


def loss_of(model: SequenceModel, scores: Tensor, targets: Tensor) -> Tensor:
    """The training loss over the steps that have a target."""
    if model.gives == "classes":
        return functional.cross_entropy(scores.flatten(0, 1), targets.flatten(), ignore_index=MISSING)
    known = ~targets.isnan()
    distance = functional.binary_cross_entropy_with_logits if model.gives == "set" else functional.mse_loss
    return distance(scores[known], targets[known])


def _accuracy(model: SequenceModel, scores: Tensor, targets: Tensor) -> float:
    """The share of steps that are right: the highest score is the target's, or every label of a set; of numbers R²."""
    if model.gives == "value":
        return r_squared(scores, targets)
    right = scores.argmax(-1) == targets if model.gives == "classes" else ((scores > 0) == (targets > 0)).all(-1)
    return right.double().mean().item()
