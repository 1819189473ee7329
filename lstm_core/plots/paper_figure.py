"""How is a trace drawn for a paper or a slide? With names, numbers of units, an axis of time and colour bars.

Plotly makes the room: what stands beside the pictures pushes their margins out as far as it needs.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from lstm_core.errors import LstmCoreError
from lstm_core.plots.columns import Columns, Steps, TimeAxis, every_for, fit, time_axis
from lstm_core.plots.labels import width_of
from lstm_core.plots.page_figure import (
    BARE_AXIS,
    BARE_BAR,
    FONT,
    Figure,
    Look,
    as_plotly,
    on_the_page,
    title_height,
    title_lines,
)
from lstm_core.plots.strips import LIMITS, Strip, edges, heatmap, heights, scale_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

# The least pixels of a picture's width and of a strip's height; the free pixels between two pictures.
LEAST_WIDTH, LEAST_HEIGHT, BETWEEN = 44, 12, 14
# Letters at the left, for the numbers of units, and at the right, for a colour bar; lines that a colour bar needs.
LEFT, RIGHT, BAR = 3.5, 7, 7
# What is called a colour bar of c alone, and of h alone.
OWN_BAR = {"c": "memory", "h": "hidden<br>state", "decay": "decay", "added": "what is<br>added"}
# With so many pixels more in a picture's width its letters grow by one; the smallest and the largest.
GROWS, SMALLEST, LARGEST = 75, 10, 17
# Left to itself, a figure is not much higher than wide.
TALL = 1.25


class PaperStack(NamedTuple):
    """One layer and direction of one run: its name, and by quantity its values (unit, step) and the numbers of its
    units. `reach`: the ends of the scales of what sums up, and of h; of all, where the values are differences."""

    layer: int
    direction: int
    name: str
    cells: Mapping[Any, np.ndarray]
    units: Mapping[str, Sequence[int]]
    steps: Steps
    strips: Sequence[Strip]
    reach: Mapping[str, float]
    differs: bool = False


class Bar(NamedTuple):
    """A colour bar: what it is of, and the ends of its scale."""

    name: str
    quantities: str
    low: float
    high: float


class Paper(NamedTuple):
    """What all parts of a figure share; `each`: the width of one picture, `small`: the letters of numbers."""

    heights: Sequence[float]
    columns: Columns
    each: float
    small: int
    look: Look


def paper_figure(
    stacks: Sequence[PaperStack], title: str, look: Look, width: int, height: int | None = None
) -> PlotlyFigure:
    """Some stacks of as many steps side by side, each a heatmap a strip.

    Raises LstmCoreError where they have no room in this width and height.
    """
    from plotly.subplots import make_subplots

    letters = round(min(LARGEST, max(SMALLEST, width / GROWS)))
    strips, count = stacks[0].strips, len(stacks[0].steps.numbers)
    small, title = max(9, letters - 2), html.escape(title, quote=False)
    ends = [next(iter(stack.reach.values())) for stack in stacks if stack.differs]
    quantities = " ".join(strip.quantity for strip in strips)
    bars = bars_of(strips, stacks[0].reach) + [Bar("difference", quantities, -end, end) for end in ends]
    each = _width_of_each(len(stacks), width, letters)
    times = [time_axis(stack.steps, each / count, small) for stack in stacks]
    gap, several = round(1.7 * letters), 1.4 * letters * (len(stacks) > 1)
    margin = {"l": LEFT * letters, "r": RIGHT * letters, "t": gap + several, "b": _below(times, count, each, letters)}
    around, above = margin["t"] + margin["b"], title_height(title_lines(title, width, letters + 2))
    least = max(len(strips) * (gap + LEAST_HEIGHT) - gap, len(bars) * BAR * letters)
    heights = _heights(strips, stacks[0].cells, gap, least, around, above, TALL * width, height)
    inside = sum(heights) + gap * (len(strips) - 1)
    names = [f"{strip.title} <i>{strip.quantity}</i>" for strip in strips]
    figure = make_subplots(
        len(strips),
        len(stacks),
        shared_xaxes=True,
        row_heights=heights,
        vertical_spacing=gap / inside if len(strips) > 1 else None,
        horizontal_spacing=BETWEEN / (width - margin["l"] - margin["r"]),
        subplot_titles=[text for name in names for text in (name, *[""] * (len(stacks) - 1))],
        column_titles=[html.escape(stack.name, quote=False) for stack in stacks] if len(stacks) > 1 else None,
        y_title="unit",
    )
    page = on_the_page(look)
    figure.update_layout(page | {"font": page["font"] | {"size": letters}, "hovermode": "closest"})
    figure.update_layout(width=width, height=round(inside + around), margin=margin)
    figure.update_annotations(font_size=letters, xanchor="left", x=0, yshift=1)
    for number, note in enumerate(figure.layout.annotations[len(strips) : -1]):
        note.update(x=figure.layout[f"xaxis{number + 1 if number else ''}"].domain[0], yshift=1.4 * letters)
    figure.layout.annotations[-1].update(xshift=(1.5 - LEFT) * letters, yshift=0, xanchor="right")
    columns = fit(count, each, sum(len(values) for values in stacks[0].cells.values()), None)
    paper = Paper(heights, columns, each, small, look)
    for number, (stack, time) in enumerate(zip(stacks, times, strict=True), 1):
        _add_time(figure, number, time, paper)
        _add_stack(figure, number, stack, _at(time, paper.columns.positions()), paper)
    length = min(inside / len(bars) - letters, (BAR + 7) * letters)
    for number, bar in enumerate(bars):
        place = {"x": 1, "xpad": letters, "y": 1 - number / len(bars), "yanchor": "top", "thickness": letters}
        add_bar(figure, bar, place | {"lenmode": "pixels", "len": length}, small, look)
    return as_plotly(figure, title)


def _width_of_each(stacks: int, width: int, letters: int) -> float:
    around = round((LEFT + RIGHT) * letters) + (stacks - 1) * BETWEEN
    if width < around + stacks * LEAST_WIDTH:
        beside = f" for {stacks} layers and directions" if stacks > 1 else ""
        raise LstmCoreError(
            f"Expected a width of at least {around + stacks * LEAST_WIDTH} pixels{beside}, got {width}."
        )
    return (width - around) / stacks


def _below(times: Sequence[TimeAxis], steps: int, each: float, letters: int) -> float:
    """The pixels of the names of steps, which may stand upright, and of what they are."""
    high = 0.0
    for time in times:
        # Plotly writes dates in two lines.
        names = time.names or ["\n"]
        widest = max(width_of(line) for name in names for line in name.split("\n")) * letters / FONT
        upright = len(names) == steps and widest > each / steps
        high = max(high, widest if upright else max(name.count("\n") for name in names) * 1.3 * letters)
    return round(3.2 * letters + high)


def _heights(
    strips: Sequence[Strip],
    cells: Mapping[Any, np.ndarray],
    gap: int,
    least: float,
    around: float,
    above: int,
    most: float,
    height: int | None,
) -> list[float]:
    """The heights of the strips, in the height that is asked for or that they and the colour bars need."""
    wanted = None if height is None else height - around - above
    if wanted is not None and wanted < least:
        raise LstmCoreError(
            f"Expected a height of at least {least + around + above:.0f} pixels for {len(strips)} strips, got {height}."
        )
    own = heights(strips, cells)
    between = gap * (len(strips) - 1)
    inside = max(least, min(sum(own) + between, most)) if wanted is None else wanted
    return [each * (inside - between) / sum(own) for each in own]


def _add_time(figure: PlotlyFigure, number: int, time: TimeAxis, paper: Paper) -> None:
    columns, small = paper.columns, paper.small
    title = time.title if columns.per == 1 else f"{time.title} ({columns.per:,} steps a column)"
    first, last = _at(time, [-0.5, columns.steps - 0.5])
    names = [html.escape(name, quote=False).replace("\n", "<br>") for name in time.names]
    ticks = _ticks(time.places, names, small)
    if time.dates is not None:
        ticks |= {"type": "date", "tickmode": "auto", "nticks": max(3, round(paper.each / (9 * small)))}
    figure.update_xaxes(
        BARE_AXIS | ticks | {"range": [first, last], "minallowed": first, "maxallowed": last},
        autotickangles=[0, -90],
        ticklabeloverflow="allow",
        col=number,
    )
    named = {"text": html.escape(title, quote=False), "font": {"size": figure.layout.font.size}, "standoff": 8}
    below = {"row": len(figure._grid_ref), "col": number}
    figure.update_xaxes(ticks="outside", tickcolor=paper.look.faint, title=named, **below)


def _at(time: TimeAxis, steps: Sequence[float]) -> Sequence[Any]:
    """Where some steps, or places between them, are on the axis."""
    if time.dates is None:
        return steps
    when = time.dates.astype("datetime64[ns]").astype(np.int64)
    firsts = np.clip(np.floor(steps).astype(int), 0, len(when) - 2)
    found = when[firsts] + (steps - firsts) * (when[firsts + 1] - when[firsts])
    return list(found.astype("datetime64[ns]"))


def _ticks(places: Sequence[int], names: Sequence[str], small: int) -> Figure:
    shown = {"tickmode": "array", "tickvals": list(places), "ticktext": list(names), "tickfont": {"size": small}}
    return shown | {"automargin": True, "ticklen": 3}


def _add_stack(figure: PlotlyFigure, number: int, stack: PaperStack, x: Sequence[Any], paper: Paper) -> None:
    columns = paper.columns
    for row, (strip, high) in enumerate(zip(stack.strips, paper.heights, strict=True), 1):
        values, units = stack.cells[strip.quantity], list(stack.units[strip.quantity])
        if columns.per > 1:
            values = columns.take(torch.from_numpy(values.T)).extreme
        room = high / len(units), paper.each / columns.steps * columns.per
        reach = stack.reach.get(strip.quantity)
        digits = 3 if stack.differs and reach and reach < 1 else 2
        at = stack.layer, stack.direction
        trace = heatmap(strip, values, paper.look, *at, room, paper.small, digits)
        trace |= {"x": x, "hoverongaps": False}
        if reach:
            trace |= {"zmin": -reach, "zmax": reach}
        unit = "%{y}"
        if units != list(range(len(units))):
            unit = "%{customdata}"
            trace["customdata"] = np.repeat(np.array(units)[:, None], values.shape[1], axis=1)
        trace["hovertemplate"] = f"unit {unit}, step %{{x}}: {strip.quantity} = %{{z:.4f}}<extra></extra>"
        figure.add_trace(trace, row, number)
        places = range(0, len(units), every_for(len(units) * paper.small / high))
        numbers = _ticks(places, [f"{units[place]}" for place in places], paper.small)
        axis = BARE_AXIS | numbers | edges(len(units)) | {"range": [len(units) - 0.5, -0.5]}
        shown = {"ticks": "outside", "tickcolor": paper.look.faint} if number == 1 else {"showticklabels": False}
        figure.update_yaxes(axis | shown, row=row, col=number)


def reach_of(stacks: Sequence[Mapping[str, np.ndarray]]) -> dict[str, float]:
    """The ends of the scales of what sums up, and of h: 1, or a number little beyond the largest value."""
    there = [state for state in ("c", "h", "decay", "added") if state in stacks[0]]
    return {state: scale_of(cells[state] for cells in stacks) for state in there}


def bars_of(strips: Sequence[Strip], reach: Mapping[str, float]) -> list[Bar]:
    """A colour bar for gates, one for states and candidate, and one of its own for a c or an h that is not on their
    scale."""
    apart = {quantity: end for quantity, end in reach.items() if end != LIMITS["states"][1]}
    signed = [strip for strip in strips if strip.scale == "states" and strip.quantity not in apart]
    name = ",<br>".join(sorted({"candidate" if s.title == "candidate" else "states" for s in signed}, reverse=True))
    kinds = [
        ("gates", [strip.quantity for strip in strips if strip.scale == "gates"], LIMITS["gates"]),
        (name, [strip.quantity for strip in signed], LIMITS["states"]),
        *((OWN_BAR[quantity], [quantity], (-end, end)) for quantity, end in apart.items()),
    ]
    return [Bar(name, " ".join(letters), *ends) for name, letters, ends in kinds if letters]


def add_bar(figure: PlotlyFigure, bar: Bar, place: Figure, small: int, look: Look) -> None:
    """Show a scale on the first heatmap that has it."""
    values = (bar.low, 0.5 if bar.low == 0 else 0.0, bar.high)
    first = bar.quantities.split()[0]
    heatmap = next(one for one in figure.data if (one.name, one.zmax) == (first, bar.high) and not one.showscale)
    heatmap.showscale = True
    heatmap.colorbar = {
        "title": {"text": f"{bar.name}<br><i>{bar.quantities}</i>", "side": "top", "font": {"size": small}},
        "tickvals": values,
        "ticktext": [f"{value:g}".replace("-", "−") for value in values],
        "tickfont": {"size": small},
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": look.faint,
        **BARE_BAR,
        **place,
    }
