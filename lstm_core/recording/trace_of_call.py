"""How does a finished call become a trace?"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lstm_core.recording.call import Call, as_returned
from lstm_core.recording.gates import Replayed, replay
from lstm_core.recording.gradients import attach_gradients, has_written_backward
from lstm_core.recording.hooks import foreign_hooks
from lstm_core.recording.intervene import held_layers, is_held
from lstm_core.recording.kinds import AnyTrace
from lstm_core.recording.proof import check_proof
from lstm_core.recording.steps import run_again


def detached(name: str, module: nn.Module, call: Call) -> AnyTrace:
    """The trace of a call that has run, by replay."""
    found = _replayed(module, call)
    return _proved(name, module, call, found, found.values, "replay")


def in_graph(name: str, module: nn.Module, call: Call) -> tuple[AnyTrace, Any]:
    """A trace and the outputs whose graph contains the trace's tensors."""
    with torch.no_grad():
        found = _replayed(module, call)
    if has_written_backward(call) and not is_held(module):
        leaves = {quantity: values.detach().requires_grad_() for quantity, values in found.values.items()}
        done = attach_gradients(call, leaves)
    else:
        leaves = {quantity: torch.zeros_like(values).requires_grad_() for quantity, values in found.values.items()}
        # A leaf minus its detached copy is zero for any value, and passes its gradient on.
        probes = {quantity: leaf - leaf.detach() for quantity, leaf in leaves.items()}
        done = run_again(call, held_layers(module)[0], probes)
        with torch.no_grad():
            for quantity, values in found.values.items():
                leaves[quantity].copy_(values)
    trace = _proved(name, module, call, found, leaves, "unroll")
    return trace, as_returned(call, done.layers[-1], done.end)


def _replayed(module: nn.Module, call: Call) -> Replayed:
    holds, layers = held_layers(module)
    return replay(replace(call, lower=layers[:-1]) if holds else call, holds)


def _proved(
    name: str, module: nn.Module, call: Call, found: Replayed, values: Mapping[str, Tensor], path: str
) -> AnyTrace:
    """The trace of a call with these values. Raises LstmCoreError if its proof fails."""
    check_proof(name, found.max_error, found.proof, call, foreign_hooks(module))
    quantities = dict(values)
    if call.dropout:
        quantities["h_read"] = _read_above(call, values["h"].detach())
    own = {"x": call.x} | {f"{letter}0": state for letter, state in call.start.items()}
    given: dict[str, Any] = quantities | {key: tensor.detach().clone() for key, tensor in own.items()}
    given |= {"max_error": found.max_error, "proof": found.proof, "config": _config(module, call) | {"path": path}}
    return call.kind.trace(**given, lengths=call.lengths, name=name)


def _read_above(call: Call, h: Tensor) -> Tensor:
    """What dropout left of h, (layer, direction, time, batch, unit); nothing is dropped from the last layer's."""
    factors = [torch.stack(factor.chunk(h.shape[1], dim=-1)) for factor in call.dropout]
    return torch.cat([h[:-1] * torch.stack(factors), h[-1:]])


def _config(module: nn.Module, call: Call) -> dict[str, Any]:
    layers, directions = call.end["h"].shape[:2]
    config: dict[str, Any] = {"input_size": module.input_size, "hidden_size": module.hidden_size, "num_layers": layers}
    config |= {"bidirectional": directions == 2, "bias": bool(module.bias)}
    config |= {"batch_first": getattr(module, "batch_first", False)}
    config |= {"dtype": str(call.output.dtype).removeprefix("torch."), "device": str(call.output.device)}
    if call.kind.name == "LSTM":
        config["proj_size"] = getattr(module, "proj_size", 0)
    return config | ({"nonlinearity": module.nonlinearity} if call.kind.name == "RNN" else {})
