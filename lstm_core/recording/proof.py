"""When is a recording near enough to what the module computed?"""

from __future__ import annotations

import math
import warnings

import torch

from lstm_core.errors import LstmCoreError
from lstm_core.recording.call import HiddenCall

# How far the gates may be from the module's own output, for states around 1, before it is an error.
BOUNDS = {torch.float64: 1e-9, torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}


def check_proof(name: str, kind: str, max_error: float, call: HiddenCall) -> None:
    """A recording that does not rebuild the module's output is an error, never a picture. `kind`: LSTM, GRU or RNN."""
    # A NaN, once in the memory, is never forgotten: it is in the last state, and so in the proof.
    if math.isnan(max_error):
        warnings.warn(
            f"The run of {name or f'the {kind}'!r} holds NaN: from there on its gates are NaN too and prove nothing. "
            "Look at its input and its weights first.",
            stacklevel=2,
        )
        return
    if max_error <= BOUNDS[call.precision]:
        return
    bound = BOUNDS[call.precision] * max(1.0, call.reach())
    if max_error > bound:
        raise LstmCoreError(
            f"Expected gates that rebuild the output of {name or f'the {kind}'!r} to {bound:.0e}, got a "
            f"difference of {max_error:.0e}. Its forward computes something other than PyTorch's {kind}: record "
            f"the nn.{kind} inside it, or name others with record(model, names=[...])."
        )
