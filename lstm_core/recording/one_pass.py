"""How does an LSTM run so that every gate stays?

The kernel runs in the module's place: its outputs are the module's to rounding, and its gates and states are the trace.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from lstm_core.recording.call import Call, Given, arguments, as_returned, read_given, weights_of
from lstm_core.recording.fill import Layer, aligned, ends_of, states_from
from lstm_core.recording.forward import can_be_replaced, kept_beside, plain_tensors, runs_by
from lstm_core.recording.intervene import holds_in
from lstm_core.recording.judge import judged_by_the_cell
from lstm_core.recording.layers import run_layer_by_layer
from lstm_core.recording.modules import drops_out
from lstm_core.recording.room import keep_what_is_given_back
from lstm_core.recording.shares import shares_of
from lstm_core.traces.trace import QUANTITIES, Quantity

# How far a step may be from the module's own, for states around 1: beyond it the module runs as ever.
BOUND = 1e-5


class OnePass(NamedTuple):
    """A call that the kernel has run: i f g o c h (layer, direction, time, batch, unit), and how far h and c are from
    what PyTorch's own cell computes and the gates rebuild; infinity where any is NaN."""

    call: Call
    quantities: Mapping[Quantity, Tensor]
    h_error: float
    c_error: float

    @property
    def max_error(self) -> float:
        """The proof: how far either is."""
        return max(self.h_error, self.c_error)

    @property
    def is_near(self) -> bool:
        """Whether both are near enough; c, which may grow, for its size."""
        # Of an infinite memory any error would be a small part.
        if self.h_error > BOUND or math.isinf(self.c_error):
            return False
        return self.c_error <= BOUND or self.c_error <= BOUND * self.quantities["c"].abs().max().item()


def in_one_pass(module: nn.Module) -> AbstractContextManager[None]:
    """Inside the block the kernel runs in an `nn.LSTM`'s place, where a call fits and its judge agrees."""
    return runs_by(module, _run, ahead=True) if can_be_replaced(module) else nullcontext()


def recorded_in_one_pass(module: nn.Module, result: Any) -> OnePass | None:
    """What the kernel recorded of the call that just returned this; None if the module ran itself, or a hook has put
    something else in its place or in that of what was read."""
    kept = kept_beside(module, result[1][1]) if isinstance(module, nn.LSTM) else None
    if not isinstance(kept, tuple):
        return None
    done, output, read = kept
    untouched = all(tensor._version == 0 for tensor in (output, *result[1]))
    untouched = untouched and all(tensor._version == version for tensor, version in read)
    return done if result[0] is output and untouched else None


