"""Which models learned `copy` with an LSTM, a GRU or a plain RNN, and how often is each right?"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import NamedTuple

import safetensors.torch
import torch
from torch import nn

from lstm_core.files.model_folders import FOLDER
from lstm_core.models.random import drawn
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.copying import Copy, right_after
from lstm_core.training.task import Sizes

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
# A plain RNN with 10 units has 160 parameters, as an LSTM with 4 units.
KINDS = (("lstm", 4), ("gru", 4), ("rnn", 4), ("rnn", 10))
FILE = FOLDER / "copy" / "cells.safetensors"


@dataclass(frozen=True)
class CopyWith(Copy):
    """The task `copy` for a model with another module in place of the LSTM."""

    cell: Callable[..., nn.RNNBase] = nn.LSTM

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        model = super().model(sizes, generator)
        cell = self.cell(model.lstm.input_size, sizes.hidden_size, sizes.num_layers, device="meta")
        model.add_module("lstm", drawn(cell, sizes.hidden_size**-0.5, generator))
        return model.eval()


class Learned(NamedTuple):
    """The models of one kind that learned `copy`."""

    cell: str
    """A key of `CELLS`."""
    epochs: int
    models: list[SequenceModel]
    """One model for each seed."""

    @property
    def units(self) -> int:
        """The number of units of each model."""
        return self.models[0].lstm.hidden_size

    @property
    def parameters(self) -> int:
        """The number of weights of one module."""
        return sum(weight.numel() for weight in self.models[0].lstm.parameters())

    def right(self, gap: int) -> float:
        """The share of first symbols that the models repeat after a gap, mean over the seeds; chance is 0.25."""
        return fmean(right_after(model, gap) for model in self.models)

    def always_right(self, gap: int) -> int:
        """How many of the models are right about all four first symbols."""
        return sum(right_after(model, gap) == 1 for model in self.models)


@lru_cache(maxsize=1)
def shipped() -> tuple[Learned, ...]:
    """The shipped models: ten of each kind after 10 and after 50 epochs. All callers share them: copy before a change.

    The file has their weights by "epochs/cell/units/weight", (seed, …); `studies/cells_learn_copy.py` writes it.

    >>> [(one.epochs, one.cell, len(one.models)) for one in shipped()][:3]
    [(10, 'lstm', 10), (10, 'gru', 10), (10, 'rnn', 10)]
    >>> [(one.units, one.parameters) for one in shipped()][:4]
    [(4, 160), (4, 120), (4, 40), (10, 160)]
    """
    tensors = safetensors.torch.load(FILE.read_bytes())
    budgets = sorted({int(name.split("/")[0]) for name in tensors})
    found = []
    for passes, (cell, units) in itertools.product(budgets, KINDS):
        begin, sizes, models = f"{passes}/{cell}/{units}/", Copy.sizes._replace(hidden_size=units), []
        for seed in range(len(tensors[f"{begin}linear.weight"])):
            model = CopyWith(cell=CELLS[cell]).model(sizes, torch.Generator().manual_seed(0))
            model.load_state_dict({name: tensors[begin + name][seed] for name in model.state_dict()})
            models.append(model)
        found.append(Learned(cell, passes, models))
    return tuple(found)
