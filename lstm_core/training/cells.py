"""What does the cell state buy? `copy` learned by an LSTM, a GRU and a plain RNN: `python -m lstm_core.training.cells`

Each gets the same number of units, the same examples and the same number of epochs, from the same seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import torch
from torch import nn

from lstm_core.model import drawn
from lstm_core.sequence_model import SequenceModel
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
    parameters: int
    """Those of the module alone."""
    right: dict[int, float]
    """By gap: the share of first symbols that are said again, mean over the seeds; chance is 0.25."""


def learned(cell: str, seeds: range, hidden_size: int | None = None, epochs: int | None = None) -> Learned:
    """Train `copy` with one kind of module (a key of `CELLS`) once a seed; what is None is the task's own default.

    >>> learned("rnn", range(1), epochs=1).parameters        # 4 units, 4 numbers a symbol
    40
    """
    models = [_trained(cell, seed, hidden_size, epochs) for seed in seeds]
    right = {gap: fmean(right_after(model, gap) for model in models) for gap in GAPS}
    return Learned(cell, sum(weight.numel() for weight in models[0].lstm.parameters()), right)


def _trained(cell: str, seed: int, hidden_size: int | None, passes: int | None) -> SequenceModel:
    *_, last = epochs(CopyWith(cell=CELLS[cell]), seed=seed, hidden_size=hidden_size, epochs=passes)
    return last.model


def rows(found: Iterator[Learned]) -> Iterator[str]:
    """A Markdown table, a line as soon as it is known."""
    yield f"| module | parameters | {' | '.join(f'right after a gap of {gap}' for gap in GAPS)} |"
    yield f"|---|---|{'---|' * len(GAPS)}"
    for one in found:
        yield f"| {one.cell} | {one.parameters} | {' | '.join(f'{one.right[gap]:.2f}' for gap in GAPS)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="how many models of each kind")
    parser.add_argument("--units", type=int, help="hidden_size of each")
    parser.add_argument("--epochs", type=int, help="how long each learns")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for row in rows(learned(cell, range(options.seeds), options.units, options.epochs) for cell in CELLS):
        print(row, flush=True)


if __name__ == "__main__":
    main()
