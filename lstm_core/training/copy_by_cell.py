"""Which models learned `copy` with an LSTM, a GRU or a plain RNN, and how often is each right?"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import safetensors.torch
import torch
from torch import Tensor, nn

from lstm_core.files.model_folders import FOLDER
from lstm_core.files.write_whole import write_bytes
from lstm_core.models.random import drawn
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.copying import Copy, right_after
from lstm_core.training.loop import epochs
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


def learned(cell: str, seeds: range, epochs: int, hidden_size: int = Copy.sizes.hidden_size) -> Learned:
    """Train `copy` with one kind of module (a key of `CELLS`), once for each seed.

    >>> learned("rnn", range(1), epochs=1).parameters        # 4 units, 4 numbers a symbol
    40
    """
    return Learned(cell, epochs, [_trained(cell, seed, epochs, hidden_size) for seed in seeds])


def _trained(cell: str, seed: int, passes: int, hidden_size: int) -> SequenceModel:
    *_, last = epochs(CopyWith(cell=CELLS[cell]), seed=seed, epochs=passes, hidden_size=hidden_size)
    return last.model


def save(found: Iterable[Learned], path: Path) -> None:
    """Write the models' weights to one .safetensors file: "epochs/cell/units/weight", (seed, …)."""
    tensors: dict[str, Tensor] = {}
    for one in found:
        states = [model.state_dict() for model in one.models]
        for name in states[0]:
            weights = torch.stack([state[name] for state in states])
            tensors[f"{one.epochs}/{one.cell}/{one.units}/{name}"] = weights
    write_bytes(path, safetensors.torch.save(tensors))


@lru_cache(maxsize=1)
def shipped() -> tuple[Learned, ...]:
    """The shipped models: ten of each kind after 10 and after 50 epochs. All callers share them: copy before a change.

    >>> [(one.epochs, one.cell, len(one.models)) for one in shipped()][:3]
    [(10, 'lstm', 10), (10, 'gru', 10), (10, 'rnn', 10)]
    >>> [(one.units, one.parameters) for one in shipped()][:4]
    [(4, 160), (4, 120), (4, 40), (10, 160)]
    """
    tensors = safetensors.torch.load(FILE.read_bytes())
    budgets = sorted({int(name.split("/")[0]) for name in tensors})
    return tuple(
        Learned(cell, passes, _models(cell, units, f"{passes}/{cell}/{units}/", tensors))
        for passes, (cell, units) in itertools.product(budgets, KINDS)
    )


def _models(cell: str, units: int, begin: str, tensors: dict[str, Tensor]) -> list[SequenceModel]:
    """The models, one for each seed, whose weights' names begin with `begin`."""
    models, sizes = [], Copy.sizes._replace(hidden_size=units)
    for seed in range(len(tensors[f"{begin}linear.weight"])):
        model = CopyWith(cell=CELLS[cell]).model(sizes, torch.Generator().manual_seed(0))
        model.load_state_dict({name: tensors[begin + name][seed] for name in model.state_dict()})
        models.append(model)
    return models
