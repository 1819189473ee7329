"""The task `copy`: what was the first symbol? And which kinds of cell learned it?"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import ClassVar, NamedTuple

import safetensors.torch
import torch
from torch import Tensor, nn

from lstm_core.files.model_folders import FOLDER
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.untrained import drawn
from lstm_core.training.task import MISSING, Batch, Sizes, Task

# The task `copy`: what was the first symbol?

SYMBOLS = ("a", "b", "c", "d")
BLANK, ASK = ".", "?"


@dataclass(frozen=True)
class Copy(Task):
    """One of four symbols, a gap of dots, a question mark: then the model has to repeat the first symbol.

    The gap grows from 0 to `longest_gap` in the first half of the epochs, slowly at first, because an untrained forget
    gate leaves nothing to learn from after a long gap.
    """

    name: ClassVar[str] = "copy"
    description: ClassVar[str] = "Remember the first symbol across a long gap, and say it when asked."
    sizes = Sizes(hidden_size=4, num_layers=1, input_size=4, epochs=50, learning_rate=0.02)

    symbols, labels = (*SYMBOLS, BLANK, ASK), SYMBOLS

    longest_gap: int = 100
    cell: Callable[..., nn.RNNBase] | None = None
    """Another module in place of the LSTM."""

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        model = super().model(sizes, generator)
        if self.cell is not None:
            cell = self.cell(model.lstm.input_size, sizes.hidden_size, sizes.num_layers, device="meta")
            model.add_module("lstm", drawn(cell, sizes.hidden_size**-0.5, generator))
        return model.eval()

    def batches(self, model: SequenceModel, progress: float, generator: torch.Generator, /) -> Iterator[Batch]:
        longest = round(self.longest_gap * min(1.0, 2 * progress) ** 2)
        for _ in range(20):
            gap = int(torch.randint(longest + 1, (), generator=generator))
            yield examples(model, gap, torch.randint(len(SYMBOLS), (32,), generator=generator))

    def texts(self) -> list[str]:
        return [f"{first}{BLANK * gap}{ASK}" for gap in range(self.longest_gap + 1) for first in SYMBOLS]

    def scores(self, model: SequenceModel) -> Mapping[str, float]:
        return {f"right after a gap of {gap:,}": right_after(model, gap) for gap in (1000, 500, 100)}


def examples(model: SequenceModel, gap: int, first: Tensor) -> Batch:
    """Sequences of gap + 2 steps that begin with the symbols `first` (batch,); only the last step's answer counts."""
    *symbols, blank, ask = model.embedding.read([*SYMBOLS, BLANK, ASK])
    numbers = blank.repeat(gap + 2, len(first))
    numbers[0], numbers[-1] = torch.stack(symbols)[first], ask
    targets = torch.full_like(numbers, MISSING)
    targets[-1] = torch.tensor([model.labels.index(symbol) for symbol in SYMBOLS])[first]
    return Batch(numbers, targets, judged=targets != MISSING)


@torch.no_grad()
def right_after(model: SequenceModel, gap: int) -> float:
    """The share of first symbols that the model repeats after a gap, over all sequences with that gap."""
    batch = examples(model, gap, torch.arange(len(SYMBOLS)))
    answers: Tensor = model(model.embedding.embed(batch.numbers))[-1].argmax(-1)
    return (answers == batch.targets[-1]).float().mean().item()


# Which models learned `copy` with an LSTM, a GRU or a plain RNN, and how often is each right?

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
# A plain RNN with 10 units has 160 parameters, as an LSTM with 4 units.
KINDS = (("lstm", 4), ("gru", 4), ("rnn", 4), ("rnn", 10))
FILE = FOLDER / "copy" / "cells.safetensors"
# How often each of them is right, by gap; `studies/cells_learn_copy.py` writes it.
MEASURED = FOLDER / "copy" / "by_gap.json"


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
            model = Copy(cell=CELLS[cell]).model(sizes, torch.Generator().manual_seed(0))
            model.load_state_dict({name: tensors[begin + name][seed] for name in model.state_dict()})
            models.append(model)
        found.append(Learned(cell, passes, models))
    return tuple(found)
