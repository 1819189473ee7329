"""How is a trace drawn for a paper or a slide? With names, numbers of units, an axis of time and colour bars."""

import html
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch

from lstm_core.plots import gate_strips
from lstm_core.plots.labels import width_of
from lstm_core.plots.page_figure import BARE_BAR, FONT, Figure, nth, on_the_page
from lstm_core.plots.palette import Look
from lstm_core.plots.paper_room import (
    BELOW_BAR,
    BETWEEN,
    Bar,
    PaperStack,
    Room,
    Steps,
    above_bar,
    bars_of,
    line,
    room_for,
)
from lstm_core.plots.strips import Strip
from lstm_core.plots.time_axis import every_for


class Paper(NamedTuple):
    """What all parts of a figure share."""

    strips: Sequence[Strip]
    room: Room
    reach: Mapping[str, float]
    look: Look


def paper_figure(
    stacks: Sequence[PaperStack],
    steps: Steps,
    strips: Sequence[Strip],
    reach: Mapping[str, float],
    title: str,
    look: Look,
    width: int,
    height: int | None,
) -> Figure:
    """Some stacks side by side, each a heatmap a strip. `reach`: the ends of the scales of c and h.

    Raises LstmCoreError where they have no room in this width and height.
    """
    bars = bars_of(strips, reach)
    room = room_for(stacks, steps, strips, bars, title, width, height)
    paper = Paper(strips, room, reach, look)
    page = on_the_page(look)
    layout = page | {
        "width": width,
        "height": room.height,
        "paper_bgcolor": look.paper,
        "plot_bgcolor": look.paper,
        "margin": {"l": room.left, "r": room.right, "t": room.top, "b": room.bottom, "autoexpand": False},
        "hovermode": "closest",
        "font": page["font"] | {"size": room.letters},
        "annotations": _names(paper),
    }
    if room.title:
        layout["title"] = _title(room)
    data: list[Figure] = []
    for number, stack in enumerate(stacks):
        layout |= _axes(number, stack, paper)
        data += _heatmaps(number, stack, paper)
        if len(stacks) > 1:
            begin = number * (room.each + BETWEEN)
            name = html.escape(stack.name, quote=False)
            layout["annotations"].append(_note(name, begin, -1.2 * line(room.letters), paper, look.faint))
    figure = {"data": data, "layout": layout}
    _add_bars(figure, bars, paper)
    return figure


def _title(room: Room) -> Figure:
    size = room.letters + 2
    # Plotly puts the top of a line there, and of several lines the foot of the first.
    top = 0.5 * room.letters + (0.7 * size if len(room.title) > 1 else 0)
    return {
        "text": "<br>".join(html.escape(text, quote=False) for text in room.title),
        "font": {"size": size},
        "x": room.letters / room.width,
        "y": 1 - top / room.height,
        "xanchor": "left",
        "yanchor": "top",
    }


def _names(paper: Paper) -> list[Figure]:
    """Each strip's name above its left end, and at the left what its numbers are."""
    room, look = paper.room, paper.look
    names = [
        _note(f"{strip.title} <i>{strip.quantity}</i>", 0, spot.top - room.top, paper, look.ink, size=room.letters)
        for strip, spot in zip(paper.strips, room.places, strict=True)
    ]
    middle = line(room.small) / 2 + 3 - room.left
    unit = _note("unit", middle, room.inner[1] / 2, paper, look.ink, size=room.letters)
    return [*names, unit | {"textangle": -90, "xanchor": "center", "yanchor": "middle"}]


def _note(text: str, right: float, down: float, paper: Paper, colour: str, size: int = 0) -> Figure:
    """A text, as HTML, above a place in pixels right of and down from where the margins end."""
    width, height = paper.room.inner
    return {
        "text": text,
        "x": right / width,
        "y": 1 - down / height,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "align": "left",
        "borderpad": 0,
        "showarrow": False,
        "font": {"size": size or paper.room.small, "color": colour},
    }


def _axes(number: int, stack: PaperStack, paper: Paper) -> Figure:
    """The axis of time of a stack, and one of units a strip."""
    room, first = paper.room, number * len(paper.strips)
    begin, inner = number * (room.each + BETWEEN), room.inner[0]
    end = room.places[-1].top + room.places[-1].height
    x, last = f"xaxis{nth(number)}", first + len(paper.strips) - 1
    axes = {x: _time_axis(paper) | {"domain": [begin / inner, min(1.0, (begin + room.each) / inner)]}}
    axes[x]["anchor"] = f"y{nth(last)}"
    for n, (strip, spot) in enumerate(zip(paper.strips, room.places, strict=True), first):
        units = stack.units[strip.quantity]
        rows = gate_strips.unit_axis(len(units), spot, room.top, end) | {"anchor": f"x{nth(number)}"}
        axes[f"yaxis{nth(n)}"] = rows | (_unit_numbers(units, spot.height, paper) if number == 0 else {})
    return axes


