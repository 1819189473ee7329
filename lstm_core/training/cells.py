"""What does the cell state buy? `copy` learned by an LSTM, a GRU and a plain RNN: `python -m lstm_core.training.cells`

Each gets the same number of units and of epochs, and examples of the same kind, from the same seeds; the plain RNN
also as many parameters as the LSTM. The gates learn it sooner; given that many parameters and epochs, the plain RNN
learns it too.
"""

from __future__ import annotations

import argparse
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

from lstm_core.models.random import drawn
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.models.shipped import FOLDER
from lstm_core.training.copying import Copy, right_after
from lstm_core.training.loop import epochs
from lstm_core.training.task import Sizes

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
# With 10 units the plain RNN has the 160 parameters that the LSTM has with 4.
KINDS = (("lstm", 4), ("gru", 4), ("rnn", 4), ("rnn", 10))
GAPS = (10, 100, 500)
FILE = FOLDER / "copy" / "cells.safetensors"


@dataclass(frozen=True)
class CopyWith(Copy):
    """The task `copy` for a model with another module in the place of its LSTM."""

    cell: Callable[..., nn.RNNBase] = nn.LSTM

    def model(self, sizes: Sizes, generator: torch.Generator) -> SequenceModel:
        model = super().model(sizes, generator)
        cell = self.cell(model.lstm.input_size, sizes.hidden_size, sizes.num_layers, device="meta")
        model.add_module("lstm", drawn(cell, sizes.hidden_size**-0.5, generator))
        return model.eval()


class Learned(NamedTuple):
    """What one kind of module made of `copy`."""

    cell: str
    """A key of `CELLS`."""
    epochs: int
    models: list[SequenceModel]
    """One a seed."""

    @property
    def units(self) -> int:
        """How many each has."""
        return self.models[0].lstm.hidden_size

    @property
    def parameters(self) -> int:
        """How many weights one module has."""
        return sum(weight.numel() for weight in self.models[0].lstm.parameters())

    def right(self, gap: int) -> float:
        """The share of first symbols that are said again after a gap, mean over the seeds; chance is 0.25."""
        return fmean(right_after(model, gap) for model in self.models)

    def always_right(self, gap: int) -> int:
        """How many of the models are right about all four first symbols."""
        return sum(right_after(model, gap) == 1 for model in self.models)


def learned(cell: str, seeds: range, epochs: int, hidden_size: int = Copy.sizes.hidden_size) -> Learned:
    """Train `copy` with one kind of module (a key of `CELLS`) once a seed.

    >>> learned("rnn", range(1), epochs=1).parameters        # 4 units, 4 numbers a symbol
    40
    """
    return Learned(cell, epochs, [_trained(cell, seed, epochs, hidden_size) for seed in seeds])


def _trained(cell: str, seed: int, passes: int, hidden_size: int) -> SequenceModel:
    *_, last = epochs(CopyWith(cell=CELLS[cell]), seed=seed, epochs=passes, hidden_size=hidden_size)
    return last.model


def save(found: Iterable[Learned], path: Path) -> None:
    """Write their weights to one .safetensors file: "epochs/cell/units/weight", (seed, …)."""
    tensors: dict[str, Tensor] = {}
    for one in found:
        states = [model.state_dict() for model in one.models]
        for name in states[0]:
            weights = torch.stack([state[name] for state in states])
            tensors[f"{one.epochs}/{one.cell}/{one.units}/{name}"] = weights
    path.write_bytes(safetensors.torch.save(tensors))


@lru_cache(maxsize=1)
def shipped() -> tuple[Learned, ...]:
    """Those that come along, ten of each kind after 10 and after 50 epochs; everybody's, so copy what you change.

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
    """Those whose weights' names begin so."""
    models, sizes = [], Copy.sizes._replace(hidden_size=units)
    for seed in range(len(tensors[f"{begin}linear.weight"])):
        model = CopyWith(cell=CELLS[cell]).model(sizes, torch.Generator().manual_seed(0))
        model.load_state_dict({name: tensors[begin + name][seed] for name in model.state_dict()})
        models.append(model)
    return models


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


HEAD = (
    _row(
        "epochs",
        "module",
        "units",
        "parameters",
        *(f"right after a gap of {gap}" for gap in GAPS),
        "always right at 100",
    ),
    _row(*["---"] * (5 + len(GAPS))),
)


def row(one: Learned) -> str:
    """A line of a Markdown table."""
    right = (f"{one.right(gap):.2f}" for gap in GAPS)
    return _row(
        one.epochs, one.cell, one.units, one.parameters, *right, f"{one.always_right(100)} of {len(one.models)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10, help="how many models of each kind")
    parser.add_argument("--epochs", type=int, nargs="+", default=[10, 50], help="how long each learns")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the models to a .safetensors file")
    parser.add_argument("--score", action="store_true", help="train none: the models that come along")
    options = parser.parse_args()
    torch.set_num_threads(1)
    wanted = itertools.product(options.epochs, KINDS)
    trained = (learned(cell, range(options.seeds), passes, units) for passes, (cell, units) in wanted)
    found: list[Learned] = []
    print(*HEAD, sep="\n", flush=True)
    for one in shipped() if options.score else trained:
        found.append(one)
        print(row(one), flush=True)
    if options.save:
        save(found, options.save)


if __name__ == "__main__":
    main()
