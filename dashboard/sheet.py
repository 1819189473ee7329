"""A figure to take away: what is in sight, with title, names, scales and a caption that says how it was made."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard import figures
from dashboard.arrangement import reach_of, stacks_of, strips_of, take
from dashboard.columns import Columns, fit
from dashboard.figures import Figure, Strip
from dashboard.palette import Look
from dashboard.reading import Reading
from dashboard.sight import Sight
from dashboard.view import View


class Size(NamedTuple):
    """Pixels of a figure, and of its margins: the strips' names stand left, the caption below."""

    width: int
    height: int
    left: int
    top: int = 52
    right: int = 24
    bottom: int = 92


SIZES = {"slide": Size(1280, 720, 190), "column": Size(680, 760, 150)}
BETWEEN = 26
# Pixels from one scale to the next.
SCALE = 240
# With more cells than this, hovering says a cell's own value only: six each would make a file of tens of MB.
MOST_HOVERS = 20_000


def sheet(reading: Reading, view: View, sight: Sight, look: Look, size: Size, title: str, caption: str) -> Figure:
    """The layers, quantities, steps and units of a view that are in sight, side by side in one figure of a given size,
    with their scales and a caption."""
    trace, tokens = reading.trace, reading.tokens
    assert trace is not None
    stacks, strips, reach = stacks_of(trace, view), strips_of(view), reach_of(reading, trace)
    layout: Figure = {
        "width": size.width,
        "height": size.height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "autoexpand": False},
        "font": {"color": look.ink, "size": figures.FONT, "family": figures.FAMILY},
        "paper_bgcolor": look.paper,
        "plot_bgcolor": look.paper,
        "showlegend": False,
        "annotations": [],
    }
    whole: Figure = {"data": [], "layout": layout}
    inner_height = size.height - size.top - size.bottom
    each = (size.width - size.left - size.right - (len(stacks) - 1) * BETWEEN) / len(stacks)
    steps = sight.steps_of(trace)
    shown = None if len(steps) == len(trace.x) else (steps[0] - 0.5, steps[-1] + 0.5)
    columns = fit(len(trace.x), each, 1, shown)
    for number, (layer, direction) in enumerate(stacks):
        units = sight.units_of(trace, view, layer, direction)
        cells: dict[str, np.ndarray] = {}
        for strip in strips:
            values = take(trace, strip.quantity, layer, direction, columns).extreme
            # A projection's h has fewer units, and none of them may be in sight.
            cells[strip.quantity] = values[[unit for unit in units if unit < len(values)] or slice(None)]
        stack, places = figures.memory(
            cells,
            tokens,
            look,
            each,
            layer,
            direction,
            shown=shown,
            strips=strips,
            fill=inner_height,
            columns=columns,
            reach=reach,
        )
        if sum(values.size for values in cells.values()) * len(stacks) <= MOST_HOVERS:
            _add_hovers(stack, cells, tokens, columns, layer, units, strips)
        left = size.left + number * (each + BETWEEN)
        _put(whole, stack, number, left, size)
        if number == 0:
            layout["annotations"] += _names(strips, places, size, look)
        if len(stacks) > 1:
            name = figures.stack_name(trace, layer, direction)
            layout["annotations"].append(_text(name, left, size.top - 2, size, look.faint, "left"))
    _add_scales(whole["data"], size, reach)
    layout["annotations"] += [
        _text(f"<b>{html.escape(title)}</b>", 24, 26, size, look.ink, "left", 18),
        _text(_wrapped(caption, size.width - 48), 24, size.height - 24, size, look.faint, "left", 11),
    ]
    return whole


def _put(whole: Figure, stack: Figure, number: int, left: float, size: Size) -> None:
    """Move a stack of strips into the sheet: its axes get names and places of their own."""
    width, height = stack["layout"]["width"], stack["layout"]["height"]
    strips = len(stack["data"])
    first = number * strips
    top, bottom = size.top + stack["layout"]["margin"]["t"], size.top + height - 1

    def axis(k: int) -> str:
        return "" if k == 0 else str(k + 1)

    x = stack["layout"]["xaxis"] | {"anchor": f"y{axis(first)}"}
    x["domain"] = [left / size.width, (left + width) / size.width]
    whole["layout"][f"xaxis{axis(number)}"] = x
    for k, trace in enumerate(stack["data"]):
        y = dict(stack["layout"][f"yaxis{axis(k)}"])
        low, high = (bottom - (bottom - top) * share for share in y["domain"])
        y |= {"domain": [1 - low / size.height, 1 - high / size.height], "anchor": f"x{axis(number)}"}
        if "matches" in y:
            y["matches"] = f"y{axis(first)}"
        whole["layout"][f"yaxis{axis(first + k)}"] = y
        whole["data"].append(trace | {"xaxis": f"x{axis(number)}", "yaxis": f"y{axis(first + k)}"})


def _names(strips: Sequence[Strip], places: list[figures.Place], size: Size, look: Look) -> list[Figure]:
    names = []
    for strip, spot in zip(strips, places, strict=True):
        text = f"{strip.title} <i>{strip.quantity}</i>"
        names.append(_text(text, size.left - 12, size.top + spot.top + spot.height / 2, size, look.ink, "right"))
    return names


def _text(
    text: str, left: float, top: float, size: Size, colour: str, anchor: str, font: int = figures.FONT
) -> dict[str, Any]:
    """A text at a pixel of the sheet."""
    return {
        "text": text,
        "x": left / size.width,
        "y": 1 - top / size.height,
        "xref": "paper",
        "yref": "paper",
        "xanchor": anchor,
        # Text that hangs on its own edge stays in the figure, whatever font draws it.
        "align": anchor,
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": font, "color": colour},
    }


def _wrapped(text: str, width: float) -> str:
    """Small print in lines that fit a width in pixels."""
    return "<br>".join(html.escape(line) for line in textwrap.wrap(text, int(width / 5.6)))


def _add_scales(data: list[Figure], size: Size, reach: float) -> None:
    """One colour bar a scale, under the strips."""
    scales = (
        [("gates", "fio"), ("states", "gch")] if reach == 1 else [("gates", "fio"), ("states", "gh"), ("memory", "c")]
    )
    drawn = {trace["name"]: trace for trace in data}
    left = 0.0
    for kind, letters in scales:
        names = [letter for letter in letters if letter in drawn]
        if not names:
            continue
        trace = drawn[names[0]]
        low, high = trace["zmin"], trace["zmax"]
        trace["showscale"] = True
        trace["colorbar"] = {
            "orientation": "h",
            "thickness": 10,
            "len": 190 / size.width,
            "x": (size.left + left) / size.width,
            "xanchor": "left",
            "y": (size.bottom - 30) / size.height,
            "yanchor": "middle",
            "title": {"text": f"{kind} {' '.join(names)}", "side": "top", "font": {"size": 11}},
            "tickfont": {"size": 11},
            "tickvals": [low, high] if kind == "gates" else [low, 0, high],
            "outlinewidth": 0,
        }
        left += SCALE


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
