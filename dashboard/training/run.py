"""How does a model learn while one person watches, and nobody else waits?

A training is a thread of its own. It lends out nothing that it changes: who watches gets a Progress, which is frozen.
"""

from __future__ import annotations

import copy
import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from statistics import mean
from time import monotonic
from typing import NamedTuple

import torch

from dashboard.training.example import Example, Picture, example_of, picture_of
from dashboard.training.setup import READS_NUMBERS, Setup
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.training import Batch, Epoch, Sizes, Task, epochs

# A browser asks each second; one whose tab lies hidden for long, once a minute.
PATIENCE = 150.0
MOST_AT_ONCE = max(2, os.cpu_count() or 2)
# Numbers in the pictures of one training, 4 bytes each.
ROOM = 4_000_000
MOST_PICTURES = 100
# Weights in the models that are kept of one training, 4 bytes each.
ROOM_FOR_MODELS = 4_000_000


class Moment(NamedTuple):
    """What one epoch came to."""

    epoch: int
    loss: float
    accuracy: float


class Snapshot(NamedTuple):
    """A model as it was after an epoch; 0 is untrained. Nothing changes it any more."""

    epoch: int
    model: SequenceModel


@dataclass(frozen=True)
class Progress:
    """How far a training has come."""

    of: int
    """Epochs there will be."""
    example: Example
    pictures: tuple[Picture, ...]
    """The untrained model's first, the latest last."""
    snapshots: tuple[Snapshot, ...]
    """The same of models, as many as there is room for."""
    moments: tuple[Moment, ...] = ()
    seconds_left: float | None = None
    model: SequenceModel | None = None
    """After the last epoch that was finished; once it is over nothing changes it."""
    over: bool = False
    ended: str = ""
    """Why it ended before its last epoch, as a sentence."""

    def picture(self, epoch: int) -> Picture:
        """The latest one that is not from after an epoch."""
        return [picture for picture in self.pictures if picture.epoch <= epoch][-1]


class Run:
    """One training, from its untrained model on. Raises LstmCoreError for data and sizes that don't fit."""

    def __init__(self, setup: Setup, task: Task, patience: float = PATIENCE) -> None:
        self.setup = setup
        self._patience, self._stop, self._lock = patience, threading.Event(), threading.Lock()
        self._watched_at = monotonic()
        stoppable = _Stoppable(task, self._may_go_on)
        self._learning = learning(setup, stoppable)
        example = example_of(task, stoppable.made)
        untrained = picture_of(stoppable.made, example, 0)
        # Of the latest epoch there is always a picture; of the others as many as there is room for.
        self._every = math.ceil(setup.epochs / min(MOST_PICTURES, ROOM // untrained.numbers))
        weights = sum(weight.numel() for weight in stoppable.made.parameters())
        self._every_model = math.ceil(setup.epochs / max(1, min(MOST_PICTURES, ROOM_FOR_MODELS // weights)))
        first = Snapshot(0, copy.deepcopy(stoppable.made))
        self._progress = Progress(setup.epochs, example, (untrained,), (first,))

    def progress(self) -> Progress:
        """What there is now; asking is watching."""
        with self._lock:
            self._watched_at = monotonic()
            return self._progress

    def stop(self) -> None:
        """End it soon, within a batch."""
        self._stop.set()

    def train(self) -> None:
        """Learn to the end, or until somebody stops it or nobody watches any more."""
        ended, began, took = "", monotonic(), list[float]()
        try:
            torch.set_num_threads(1)
            for epoch in self._learning:
                if not math.isfinite(epoch.loss):
                    raise LstmCoreError(
                        f"The loss was no number any more in epoch {epoch.number}: the learning rate "
                        f"{self.setup.learning_rate:g} is too high for this. Try a lower one."
                    )
                took, began = [*took[-9:], monotonic() - began], monotonic()
                self._add(epoch, mean(took) * (epoch.of - epoch.number))
        except _Ended as why:
            ended = str(why)
        except LstmCoreError as error:
            ended = str(error)
        except Exception as error:  # a thread's own error would reach nobody
            ended = f"The training ended with an error: {error}"
        with self._lock:
            self._progress = replace(self._progress, over=True, seconds_left=None, ended=ended)

    def _add(self, epoch: Epoch, seconds_left: float) -> None:
        was = self._progress
        picture = picture_of(epoch.model, was.example, epoch.number)
        # The next epoch changes the model itself.
        model = copy.deepcopy(epoch.model)
        now = replace(
            was,
            moments=(*was.moments, Moment(epoch.number, epoch.loss, epoch.accuracy)),
            pictures=(*(kept for kept in was.pictures if kept.epoch % self._every == 0), picture),
            snapshots=(
                *(kept for kept in was.snapshots if kept.epoch % self._every_model == 0),
                Snapshot(epoch.number, model),
            ),
            seconds_left=seconds_left,
            model=model,
        )
        with self._lock:
            self._progress = now

    def _may_go_on(self) -> None:
        if self._stop.is_set():
            raise _Ended("Stopped. What was learned up to then is kept.")
        with self._lock:
            unwatched = monotonic() - self._watched_at
        if unwatched > self._patience:
            raise _Ended("It stopped by itself, as nobody was watching. What was learned up to then is kept.")


class _Ended(Exception):
    """Says why a training ends between two batches."""


class _Stoppable(Task):
    """A task that asks before each batch whether to go on, and knows the model that it made."""

    name, description = "stoppable", ""

    def __init__(self, task: Task, may_go_on: Callable[[], None]) -> None:
        self._task, self._may_go_on, self.sizes = task, may_go_on, task.sizes

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        self.made = self._task.model(sizes, generator)
        return self.made

    def batches(self, model: SequenceModel, progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        for batch in self._task.batches(model, progress, generator):
            self._may_go_on()
            yield batch

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        return self._task.scores(model)


def learning(setup: Setup, task: Task) -> Iterator[Epoch]:
    """A set-up in the library's terms."""
    return epochs(
        task,
        hidden_size=setup.hidden_dim,
        num_layers=setup.n_layers,
        input_size=None if setup.task in READS_NUMBERS else setup.input_dim,
        epochs=setup.epochs,
        learning_rate=setup.learning_rate,
        seed=setup.seed,
    )


@cache
def get_ready() -> None:
    """Import meanwhile what torch's optimizers take their time to import, so that a first training starts at once."""
    threading.Thread(target=import_module, args=("torch._dynamo",), name="optimizers", daemon=True).start()


_running: set[Run] = set()
_slots = threading.Lock()


def start(run: Run) -> None:
    """Let it learn in a thread of its own. Raises LstmCoreError while the server trains as many as it can."""
    with _slots:
        if len(_running) >= MOST_AT_ONCE:
            raise LstmCoreError(
                f"This server is training {len(_running)} models already, as many as it takes at once. "
                "Try again in a minute: your settings stay."
            )
        _running.add(run)

    def train() -> None:
        try:
            run.train()
        finally:
            with _slots:
                _running.discard(run)

    threading.Thread(target=train, name="training", daemon=True).start()
