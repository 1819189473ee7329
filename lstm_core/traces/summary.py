"""What does a trace say and show of itself: how near it is to PyTorch, in a terminal, in a notebook, in a figure?"""

from __future__ import annotations

import html
import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, numbered
from lstm_core.plots import pictures
from lstm_core.plots.beside import map_strips
from lstm_core.plots.columns import Columns, Steps, round_up
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import LIGHT, as_plotly
from lstm_core.plots.paper_figure import PaperStack, paper_figure, reach_of
from lstm_core.plots.strips import Strip, short_name, stack_name, strips_of
from lstm_core.quantities import TITLES
from lstm_core.traces.cut import after_gaps, check_sequences, units_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from lstm_core.traces.recorded import Recorded

# How near does a recording come to PyTorch, in proportion and in words?

HOLDS_NAN = "not proved: the run holds NaN, and from there on its gates are NaN too"
# The proof of numbers that came without a checksum. Of a run that holds NaN `proof` is there.
UNKNOWN: dict[str, Any] = {"max_error": math.nan, "proof": None}
NO_CHECKSUM = "no checksum shows that these are the recorded numbers"


class Proof(NamedTuple):
    """The proof in proportion; `Trace.max_error` has the largest difference itself.

    `relative`: the largest difference, each divided by the largest |value| that its unit took in that sequence, or by 1
    where no value is larger; for an LSTM's h, by how far it follows such a memory (`recording/proof.py`). So it
    is never more than `max_error`, and no large unit hides a small one.
    `rounding`: whether rounding explains it (`recording/proof.py`).
    """

    relative: float
    rounding: bool


class JoinedProof(NamedTuple):
    """How near a recording is to the module's own output."""

    max_error: float
    proof: Proof | None


def joined_proof(each: Sequence[Any]) -> JoinedProof:
    """What the proofs of several recordings say of all of them: nothing in proportion where one says nothing.

    >>> joined_proof([JoinedProof(math.nan, None), JoinedProof(1e-7, None)])
    JoinedProof(max_error=nan, proof=None)
    """
    proofs, proof = [one.proof for one in each], None
    # NumPy's maximum keeps a NaN, which max() may skip.
    if None not in proofs:
        proof = Proof(float(np.max([one.relative for one in proofs])), all(one.rounding for one in proofs))
    return JoinedProof(float(np.max([one.max_error for one in each])), proof)


def checked_proof(given: Any) -> Proof | None:
    """The proof that a file holds; None in an older one. Raises LstmCoreError for anything else."""
    if given is None:
        return None
    if not (isinstance(given, list | tuple) and [type(value) for value in given] == [float, bool]):
        raise LstmCoreError(f"Expected a proof of a number and a truth value, got {str(given)[:40]}.")
    return Proof(*given)


def nearness(max_error: float, proof: Proof | None) -> str:
    """The figure of a proof: the difference itself where values are at most around 1, else in proportion to them; and
    whether it is more than rounding.

    >>> nearness(6e-8, Proof(6e-8, True))
    '6e-08'
    >>> nearness(4e-4, Proof(1e-6, True))
    '1e-06 of each unit’s largest value'
    >>> nearness(4e-4, Proof(4e-4, False))
    '4e-04, more than rounding explains'
    >>> nearness(math.nan, Proof(math.nan, False))
    'nan, because the run holds NaN'
    """
    if math.isnan(max_error):
        return "nan, because the run holds NaN"
    if proof is None:
        return f"{max_error:.0e}"
    said = f"{proof.relative:.0e}"
    if said != f"{max_error:.0e}":
        said += " of each unit’s largest value"
    return said if proof.rounding else f"{said}, more than rounding explains"


def to_or_exactly(near: str) -> str:
    """How near two values are, after a verb such as "agrees".

    >>> to_or_exactly("6e-08"), to_or_exactly("0e+00")
    ('to 6e-08', 'exactly')
    """
    return "exactly" if near == "0e+00" else f"to {near}"


def difference_and_nearness(max_error: float, proof: Proof | None) -> str:
    """The words of `nearness`, after the difference itself where the two are not the same.

    >>> difference_and_nearness(4e-4, Proof(1e-6, True))
    '4e-04, which is 1e-06 of each unit’s largest value'
    """
    near = nearness(max_error, proof)
    own = f"{max_error:.0e}"
    return near if near.startswith(own) else f"{own}, which is {near}"


# What does a trace say of itself, in a terminal?

