"""Which kinds of cell can be recorded, and what does each carry from step to step?"""

from collections.abc import Callable, Mapping
from inspect import unwrap
from types import CodeType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.recording.equations import Step, gru_step, lstm_step, relu_step, tanh_step
from lstm_core.traces.trace import AnyTrace as AnyTrace
from lstm_core.traces.trace import GruTrace, RnnTrace, Trace

LSTMS = (nn.LSTM, nn.LSTMCell)
# Modules that can be recorded.
RECORDED = (*LSTMS, nn.GRU, nn.GRUCell, nn.RNN, nn.RNNCell)
_KERNELS = ("lstm", "gru", "rnn_tanh", "rnn_relu")
_ENTRIES = {"forward", *_KERNELS, *(f"{kernel}_cell" for kernel in _KERNELS)}


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

    def as_given(self, states: Mapping[str, Tensor]) -> Any:
        """States by letter, put into the module's form: one tensor, or a tuple."""
        values = tuple(states[letter] for letter in self.states)
        return values if len(values) > 1 else values[0]

    def by_letter(self, states: Any) -> dict[str, Tensor]:
        """States in the module's form (one tensor, or a tuple), by letter."""
        return dict(zip(self.states, states if len(self.states) > 1 else (states,), strict=True))


LSTM = Kind("LSTM", nn.LSTM, nn.LSTMCell, 4, Trace, ("h", "c"), lstm_step, torch.lstm)
_GRU = Kind("GRU", nn.GRU, nn.GRUCell, 3, GruTrace, ("h",), gru_step, torch.gru)
_TANH = Kind("RNN", nn.RNN, nn.RNNCell, 1, RnnTrace, ("h",), tanh_step, torch.rnn_tanh)
_RELU = Kind("RNN", nn.RNN, nn.RNNCell, 1, RnnTrace, ("h",), relu_step, torch.rnn_relu)
# By name; an RNN as PyTorch builds one that is told no nonlinearity.
KINDS = {kind.name: kind for kind in (LSTM, _GRU, _TANH)}


def kind_of(module: nn.Module) -> Kind:
    """The kind of a module of `RECORDED`."""
    if isinstance(module, LSTMS):
        return LSTM
    if isinstance(module, (nn.GRU, nn.GRUCell)):
        return _GRU
    return _RELU if module.nonlinearity == "relu" else _TANH


def is_recorded(module: nn.Module) -> bool:
    """Whether a module is one of PyTorch's own that can be recorded: also of a subclass whose forward calls that of
    PyTorch. One that never does computes its steps itself, and is a hand-written cell."""
    own = [one for one in type(module).__mro__ if not one.__module__.startswith("torch.")]
    if not isinstance(module, RECORDED) or not any("forward" in vars(one) for one in own):
        return isinstance(module, RECORDED)
    functions = [unwrap(value) for one in own for value in vars(one).values() if callable(value)]
    return any(_calls_pytorchs(function.__code__) for function in functions if hasattr(function, "__code__"))


def has_pytorchs_forward(module: nn.Module) -> bool:
    """Whether the forward of a module is that of PyTorch's class: not of a subclass, nor one of its own."""
    base = next((kind for kind in RECORDED if isinstance(module, kind)), None)
    return base is not None and type(module).forward is base.forward and "forward" not in vars(module)


def _calls_pytorchs(code: CodeType) -> bool:
    """Whether code, or a function in it, names a forward or a kernel of `torch`."""
    inside = [one for one in code.co_consts if isinstance(one, CodeType)]
    return not _ENTRIES.isdisjoint(code.co_names) or any(map(_calls_pytorchs, inside))
