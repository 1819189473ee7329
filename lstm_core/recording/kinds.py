"""Which kinds of cell can be recorded, and what does each carry from step to step?"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.recording.equations import Step, gru_step, lstm_step, relu_step, tanh_step
from lstm_core.traces.cell import CellTrace
from lstm_core.traces.trace import GruTrace, RnnTrace, Trace

LSTMS = (nn.LSTM, nn.LSTMCell)
RECORDED = (*LSTMS, nn.GRU, nn.GRUCell, nn.RNN, nn.RNNCell)
"""Modules that can be recorded."""

AnyTrace = Trace | GruTrace | RnnTrace | CellTrace


class Kind(NamedTuple):
    """An LSTM, a GRU, or a plain RNN with one of its nonlinearities."""

    name: str
    layers: Callable[..., nn.RNNBase]
    cell: Callable[..., nn.RNNCellBase]
    blocks: int
    """Rows of weight_hh a unit."""
    trace: type[AnyTrace]
    states: tuple[str, ...]
    """The letters of the states, in the order in which the module takes and returns them."""
    step: Step
    kernel: Any
    """PyTorch's own function for whole layers."""
    h_is_tanh: bool = False
    """Whether every h is a tanh, or a part of one."""

    def as_given(self, states: Mapping[str, Tensor]) -> Any:
        """States by letter, put into the module's form: one tensor, or a tuple."""
        values = tuple(states[letter] for letter in self.states)
        return values if len(values) > 1 else values[0]

    def by_letter(self, states: Any) -> dict[str, Tensor]:
        """States in the module's form (one tensor, or a tuple), by letter."""
        return dict(zip(self.states, states if len(self.states) > 1 else (states,), strict=True))


LSTM = Kind("LSTM", nn.LSTM, nn.LSTMCell, 4, Trace, ("h", "c"), lstm_step, torch.lstm, h_is_tanh=True)
_GRU = Kind("GRU", nn.GRU, nn.GRUCell, 3, GruTrace, ("h",), gru_step, torch.gru)
_TANH = Kind("RNN", nn.RNN, nn.RNNCell, 1, RnnTrace, ("h",), tanh_step, torch.rnn_tanh, h_is_tanh=True)
_RELU = Kind("RNN", nn.RNN, nn.RNNCell, 1, RnnTrace, ("h",), relu_step, torch.rnn_relu)
KINDS = {kind.name: kind for kind in (LSTM, _GRU, _TANH)}
"""By name; an RNN as PyTorch builds one that is told no nonlinearity."""


def kind_of(module: nn.Module) -> Kind:
    """The kind of a module of `RECORDED`."""
    if isinstance(module, LSTMS):
        return LSTM
    if isinstance(module, (nn.GRU, nn.GRUCell)):
        return _GRU
    return _RELU if module.nonlinearity == "relu" else _TANH
