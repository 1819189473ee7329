"""What does a trace say of itself, in a terminal?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lstm_core.quantities import TITLES
from lstm_core.traces.cut import after_gaps
from lstm_core.traces.proof import HOLDS_NAN, NO_CHECKSUM, difference_and_nearness, to_or_exactly
from lstm_core.traces.reading_order import past_end

if TYPE_CHECKING:
    from lstm_core.traces.recorded import Recorded

COUNTED = {"layer": "layer", "direction": "direction", "time": "step", "batch": "sequence", "unit": "unit"}

_NAMED = 5
"""So many sequences are named."""


def summary(trace: Recorded) -> str:
    """The summary as text: dims, proof, a line for each quantity."""
    lines = [heading(trace), proof(trace), f"{'':<16}{'mean':>8}{'min':>8}{'max':>8}"]
    each = [(quantity, *_mean_and_range(trace, quantity)) for quantity in trace.kept]
    lines += [f"{q} {TITLES[q]:<14}{''.join(f'{number:>8.3f}' for number in numbers)}" for q, numbers, _ in each]
    if any(holds_nan for _, _, holds_nan in each):
        lines.append("these numbers leave NaN out")
    gaps = after_gaps(trace)
    if resets := [step for step in trace.resets if step not in gaps]:
        lines.append(f"memory was reset before {_steps(trace, resets)}{_in(trace, resets)}")
    if gaps:
        lines.append(f"steps are left out before {_steps(trace, gaps)}")
    return "\n".join(lines)


def _steps(trace: Recorded, places: list[int]) -> str:
    """The first of some steps by its number in the whole run, and how many more there are."""
    first, *more = places
    later = f" and {len(more):,} later one{'s' * (len(more) > 1)}" if more else ""
    return f"step {trace.coords['time'][first]:,}{later}"


def _in(trace: Recorded, resets: list[int]) -> str:
    """In which sequences the memory was reset, where it was not in all of them at each of these steps."""
    anew = trace.anew_in()
    if anew is None:
        return ""
    anew = anew[[step in resets for step in trace.resets]]
    if anew.all():
        return ""
    rows = [number for number, one in zip(trace.coords["batch"], anew.any(0).tolist(), strict=True) if one]
    if len(rows) == anew.shape[1]:
        return ", each time in some of the sequences"
    if len(rows) > _NAMED:
        return f", in {len(rows):,} of {anew.shape[1]:,} sequences"
    *some, last = map(str, rows)
    return f", in sequences {', '.join(some)} and {last}" if some else f", in sequence {last}"


def heading(trace: Recorded) -> str:
    """What was recorded, and how much of it."""
    sizes = ", ".join(f"{size:,} {COUNTED[dim]}{'' if size == 1 else 's'}" for dim, size in trace.sizes.items())
    return f"{type(trace).__name__} of {trace.name or trace.module}: {sizes}"


def proof(trace: Recorded) -> str:
    """How near the gates come to the output that PyTorch returned."""
    if math.isnan(trace.max_error):
        return HOLDS_NAN if trace.proof else f"not proved: {NO_CHECKSUM}"
    if not trace.sizes["batch"]:
        return "nothing to prove: the run read no sequence"
    if trace.config.get("path") == "found":
        where = trace.config.get("roles", {}).get("c", "")
        # A mask may follow: c is what that leaves.
        return f"found: {where}; this sum, computed again, agrees {to_or_exactly(f'{trace.max_error:.0e}')}"
    said = (
        "PyTorch's own steps, taken by samples, agree with the gates"
        if trace.config.get("path") == "kernel"
        else "the gates rebuild PyTorch's own output"
    )
    return f"{said} {to_or_exactly(difference_and_nearness(trace.max_error, trace.proof))}"


def _mean_and_range(trace: Recorded, quantity: str) -> tuple[tuple[float, float, float], bool]:
    """A quantity's mean, smallest and largest value, without NaN and the steps past a sequence's end; and whether there
    is NaN beside numbers."""
    values: Tensor = getattr(trace, quantity).detach()
    if trace.lengths is not None:
        there = ~past_end(values, trace.lengths)[..., 0].flatten()
        values = values.flatten(2, 3)[:, :, there]
    if not values.numel():
        return (math.nan, math.nan, math.nan), False
    if values.dtype.itemsize == 2:
        values = values.float()
    least, most = torch.aminmax(values)
    if holds_nan := bool(least.isnan() and not values.isnan().all()):
        values = values[~values.isnan()]
        least, most = torch.aminmax(values)
    # The few units of a step are added in their own dtype, which is fast, and the many steps in float64.
    mean = values.sum(-1).sum(dtype=torch.float64) / values.numel()
    return (mean.item(), least.item(), most.item()), holds_nan
