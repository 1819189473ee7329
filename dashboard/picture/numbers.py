"""Which numbers does a picture have? The values of the units and steps in sight, and what the model says there."""

from math import isnan

import numpy as np

from gatescope.drawing.cached_per_trace import cached_per_trace
from gatescope.drawing.few_units import few_units
from gatescope.drawing.model_output import scores_of, series_of
from gatescope.drawing.shown_strips import reach_of, stacks_of, strips_of, take, units_of
from gatescope.picture.header import Inputs, PictureNumbers, StackValues, StepAnswer, Values
from gatescope.picture.readout import Linear, linear_of
from gatescope.question.view import Shown
from gatescope.reading.answers import answers
from gatescope.reading.read import Reading
from lstm_core import Trace
from lstm_core.plots import gate_strips
from lstm_core.plots.columns import Columns, Zoom, fit
from lstm_core.traces import changes

# Bins of the overview; a sequence of fewer steps has no overview.
OVERVIEW = 600
# The most features of an input that are sent, and the most units whose starting values are sent although they are 0.
FEATURES, STARTS = 64, 64


def numbers_of(reading: Reading, trace: Trace, shown: Shown, room: int, zoom: Zoom) -> PictureNumbers:
    """The numbers of a view in at most `room` columns, as far as all of them together are not too large."""
    wanted, strips, few = stacks_of(trace, shown), strips_of(shown), few_units(reading, trace, shown)
    rows = len(strips) * sum(map(len, few.values())) or len(wanted) * sum(
        getattr(trace, strip.quantity).shape[-1] for strip in strips
    )
    columns = fit(trace.sizes["time"], room, rows, zoom)
    linear = linear_of(reading, columns)
    stacks = [_stack(trace, shown, columns, stack, few.get(stack), linear) for stack in wanted]
    return PictureNumbers(
        stacks=stacks,
        units=trace.c.shape[-1],
        columns=columns,
        reach=reach_of(reading, trace, few),
        answers=_answers(reading, columns),
        inputs=_inputs(reading, trace, columns),
        series=series_of(reading, columns),
        scores=scores_of(reading, columns),
        readout=linear.sent if linear else None,
    )


def _stack(
    trace: Trace,
    shown: Shown,
    columns: Columns,
    stack: tuple[int, int],
    few: list[int] | None,
    linear: Linear | None,
) -> StackValues:
    """The values of one layer and direction; of these few units, or of all."""
    layer, direction = stack
    units = few or units_of(trace, shown, layer, direction)
    return StackValues(
        layer=layer,
        direction=direction,
        name=gate_strips.stack_name(trace.c.shape[1], layer, direction),
        units=units,
        values=[_values(trace, strip.quantity, stack, columns, units) for strip in strips_of(shown)],
        start=start_of(trace, layer, direction, units),
        reset=reset_of(trace, layer, direction, units),
        weights=linear.of_units(trace, stack, units) if linear else None,
    )


def _values(trace: Trace, quantity: str, stack: tuple[int, int], columns: Columns, units: list[int]) -> Values:
    # A projection's h has other units than the rest.
    rows = units if getattr(trace, quantity).shape[-1] == trace.c.shape[-1] else None
    taken = take(trace, quantity, *stack, columns, rows)
    if columns.per == 1:
        return Values(quantity=quantity, z=taken.extreme)
    return Values(quantity=quantity, z=taken.extreme, other=taken.other, mean=taken.mean)


def start_of(trace: Trace, layer: int, direction: int, units: list[int]) -> dict[str, list[float]]:
    """The values of c and h from which the first step started, a row each: those that are drawn, and those that are not
    0. A projection's h has other units than the rows."""
    projects = bool(trace.config.get("proj_size"))
    there = trace.tensors()
    starts = {quantity: there[f"{quantity}0"] for quantity in ("c" if projects else "ch") if f"{quantity}0" in there}
    values = {quantity: start[layer, direction, 0, units].tolist() for quantity, start in starts.items()}
    is_drawn = len(units) <= STARTS and not projects
    return {quantity: column for quantity, column in values.items() if is_drawn or any(column)}


def reset_of(trace: Trace, layer: int, direction: int, units: list[int]) -> dict[str, list[list[float]]]:
    """The values of c and h from which each step started whose state did not come from the step before."""
    there = trace.tensors()
    given = {quantity: f"reset_{quantity}" for quantity in ("c" if trace.config.get("proj_size") else "ch")}
    return {
        quantity: there[name][:, layer, direction, 0, units].tolist()
        for quantity, name in given.items()
        if name in there
    }


def _answers(reading: Reading, columns: Columns) -> list[StepAnswer]:
    """What the model says at the columns; nothing with several steps in a column, and at a word that is left out."""
    said = answers(reading, columns.first, columns.end) if columns.per == 1 else []
    return [
        StepAnswer(step=step, label=one.label, share=one.share)
        for step, one in enumerate(said, columns.first)
        if one.share is None or not isnan(one.share)
    ]


def _inputs(reading: Reading, trace: Trace, columns: Columns) -> Inputs | None:
    """x at the columns; None for a series, which is drawn as lines, and for more numbers than can be told apart."""
    if not hasattr(trace, "x") or reading.series is not None or trace.x.shape[-1] > FEATURES:
        return None
    values = columns.take(trace.x[:, 0]).extreme
    return Inputs(z=values, reach=max(1.0, float(np.nanmax(np.abs(values)))))


def overview(trace: Trace, shown: Shown) -> np.ndarray:
    """The whole sequence in few bins, (3, bin): over all shown units, the smallest c, the largest c, and the largest
    change of c in one step."""
    return _overview(trace, tuple(stacks_of(trace, shown)))


@cached_per_trace
def _overview(trace: Trace, stacks: tuple[tuple[int, int], ...]) -> np.ndarray:
    columns = fit(trace.sizes["time"], OVERVIEW, 1, None)
    memories = [trace.c[layer, direction, :, 0] for layer, direction in stacks]
    levels = [columns.take(memory) for memory in memories]
    moves = [columns.take(changes(memory)) for memory in memories]
    return np.stack(
        [
            np.min([level.low.min(0) for level in levels], 0),
            np.max([level.high.max(0) for level in levels], 0),
            np.max([move.high.max(0) for move in moves], 0),
        ]
    )
