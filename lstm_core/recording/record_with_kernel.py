"""What runs in place of an LSTM with `exact=False`, and what is recorded?

The kernel runs: its outputs equal the module's to rounding, and its gates and states are the trace.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from torch import nn

from lstm_core.recording import kernel
from lstm_core.recording.call import arguments, as_returned
from lstm_core.recording.forward import can_be_replaced, kept_beside, runs_by
from lstm_core.recording.layers import layer_by_layer, run_layer_by_layer


def in_one_pass(module: nn.Module) -> AbstractContextManager[None]:
    """Inside the block the kernel runs in place of an `nn.LSTM`, if the call fits and its proof holds."""
    if not isinstance(module, nn.LSTM) or not can_be_replaced(module):
        return layer_by_layer(module)
    return runs_by(module, _run, ahead=True)


def recorded_in_one_pass(module: nn.Module, result: Any) -> kernel.KernelRun | None:
    """The kernel's record of the call that just returned this result; None if the module ran itself, or if a hook
    replaced the result or the input."""
    kept = kept_beside(module, result[1][1]) if isinstance(module, nn.LSTM) else None
    if not isinstance(kept, tuple):
        return None
    done, output, read = kept
    untouched = all(tensor._version == 0 for tensor in (output, *result[1]))
    untouched = untouched and all(tensor._version == version for tensor, version in read)
    return done if result[0] is output and untouched else None


def _run(module: nn.LSTM, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, Any]:
    """The result of a call with the kernel's record of it, or else with the outputs of the module's own layers."""
    done = kernel.run(module, args, kwargs)
    if done is None:
        return run_layer_by_layer(module, args, kwargs)
    result = as_returned(done.call, done.call.output, done.call.end)
    given, state = arguments(args, kwargs)
    # A tensor from inference mode has no version, so nobody can tell whether it was written to.
    read = [(t, t._version) for t in (given, *(state or ())) if not t.is_inference()]
    return result, (done, result[0], read)
