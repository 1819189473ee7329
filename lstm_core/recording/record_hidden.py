"""How does a finished call of a GRU or an RNN become a trace?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.recording.call import HiddenCall
from lstm_core.recording.hidden import replay_hidden
from lstm_core.recording.hidden_call import as_returned_by_hidden
from lstm_core.recording.kinds import kind_of
from lstm_core.recording.proof import check_proof
from lstm_core.recording.unroll_hidden import unroll_hidden
from lstm_core.traces.gru import GruTrace
from lstm_core.traces.rnn import RnnTrace


def detached_hidden(name: str, module: nn.Module, call: HiddenCall) -> GruTrace | RnnTrace:
    """The trace of a call that has run, by replay."""
    found = replay_hidden(call, kind_of(module))
    return _proved(name, module, call, found.values, found.max_error, "replay")


def in_graph_hidden(name: str, module: nn.Module, call: HiddenCall) -> tuple[GruTrace | RnnTrace, Any]:
    """A trace whose tensors are part of the graph of the outputs that are returned with it."""
    kind = kind_of(module)
    with torch.no_grad():
        found = replay_hidden(call, kind)
    leaves = {quantity: torch.zeros_like(values).requires_grad_() for quantity, values in found.values.items()}
    # Less its own detached copy a leaf is zero, whatever it holds, and passes its gradient on.
    run_again = unroll_hidden(call, kind, {quantity: leaf - leaf.detach() for quantity, leaf in leaves.items()})
    with torch.no_grad():
        for quantity, values in found.values.items():
            leaves[quantity].copy_(values)
    trace = _proved(name, module, call, leaves, found.max_error, "unroll")
    return trace, as_returned_by_hidden(call, run_again.output, run_again.h_n)


def _proved(
    name: str, module: nn.Module, call: HiddenCall, quantities: Mapping[str, Tensor], max_error: float, path: str
) -> GruTrace | RnnTrace:
    trace = kind_of(module).trace
    check_proof(name, trace.module.split()[-1], max_error, call)
    own = {"x": call.x} | call.start
    values: dict[str, Any] = dict(quantities) | {key: tensor.detach().clone() for key, tensor in own.items()}
    config = _config(module, call) | {"path": path}
    return trace(**values, lengths=call.lengths, max_error=max_error, name=name, config=config)


def _config(module: nn.Module, call: HiddenCall) -> dict[str, Any]:
    layers, directions = call.h_n.shape[:2]
    config = {
        "input_size": module.input_size,
        "hidden_size": module.hidden_size,
        "num_layers": layers,
        "bidirectional": directions == 2,
        "bias": bool(module.bias),
        "batch_first": getattr(module, "batch_first", False),
        "dtype": str(call.output.dtype).removeprefix("torch."),
        "device": str(call.output.device),
    }
    return config | ({"nonlinearity": module.nonlinearity} if isinstance(module, (nn.RNN, nn.RNNCell)) else {})