COUNTED = {"layer": "layer", "direction": "direction", "time": "step", "batch": "sequence", "unit": "unit"}


def summary(trace: Recorded) -> str:
    """The summary as text: dims, proof, a line for each quantity."""
    lines = [heading(trace), proof(trace), f"{'':<16}{'mean':>8}{'min':>8}{'max':>8}"]
    each = [(quantity, _mean_and_range(trace, quantity)) for quantity in trace.kept]
    lines += [f"{q} {TITLES[q]:<14}{''.join(f'{number:>8.3f}' for number in numbers)}" for q, numbers in each]
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
    """In how many sequences the memory was reset, where it was not in all of them at each of these steps."""
    every = trace.anew_in()
    anew = None if every is None else every[[step in resets for step in trace.resets]]
    if anew is None or anew.all():
        return ""
    return f", in {int(anew.any(0).sum()):,} of {anew.shape[1]:,} sequences"


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
    near = to_or_exactly(difference_and_nearness(trace.max_error, trace.proof))
    return f"the gates rebuild PyTorch's own output {near}"


def _mean_and_range(trace: Recorded, quantity: str) -> tuple[float, float, float]:
    """A quantity's mean, smallest and largest value, without NaN, which also stands past a sequence's end."""
    values: Tensor = getattr(trace, quantity).detach()
    if values.dtype.itemsize == 2:
        values = values.float()
    # The few units of a step are added in their own dtype, which is fast, and the many steps in float64.
    total = values.sum(-1).sum(dtype=torch.float64)
    if total.isnan():
        values = values[~values.isnan()]
        total = values.sum(dtype=torch.float64)
    if not values.numel():
        return math.nan, math.nan, math.nan
    least, most = torch.aminmax(values)
    return total.item() / values.numel(), least.item(), most.item()


# What does a notebook show of a trace? One sequence of its last layer, as a still picture.


def in_html(trace: Recorded) -> str:
    """The summary's text over one picture of all quantities; the text alone without a step."""
    text, shown = summary(trace), seen(trace)
    return f"<pre>{html.escape(text)}</pre>" if shown is None else pictures.page(text, *shown)


