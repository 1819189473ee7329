"""What does the cell state buy? `copy` learned by an LSTM, a GRU and a plain RNN: `python -m lstm_core.training.cells`

Each gets the same number of units and of epochs, and examples of the same kind, from the same seeds. The plain RNN
needs more epochs for it than the two with gates, and from some seeds fails even then.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import torch
from torch import nn

from lstm_core.models.random import drawn
from lstm_core.models.sequence_model import SequenceModel
from lstm_core.training.copying import Copy, right_after
from lstm_core.training.loop import epochs
from lstm_core.training.task import Sizes

CELLS: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
GAPS = (10, 50, 100)


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
    epochs: int
    parameters: int
    """Those of the module alone."""
    right: dict[int, float]
    """By gap: the share of first symbols that are said again, mean over the seeds; chance is 0.25."""


def learned(cell: str, seeds: range, epochs: int, hidden_size: int = Copy.sizes.hidden_size) -> Learned:
    """Train `copy` with one kind of module (a key of `CELLS`) once a seed.

    >>> learned("rnn", range(1), epochs=1).parameters        # 4 units, 4 numbers a symbol
    40
    """
    models = [_trained(cell, seed, epochs, hidden_size) for seed in seeds]
    right = {gap: fmean(right_after(model, gap) for model in models) for gap in GAPS}
    return Learned(cell, epochs, sum(weight.numel() for weight in models[0].lstm.parameters()), right)


def _trained(cell: str, seed: int, passes: int, hidden_size: int) -> SequenceModel:
    *_, last = epochs(CopyWith(cell=CELLS[cell]), seed=seed, epochs=passes, hidden_size=hidden_size)
    return last.model


def rows(found: Iterator[Learned]) -> Iterator[str]:
    """A Markdown table, a line as soon as it is known."""
    yield _row("epochs", "module", "parameters", *(f"right after a gap of {gap}" for gap in GAPS))
    yield _row(*["---"] * (3 + len(GAPS)))
    for one in found:
        yield _row(one.epochs, one.cell, one.parameters, *(f"{one.right[gap]:.2f}" for gap in GAPS))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="how many models of each kind")
    parser.add_argument("--units", type=int, default=Copy.sizes.hidden_size, help="hidden_size of each")
    parser.add_argument("--epochs", type=int, nargs="+", default=[10, 50], help="how long each learns")
    options = parser.parse_args()
    torch.set_num_threads(1)
    seeds, budgets = range(options.seeds), itertools.product(options.epochs, CELLS)
    for row in rows(learned(cell, seeds, passes, options.units) for passes, cell in budgets):
        print(row, flush=True)


if __name__ == "__main__":
    main()
