"""Where on the page are the layers and directions of a trace?"""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

import numpy as np

from dashboard.drawing import model_output
from dashboard.drawing.answers_row import answers_row
from dashboard.drawing.cached_per_trace import cached_per_trace
from dashboard.drawing.few_units import few_units
from dashboard.drawing.fit_height import filled, with_room_for_numbers
from dashboard.drawing.shown_strips import Chosen, reach_of, stacks_of, strips_of, take, units_of
from dashboard.picture.header import Answer, Answers, Arranged, Extra, Inputs, Place, Range, Stack
from dashboard.question.shown import Shown
from dashboard.reading.answers import answers
from dashboard.reading.read import Reading
from lstm_core import Trace
from lstm_core.plots import gate_strips, palette
from lstm_core.plots.columns import Columns, Zoom, fit
from lstm_core.plots.palette import Look
from lstm_core.traces import Bins, changes

# Pixels: the column of the strips' names on a wide page, and the minimal width of a stack of strips.
NAMES, STACK_LEAST, BETWEEN = 168, 230, 28
# Below this width the names are above their strips. Each name needs room there, and so do the starting values of a
# direction.
NARROW, GAP_NARROW, NAME, START = 620, 30, 22, 24
# The widest column of a picture that fills the window.
COLUMN_MOST = 300
# Bins of the overview; a sequence of fewer steps has no overview.
OVERVIEW = 600
# The most features of an input that are drawn, and the height of a row of them and of all.
FEATURES, FEATURE, FEATURES_HEIGHT = 64, 9, 40
# The most units whose starting values are drawn.
STARTS = 64


class Frame(NamedTuple):
    """The room of a stack of strips."""

    narrow: bool
    across: int
    """The number of stacks in a row."""
    width: float
    height: float | None
    """The height that a stack fills; None if its strips have heights of their own."""


class Numbers(NamedTuple):
    """The numbers of a picture, whatever its size and colours."""

    columns: Columns
    few: Chosen
    taken: dict[tuple[int, int], dict[str, Bins]]
    """By layer and direction, by quantity, a row for each shown unit from top to bottom."""


class Drawn(NamedTuple):
    """What all stacks of a picture have in common."""

    reading: Reading
    trace: Trace
    shown: Shown
    zoom: Zoom
    numbers: Numbers
    look: Look
    reach: float
    frame: Frame
    below_words: float
    """The pixels between the words and the strips, for the answers and the inputs."""


