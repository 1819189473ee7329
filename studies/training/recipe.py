"""How is a shipped model made from nothing?"""

import copy
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import torch

from lstm_core.models.sequence_model import SequenceModel


class Recipe(NamedTuple):
    """How a model in `assets/models` was trained and scored; both functions get the folder of `--data`, or None."""

    name: str
    train: Callable[[Path | None], SequenceModel]
    scores: Callable[[SequenceModel, Path | None], Mapping[str, float]]
    """Figures on held-out data by name, the main one first; the model card shows these rows."""
    data: str | None = None
    """A short description of the folder for `--data`; None if the examples are generated."""
    dtype: torch.dtype = torch.float32
    """The dtype of the weights in the file; the model computes in float32."""


class Kept:
    """Keeps a copy of the best model that was offered."""

    def __init__(self) -> None:
        self.worth = -math.inf
        self._model: SequenceModel | None = None

    def offer(self, model: SequenceModel, worth: float) -> None:
        """Keep a copy of the model if it is better than all before."""
        if worth > self.worth:
            self.worth, self._model = worth, copy.deepcopy(model)

    def model(self) -> SequenceModel:
        assert self._model is not None, "nothing was offered"
        return self._model
