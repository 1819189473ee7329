"""What does the browser get of a training? What was measured after each epoch: it draws and says it."""

from __future__ import annotations

from typing import TypedDict

from gatescope.train_one.example import Picture
from gatescope.train_one.learnt import Learnt
from gatescope.train_one.run import Progress, Run
from gatescope.train_one.setup import READS_NUMBERS, description
from lstm_core.training.counts import Counter


class Training(TypedDict):
    run: int
    """Another number for another training."""
    task: str
    description: str
    of: int
    """The number of planned epochs."""
    losses: list[float]
    """After each epoch so far."""
    accuracies: list[float]
    """The share of steps that were right, or R² of a forecast."""
    forecasts: bool
    least: float | None
    """The least loss that is possible, if it is known and not 0."""
    left: float | None
    """Seconds to the end, while it trains and they are known."""
    trains: bool
    over: bool
    ended: str
    """Why it ended before its last epoch, if it did."""
    tokens: list[str]
    right: list[list[str]]
    came: list[float]
    pictures: list[Picture]
    layers: int
    learnt: Learnt | None


def message_of(run: Run, progress: Progress, trains: bool) -> Training:
    example, setup = progress.example, run.setup
    return Training(
        run=id(run),
        task=setup.task,
        description=description(setup.task),
        of=progress.of,
        losses=[moment.loss for moment in progress.moments],
        accuracies=[moment.accuracy for moment in progress.moments],
        forecasts=setup.task in READS_NUMBERS,
        least=Counter().least_loss if setup.task == Counter.name else None,
        left=progress.seconds_left,
        trains=trains,
        over=progress.over,
        ended=progress.ended,
        tokens=example.tokens,
        right=example.right,
        came=example.came,
        pictures=list(progress.pictures),
        layers=setup.n_layers,
        learnt=progress.learnt,
    )
