"""How does a finished call of an LSTM become a trace?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.recording.call import Call, as_returned
from lstm_core.recording.intervene import holds_in, lower_layers_held
from lstm_core.recording.one_pass import OnePass
from lstm_core.recording.proof import check_proof
from lstm_core.recording.replay import replay
from lstm_core.recording.unroll import distance, past_ends, unroll
from lstm_core.traces.trace import QUANTITIES, Quantity, Trace


def detached(name: str, module: nn.Module, call: Call, done: OnePass | None = None) -> Trace:
    """The trace of a call that has run: as the kernel kept it, or by replay."""
    if done is not None:
        return _proved(name, module, call, done.quantities, done.max_error, "kernel")
    if holds := holds_in(module):
        call = replace(call, lower=lower_layers_held(module))
    found = replay(call, holds)
    quantities = {q: getattr(found, q) for q in QUANTITIES}
    return _proved(name, module, call, quantities, found.max_error, "replay")


def in_graph(name: str, module: nn.Module, call: Call) -> tuple[Trace, Any]:
    """A trace whose tensors are part of the graph of the outputs that are returned with it."""
    holds = holds_in(module)
    with torch.no_grad():
        run = unroll(call, holds)
        max_error = distance(run, call, holds)
    leaves = {q: torch.zeros_like(values).requires_grad_() for q, values in run.values.items()}
    # Less its own detached copy a leaf is zero, whatever it holds, and passes its gradient on.
    run_again = unroll(call, holds, {q: leaf - leaf.detach() for q, leaf in leaves.items()})
    with torch.no_grad():
        for quantity, values in past_ends(run.values, call).items():
            leaves[quantity].copy_(values)
    trace = _proved(name, module, call, leaves, max_error, "unroll")
    return trace, as_returned(call, run_again.output, run_again.h_n, run_again.c_n)


def _proved(
    name: str, module: nn.Module, call: Call, quantities: Mapping[Quantity, Tensor], max_error: float, path: str
) -> Trace:
    check_proof(name, "LSTM", max_error, call)
    own = {"x": call.x} | call.start
    values: dict[str, Any] = dict(quantities) | {key: tensor.detach().clone() for key, tensor in own.items()}
    config = _config(module, call) | {"path": path}
    return Trace(**values, lengths=call.lengths, max_error=max_error, name=name, config=config)


def _config(module: nn.Module, call: Call) -> dict[str, Any]:
    cell = isinstance(module, nn.LSTMCell)
    return {
        "input_size": module.input_size,
        "hidden_size": module.hidden_size,
        "num_layers": 1 if cell else module.num_layers,
        "bidirectional": False if cell else module.bidirectional,
        "bias": bool(module.bias),
        "batch_first": False if cell else module.batch_first,
        "proj_size": 0 if cell else module.proj_size,
        "dtype": str(call.output.dtype).removeprefix("torch."),
        "device": str(call.output.device),
    }