def seen(trace: Recorded) -> tuple[bytes, str] | None:
    """A picture as a PNG, and a note on what it shows; None without a step."""
    steps = trace.lengths_or_time()[0] if trace.sizes["batch"] else 0
    if steps == 0 or trace.sizes["unit"] == 0:
        return None
    per = 1 if steps <= pictures.MOST_COLUMNS else int(round_up(steps / pictures.MOST_COLUMNS))
    columns = Columns(0, per, -(-steps // per), steps)
    strips = strips_of(trace.kept)
    values = {strip.quantity: getattr(trace, strip.quantity).detach()[-1, 0, :steps, 0] for strip in strips}
    # As many units as a picture has rows for, those that move most, in their own order.
    shown = values["h" if "h" in values else strips[0].quantity]
    spread = (shown.amax(0) - shown.amin(0)).nan_to_num()
    units = sorted(spread.argsort(descending=True, stable=True)[: pictures.MOST_ROWS].tolist())
    # A projection's h has fewer units than all else, so each quantity has those of h.
    cells = {quantity: columns.take(each[:, units]).extreme for quantity, each in values.items()}
    words = trace.tokens[0] if trace.tokens is not None and per == 1 else []
    note = _note(trace, columns, len(units))
    if not all(map(pictures.is_western, words)):
        note += f" · {' '.join(map(label, words))}"
    return pictures.drawn(strips, cells, words), note


def _note(trace: Recorded, columns: Columns, units: int) -> str:
    """Which part of the trace is drawn, and where the rest is."""
    sizes, coords = trace.sizes, trace.coords
    said = [f"layer {coords['layer'][-1]}"]
    if sizes["direction"] > 1 or coords["direction"][0]:
        said.append("reads from the right" if coords["direction"][0] else "reads from the left")
    if sizes["batch"] > 1:
        said.append(f"sequence {coords['batch'][0]}, the first of {sizes['batch']:,}")
    if units < sizes["unit"]:
        said.append(f"the {units} of {sizes['unit']:,} units that move most")
    if columns.per > 1:
        said.append(f"a column is {columns.per:,} steps and shows the value farthest from their mean")
    return " · ".join([*said, "trace.plot() draws a figure to zoom into"])


# How is a trace drawn as a Plotly figure?

# One position, or several.
Places = int | Sequence[int]


def figure(
    trace: Recorded,
    layers: Places,
    directions: Places,
    batch: int,
    quantities: Sequence[str],
    title: str | None,
    times: Sequence[Any] | None,
    width: int,
    height: int | None,
) -> Figure:
    """Each quantity (unit, step) of one sequence over its steps, the layers and directions side by side."""
    strips = _strips(trace, quantities)
    [at_batch] = _places(trace, "batch", batch)
    steps = trace.lengths_or_time()[at_batch]
    if steps == 0:
        raise LstmCoreError(f"Expected a sequence with a step to draw, got none in sequence {batch}.")
    asked = [(n, d) for n in _places(trace, "layer", layers) for d in _places(trace, "direction", directions)]
    named_steps = _named_steps(trace, at_batch, steps, times)
    stacks = [_stack(trace, strips, *at, at_batch, named_steps, alone=len(asked) == 1) for at in asked]
    reach = reach_of([stack.cells for stack in stacks])
    stacks = [stack._replace(reach=reach) for stack in stacks]
    if title is None:
        named = trace.name or trace.module
        title = f"{named}, {stacks[0].name}" if len(stacks) == 1 else named
    return paper_figure(stacks, title, LIGHT, width, height)


def maps_figure(
    trace: Recorded,
    shape: tuple[int, ...],
    channel: int,
    batch: int,
    quantities: Sequence[str],
    title: str | None,
    width: int,
) -> Figure:
    """The map of one channel, a small picture a step; `shape`: (channel, row, column), or (row, column)."""
    channels, rows, columns = shape if len(shape) == 3 else (1, *shape)
    if not 0 <= channel < channels:
        raise LstmCoreError(f"Expected a channel from 0 to {channels - 1}, got {channel}.")
    strips, [at] = _strips(trace, quantities), _places(trace, "batch", batch)
    steps = trace.lengths_or_time()[at]
    maps = {}
    for strip in strips:
        values = as_numpy(getattr(trace, strip.quantity)[0, 0, :steps, at])
        maps[strip.quantity] = values.reshape(steps, channels, rows, columns)[:, channel]
    tokens = trace.tokens[at] if trace.tokens is not None else [str(step) for step in trace.coords["time"][:steps]]
    if title is None:
        title = trace.name or trace.module
        title = title if channels == 1 else f"{title}, channel {channel}"
    drawn = map_strips(maps, tokens, strips, reach_of([maps]), LIGHT, width)
    return as_plotly(drawn, title)


def _strips(trace: Recorded, quantities: Sequence[str]) -> list[Strip]:
    strange = [quantity for quantity in quantities if quantity not in trace.kept]
    if strange or not quantities:
        raise LstmCoreError(f"Expected some of {', '.join(trace.kept)} to draw, got {', '.join(strange) or 'none'}.")
    return [strip for strip in strips_of(trace.kept) if strip.quantity in quantities]


def _places(trace: Recorded, dim: str, given: Places) -> list[int]:
    """Positions from 0 on. Raises LstmCoreError for one that is not there."""
    check_sequences(trace)
    size, places = trace.sizes[dim], [given] if isinstance(given, int) else list(given)
    if not places or not all(-size <= operator.index(number) < size for number in places):
        raise LstmCoreError(f"Expected {numbered(dim, size)}, got {given}.")
    return [number % size for number in places]


def _stack(
    trace: Recorded, strips: Sequence[Strip], layer: int, direction: int, batch: int, steps: Steps, alone: bool
) -> PaperStack:
    count = len(steps.numbers)
    cells = {
        strip.quantity: as_numpy(getattr(trace, strip.quantity)[layer, direction, :count, batch]).T for strip in strips
    }
    units = {quantity: units_of(trace, quantity) for quantity in cells}
    at = trace.coords["layer"][layer], trace.coords["direction"][direction]
    directions = max(trace.sizes["direction"], at[1] + 1)
    name = stack_name(directions, *at) if alone or directions == 1 else short_name(*at)
    return PaperStack(*at, name, cells, units, steps, strips, {})


def _named_steps(trace: Recorded, batch: int, steps: int, times: Sequence[Any] | None) -> Steps:
    """The steps' numbers, and their names: the times that are given, or the tokens."""
    numbers = trace.coords["time"][:steps]
    if times is not None:
        if len(times) != trace.sizes["time"]:
            raise LstmCoreError(f"Expected {trace.sizes['time']:,} times, one a step, got {len(times):,}.")
        return Steps(numbers, list(times)[:steps], "time")
    return Steps(numbers, None if trace.tokens is None else trace.tokens[batch], "")
