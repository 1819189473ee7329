"""What does a downloaded figure show? The visible part, with title, names, questions, answers, scales and a caption."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import Tensor

from dashboard.drawing.answers_row import AnswersRow
from dashboard.drawing.model_output import Extra, extras
from dashboard.drawing.shown_strips import reach_of, stacks_of, strips_of, take
from dashboard.export import sheet_answers, sheet_model_output, sheet_pin
from dashboard.export.played import Area, Played, Story, edges_and_names
from dashboard.export.sheet_answers import Said
from dashboard.export.sheet_geometry import Size, across, down, text
from dashboard.export.visible_part import Sight
from dashboard.question.cell import Cell
from dashboard.question.shown import Shown
from dashboard.reading.read import Reading
from lstm_core import Trace
from lstm_core.plots import gate_strips, page_figure, step_axis
from lstm_core.plots.columns import Columns, Zoom, fit
from lstm_core.plots.labels import width_of
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.strips import Strip

# A picture in a file has no font that only the page brings.
FAMILY = page_figure.FAMILY.removeprefix("'Source Sans', ")
BETWEEN = 26
# The mean width of a letter of a name, as a share of its height.
LETTER = 0.5
# The most pixels from one scale to the next, and the free pixels between them.
SCALE, APART = 240, 50
# With more cells, hovering shows only the cell's own value: six values for each would make a file of tens of MB.
MOST_HOVERS = 20_000


class Drawn(NamedTuple):
    """What the stacks of a sheet have in common."""

    reading: Reading
    trace: Trace
    shown: Shown
    sight: Sight
    look: Look
    size: Size
    """The sheet, with the margins of its stacks."""
    each: float
    """The width of a stack in pixels."""
    columns: Columns
    zoom: Zoom
    said: list[Said]
    answers: AnswersRow | None
    """The row of the answers under the words; None if there are none, or no room."""
    pin: Cell | None
    """The pinned cell, if it is in sight."""
    reach: float
    """The end of the scale of c."""


def sheet(
    reading: Reading,
    shown: Shown,
    sight: Sight,
    look: Look,
    size: Size,
    title: str,
    caption: str,
    unheld: Tensor | None = None,
) -> Figure:
    """The visible layers, quantities, steps and units, side by side in one figure of a given size, with the numbers
    that are read, what the model says, the pinned cell, their scales and a caption. Its `meta` says how it is played.
    `unheld`: (step, label), what the model says without the hold, if something is held.
    """
    trace = reading.trace
    assert trace is not None
    stacks = stacks_of(trace, shown)
    whole = _blank(size, look)
    pinned = sheet_pin.sentence(reading, trace, shown, sight)
    lines = [_heading(title, size, look)]
    told = 22.0 + size.letters + size.small
    if pinned:
        line = html.escape(pinned, quote=False)
        lines.append(text(line, 24, told, size, look.faint, "left", size.small))
        size = size._replace(top=size.top + size.line + 4)
    each = (size.width - size.left - size.right - (len(stacks) - 1) * BETWEEN) / len(stacks)
    steps = sight.steps_of(trace)
    zoom = None if len(steps) == trace.sizes["time"] else (steps[0] - 0.5, steps[-1] + 0.5)
    columns = fit(trace.sizes["time"], each, 1, zoom)
    said = sheet_answers.said_at(reading, columns, steps, unheld)
    answers = sheet_answers.row(said, each / len(steps), size)
    # The answers under the words say the most of what is folded on the page.
    beside = [one for one in extras(reading, look, each, columns, zoom) if not (one.folded and answers)]
    inner = _inside(size, beside)
    pin = shown.pin if pinned else None
    reach = reach_of(reading, trace, sight.few)
    drawn = Drawn(reading, trace, shown, sight, look, inner, each, columns, zoom, said, answers, pin, reach)
    areas = [_add_stack(whole, number, drawn) for number in range(len(stacks))]
    areas += _add_extras(whole, beside, inner, size, each, look)
    story: Story | None = None
    if drawn.pin and columns.per == 1:
        told_at = sheet_pin.story(reading, trace, drawn.pin, steps)
        story = Story(lines=told_at, middle=told, letters=size.small, colour=look.faint)
    edges, names = edges_and_names(reading.tokens, columns, steps)
    played = Played(edges=edges, names=names, areas=areas, story=story, paper=look.paper, ink=look.ink)
    whole["layout"]["meta"] = {"played": played}
    _add_scales(whole["data"], size, reach)
    wrapped = _wrapped(caption, size.width - 48, size)
    lines.append(text(wrapped, 24, size.height - 2 * size.small, size, look.faint, "left", size.small))
    whole["layout"]["annotations"] += lines
    return whole


def _blank(size: Size, look: Look) -> Figure:
    """A sheet of paper with nothing on it."""
    page = page_figure.on_the_page(look)
    layout = page | {
        "font": page["font"] | {"size": size.small, "family": FAMILY},
        "width": size.width,
        "height": size.height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "autoexpand": False},
        "paper_bgcolor": look.paper,
        "plot_bgcolor": look.paper,
        "annotations": [],
        "shapes": [],
    }
    return {"data": [], "layout": layout}


def _heading(title: str, size: Size, look: Look) -> Figure:
    letters = size.letters + 5
    room = (size.width - 48) * page_figure.FONT / letters
    while width_of(title) > room:
        title = title.removesuffix("…")[:-1] + "…"
    return text(f"<b>{html.escape(title, quote=False)}</b>", 24, 26, size, look.ink, "left", letters)


def _inside(size: Size, beside: Sequence[Extra]) -> Size:
    """The sheet with margins that leave room for the figures above and below the strips."""
    above, below = [one for one in beside if one.above], [one for one in beside if not one.above]
    top, bottom = sheet_model_output.room_for(above), sheet_model_output.room_for(below)
    return size._replace(top=size.top + top, bottom=size.bottom + bottom)


def _add_extras(whole: Figure, beside: Sequence[Extra], inner: Size, size: Size, each: float, look: Look) -> list[Area]:
    """Add the figures above and below the first stack."""
    above, below = [one for one in beside if one.above], [one for one in beside if not one.above]
    first = size.left, size.left + each
    areas = sheet_model_output.put(whole, above, *first, size.top - 12, size, look)
    return areas + sheet_model_output.put(whole, below, *first, size.height - inner.bottom + 4, size, look)


def _add_stack(whole: Figure, number: int, drawn: Drawn) -> Area:
    """Add the strips of one layer and direction, and their names; returns where they are."""
    reading, trace, shown = drawn.reading, drawn.trace, drawn.shown
    look, inner, columns = drawn.look, drawn.size, drawn.columns
    stacks, strips = stacks_of(trace, shown), strips_of(shown)
    layer, direction = stacks[number]
    units = drawn.sight.units_of(trace, shown, layer, direction)
    taken = {strip.quantity: take(trace, strip.quantity, layer, direction, columns).extreme for strip in strips}
    cells = {quantity: _visible(values, units) for quantity, values in taken.items()}
    below_words = drawn.answers.height if drawn.answers else 0
    stack, places = gate_strips.memory(
        cells,
        reading.tokens,
        look,
        drawn.each,
        layer,
        direction,
        shown=drawn.zoom,
        strips=strips,
        fill=inner.height - inner.top - inner.bottom,
        columns=columns,
        reach=drawn.reach,
        below_words=below_words,
        letters=inner.letters,
    )
    if sum(values.size for values in cells.values()) * len(stacks) <= MOST_HOVERS:
        _add_hovers(stack, cells, reading.tokens, columns, layer, units, strips)
    else:
        _add_short_hovers(stack, columns, layer, [_rows(taken[strip.quantity], units) for strip in strips], strips)
    _true_minus(stack)
    left = inner.left + number * (drawn.each + BETWEEN)
    _put(whole, stack, number, left, inner)
    words = inner.top + stack["layout"]["margin"]["t"] - below_words - 2
    if number == 0:
        whole["layout"]["annotations"] += _names(strips, places, inner, look)
        if drawn.answers:
            sheet_answers.put(whole, drawn.answers, drawn.said, words + 2, inner, look)
    if len(stacks) > 1:
        name = gate_strips.stack_name(trace.c.shape[1], layer, direction)
        if len(name) * LETTER * inner.small > drawn.each + BETWEEN:
            name = gate_strips.short_name(layer, direction)
        whole["layout"]["annotations"].append(text(name, left, inner.top - 2, inner, look.faint, "left", inner.small))
    sheet_pin.mark(whole, drawn.pin, number, (layer, direction), units, columns)
    return Area(
        axis=_axis("x", number),
        left=left,
        right=left + drawn.each,
        top=inner.top + 6,
        words=words,
        bottom=inner.top + stack["layout"]["height"] + 1,
        direction=direction,
    )


def _true_minus(stack: Figure) -> None:
    """Write the numbers in the cells with a minus sign; Plotly writes a hyphen."""
    for heatmap in stack["data"]:
        if "texttemplate" in heatmap:
            form = "%.2f" if heatmap["texttemplate"] == "%{z:.2f}" else "%+.2f"
            heatmap["text"] = np.char.replace(np.char.mod(form, heatmap["z"]), "-", "−").tolist()
            heatmap["texttemplate"] = "%{text}"


def _visible(values: np.ndarray, units: list[int]) -> np.ndarray:
    """The values of some units."""
    return values[_rows(values, units)]


def _rows(values: np.ndarray, units: list[int]) -> list[int]:
    """The rows of some units; all rows if none of the units exists."""
    # A projection's h has fewer units, perhaps none of the visible ones.
    return [unit for unit in units if unit < len(values)] or list(range(len(values)))


def _axis(letter: str, number: int) -> str:
    return f"{letter}axis{'' if number == 0 else number + 1}"


def _put(whole: Figure, stack: Figure, number: int, left: float, size: Size) -> None:
    """Move a stack of strips into the sheet; its axes get new names and places."""
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


def _names(strips: Sequence[Strip], places: list[gate_strips.Place], size: Size, look: Look) -> list[Figure]:
    """The name of each strip and, while there is room, the question that it answers below."""
    names = []
    asks = all(spot.height >= size.letters + size.small + 8 for spot in places)
    for strip, spot in zip(strips, places, strict=True):
        middle = size.top + spot.top + spot.height / 2
        name = f"{strip.title} <i>{strip.quantity}</i>"
        names.append(text(name, size.left - 12, middle - asks * 9, size, look.ink, "right", size.letters))
        if asks:
            asked = html.escape(strip.question, quote=False)
            names.append(text(asked, size.left - 12, middle + 10, size, look.faint, "right", size.small))
    return names


def _wrapped(text: str, width: float, size: Size) -> str:
    """Small text, broken into lines that fit a width in pixels."""
    most = int(width / (0.51 * size.small))
    return "<br>".join(html.escape(line, quote=False) for line in textwrap.wrap(text, most))


def _add_scales(data: list[Figure], size: Size, reach: float) -> None:
    """Add a colour bar for each scale, under the strips."""
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
            "title": {"text": f"{kind} {' '.join(names)}", "side": "top", "font": {"size": size.small}},
            "tickfont": {"size": size.small},
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
    """Let every cell show its word, step, layer, unit and all of its values."""
    values = [np.char.mod("%.4f", cells[strip.quantity]) for strip in strips]
    rows, count = max(array.shape for array in values)
    words = [html.escape(step_axis.column_name(n, tokens, columns), quote=False) for n in range(count)]
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


def _add_short_hovers(
    stack: Figure, columns: Columns, layer: int, units: Sequence[list[int]], strips: Sequence[Strip]
) -> None:
    """Let every cell show its own value, step, layer and unit. `units`: of each strip, from top to bottom."""
    step = "step %{x}" if columns.per == 1 else "about step %{x:.0f}"
    for trace, strip, shown in zip(stack["data"], strips, units, strict=True):
        unit = "%{y}"
        # Numbers for every cell would make a large file, and all units are their rows.
        if shown != list(range(len(shown))):
            unit = "%{customdata}"
            trace["customdata"] = np.repeat(np.array(shown, dtype=np.int32)[:, None], trace["z"].shape[1], axis=1)
        where = f"{step} · layer {layer} · unit {unit}"
        trace["hovertemplate"] = f"{strip.title} {strip.quantity}: %{{z:.4f}}<br>{where}<extra></extra>"
