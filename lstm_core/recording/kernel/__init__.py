"""How does an LSTM run so that every gate stays?

There is one door: `run` returns the kernel's record of a call, or None. It returns None for a call that it does not
support, if its loops can't be imported or compiled, and if its result differs from PyTorch's own cell. Then the module
runs and is recorded to the bit. Behind the door: `loops` (compiled), `layer` (fills one layer), `jobs`,
`threads` and `signals` (who does what), `spot_check` (the proof), `fits` (which calls), `keep_memory`.
"""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from lstm_core.quantities import LSTM as TABLE
from lstm_core.quantities import blocks
from lstm_core.recording.call import Call, Given, arguments, read_given, weights_of
from lstm_core.recording.equations import show
from lstm_core.recording.forward import plain_tensors
from lstm_core.recording.kernel.fits import fits
from lstm_core.recording.kernel.jobs import jobs_of
from lstm_core.recording.kernel.keep_memory import keep_what_is_given_back
from lstm_core.recording.kernel.layer import Array, Layer, aligned, ends_of, states_from
from lstm_core.recording.kernel.spot_check import apart_from_the_cell
from lstm_core.recording.kinds import LSTM
from lstm_core.recording.rounding import explained
from lstm_core.traces.summary import Proof

# The largest allowed difference of a step from the module's own, for states around 1; beyond it the module runs.
BOUND = 1e-5

_log = logging.getLogger(__name__)


class KernelRun(NamedTuple):
    """A call that the kernel has run: i f g o c h (layer, direction, time, batch, unit), and the distance of h and c
    from what PyTorch's own cell computes and the gates rebuild, of c also in proportion to its values; infinity if any
    value is NaN."""

    call: Call
    quantities: Mapping[str, Tensor]
    h_error: float
    c_error: float
    c_relative: float

    @property
    def max_error(self) -> float:
        """The proof: the larger distance of the two."""
        return max(self.h_error, self.c_error)

    @property
    def proof(self) -> Proof:
        """The proof in proportion. Every step that is compared begins with recorded states: one step's rounding."""
        relative = max(self.h_error, self.c_relative)
        return Proof(relative, explained(self.call, relative, self.quantities["h"]))

    @property
    def is_near(self) -> bool:
        """Whether h and c are near enough; the bound for c grows with the size of c."""
        # Relative to an infinite memory any error would be small.
        if self.h_error > BOUND or math.isinf(self.c_error):
            return False
        return self.c_error <= BOUND or self.c_error <= BOUND * self.quantities["c"].abs().max().item()


def run(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> KernelRun | None:
    """The kernel's record of a call of a module, or None: then the module itself must run."""
    if not fits(module, args, kwargs):
        return None
    try:
        loops = _loops()
        if loops is None:
            return None
        with plain_tensors():
            done = run_in_one_pass(module, read_given(module, *arguments(args, kwargs)), loops)
    # No failure of the kernel may reach the model: the exact recorder does not need the kernel.
    except Exception:
        _log.warning("The kernel of record(exact=False) has failed; the module runs as ever.", exc_info=True)
        return None
    # A NaN is not near anything: then the module runs, and its recording says where the NaN is.
    return done if done.is_near else None


@cache
def _loops() -> ModuleType | None:
    """The compiled loops, if Numba is installed; from then on the process keeps more of its freed memory."""
    try:
        from lstm_core.recording.kernel import loops
    except ImportError:
        return None
    keep_what_is_given_back()
    return loops


def run_in_one_pass(module: nn.LSTM, given: Given, loops: ModuleType) -> KernelRun:
    """Run a call with the kernel, and prove the result with PyTorch's own cell."""
    weights, x = weights_of(module), given.x.detach().contiguous()
    sizes, (time, batch, _), units = (len(weights), len(weights[0])), x.shape, module.hidden_size
    starts = [state.numpy() for state in given.state or ()] or [np.zeros((*sizes, batch, units), np.float32)] * 2
    gates = {gate: aligned(*sizes, time, batch, units) for gate in blocks(TABLE)}
    h, c = (states_from(start, time) for start in starts)
    jobs, errors, read = jobs_of(weights, time, batch), list[float](), x.numpy()
    filled: list[tuple[Layer, Array]] = []
    # Many calls on views are cheaper in inference mode, and only arrays leave it.
    with torch.inference_mode():
        for its_own in zip(weights, zip(*gates.values(), strict=True), h, c, strict=True):
            layer = Layer(loops, *its_own)
            errors.append(float(layer.fill(torch.from_numpy(read), jobs).max()))
            filled.append((layer, read))
            read = layer.shown
        # Only now: after a product PyTorch's threads stay awake for milliseconds, on cores that the next layer needs.
        judged = [apart_from_the_cell(*each, direction) for each in filled for direction in range(sizes[1])]
    h_errors, c_errors, c_relative = zip(*judged, strict=True)
    arrays = gates | {"c": c[:, :, 1:-1], "h": h[:, :, 1:-1]}
    found: dict[str, Tensor] = {quantity: torch.from_numpy(values) for quantity, values in arrays.items()}
    # The loops write these alone; whatever else the table names is made of them.
    if found.keys() != set(LSTM.trace.quantities):
        found = show(found["o"], found["c"], lambda _, values: values) | found
    h0, c0 = map(torch.from_numpy, starts)
    call = Call(
        kind=LSTM,
        x=given.x,
        start={"h": h0, "c": c0},
        # The output is a copy, not a view of h, so that a later change of the output does not change the trace.
        output=torch.from_numpy(read.copy() if sizes[1] == 1 else read),
        end={"h": torch.from_numpy(ends_of(h)), "c": torch.from_numpy(ends_of(c))},
        weights=weights,
        precision=torch.float32,
        form=given.form,
    )
    return KernelRun(call, found, _largest([*errors, *h_errors]), _largest(c_errors), _largest(c_relative))


def _largest(errors: Iterable[float]) -> float:
    """The largest number, or infinity if any is NaN, which max() may skip."""
    return max(error if error == error else math.inf for error in errors)
