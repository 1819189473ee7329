"""How does a model learn while one visitor watches and nobody else has to wait?

Each training has its own thread. It never shares what it changes: a visitor gets a Progress, which is frozen.
"""

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

from gatescope.train_one.example import Example, Picture, example_of, picture_of
from gatescope.train_one.learnt import Learnt, learnt
from gatescope.train_one.setup import READS_NUMBERS, Setup
from lstm_core import LstmCoreError, SequenceModel
from lstm_core.training import Batch, Epoch, Sizes, Task, epochs

# A browser asks each second; a tab that has been hidden for long asks once a minute.
PATIENCE = 150.0
MOST_AT_ONCE = max(2, os.cpu_count() or 2)
# The most letters in the pictures of one training: all are sent each second.
ROOM = 1_000_000
MOST_PICTURES = 100
# The most weights in the kept models of one training, 4 bytes each.
ROOM_FOR_MODELS = 4_000_000


class Moment(NamedTuple):
    """The loss and accuracy of one epoch."""

    epoch: int
    loss: float
    accuracy: float


class Snapshot(NamedTuple):
    """A copy of the model after an epoch; 0 is untrained. Nothing changes the copy."""

    epoch: int
    model: SequenceModel


@dataclass(frozen=True)
class Progress:
    """How far a training has come."""

    of: int
    """The number of planned epochs."""
    example: Example
    pictures: tuple[Picture, ...]
    """The pictures, from the untrained model's to the latest."""
    snapshots: tuple[Snapshot, ...]
    """Models from the untrained to the latest, as many as there is room for."""
    moments: tuple[Moment, ...] = ()
    seconds_left: float | None = None
    model: SequenceModel | None = None
    """A copy of the model after the last finished epoch."""
    over: bool = False
    learnt: Learnt | None = None
    """What the model does on new texts, once it is over."""
    ended: str = ""
    """Why the training ended before its last epoch, as a sentence; "" if it did not."""


class Run:
    """One training, from the untrained model on. Raises LstmCoreError for unfit data and sizes."""

    def __init__(self, setup: Setup, task: Task, patience: float = PATIENCE) -> None:
        self.setup, self.task = setup, task
        self._patience, self._stop, self._lock = patience, threading.Event(), threading.Lock()
        self._watched_at = monotonic()
        stoppable = _Stoppable(task, self._may_go_on)
        # The visitor's names in the library's terms.
        self._learning = epochs(
            stoppable,
            hidden_size=setup.hidden_dim,
            num_layers=setup.n_layers,
            input_size=None if setup.task in READS_NUMBERS else setup.input_dim,
            epochs=setup.epochs,
            learning_rate=setup.learning_rate,
            seed=setup.seed,
        )
        example = example_of(task, stoppable.made)
        untrained = picture_of(stoppable.made, example, 0)
        # The latest epoch always has a picture; of the others as many are kept as there is room for.
        self._every = math.ceil(setup.epochs / min(MOST_PICTURES, max(1, ROOM // len(untrained.cells))))
        weights = sum(weight.numel() for weight in stoppable.made.parameters())
        self._every_model = math.ceil(setup.epochs / max(1, min(MOST_PICTURES, ROOM_FOR_MODELS // weights)))
        first = Snapshot(0, copy.deepcopy(stoppable.made))
        self._progress = Progress(setup.epochs, example, (untrained,), (first,))

    def progress(self) -> Progress:
        """The progress so far. Each call counts as a sign that somebody watches."""
        with self._lock:
            self._watched_at = monotonic()
            return self._progress

    def stop(self) -> None:
        """Let the training end before its next batch."""
        self._stop.set()

    def train(self) -> None:
        """Learn to the end, or until somebody stops the training or nobody watches it; then ask what was learnt."""
        ended, found = "", None
        try:
            ended = self._learn()
            if model := self._progress.model:
                found = learnt(self.task, model)
        except Exception as error:  # an error in a thread would reach nobody
            ended = f"The training ended with an error: {error}"
        with self._lock:
            self._progress = replace(self._progress, over=True, seconds_left=None, learnt=found, ended=ended)

    def _learn(self) -> str:
        """Learn epoch by epoch; returns why it ended before the last one, as a sentence."""
        began, took = monotonic(), list[float]()
        torch.set_num_threads(1)
        try:
            for epoch in self._learning:
                if not math.isfinite(epoch.loss):
                    raise LstmCoreError(
                        f"The loss was no number any more in epoch {epoch.number}: the learning rate "
                        f"{self.setup.learning_rate:g} is too high for this. Try a lower one."
                    )
                took, began = [*took[-9:], monotonic() - began], monotonic()
                self._add(epoch, mean(took) * (epoch.of - epoch.number))
        except (_Ended, LstmCoreError) as why:
            return str(why)
        return ""

    def _add(self, epoch: Epoch, seconds_left: float) -> None:
        was = self._progress
        picture = picture_of(epoch.model, was.example, epoch.number)
        # The next epoch changes the model, so a copy is kept.
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
    """Ends a training between two batches; its message says why."""


class _Stoppable(Task):
    """A task that asks before each batch whether to go on, and remembers the model that it made."""

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


@cache
def get_ready() -> None:
    """Import in the background what torch's optimizers import slowly, so that the first training starts at once."""
    threading.Thread(target=import_module, args=("torch._dynamo",), name="optimizers", daemon=True).start()


_running: set[Run] = set()
_slots = threading.Lock()


def start(run: Run) -> None:
    """Start a training in its own thread. Raises LstmCoreError while the server trains as many as it can."""
    with _slots:
        if len(_running) >= MOST_AT_ONCE:
            raise LstmCoreError(
                f"This server is training {len(_running)} models already, as many as it takes at once. "
                "Wait a minute: your settings stay."
            )
        _running.add(run)

    def train() -> None:
        try:
            run.train()
        finally:
            with _slots:
                _running.discard(run)

    threading.Thread(target=train, name="training", daemon=True).start()
