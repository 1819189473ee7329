"""What does a model say at each step, in a word, and what comes after the last one?"""

from typing import NamedTuple

import torch
from torch import Tensor

from gatescope.reading.facts import facts_of
from gatescope.reading.read import Reading
from lstm_core import SequenceModel
from lstm_core.plots.labels import label

POSSIBLE = 0.5
"""The probability from which on one of several symbols counts as possible."""


class Said(NamedTuple):
    """What a model says at one step, and how sure it is: None for a number."""

    label: str
    share: float | None


class Next(NamedTuple):
    """One thing that may come after the last step."""

    label: str
    share: float | None
    text: str | None
    """What to write behind the text, so that it comes; None if it ends the text."""


def answers(reading: Reading, first: int, end: int) -> list[Said]:
    """What the model says at the steps from `first` to before `end`; nothing without labels."""
    model, said = reading.model, reading.probabilities(slice(first, end))
    return [] if model is None or said is None or model.gives == "hidden" else said_by(model, said)


def said_by(model: SequenceModel, said: Tensor) -> list[Said]:
    """What a model says at each step, from its probabilities (step, label); "" if it has no labels."""
    if model.gives == "hidden":
        return [Said("", None)] * len(said)
    if model.gives == "classes":
        shares, best = (found.tolist() for found in said.max(dim=1))
        return [Said(label(model.labels[at]), share) for at, share in zip(best, shares, strict=True)]
    if model.gives == "set":
        return [_possible(model, row) for row in said]
    return [Said(" ".join(f"{value:.3g}" for value in row).replace("nan", "–"), None) for row in said[:, :2].tolist()]


def coming(reading: Reading) -> list[Next]:
    """What may come after the last step, the likeliest first; nothing from a model that says something else."""
    model, said = reading.model, reading.probabilities(slice(-1, None))
    if model is None or said is None or reading.document is not None or not foresees(model):
        return []
    [last] = said
    if last.isnan().any():
        # The last word is left out.
        return []
    if model.gives == "value":
        row = " ".join(f"{value:.4g}" for value in last.tolist())
        return [Next(row, None, f"\n{row}" if len(last) > 1 else f", {row}")]
    order = torch.argsort(last, descending=True, stable=True).tolist()
    between = " " if model.reads == "words" else ""
    known = {name for name in model.labels if model.tokens(name) == [name] and not model.embedding.unread([name])}
    return [
        Next(label(name), float(last[at]), between + name if name in known else None)
        for at, name in ((at, model.labels[at]) for at in order)
    ]


def foresees(model: SequenceModel) -> bool:
    """Whether a model says what comes next: its labels are its tokens, and not what it makes of them."""
    # A model that was trained on the page Your model has the name of its task, and so has the shipped one.
    return facts_of(model.name).foresees or list(getattr(model.embedding, "tokens", ())) == model.labels


def _possible(model: SequenceModel, shares: Tensor) -> Said:
    """The symbols that may come; as sure as of the one that is least sure."""
    names = [label(name) for name, share in zip(model.labels, shares.tolist(), strict=True) if share >= POSSIBLE]
    return Said(" ".join(names) or "–", float(torch.maximum(shares, 1 - shares).min()))
