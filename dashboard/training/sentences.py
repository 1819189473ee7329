"""What do the sentences say about a model in training: its progress, its figures, its picture?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.training.example import Example, Picture
from dashboard.training.run import Progress
from dashboard.training.setup import READS_NUMBERS, Setup
from dashboard.words.escape_markdown import plain

TOGETHER = "Pick a task, press Train, and watch the gates of an LSTM learn it. Same seed, same result."
WAITING = "**After**: press Train. What it learns appears here, epoch by epoch."

ANSWERS = {
    "counter": "**Which symbol is next?** During the a’s the next symbol cannot be known; from the first b on it can.",
    "brackets": "**What may come next?** ( always; ) while one is open; the end while none is.",
    "copy": "**What was the first symbol?** Only the answer at the question mark counts.",
    "grammar": "**Which part of speech is each word?**",
    "text": "**Which character is next?** Of those in this example.",
}


def progress_line(progress: Progress) -> str:
    """The epochs done, and the time left or how the training ended."""
    done = len(progress.moments)
    line = f"Epoch {done:,} of {progress.of:,}"
    if progress.over:
        return f"{line} · {'stopped' if done < progress.of else 'done'}"
    if progress.seconds_left is None:
        return f"{line} · starting"
    return f"{line} · about {duration(progress.seconds_left)} left"


def duration(seconds: float) -> str:
    """A duration in round seconds or minutes."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def loss(progress: Progress) -> str:
    """The title of the curve of the loss."""
    return f"**Loss** {latest([moment.loss for moment in progress.moments])}"


def accuracy(setup: Setup, progress: Progress) -> str:
    """The title of the curve of the accuracy: the latest value, and what it is the share of or since when it is 1."""
    values = [moment.accuracy for moment in progress.moments]
    what = "share of variance predicted (R²)" if setup.task in READS_NUMBERS else "share of steps that were right"
    since = right_since(values)
    return f"**Accuracy** {latest(values)}: " + (f"every step right since epoch {since:,}" if since else what)


def right_since(accuracies: Sequence[float]) -> int | None:
    """The first epoch from which on every step was right; None if the last epoch had a wrong one."""
    wrong = [epoch for epoch, accuracy in enumerate(accuracies, 1) if accuracy < 1]
    since = max(wrong, default=0) + 1
    return since if since <= len(accuracies) else None


def trained_with(setup: Setup) -> str:
    """The settings that a shown model was trained with."""
    sizes = "" if setup.task in READS_NUMBERS else f"input_dim={setup.input_dim}, "
    return (
        f"{setup.task}: {sizes}hidden_dim={setup.hidden_dim}, n_layers={setup.n_layers}, "
        f"learning rate {setup.learning_rate:g}, seed {setup.seed}"
    )


def latest(values: Sequence[float]) -> str:
    """The last value of a curve."""
    if not values:
        return "–"
    return f"{values[-1]:.3f}" if abs(values[-1]) >= 0.001 else f"{values[-1]:.0e}"


def after(picture: Picture, beside: bool = False) -> str:
    """The epoch of a picture, in words; `beside` the picture of the untrained model."""
    if picture.epoch:
        return f"After epoch {picture.epoch:,}"
    return "After: no epoch yet" if beside else "Before: untrained"


def how_to_read(picture: Picture, reach: int) -> str:
    """Each letter's name and scale, and `max_error` in words."""
    return (
        "Gates f (forget), i (input) and o (output): from 0, pale, to 1, dark. "
        f"Candidate g and hidden state h (−1 to 1), cell state c (to ±{reach:,}): blue is negative, red is positive. "
        f"Checked: matches PyTorch to {picture.max_error:.0e}."
    )


def answers(setup: Setup, example: Example, column: int) -> str:
    """The title of the answers under the memory."""
    if setup.task in READS_NUMBERS:
        return f"**{plain(example.labels[column])}**: grey is what came, blue what was foretold a step before."
    return ANSWERS[setup.task]


def model_label(setup: Setup) -> str:
    """The name, in the main page's list, of a model that was trained here."""
    layers = "" if setup.n_layers == 1 else f" × {setup.n_layers} layers"
    return f"{setup.task}, yours: {setup.hidden_dim} units{layers}, seed {setup.seed}"
