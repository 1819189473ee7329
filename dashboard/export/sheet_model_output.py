"""What is above and below a sheet's strips? The numbers that are read, and the model's answers at each step."""

from __future__ import annotations

import html
from collections.abc import Sequence

from dashboard.drawing.model_output import Extra
from dashboard.export.played import Area
from dashboard.export.sheet_geometry import Size, across, down, text
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look

# Pixels: a title above each figure, and the free space below it.
TITLE, AFTER = 24, 12
# Pixels from the middle of one line's name to the next.
NAME = 17


def room_for(extras: Sequence[Extra]) -> int:
    """The height of all extra figures, one under the other, in pixels."""
    return sum(TITLE + extra.figure["layout"]["height"] + AFTER for extra in extras)


def put(
    sheet: Figure, extras: Sequence[Extra], left: float, right: float, top: float, size: Size, look: Look
) -> list[Area]:
    """Draw the extra figures one under the other into a sheet, with their names at the left; returns where they are."""
    areas = []
    for extra in extras:
        begin, end = top + TITLE, top + TITLE + extra.figure["layout"]["height"]
        words = html.escape(" · ".join(filter(None, (extra.title, extra.question))), quote=False)
        sheet["layout"]["annotations"].append(
            text(words, left, top + TITLE / 2, size, look.faint, "left", size.small + 1)
        )
        sheet["layout"]["annotations"] += _names(extra, left, begin, end, size, look)
        _draw(sheet, extra.figure, across(left, right, size), down(begin, end, size), size)
        whole = Area(axis="xaxis", left=left, right=right, top=begin, words=begin - 1, bottom=end + 1, direction=0)
        areas.append(whole)
        top = end + AFTER
    return areas


def _names(extra: Extra, left: float, begin: float, end: float, size: Size, look: Look) -> list[Figure]:
    """A name for each row, or for each line in its colour."""
    lines = any("colour" in label for label in extra.labels)
    each = min(NAME if lines else end - begin, (end - begin) / len(extra.labels))
    middles = (begin + (row + 0.5) * each for row in range(len(extra.labels)))
    font = min(size.small + 1, round(each))
    return [
        text(html.escape(name["text"], quote=False), left - 12, y, size, name.get("colour", look.ink), "right", font)
        for name, y in zip(extra.labels, middles, strict=True)
    ]


def _draw(sheet: Figure, figure: Figure, x_domain: list[float], y_domain: list[float], size: Size) -> None:
    """Draw a figure with one pair of axes into the sheet, on new axes."""
    for trace in figure["data"]:
        if "textfont" in trace:
            trace["textfont"] = {"size": max(trace["textfont"]["size"], size.small)}
    layout = sheet["layout"]
    x, y = (1 + sum(key.startswith(f"{axis}axis") for key in layout) for axis in "xy")
    layout[f"xaxis{x}"] = figure["layout"]["xaxis"] | {"domain": x_domain, "anchor": f"y{y}", "matches": "x"}
    layout[f"yaxis{y}"] = figure["layout"]["yaxis"] | {"domain": y_domain, "anchor": f"x{x}"}
    sheet["data"] += [trace | {"xaxis": f"x{x}", "yaxis": f"y{y}"} for trace in figure["data"]]
