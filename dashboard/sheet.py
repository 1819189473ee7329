"""A figure to take away: what is in sight, with title, names, scales and a caption that says how it was made."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

import numpy as np

from dashboard import figures, sheet_extras
from dashboard.arrangement import reach_of, stacks_of, strips_of, take
from dashboard.columns import Columns, fit
from dashboard.figures import Figure, Strip
from dashboard.palette import Look
from dashboard.paper import Size, across, down, text
from dashboard.reading import Reading
from dashboard.score_figures import extras
from dashboard.sight import Sight
from dashboard.view import View

BETWEEN = 26
# Pixels from one scale to the next at most, and what is free between them.
SCALE, APART = 240, 50
# With more cells than this, hovering says a cell's own value only: six each would make a file of tens of MB.
MOST_HOVERS = 20_000


def sheet(reading: Reading, view: View, sight: Sight, look: Look, size: Size, title: str, caption: str) -> Figure:
    """The layers, quantities, steps and units of a view that are in sight, side by side in one figure of a given size,
    with what is read and what the model says, their scales and a caption."""
    trace, tokens = reading.trace, reading.tokens
    assert trace is not None
    stacks, strips, reach = stacks_of(trace, view), strips_of(view), reach_of(reading, trace)
    layout = figures.on_the_page(look) | {
        "width": size.width,
        "height": size.height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "autoexpand": False},
        "paper_bgcolor": look.paper,
        "plot_bgcolor": look.paper,
        "annotations": [],
    }
    whole: Figure = {"data": [], "layout": layout}
    each = (size.width - size.left - size.right - (len(stacks) - 1) * BETWEEN) / len(stacks)
    steps = sight.steps_of(trace)
    shown = None if len(steps) == len(trace.x) else (steps[0] - 0.5, steps[-1] + 0.5)
    columns = fit(len(trace.x), each, 1, shown)
    beside = extras(reading, look, each, columns, shown)
    above, below = [one for one in beside if one.above], [one for one in beside if not one.above]
    inner = size._replace(
        top=size.top + sheet_extras.room_for(above), bottom=size.bottom + sheet_extras.room_for(below)
    )
    for number, (layer, direction) in enumerate(stacks):
        units = sight.units_of(trace, view, layer, direction)
        taken = {strip.quantity: take(trace, strip.quantity, layer, direction, columns).extreme for strip in strips}
        cells = {quantity: _in_sight(values, units) for quantity, values in taken.items()}
        stack, places = figures.memory(
            cells,
            tokens,
            look,
            each,
            layer,
            direction,
            shown=shown,
            strips=strips,
            fill=size.height - inner.top - inner.bottom,
            columns=columns,
            reach=reach,
        )
        if sum(values.size for values in cells.values()) * len(stacks) <= MOST_HOVERS:
            _add_hovers(stack, cells, tokens, columns, layer, units, strips)
        left = size.left + number * (each + BETWEEN)
        _put(whole, stack, number, left, inner)
        if number == 0:
            layout["annotations"] += _names(strips, places, inner, look)
        if len(stacks) > 1:
            name = figures.stack_name(trace, layer, direction)
            layout["annotations"].append(text(name, left, inner.top - 2, size, look.faint, "left"))
    first = size.left, size.left + each
    sheet_extras.put(whole, above, *first, size.top - 12, size, look)
    sheet_extras.put(whole, below, *first, size.height - inner.bottom + 4, size, look)
    _add_scales(whole["data"], size, reach)
    layout["annotations"] += [
        text(f"<b>{html.escape(title, quote=False)}</b>", 24, 26, size, look.ink, "left", 18),
        text(_wrapped(caption, size.width - 48), 24, size.height - 24, size, look.faint, "left", 11),
    ]
    return whole


def _in_sight(values: np.ndarray, units: list[int]) -> np.ndarray:
    """The rows of some units."""
    # A projection's h has fewer units, and none of them may be in sight.
    return values[[unit for unit in units if unit < len(values)] or slice(None)]


def _put(whole: Figure, stack: Figure, number: int, left: float, size: Size) -> None:
    """Move a stack of strips into the sheet: its axes get names and places of their own."""
    width, height = stack["layout"]["width"], stack["layout"]["height"]
    strips = len(stack["data"])
    first = number * strips
    top, bottom = size.top + stack["layout"]["margin"]["t"], size.top + height - 1

    def axis(k: int) -> str:
        return "" if k == 0 else str(k + 1)

    x = stack["layout"]["xaxis"] | {"anchor": f"y{axis(first)}"}
    x["domain"] = across(left, left + width, size)
    whole["layout"][f"xaxis{axis(number)}"] = x
    for k, trace in enumerate(stack["data"]):
        y = dict(stack["layout"][f"yaxis{axis(k)}"])
        low, high = (bottom - (bottom - top) * share for share in y["domain"])
        y |= {"domain": down(high, low, size), "anchor": f"x{axis(number)}"}
        if "matches" in y:
            y["matches"] = f"y{axis(first)}"
        whole["layout"][f"yaxis{axis(first + k)}"] = y
        whole["data"].append(trace | {"xaxis": f"x{axis(number)}", "yaxis": f"y{axis(first + k)}"})


def _names(strips: Sequence[Strip], places: list[figures.Place], size: Size, look: Look) -> list[Figure]:
    names = []
    for strip, spot in zip(strips, places, strict=True):
        middle = size.top + spot.top + spot.height / 2
        name = f"{strip.title} <i>{strip.quantity}</i>"
        names.append(text(name, size.left - 12, middle, size, look.ink, "right"))
    return names


def _wrapped(text: str, width: float) -> str:
    """Small print in lines that fit a width in pixels."""
    return "<br>".join(html.escape(line, quote=False) for line in textwrap.wrap(text, int(width / 5.6)))


def _add_scales(data: list[Figure], size: Size, reach: float) -> None:
    """One colour bar a scale, under the strips."""
    scales = (
        [("gates", "fio"), ("states", "gch")] if reach == 1 else [("gates", "fio"), ("states", "gh"), ("memory", "c")]
    )
    drawn = {trace["name"]: trace for trace in data}
    named = [(kind, [letter for letter in letters if letter in drawn]) for kind, letters in scales]
    named = [(kind, names) for kind, names in named if names]
    each = min(SCALE, (size.width - size.left - size.right) / len(named))
    for number, (kind, names) in enumerate(named):
        trace = drawn[names[0]]
        low, high = trace["zmin"], trace["zmax"]
        trace["showscale"] = True
        trace["colorbar"] = {
            "orientation": "h",
            "thickness": 10,
            "len": (each - APART) / size.width,
            "x": (size.left + number * each) / size.width,
            "xanchor": "left",
            "y": (size.bottom - 30) / size.height,
            "yanchor": "middle",
            "title": {"text": f"{kind} {' '.join(names)}", "side": "top", "font": {"size": 11}},
            "tickfont": {"size": 11},
            "tickvals": [low, high] if kind == "gates" else [low, 0, high],
            "outlinewidth": 0,
        }


def _add_hovers(
    stack: Figure,
    cells: dict[str, np.ndarray],
    tokens: list[str],
    columns: Columns,
    layer: int,
    units: list[int],
    strips: Sequence[Strip],
) -> None:
    """Every cell says its word, step, layer, unit and all of its values."""
    values = [np.char.mod("%.4f", cells[strip.quantity]) for strip in strips]
    rows, count = max(array.shape for array in values)
    words = [html.escape(figures.column_name(n, tokens, columns), quote=False) for n in range(count)]
    hovers = [
        [[words[t], *(v[row, t] if row < len(v) else "none" for v in values), units[row]] for t in range(count)]
        for row in range(rows)
    ]
    lines = [f"{s.title} {s.quantity}: %{{customdata[{k}]}}" for k, s in enumerate(strips, 1)]
    where = f"step %{{x}} · layer {layer} · unit %{{customdata[{len(strips) + 1}]}}"
    template = f"<b>%{{customdata[0]}}</b><br>{where}<br>" + "<br>".join(lines)
    for trace in stack["data"]:
        trace["customdata"] = hovers[: len(trace["z"])]
        trace["hovertemplate"] = template + "<extra></extra>"
