"""Which modules run from hidden state to hidden state, and how does each compute a step?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.traces.gru import GruTrace, gru_step
from lstm_core.traces.rnn import RnnTrace, relu_step, tanh_step

LSTMS = (nn.LSTM, nn.LSTMCell)
HIDDEN = (nn.GRU, nn.GRUCell, nn.RNN, nn.RNNCell)
"""Modules whose only state is h."""

Touch = Callable[[str, Tensor], Tensor]
Step = Callable[[Tensor, Tensor, Tensor, Touch], dict[str, Tensor]]


class Kind(NamedTuple):
    """A GRU, or an RNN with one of its nonlinearities."""

    trace: type[GruTrace] | type[RnnTrace]
    step: Step
    """(W_i x + b_i, W_h h_before + b_h, h_before, touch) to its quantities: of one step, or of many when h is known."""
    kernel: Any
    """PyTorch's own function for whole layers."""


_GRU = Kind(GruTrace, gru_step, torch.gru)
_TANH = Kind(RnnTrace, tanh_step, torch.rnn_tanh)
_RELU = Kind(RnnTrace, relu_step, torch.rnn_relu)


def kind_of(module: nn.Module) -> Kind:
    """The kind of a module of `HIDDEN`."""
    if isinstance(module, (nn.GRU, nn.GRUCell)):
        return _GRU
    return _RELU if module.nonlinearity == "relu" else _TANH
