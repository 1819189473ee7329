"""What is said in words about a model that learns: how far it is, how well it does, what its picture shows."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.plain import plain
from dashboard.training.example import Example, Picture
from dashboard.training.run import Progress
from dashboard.training.setup import READS_NUMBERS, Setup

TOGETHER = "Pick a task, press Train, and watch the gates of an LSTM learn it. Same seed, same result."
WAITING = "**After**: press Train. What it learns appears here, epoch by epoch."

ANSWERS = {
    "counter": "**Which symbol is next?** While the a’s last nobody can know; from the first b on there is one answer.",
    "brackets": "**What may come next?** ( always; ) while one is open; the end while none is.",
    "copy": "**What was the first symbol?** Only the answer at the question mark counts.",
    "grammar": "**Which part of speech is each word?**",
    "text": "**Which character is next?** Of those in this example.",
}


def progress_line(progress: Progress) -> str:
    """Epochs done, and the time left or the figures it came to."""
    done = len(progress.moments)
    line = f"Epoch {done:,} of {progress.of:,}"
    if progress.over:
        return f"{line} · {'stopped' if done < progress.of else 'done'}"
    if progress.seconds_left is None:
        return f"{line} · begins"
    return f"{line} · about {duration(progress.seconds_left)} left"


def duration(seconds: float) -> str:
    """Rounded as one says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def loss(progress: Progress) -> str:
    """Over its curve."""
    return f"**Loss** {latest([moment.loss for moment in progress.moments])}"


def accuracy(setup: Setup, progress: Progress) -> str:
    """Over its curve: the latest, what it is the share of, and since when nothing was wrong."""
    values = [moment.accuracy for moment in progress.moments]
    what = "share of variance foreseen (R²)" if setup.task in READS_NUMBERS else "share of steps that were right"
    since = right_since(values)
    return f"**Accuracy** {latest(values)}: " + (f"every step right since epoch {since:,}" if since else what)


def right_since(accuracies: Sequence[float]) -> int | None:
    """The first of the latest epochs that had every step right, if the last one had."""
    wrong = [epoch for epoch, accuracy in enumerate(accuracies, 1) if accuracy < 1]
    since = max(wrong, default=0) + 1
    return since if since <= len(accuracies) else None


def trained_with(setup: Setup) -> str:
    """What a model that is shown was trained with."""
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


def after(picture: Picture) -> str:
    """When a picture was taken."""
    return f"After epoch {picture.epoch:,}" if picture.epoch else "Before: untrained"


def how_to_read(picture: Picture, reach: int) -> str:
    """Each letter's name and scale, and what `max_error` says."""
    return (
        "Gates from 0, the colour of the page, to 1: f forget, i input, o output. "
        f"From blue, negative, to red, positive: g candidate and h hidden state to ±1, c cell state to ±{reach:,}. "
        f"The gates rebuild PyTorch’s own output to {picture.max_error:.0e}."
    )


def answers(setup: Setup, example: Example, column: int) -> str:
    """What is under the memory."""
    if setup.task in READS_NUMBERS:
        return f"**{plain(example.labels[column])}**: grey is what came, blue what was foretold a step before."
    return ANSWERS[setup.task]


def model_label(setup: Setup) -> str:
    """What the main page's list calls a model that was trained here."""
    layers = "" if setup.n_layers == 1 else f" × {setup.n_layers} layers"
    return f"{setup.task}, yours: {setup.hidden_dim} units{layers}, seed {setup.seed}"
