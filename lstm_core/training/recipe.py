"""What makes a shipped model, from nothing?"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import torch

from lstm_core.models.sequence_model import SequenceModel


class Recipe(NamedTuple):
    """How one of the models in `assets/models` was trained and scored. Both get the folder of `--data`, or None."""

    name: str
    train: Callable[[Path | None], SequenceModel]
    scores: Callable[[SequenceModel, Path | None], Mapping[str, float]]
    """Figures on held-out data by name, the one that counts first; the model card holds the same rows."""
    data: str | None = None
    """Which folder `--data` must name, in a few words; None where the examples are generated."""
    dtype: torch.dtype = torch.float32
    """How the file stores the weights; they are computed with in float32."""


class Kept:
    """The best of the models that were offered, as it was then."""

    def __init__(self) -> None:
        self.worth = -math.inf
        self._model: SequenceModel | None = None

    def offer(self, model: SequenceModel, worth: float) -> None:
        """Keep a copy when nothing better has been seen."""
        if worth > self.worth:
            self.worth, self._model = worth, copy.deepcopy(model)

    def model(self) -> SequenceModel:
        assert self._model is not None, "nothing was offered"
        return self._model
