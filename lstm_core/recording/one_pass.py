"""How does an LSTM run so that every gate stays?

The kernel runs in the module's place: its outputs are the module's to rounding, and its gates and states are the trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from lstm_core.recording.call import Call, Given, arguments, as_returned, read_given, weights_of
from lstm_core.recording.forward import can_be_replaced, kept_beside, plain_tensors, runs_by
from lstm_core.recording.intervene import holds_in
from lstm_core.recording.judge import judged_by_the_cell
from lstm_core.recording.lanes import Lane, fill, output_of
from lstm_core.recording.layers import run_layer_by_layer
from lstm_core.recording.order import last_states
from lstm_core.recording.replay import empty, largest
from lstm_core.traces.trace import Quantity

# How far a step may be from the module's own, for states around 1: beyond it the module runs as ever.
BOUND = 1e-5


class OnePass(NamedTuple):
    """A call that the kernel has run: i f g o c h (layer, direction, time, batch, unit), and how far they are from what
    PyTorch's own cell computes."""

    call: Call
    quantities: Mapping[Quantity, Tensor]
    max_error: float


@contextmanager
def in_one_pass(module: nn.Module) -> Iterator[None]:
    """Inside the block the kernel runs in an `nn.LSTM`'s place, where a call fits and its judge agrees."""
    if not can_be_replaced(module):
        yield
        return
    with runs_by(module, _run, ahead=True):
        yield


def recorded_in_one_pass(module: nn.Module, result: Any) -> OnePass | None:
    """What the kernel recorded of the call that just returned this; None if the module ran itself."""
    kept = kept_beside(module, result[1][1]) if isinstance(module, nn.LSTM) else None
    return kept if isinstance(kept, OnePass) else None


def _run(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """The result of a call and what the kernel recorded of it, or what the module's own layers gave."""
    kernel = _kernel()
    if kernel is not None and _fits(module, args, kwargs):
        with plain_tensors():
            done = run_in_one_pass(module, read_given(module, *arguments(args, kwargs)), kernel)
        call, c = done.call, done.quantities["c"]
        # A NaN is not within a bound either: the module's own run says what there is to say about it.
        if done.max_error <= BOUND or done.max_error <= BOUND * c.abs().max().item():
            return as_returned(call, call.output, call.h_n, call.c_n), done
    return run_layer_by_layer(module, args, kwargs)


@cache
def _kernel() -> ModuleType | None:
    """The compiled loops, where Numba is installed."""
    try:
        from lstm_core.recording import kernel
    except ImportError:
        return None
    return kernel


def _fits(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a call is one that the kernel computes: dense float32 on a CPU, and no gradient asked for."""
    given, state = arguments(args, kwargs)
    states = () if state is None else state
    well_called = len(args) + len(kwargs) <= 2 and kwargs.keys() <= ({"hx"} if args else {"input", "hx"})
    if not well_called or not isinstance(states, (tuple, list)):
        return False
    module._update_flat_weights()
    weights = module._flat_weights
    tensors = [given, *states, *weights]
    return (
        all(type(t) in (Tensor, nn.Parameter) and t.dtype == torch.float32 and t.device.type == "cpu" for t in tensors)
        and given.numel() > 0
        and _shapes_fit(module, given, states)
        and not module.proj_size
        and not (torch.is_grad_enabled() and any(t.requires_grad for t in tensors))
        and not torch.is_autocast_enabled("cpu")
        and not nn.utils.parametrize.is_parametrized(module)
        and not holds_in(module)
    )


def _shapes_fit(module: nn.LSTM, given: Tensor, states: Sequence[Tensor]) -> bool:
    """Whether they are what the module takes; if not, it says so itself."""
    if given.dim() not in (2, 3) or given.shape[-1] != module.input_size:
        return False
    batch = given.shape[:1] if module.batch_first else given.shape[1:2]
    rows = module.num_layers * (2 if module.bidirectional else 1)
    expected = (rows, *(batch if given.dim() == 3 else ()), module.hidden_size)
    return len(states) in (0, 2) and all(t.shape == expected for t in states)


def run_in_one_pass(module: nn.LSTM, given: Given, kernel: ModuleType) -> OnePass:
    """The kernel's run of a call, and its proof by the module."""
    x, weights = given.x, weights_of(module)
    layers, directions, units = len(weights), len(weights[0]), module.hidden_size
    time, batch = x.shape[:2]
    h0, c0 = given.state or (torch.zeros(layers, directions, batch, units, dtype=x.dtype),) * 2
    gates = empty((layers, directions, time, batch, 4 * units), x.dtype, x.device)
    h, c = (empty((layers, directions, time + 2, batch, units), x.dtype, x.device) for _ in range(2))
    # What is allocated outside of it stays a plain tensor; the many calls on its views cost less in it.
    with torch.inference_mode():
        for states, first in ((h, h0), (c, c0)):
            states[:, 0, 0], states[:, -1, -1] = first[:, 0], first[:, -1]
        lanes = [
            [
                Lane(kernel, w, direction, gates[layer, direction], h[layer, direction], c[layer, direction])
                for direction, w in enumerate(ws)
            ]
            for layer, ws in enumerate(weights)
        ]
        fill(lanes, x)
        max_error = largest([*_gaps(lanes, x)])
    i, f, g, o = gates.chunk(4, dim=-1)
    c, h = c[:, :, 1:-1], h[:, :, 1:-1]
    output = torch.cat(h[-1].unbind(), dim=-1)
    h_n, c_n = last_states(h).clone(), last_states(c).clone()
    call = Call(x=x, h0=h0, c0=c0, output=output, h_n=h_n, c_n=c_n, weights=weights, precision=x.dtype, form=given.form)
    return OnePass(call, {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}, max_error)


def _gaps(layers: list[list[Lane]], x: Tensor) -> Iterator[Tensor]:
    """How far the kernel's numbers are from those that judge them."""
    for layer in layers:
        for lane in layer:
            yield from judged_by_the_cell(lane.w, lane.direction, x, lane.h, lane.c)
            yield lane.rebuilds().max()
        x = output_of(layer)
