"""When is a recording near enough to the module's own output?"""

import math
import sys
import warnings
from collections.abc import Sequence

import torch

from lstm_core.errors import LstmCoreError
from lstm_core.recording.call import HALVES, Call
from lstm_core.traces.summary import Proof, difference_and_nearness

# The largest allowed difference from the module's own output, for states around 1.
BOUNDS = {torch.float64: 1e-9, torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}


def _level_of_the_caller() -> int:
    """The `stacklevel` at which a warning names the user's line, not one of ours or PyTorch's."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in ("lstm_core", "torch", "contextlib"):
        frame, level = frame.f_back, level + 1
    return level


class NotRebuiltError(LstmCoreError):
    """What a module returned is not what its gates give."""


def check_proof(
    name: str, max_error: float, proof: Proof, call: Call, hooks: Sequence[str] = (), proves_nothing: bool = False
) -> None:
    """Raise LstmCoreError if a recording does not rebuild the module's output: it is far off, and rounding does not
    explain that, or would explain any output (`proves_nothing`). `hooks`: the names of other forward hooks, which may
    have changed the output."""
    kind = call.kind.name
    # A NaN in the memory stays to the last state, so it is in the proof.
    if math.isnan(max_error):
        warnings.warn(
            f"The run of {name or f'the {kind}'!r} holds NaN: from there on its gates are NaN too and prove nothing. "
            "Look at its input and its weights first.",
            stacklevel=_level_of_the_caller(),
        )
        return
    bound = BOUNDS[call.precision]
    if proof.relative <= bound or (proof.rounding and not proves_nothing):
        return
    expected = f"Expected gates that rebuild the output of {name or f'the {kind}'!r} to {bound:.0e}"
    found = f"got a difference of {difference_and_nearness(max_error, proof._replace(rounding=True))}"
    if proof.rounding:
        dtype = str(call.precision).removeprefix("torch.")
        wider = "float64" if call.precision not in HALVES else "float32, without autocast"
        raise LstmCoreError(
            f"{expected}, {found}. In {dtype} rounding alone may add up to more than the values themselves over "
            f"{len(call.x)} steps, so that nothing can be proved: record in {wider}, or fewer steps."
        )
    reason = (
        f"The module returned something other than PyTorch's {kind} computes. Its forward hooks may have changed the "
        f"output before: {', '.join(hooks)}. Set them inside the record block, or remove them."
        if hooks
        else f"Its forward computes something other than PyTorch's {kind}: let it call an nn.{kind} of its own in "
        "place of super().forward, and record that one."
    )
    raise NotRebuiltError(f"{expected}, {found}. {reason}")
