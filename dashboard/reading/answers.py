"""What does a model say at each step, in a word?"""

from typing import NamedTuple

import torch
from torch import Tensor

from gatescope.reading.facts import facts_of
from lstm_core import SequenceModel
from lstm_core.plots.labels import label

POSSIBLE = 0.5
"""The probability from which on one of several symbols counts as possible."""


class Said(NamedTuple):
    """What a model says at one step, and how sure it is: None for a number."""

    label: str
    share: float | None


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


def foresees(model: SequenceModel) -> bool:
    """Whether a model says what comes next: its labels are its tokens, and not what it makes of them."""
    # A model that was trained on the page Your model has the name of its task, and so has the shipped one.
    return facts_of(model.name).foresees or list(getattr(model.embedding, "tokens", ())) == model.labels


def _possible(model: SequenceModel, shares: Tensor) -> Said:
    """The symbols that may come; as sure as of the one that is least sure."""
    names = [label(name) for name, share in zip(model.labels, shares.tolist(), strict=True) if share >= POSSIBLE]
    return Said(" ".join(names) or "–", float(torch.maximum(shares, 1 - shares).min()))
