"""How near is a recording to the module's own output, and does rounding explain the difference?

One comparison: what the gates give against h of every step, and the last h and c. Each difference is divided by the
largest |value| that its unit took in that sequence, because a memory that has been at 400 is known to roundings of 400,
also when it comes back to 0. One of h is divided by how far h would go if c went by as much, o (1 - tanh² c) times it:
where the output does not follow the memory, the memory excuses nothing. Nothing is divided by less than 1.

One bound: a sum of n products that is added in another order differs by about √n roundings of its size, the root of
the sum of the squares of its terms (Higham & Mary 2019, "A new approach to probabilistic rounding error analysis"). No
gate is steeper than what it is computed from, and an LSTM's memory adds up one rounding for each step that it keeps.
"""

import math
import sys
import warnings
from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from lstm_core.errors import LstmCoreError
from lstm_core.recording import equations
from lstm_core.recording.call import HALVES, Call, Weights, after_dropout
from lstm_core.recording.hold import HeldCall, holds_of, with_holds
from lstm_core.traces.cut import past_end
from lstm_core.traces.summary import Proof, difference_and_nearness

# The largest allowed difference from the module's own output, for states around 1.
BOUNDS = {torch.float64: 1e-9, torch.float32: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}
# Where rounding would explain more than such a share of a unit's largest value, it proves nothing.
FAR = 0.1
# Up to so many roundings of 1 a difference is not put in proportion: most runs need no pass over their memory.
FEW = 2
# Roundings of a sum of n products, times √n; and in halves, whose products are added in float32.
OF_A_SUM, OF_A_SUM_IN_HALVES = 4, 2


class NotRebuiltError(LstmCoreError):
    """What a module returned is not what its gates give."""


def proof_of(
    call: Call,
    values: Mapping[str, Tensor],
    off: Sequence[Tensor],
    ends: Mapping[str, Tensor],
    holds: Sequence[HeldCall],
) -> tuple[float, Proof]:
    """The largest difference of a recording, and its proof in proportion. `values`: its quantities by letter, with the
    module's own h; `off`: how far h is off, (batch, unit) for each layer and direction; `ends`: how far the last states
    are, by letter, (layer, direction, batch, unit)."""
    eps, places = _rounding_of_1(call), [divmod(n, len(call.weights[0])) for n in range(len(off))]
    if not call.end["h"].numel():
        return 0.0, Proof(0.0, True)
    most = [each.max() for each in (*off, *ends.values())]
    # PyTorch's maximum keeps a NaN.
    max_error = torch.stack([one.to(call.wide) for one in most]).max().item()
    if max_error <= FEW * eps:
        return max_error, Proof(max_error, True)
    compared: list[tuple[Tensor, Tensor]] = []
    for apart, (layer, direction) in zip(off, places, strict=True):
        here = {letter: tensor[layer, direction].to(call.wide) for letter, tensor in values.items()}
        sizes = {state: largest(here[state]).clamp_(min=1.0) for state in call.kind.states}
        last = {state: end[layer, direction] / sizes[state] for state, end in ends.items()}
        w, x = call.weights[layer][direction], _read_by(call, values, layer)
        bound = eps * _roundings(call, w, x, here["h"], call.start["h"][layer, direction])
        if "c" in sizes:
            bound = bound + eps * _kept_steps(here["f"], direction)
            compared.append((last["c"], bound))
            if w.hr is not None:
                bound = bound.amax(-1, keepdim=True) * max(1.0, w.hr.abs().sum(1).max().item())
            of_h = _of_h(call, w, here, sizes, holds_of(holds, layer, direction))
        else:
            of_h = apart / sizes["h"]
        compared += [(of_h, bound), (last["h"], bound)]
    relative = torch.stack([apart.max().to(call.wide) for apart, _ in compared]).max().item()
    explained = all(bool((apart <= bound).all()) for apart, bound in compared)
    return max_error, Proof(min(relative, max_error), explained)


def largest(values: Tensor) -> Tensor:
    """The largest |value| along the first dim."""
    return values.abs().amax(0)


def _of_h(
    call: Call, w: Weights, here: Mapping[str, Tensor], sizes: Mapping[str, Tensor], holds: Sequence[HeldCall]
) -> Tensor:
    """How far h (time, batch, unit) of an LSTM's gates is off at most, in proportion, (batch, unit)."""
    o, c, h, hr = here["o"], here["c"], here["h"], None if w.hr is None else call.rounded(w.hr)
    rebuilt = equations.show(o, c, partial(with_holds, holds, slice(0, len(h))), hr)["h"]
    follows = (o * (1 - c.tanh() ** 2)).abs() * sizes["c"]
    follows = follows if hr is None else follows @ hr.abs().T
    apart = (rebuilt - h).abs() / torch.maximum(follows, sizes["h"])
    return (apart if call.lengths is None else apart.masked_fill(past_end(h, call.lengths), 0.0)).amax(0)


def _read_by(call: Call, values: Mapping[str, Tensor], layer: int) -> Tensor:
    """The input of a layer, (time, batch, feature)."""
    return after_dropout(call, layer - 1, torch.cat(values["h"][layer - 1].unbind(), dim=-1)) if layer else call.x


def _rounding_of_1(call: Call) -> float:
    if call.x.device.type == "cuda" and call.precision == torch.float32 and torch.backends.cudnn.allow_tf32:
        # PyTorch's default: cuDNN multiplies float32 with ten binary places.
        return 2.0**-10
    return torch.finfo(call.precision).eps


def _roundings(call: Call, w: Weights, x: Tensor, h: Tensor, h0: Tensor) -> Tensor:
    """How many roundings of 1 the gates of each unit may be off, (unit,)."""
    with torch.no_grad():
        read = largest(x.flatten(0, 1)), torch.maximum(largest(h.flatten(0, 1)), largest(h0))
        terms = [weight.to(call.wide) ** 2 @ most.to(call.wide) ** 2 for weight, most in zip(w[:2], read, strict=True)]
        terms += [bias.to(call.wide) ** 2 for bias in (w.bias_ih, w.bias_hh) if bias is not None]
        size = torch.stack(terms).sum(0).view(call.kind.blocks, -1).amax(0).sqrt_().clamp_(min=1.0)
        if call.precision in HALVES:
            return OF_A_SUM_IN_HALVES * size
        return OF_A_SUM * math.sqrt(w.ih.shape[1] + w.hh.shape[1]) * size


def _kept_steps(f: Tensor, direction: int) -> Tensor:
    """For how many steps each unit kept its memory at most, (batch, unit), from its forget gate (time, batch, unit)."""
    kept = f.abs().clamp_(max=1.0)
    return equations.accumulate_(torch.ones_like(f), kept, torch.zeros_like(f[0]), direction).amax(0)


def _level_of_the_caller() -> int:
    """The `stacklevel` at which a warning names the user's line, not one of ours or PyTorch's."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in ("lstm_core", "torch", "contextlib"):
        frame, level = frame.f_back, level + 1
    return level


def check_proof(name: str, max_error: float, proof: Proof, call: Call, hooks: Sequence[str] = ()) -> None:
    """Raise LstmCoreError if a recording does not rebuild the module's output: it is far off, and rounding does not
    explain that, or would explain any output. `hooks`: the names of other forward hooks, which may have changed the
    output."""
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
    if proof.relative <= bound or (proof.rounding and proof.relative <= FAR):
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