def _ticks(places: Sequence[int], names: Sequence[str], paper: Paper) -> Figure:
    return {
        "showticklabels": True,
        "tickmode": "array",
        "tickvals": list(places),
        "ticktext": list(names),
        "tickfont": {"size": paper.room.small},
        "ticks": "outside",
        "ticklen": 3,
        "tickcolor": paper.look.faint,
    }


def _time_axis(paper: Paper) -> Figure:
    room, time, columns = paper.room, paper.room.time, paper.room.columns
    names = [html.escape(name, quote=False).replace("\n", "<br>") for name in time.names]
    title = f"{time.title} ({columns.per:,} steps a column)"
    if columns.per == 1 or width_of(title) * room.letters / FONT > room.each:
        title = time.title
    return {
        "range": [-0.5, columns.steps - 0.5],
        "side": "bottom",
        "tickangle": -90 if time.turned else 0,
        "ticklabeloverflow": "allow",
        "title": {
            "text": html.escape(title, quote=False),
            "font": {"size": room.letters},
            "standoff": round(0.7 * room.letters),
        },
        "showgrid": False,
        "zeroline": False,
        **gate_strips.edges(columns.steps),
        **_ticks(time.places, names, paper),
    }


def _unit_numbers(units: Sequence[int], height: float, paper: Paper) -> Figure:
    """The numbers of a strip's units; where there is no room, every second or tenth of them."""
    every = every_for(len(units) * paper.room.small / height)
    places = range(0, len(units), every)
    return _ticks(places, [f"{units[place]}" for place in places], paper)


def _heatmaps(number: int, stack: PaperStack, paper: Paper) -> list[Figure]:
    room, columns, drawn = paper.room, paper.room.columns, []
    for n, (strip, spot) in enumerate(zip(paper.strips, room.places, strict=True), number * len(paper.strips)):
        values, units = stack.cells[strip.quantity], list(stack.units[strip.quantity])
        if columns.per > 1:
            values = columns.take(torch.from_numpy(values.T)).extreme
        size = spot.height / len(units), room.each / columns.steps * columns.per
        trace = gate_strips.heatmap(strip, values, paper.look, stack.layer, stack.direction, size, room.small)
        gate_strips.true_minus(trace)
        trace |= {"x": columns.positions(), "xaxis": f"x{nth(number)}", "yaxis": f"y{nth(n)}"}
        if reach := paper.reach.get(strip.quantity):
            trace |= {"zmin": -reach, "zmax": reach}
        unit = "%{y}"
        if units != list(range(len(units))):
            unit = "%{customdata}"
            trace["customdata"] = np.repeat(np.array(units)[:, None], values.shape[1], axis=1)
        trace["hovertemplate"] = f"unit {unit}, step %{{x}}: {strip.quantity} = %{{z:.4f}}<extra></extra>"
        drawn.append(trace)
    return drawn


def _add_bars(figure: Figure, bars: Sequence[Bar], paper: Paper) -> None:
    """Show the scales at the right, one under the other, each on the first heatmap that has it."""
    room = paper.room
    width, height = room.inner
    each, names = height / len(bars), above_bar(bars, room.letters)
    for number, bar in enumerate(bars):
        heatmap = next(trace for trace in figure["data"] if trace["name"] == bar.quantities[0])
        heatmap["showscale"] = True
        heatmap["colorbar"] = {
            "thickness": room.letters,
            "lenmode": "pixels",
            "len": min(each - names - BELOW_BAR, 11 * room.letters),
            "x": 1 + room.letters / width,
            "xanchor": "left",
            "y": 1 - (number * each + names) / height,
            "yanchor": "top",
            "tickvals": list(bar.ticks),
            "ticktext": list(bar.ticks.values()),
            "tickfont": {"size": room.small},
            "ticks": "outside",
            "ticklen": 3,
            "tickcolor": paper.look.faint,
            **BARE_BAR,
        }
        name = f"{bar.name}\n<i>{bar.quantities}</i>".replace("\n", "<br>")
        note = _note(name, width + room.letters, number * each + names - 4, paper, paper.look.ink)
        figure["layout"]["annotations"].append(note)