def frame_of(trace: Trace, stacks: int, width: float, height: float | None) -> Frame:
    """Stacks side by side while there is room, else one under the other; each as high as the window has room."""
    narrow, steps = width < NARROW, trace.sizes["time"]
    room = width - (START * trace.c.shape[1] if narrow else NAMES)
    least = max(STACK_LEAST, min(steps, 8) * 30)
    across = max(1, min(stacks, int((room + BETWEEN) // (least + BETWEEN))))
    if trace.c.shape[1] == 2 and across > 1:
        across -= across % 2  # Both directions of a layer are in one row.
    each = (room - (across - 1) * BETWEEN) / across
    widest = gate_strips.COLUMN_MOST if height is None else COLUMN_MOST
    # A phone is scrolled anyway: there strips are as high as they like.
    return Frame(narrow, across, min(each, steps * widest), None if narrow else height)


def arranged(
    reading: Reading,
    trace: Trace,
    shown: Shown,
    width: float,
    theme: palette.Theme,
    zoom: Zoom,
    height: float | None = None,
) -> Arranged:
    """A stack of strips for each layer and direction, `width` pixels wide and, if given, `height` high."""
    numbers = numbers_for(reading, trace, shown, width, zoom, height)
    return laid_out(numbers, reading, trace, shown, width, theme, zoom, height)


def numbers_for(
    reading: Reading, trace: Trace, shown: Shown, width: float, zoom: Zoom, height: float | None = None
) -> Numbers:
    """As many numbers as a picture of a width has room for."""
    wanted, strips, few = stacks_of(trace, shown), strips_of(shown), few_units(reading, trace, shown)
    numbers = len(strips) * sum(map(len, few.values())) or len(wanted) * sum(
        getattr(trace, strip.quantity).shape[-1] for strip in strips
    )
    columns = fit(trace.sizes["time"], frame_of(trace, len(wanted), width, height).width, numbers, zoom)

    def taken(quantity: str, layer: int, direction: int) -> Bins:
        units = few.get((layer, direction)) or units_of(trace, shown, layer, direction)
        # A projection's h has other units than the rest.
        rows = units if getattr(trace, quantity).shape[-1] == trace.c.shape[-1] else None
        return take(trace, quantity, layer, direction, columns, rows)

    return Numbers(
        columns, few, {stack: {strip.quantity: taken(strip.quantity, *stack) for strip in strips} for stack in wanted}
    )


def laid_out(
    numbers: Numbers,
    reading: Reading,
    trace: Trace,
    shown: Shown,
    width: float,
    theme: palette.Theme,
    zoom: Zoom,
    height: float | None = None,
) -> Arranged:
    """The numbers as `arranged` arranges them."""
    columns, steps = numbers.columns, trace.sizes["time"]
    frame = frame_of(trace, len(numbers.taken), width, height)
    first, last = zoom or (-0.5, steps - 0.5)
    said = said_under(reading, columns, frame.width / (last - first))
    inputs = inputs_of(reading, trace, columns)
    before, after = (NAME, GAP_NARROW) if frame.narrow else (0, gate_strips.GAP)
    above = [said["place"]["height"]] if said else []
    above += [before + inputs["place"]["height"] + after] if inputs else []
    look = palette.look(shown.colours, theme)
    reach = reach_of(reading, trace, numbers.few)
    drawn = Drawn(reading, trace, shown, zoom, numbers, look, reach, frame, sum(above))
    stacks = [stack_of(drawn, layer, direction) for layer, direction in numbers.taken]
    top = stacks[0]["places"][0]["top"]
    if inputs:
        inputs["place"]["top"] = top - after - inputs["place"]["height"]
        top = inputs["place"]["top"] - before
    if said:
        said["place"]["top"] = top - said["place"]["height"]
    beside = model_output.extras(reading, look, stacks[0]["figure"]["layout"]["width"], columns, zoom)
    return Arranged(
        stacks=stacks,
        extras=list(map(_extra, beside)),
        across=frame.across,
        narrow=frame.narrow,
        columns=Range(first=columns.first, per=columns.per, number=columns.number, steps=columns.steps),
        reach=reach,
        answers=said,
        inputs=inputs,
    )


def stack_of(drawn: Drawn, layer: int, direction: int) -> Stack:
    """The strips of one layer and direction."""
    trace, shown, frame, few = drawn.trace, drawn.shown, drawn.frame, drawn.numbers.few
    strips, columns, taken = strips_of(shown), drawn.numbers.columns, drawn.numbers.taken[layer, direction]
    units = few.get((layer, direction)) or units_of(trace, shown, layer, direction)
    gap = GAP_NARROW if frame.narrow else gate_strips.GAP
    figure, places = gate_strips.memory(
        {quantity: values.extreme for quantity, values in taken.items()},
        drawn.reading.tokens,
        drawn.look,
        frame.width,
        layer,
        direction,
        gap=gap,
        shown=drawn.zoom,
        strips=with_room_for_numbers(strips, len(units), frame.height),
        fill=filled(strips, len(units), frame.height, gap, drawn.below_words),
        columns=columns,
        reach=drawn.reach,
        below_words=drawn.below_words,
    )
    for heatmap, values in zip(figure["data"], taken.values(), strict=True):
        if columns.per > 1:
            heatmap |= {"other": values.other, "mean": values.mean}
        if few:
            heatmap["meta"]["units"] = units
    return Stack(
        layer=layer,
        direction=direction,
        name=gate_strips.stack_name(trace.c.shape[1], layer, direction),
        units=units,
        figure=figure,
        places=[Place(top=place.top, height=place.height) for place in places],
        start=start_of(trace, layer, direction, units),
        reset=reset_of(trace, layer, direction, units),
    )


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


def said_under(reading: Reading, columns: Columns, column: float) -> Answers | None:
    """What the model says at the columns of so many pixels, in a row whose top is not known yet."""
    if columns.per > 1:
        return None
    said = answers(reading, columns.first, columns.end)
    row = answers_row([one.label for one in said], column)
    if row is None:
        return None
    # A word that is left out has no answer.
    labelled = [
        Answer(step=step, label=one.label, share=one.share)
        for step, one in enumerate(said, columns.first)
        if one.share is None or not isnan(one.share)
    ]
    return Answers(said=labelled, place=Place(top=0, height=row.height), level=row.level, shares=row.shares)


def inputs_of(reading: Reading, trace: Trace, columns: Columns) -> Inputs | None:
    """x at the columns, in a row whose top is not known yet; None for a series, which is drawn as lines, and for more
    numbers than can be told apart."""
    if not hasattr(trace, "x"):
        return None
    features = trace.x.shape[-1]
    if reading.series is not None or features > FEATURES:
        return None
    values = columns.take(trace.x[:, 0]).extreme
    height = max(3 * FEATURE, min(FEATURES_HEIGHT, FEATURE * features))
    return Inputs(z=values, reach=max(1.0, float(np.nanmax(np.abs(values)))), place=Place(top=0, height=height))


def _extra(found: model_output.Extra) -> Extra:
    return Extra(
        title=found.title,
        question=found.question,
        labels=found.labels,
        figure=found.figure,
        above=found.above,
        folded=found.folded,
    )


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
