"""What do the sentences say about a model in training: its progress, its figures, its picture?"""

from collections.abc import Sequence

import numpy as np

from gatescope.train_one.example import Example, Exercise, Picture
from gatescope.train_one.run import Progress
from gatescope.train_one.setup import READS_NUMBERS, Setup
from gatescope.wording.escape_markdown import plain
from lstm_core.plots.labels import label
from lstm_core.training.counts import Counter

# The most letters of a line of a sequence to learn from, so that it fits a phone.
MOST_WRITTEN = 36

LEARNS_FROM = "**It learns from sequences like these:** above, what it reads; below, the right answer."
NOBODY_KNOWS = (
    "no model can know the answer there. The accuracy leaves these steps out; the loss counts them, and so it stays "
    "above 0."
)
EACH_VALUE = "Each value is to be forecast, from all values at its left."
WAITING = "Press **Train**: the picture after each epoch takes this place, beside the untrained one."

ANSWERS = {
    "counter": "**Which symbol is next?** During the a’s the next symbol cannot be known; from the first b on it can.",
    "brackets": "**What may come next?** ( always; ) while one is open; the end while none is.",
    "copy": "**What was the first symbol?** Only the answer at the question mark counts.",
    "grammar": "**Which part of speech is each word?**",
    "text": "**Which character is next?** Of those in this example.",
}


def to_learn(setup: Setup, example: Example, column: int) -> str:
    """The title of what there is to learn."""
    if setup.task in READS_NUMBERS:
        return f"**To learn: the next value of {plain(example.labels[column])}, at each step**"
    return "**To learn: the right answer at each step**"


def what_is_asked(setup: Setup, right: np.ndarray) -> str:
    """How to read the right answers."""
    asked = ~np.isnan(right).all(0)
    blank = int((~asked).sum())
    why = NOBODY_KNOWS if setup.task == "counter" else "no answer is asked there."
    said = f" {blank} of {asked.size} steps {'is' if blank == 1 else 'are'} blank: {why}"
    return f"Strong: a right answer. Faint: a wrong one.{said if blank else ''}"


def written(sequences: Sequence[Sequence[Exercise]]) -> str:
    """Some sequences to learn from, each token above its right answer; a long one is cut off."""
    return "\n\n".join(_written(steps) for steps in sequences)


def _written(steps: Sequence[Exercise]) -> str:
    read, right = "", ""
    for step in steps:
        token, answer = label(step.token), "/".join(map(label, step.right))
        width = max(len(token), len(answer)) + 1
        if len(read) + width > MOST_WRITTEN:
            return f"{read}…\n{right}…"
        read, right = read + token.ljust(width), right + answer.ljust(width)
    return f"{read.rstrip()}\n{right.rstrip()}"


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


def loss(setup: Setup, progress: Progress) -> str:
    """The title of the curve of the loss: the latest value, and the least one that is possible if it is not 0."""
    least = f", at best {Counter().least_loss:.3f}: nobody can know which a is the last" * (setup.task == "counter")
    return f"**Loss** {latest([moment.loss for moment in progress.moments])}{least}"


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
    sizes = "" if setup.task in READS_NUMBERS else f"input_dim={setup.input_dim}, "
    return (
        f"{setup.task}: {sizes}hidden_dim={setup.hidden_dim}, n_layers={setup.n_layers}, "
        f"learning rate {setup.learning_rate:g}, seed {setup.seed}"
    )


def latest(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{values[-1]:.3f}" if abs(values[-1]) >= 0.001 else f"{values[-1]:.0e}"


def after(picture: Picture) -> str:
    return f"After epoch {picture.epoch:,}" if picture.epoch else "Before: untrained"


def how_to_read(picture: Picture, reach: float) -> str:
    """Each letter's name and scale, and the proof in words."""
    return (
        "Gates f (forget), i (input) and o (output): from 0, faint, to 1, strong. "
        f"Candidate g and hidden state h (−1 to 1), cell state c (to ±{reach:,g}): blue is negative, red is positive. "
        f"{picture.proof[:1].upper()}{picture.proof[1:]}."
    )


def answers(setup: Setup, example: Example, column: int) -> str:
    """The title of the answers under the memory."""
    if setup.task in READS_NUMBERS:
        return f"**{plain(example.labels[column])}**: grey are the values, blue is the forecast made one step before."
    return ANSWERS[setup.task]


def model_label(setup: Setup) -> str:
    """The name, in the main page's list, of a model that was trained here."""
    layers = "" if setup.n_layers == 1 else f" × {setup.n_layers} layers"
    return f"{setup.task}, yours: {setup.hidden_dim} units{layers}, seed {setup.seed}"
