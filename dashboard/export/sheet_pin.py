"""How does a sheet show the pinned cell? Framed in every strip, and in a sentence; played, in a sentence a step."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from dashboard.export.visible_part import Sight
from dashboard.question.cell import Cell
from dashboard.question.shown import Shown
from dashboard.reading.answers import Answer, answers
from dashboard.reading.read import Reading
from lstm_core import Trace
from lstm_core.plots.columns import Columns
from lstm_core.plots.labels import label, signed
from lstm_core.plots.page_figure import Figure

PINNED = "#e08a00"


def sentence(reading: Reading, trace: Trace, shown: Shown, sight: Sight) -> str:
    """What the pinned cell keeps and adds, and what the model says then; "" if no pinned cell is in sight."""
    pin = shown.pin
    if pin is None or not pin.is_in(trace) or pin.step not in sight.steps_of(trace):
        return ""
    if pin.unit not in sight.units_of(trace, shown, pin.layer, pin.direction):
        return ""
    return f"Pinned: {_told(reading, trace, pin, answers(reading, pin.step, pin.step + 1))}"


def story(reading: Reading, trace: Trace, pin: Cell, steps: range) -> list[str]:
    """The sentences of the pinned unit at some steps, in the order in which they are read."""
    said = answers(reading, steps.start, steps.stop)
    lines = [
        _told(reading, trace, pin._replace(step=step), said[number : number + 1]) for number, step in enumerate(steps)
    ]
    return lines[::-1] if pin.direction else lines


def _told(reading: Reading, trace: Trace, cell: Cell, said: Sequence[Answer]) -> str:
    """A sentence on one cell, as in assets/browser/panel/cell_words.js."""
    f, i, g, c = (float(getattr(trace, q)[cell.layer, cell.direction, cell.step, 0, cell.unit]) for q in "figc")
    where = f" of layer {cell.layer}" if trace.c.shape[0] > 1 else ""
    where += ", from the right," if cell.direction else ""
    says = "".join(f"; the model now says {one.label}" for one in said)
    return (
        f"“{label(reading.tokens[cell.step])}”: unit {cell.unit}{where} keeps {100 * f:.0f}% of "
        f"{signed(_before(trace, cell))} and adds {signed(i * g)}, so c = {signed(c)}{says}."
    )


def _before(trace: Trace, pin: Cell) -> float:
    """The cell state that the pinned step started from."""
    layer, direction, unit, step = pin
    start = trace.c0[layer, direction, 0, unit]
    earlier = trace.c[layer, direction, :, 0, unit]
    states = torch.cat([earlier, start[None]] if direction else [start[None], earlier])
    return float(states[step + 1 if direction else step])


def mark(sheet: Figure, pin: Cell | None, stack: int, of: tuple[int, int], units: list[int], columns: Columns) -> None:
    """Frame the pinned cell in every strip of the stack with this number, if it is the cell's layer and direction."""
    if pin is None or (pin.layer, pin.direction) != of or pin.unit not in units or pin.step >= columns.end:
        return
    begin = columns.first + (pin.step - columns.first) // columns.per * columns.per - 0.5
    axis = f"x{'' if stack == 0 else stack + 1}"
    for heatmap in sheet["data"]:
        if heatmap["xaxis"] == axis and units.index(pin.unit) < len(heatmap["z"]):
            sheet["layout"]["shapes"].append(
                {
                    "type": "rect",
                    "xref": axis,
                    "yref": heatmap["yaxis"],
                    "x0": begin,
                    "x1": begin + columns.per,
                    "y0": units.index(pin.unit) - 0.5,
                    "y1": units.index(pin.unit) + 0.5,
                    "line": {"color": PINNED, "width": 2},
                }
            )
