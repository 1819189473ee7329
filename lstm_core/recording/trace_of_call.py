"""How does a finished call become a trace?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.recording.call import Call, as_returned
from lstm_core.recording.gradients import goes_back, in_the_graph
from lstm_core.recording.hooks import foreign_hooks
from lstm_core.recording.intervene import holds_in, is_held, lower_layers_held
from lstm_core.recording.kernel import KernelRun
from lstm_core.recording.kinds import AnyTrace
from lstm_core.recording.proof import check_proof
from lstm_core.recording.replay import Replayed, replay
from lstm_core.recording.unroll import unroll
from lstm_core.traces.summary import Proof


def detached(name: str, module: nn.Module, call: Call, done: KernelRun | None = None) -> AnyTrace:
    """The trace of a call that has run, from the kernel or by replay."""
    if done is not None:
        return _proved(name, module, call, done.quantities, done.max_error, done.proof, "kernel")
    found = _replayed(module, call)
    return _proved(name, module, call, found.values, found.max_error, found.proof, "replay", found.proves_nothing)


def in_graph(name: str, module: nn.Module, call: Call) -> tuple[AnyTrace, Any]:
    """A trace and the outputs whose graph contains the trace's tensors."""
    with torch.no_grad():
        found = _replayed(module, call)
    if goes_back(call) and not is_held(module):
        leaves = {quantity: values.detach().requires_grad_() for quantity, values in found.values.items()}
        trace = _proved(name, module, call, leaves, found.max_error, found.proof, "unroll", found.proves_nothing)
        done = in_the_graph(call, leaves)
        return trace, as_returned(call, done.output, done.end)
    leaves = {quantity: torch.zeros_like(values).requires_grad_() for quantity, values in found.values.items()}
    # A leaf minus its detached copy is zero for any value, and passes its gradient on.
    run_again = unroll(call, holds_in(module), {quantity: leaf - leaf.detach() for quantity, leaf in leaves.items()})
    with torch.no_grad():
        for quantity, values in found.values.items():
            leaves[quantity].copy_(values)
    trace = _proved(name, module, call, leaves, found.max_error, found.proof, "unroll", found.proves_nothing)
    return trace, as_returned(call, run_again.output, run_again.end)


def _replayed(module: nn.Module, call: Call) -> Replayed:
    if holds := holds_in(module):
        call = replace(call, lower=lower_layers_held(module))
    return replay(call, holds)


def _proved(
    name: str,
    module: nn.Module,
    call: Call,
    quantities: Mapping[str, Tensor],
    max_error: float,
    proof: Proof,
    path: str,
    proves_nothing: bool = False,
) -> AnyTrace:
    check_proof(name, max_error, proof, call, foreign_hooks(module), proves_nothing)
    if call.dropout:
        quantities = dict(quantities) | {"h_read": _read_above(call, quantities["h"].detach())}
    own = {"x": call.x} | {f"{letter}0": state for letter, state in call.start.items()}
    values: dict[str, Any] = dict(quantities) | {key: tensor.detach().clone() for key, tensor in own.items()}
    config = _config(module, call) | {"path": path}
    values |= {"max_error": max_error, "proof": proof}
    return call.kind.trace(**values, lengths=call.lengths, name=name, config=config)


def _read_above(call: Call, h: Tensor) -> Tensor:
    """What dropout left of h, (layer, direction, time, batch, unit); nothing is dropped from the last layer's."""
    factors = [torch.stack(factor.chunk(h.shape[1], dim=-1)) for factor in call.dropout]
    return torch.cat([h[:-1] * torch.stack(factors), h[-1:]])


def _config(module: nn.Module, call: Call) -> dict[str, Any]:
    layers, directions = call.end["h"].shape[:2]
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
    if call.kind.name == "LSTM":
        config["proj_size"] = getattr(module, "proj_size", 0)
    if call.kind.name == "RNN":
        config["nonlinearity"] = module.nonlinearity
    return config
