"""How is a trace drawn as a Plotly figure?"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, numbered
from lstm_core.plots.map_strips import map_strips
from lstm_core.plots.page_figure import LIGHT, as_plotly
from lstm_core.plots.paper_figure import PaperStack, paper_figure, reach_of
from lstm_core.plots.strips import Strip, short_name, stack_name, strips_of
from lstm_core.plots.time_axis import Steps
from lstm_core.traces.cut import check_sequences

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from lstm_core.traces.recorded import Recorded

Places = int | Sequence[int]
"""One position, or several."""


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
    named_steps = _steps(trace, at_batch, steps, times)
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
    if not places:
        raise LstmCoreError(f"Expected a {dim} to draw, got none.")
    for number in places:
        if not -size <= operator.index(number) < size:
            raise LstmCoreError(f"Expected {numbered(dim, size)}, got {number}.")
    return [number % size for number in places]


def _stack(
    trace: Recorded, strips: Sequence[Strip], layer: int, direction: int, batch: int, steps: Steps, alone: bool
) -> PaperStack:
    count = len(steps.numbers)
    cells = {
        strip.quantity: as_numpy(getattr(trace, strip.quantity)[layer, direction, :count, batch]).T for strip in strips
    }
    # A projection's h has units of its own, and no part of them is taken.
    own = {q for q in cells if trace.dims_of(q)[-1] == "h_unit"}
    units = {q: range(len(values)) if q in own else trace.coords["unit"] for q, values in cells.items()}
    at = trace.coords["layer"][layer], trace.coords["direction"][direction]
    directions = max(trace.sizes["direction"], at[1] + 1)
    name = stack_name(directions, *at) if alone or directions == 1 else short_name(*at)
    return PaperStack(*at, name, cells, units, steps, strips, {})


def _steps(trace: Recorded, batch: int, steps: int, times: Sequence[Any] | None) -> Steps:
    """The steps' numbers, and their names: the times that are given, or the tokens."""
    numbers = trace.coords["time"][:steps]
    if times is not None:
        if len(times) != trace.sizes["time"]:
            raise LstmCoreError(f"Expected {trace.sizes['time']:,} times, one a step, got {len(times):,}.")
        return Steps(numbers, list(times)[:steps], "time")
    return Steps(numbers, None if trace.tokens is None else trace.tokens[batch], "")
