"""What did every layer compute in the two runs that are compared, in float64?"""

import copy
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.explaining.cells import CellOfTwoRuns, Gru, Lstm, Rnn
from lstm_core.explaining.question import packed
from lstm_core.recording.equations import States
from lstm_core.recording.record import run


class OneWay(NamedTuple):
    """One layer and direction: its slopes between the two runs, its weights, and how its states differ."""

    cell: CellOfTwoRuns
    ih: Tensor
    hh: Tensor
    h: Tensor
    """(time, batch, h unit): h of run a minus h of run b."""
    memory: Tensor
    """(time, batch, unit): c of an LSTM, h of a GRU or RNN; run a minus run b."""


def in_float64(module: nn.RNNBase) -> nn.RNNBase:
    """A copy on the CPU, without gradients, that reads (time, batch, feature) in float64."""
    made = copy.deepcopy(module).cpu().double().requires_grad_(False)
    made.batch_first = False
    return made


def two_runs(module: nn.RNNBase, x: Tensor, lengths: Sequence[int]) -> list[list[OneWay]]:
    """Each layer and direction of a module of `in_float64` that reads x (time, run, batch, feature); the first run is
    a. `lengths`: the steps of each reading of the batch; past them all is 0, in both runs."""
    trace = run(module, packed(x.flatten(1, 2), [*lengths, *lengths]))
    inside = (torch.arange(len(x))[:, None] < torch.tensor(lengths))[:, None, :, None]

    def by_run(values: Tensor) -> Tensor:
        return values.reshape(*values.shape[:-2], 2, len(lengths), -1).where(inside, 0.0)

    states = {letter: by_run(getattr(trace, letter)) for letter in trace.states}
    before = {letter: by_run(trace.before(letter)) for letter in states}
    directions = range(2 if module.bidirectional else 1)
    return [
        [
            _one_way(
                module,
                f"l{layer}" + "_reverse" * direction,
                by_run(trace.input_of(layer)),
                {letter: values[layer, direction] for letter, values in states.items()},
                {letter: values[layer, direction] for letter, values in before.items()},
            )
            for direction in directions
        ]
        for layer in range(module.num_layers)
    ]


def _one_way(module: nn.RNNBase, suffix: str, x: Tensor, states: States, before: States) -> OneWay:
    """The slopes of one layer and direction; x and the states by letter are (time, run, batch, …)."""
    ih, hh = (getattr(module, f"{name}_{suffix}") for name in ("weight_ih", "weight_hh"))
    hr, bias_ih, bias_hh = (getattr(module, f"{name}_{suffix}", None) for name in ("weight_hr", "bias_ih", "bias_hh"))
    from_x, from_h = nn.functional.linear(x, ih, bias_ih), nn.functional.linear(before["h"], hh, bias_hh)
    cell: CellOfTwoRuns
    if isinstance(module, nn.LSTM):
        cell = Lstm(from_x + from_h, states["c"], before["c"], hr)
    elif isinstance(module, nn.GRU):
        cell = Gru(from_x, from_h, before["h"])
    else:
        cell = Rnn(from_x + from_h, str(module.nonlinearity))
    h, memory = (each[:, 0] - each[:, 1] for each in (states["h"], states.get("c", states["h"])))
    return OneWay(cell, ih, hh, h, memory)