def _run(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """The result of a call and what the kernel recorded of it, or what the module's own layers gave."""
    kernel = _kernel()
    if kernel is not None and _fits(module, args, kwargs):
        given, state = arguments(args, kwargs)
        with plain_tensors():
            done = run_in_one_pass(module, read_given(module, given, state), kernel)
        # Of a NaN the module's own run says what there is to say.
        if done.is_near:
            result = as_returned(done.call, done.call.output, done.call.h_n, done.call.c_n)
            # A tensor made in inference mode has no version, and nobody can say whether it was written to.
            read = [(t, t._version) for t in (given, *(state or ())) if not t.is_inference()]
            return result, (done, result[0], read)
    return run_layer_by_layer(module, args, kwargs)


@cache
def _kernel() -> ModuleType | None:
    """The compiled loops, where Numba is installed; from then on the process keeps more of the memory it gives back."""
    try:
        from lstm_core.recording import kernel
    except ImportError:
        return None
    keep_what_is_given_back()
    return kernel


def _fits(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a call is one that the kernel computes: dense float32 on a CPU, and no gradient asked for."""
    given, state = arguments(args, kwargs)
    well_called = len(args) + len(kwargs) <= 2 and kwargs.keys() <= ({"hx"} if args else {"input", "hx"})
    if not well_called or not (state is None or (isinstance(state, (tuple, list)) and len(state) == 2)):
        return False
    # Looking at a parametrized weight computes it, and may draw random numbers.
    if nn.utils.parametrize.is_parametrized(module) or drops_out(module):
        return False
    states = state or ()
    module._update_flat_weights()
    return (
        all(map(_plain, (given, *states, *module._flat_weights)))
        and given.numel() > 0
        and _shapes_fit(module, given, states)
        and not module.proj_size
        and _weights_fit(module)
        and not torch.is_autocast_enabled("cpu")
        and forward_ad._current_level < 0
        and not torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
        and not holds_in(module)
    )


def _plain(tensor: Any) -> bool:
    """Whether the kernel can read a tensor, and need not know its gradient."""
    return (
        type(tensor) in (Tensor, nn.Parameter)
        and tensor.dtype == torch.float32
        and tensor.is_cpu
        and tensor.layout == torch.strided
        and not tensor.is_neg()
        and not (tensor.requires_grad and torch.is_grad_enabled())
    )


def _shapes_fit(module: nn.LSTM, given: Tensor, states: Sequence[Tensor]) -> bool:
    """Whether they are what the module takes; if not, it says so itself."""
    if given.dim() not in (2, 3) or given.shape[-1] != module.input_size:
        return False
    batch = given.shape[:1] if module.batch_first else given.shape[1:2]
    rows = module.num_layers * (2 if module.bidirectional else 1)
    expected = (rows, *(batch if given.dim() == 3 else ()), module.hidden_size)
    return all(state.shape == expected for state in states)


def _weights_fit(module: nn.LSTM) -> bool:
    """Whether each has its own shape: of another the kernel would read past the end."""
    rows, units, directions = 4 * module.hidden_size, module.hidden_size, 2 if module.bidirectional else 1
    expected: list[tuple[int, ...]] = []
    for features in [module.input_size] + [directions * units] * (module.num_layers - 1):
        expected += [(rows, features), (rows, units), *[(rows,)] * (2 * module.bias)] * directions
    return [weight.shape for weight in module._flat_weights if weight is not None] == expected


def run_in_one_pass(module: nn.LSTM, given: Given, kernel: ModuleType) -> OnePass:
    """The kernel's run of a call, and its proof by PyTorch's own cell."""
    weights, x = weights_of(module), given.x.contiguous().numpy()
    sizes, units = (len(weights), len(weights[0])), module.hidden_size
    starts = [state.numpy() for state in given.state or ()] or [np.zeros((*sizes, x.shape[1], units), np.float32)] * 2
    gates = [aligned(*sizes, *x.shape[:2], units) for _ in "ifgo"]
    h, c = (states_from(start, len(x)) for start in starts)
    shares = shares_of(weights, *x.shape[:2])
    of_layers = zip(weights, zip(*gates, strict=True), h, c, strict=True)
    # The last layer's output is the model's own, and no view of h: what is done to it later changes no trace.
    last = len(weights) - 1
    layers = [Layer(kernel, *its_own, number == last) for number, its_own in enumerate(of_layers)]
    read = [x, *(layer.shown for layer in layers[:-1])]
    rebuilt = [error for layer, below in zip(layers, read, strict=True) for error in layer.fill(below, shares)]
    judged = [
        judged_by_the_cell(layer, direction, below)
        for layer, below in zip(layers, read, strict=True)
        for direction in range(sizes[1])
    ]
    h_errors, c_errors = zip(*judged, strict=True)
    arrays = zip(QUANTITIES, (*gates, c[:, :, 1:-1], h[:, :, 1:-1]), strict=True)
    found = {quantity: torch.from_numpy(values) for quantity, values in arrays}
    h0, c0 = map(torch.from_numpy, starts)
    call = Call(
        x=given.x,
        h0=h0,
        c0=c0,
        output=torch.from_numpy(layers[-1].shown),
        h_n=torch.from_numpy(ends_of(h)),
        c_n=torch.from_numpy(ends_of(c)),
        weights=weights,
        precision=torch.float32,
        form=given.form,
    )
    return OnePass(call, found, _largest([*rebuilt, *h_errors]), _largest(c_errors))


def _largest(errors: Iterable[float]) -> float:
    """A NaN is not within a bound, and max() may pass it over."""
    return max(error if error == error else math.inf for error in errors)
