"""What is said in words about a model that learns: how far it is, how well it does, what its picture shows."""

from __future__ import annotations

from dashboard.training_example import Example, Picture
from dashboard.training_run import Progress
from dashboard.training_setup import READS_NUMBERS, Setup

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


def accuracy_title(setup: Setup) -> str:
    """What the accuracy of a task is the share of."""
    return "share of variance foreseen (R²)" if setup.task in READS_NUMBERS else "share of steps that were right"


def trained_with(setup: Setup) -> str:
    """What a model that is shown was trained with."""
    sizes = "" if setup.task in READS_NUMBERS else f"input_dim={setup.input_dim}, "
    return (
        f"{setup.task}: {sizes}hidden_dim={setup.hidden_dim}, n_layers={setup.n_layers}, "
        f"learning rate {setup.learning_rate:g}, seed {setup.seed}"
    )


def latest(values: list[float]) -> str:
    """The last value of a curve."""
    return f"{values[-1]:.3f}" if values else "–"


def perfection(progress: Progress) -> str:
    """From which epoch on every step was right, or nothing."""
    wrong = [moment.epoch for moment in progress.moments if moment.accuracy < 1]
    first = (wrong[-1] if wrong else 0) + 1
    if first > len(progress.moments):
        return ""
    return f"Every step right since epoch {first:,}."


def after(picture: Picture) -> str:
    """When a picture was taken."""
    return f"After epoch {picture.epoch:,}" if picture.epoch else "Before: untrained"


def how_to_read(picture: Picture, reach: int) -> str:
    """Each letter's name and scale, and what `max_error` says."""
    return (
        "Gates from 0, pale, to 1, dark: f forget, i input, o output. From blue, negative, to red, positive: "
        f"g candidate and h hidden state to ±1, c cell state to ±{reach:,}. "
        f"The gates rebuild PyTorch’s own output to {picture.max_error:.0e}."
    )


def answers(setup: Setup, example: Example, column: int) -> str:
    """What is under the memory."""
    if setup.task in READS_NUMBERS:
        return f"**{_plain(example.labels[column])}**: grey is what came, blue what was foretold a step before."
    return ANSWERS[setup.task]


def model_label(setup: Setup) -> str:
    """What the main page's list calls a model that was trained here."""
    layers = "" if setup.n_layers == 1 else f" × {setup.n_layers} layers"
    return f"{setup.task}, yours: {setup.hidden_dim} units{layers}, seed {setup.seed}"


def _plain(text: str) -> str:
    """A column's name as Markdown that says just that."""
    return "".join(character if character.isalnum() or character.isspace() else f"\\{character}" for character in text)
