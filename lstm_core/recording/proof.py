"""When is a recording near enough to the module's own output?"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import torch

from lstm_core.errors import LstmCoreError
from lstm_core.recording.call import Call

# The largest allowed difference from the module's own output, for states around 1.
BOUNDS = {torch.float64: 1e-9, torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}


def check_proof(name: str, max_error: float, call: Call, hooks: Sequence[str] = ()) -> None:
    """Raise LstmCoreError if a recording does not rebuild the module's output. `hooks`: the names of other forward
    hooks, which may have changed the output."""
    kind = call.kind.name
    # A NaN in the memory stays to the last state, so it is in the proof.
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
        reason = (
            f"What was recorded is something other than PyTorch's {kind} computes, and its forward hooks may have "
            f"changed the output before: {', '.join(hooks)}. Set them inside the record block, or remove them."
            if hooks
            else f"Its forward computes something other than PyTorch's {kind}: record the nn.{kind} inside it, or name "
            "others with record(model, names=[...])."
        )
        raise LstmCoreError(
            f"Expected gates that rebuild the output of {name or f'the {kind}'!r} to {bound:.0e}, got a "
            f"difference of {max_error:.0e}. {reason}"
        )
