"""What stands above and below a sheet's strips? The numbers that are read, and what the model says of each step."""

from __future__ import annotations

import html
from collections.abc import Sequence

from dashboard.figures import Figure
from dashboard.palette import Look
from dashboard.paper import Size, across, down, text
from dashboard.score_figures import Extra

# Pixels: a title over each, and what is free below it.
TITLE, AFTER = 24, 12
# From the middle of one line's name to the next.
NAME = 17


def room_for(extras: Sequence[Extra]) -> int:
    """The pixels that they take one under the other."""
    return sum(TITLE + extra.figure["layout"]["height"] + AFTER for extra in extras)


def put(sheet: Figure, extras: Sequence[Extra], left: float, right: float, top: float, size: Size, look: Look) -> None:
    """Draw them one under the other into a sheet, their names left of them."""
    for extra in extras:
        begin, end = top + TITLE, top + TITLE + extra.figure["layout"]["height"]
        words = html.escape(" · ".join(filter(None, (extra.title, extra.question))), quote=False)
        sheet["layout"]["annotations"].append(text(words, left, top + TITLE / 2, size, look.faint, "left", 12))
        sheet["layout"]["annotations"] += _names(extra, left, begin, end, size, look)
        _draw(sheet, extra.figure, across(left, right, size), down(begin, end, size))
        top = end + AFTER


def _names(extra: Extra, left: float, begin: float, end: float, size: Size, look: Look) -> list[Figure]:
    """A name for each row or, in its colour, for each line."""
    lines = any("colour" in label for label in extra.labels)
    each = min(NAME if lines else end - begin, (end - begin) / len(extra.labels))
    middles = (begin + (row + 0.5) * each for row in range(len(extra.labels)))
    font = min(12, round(each))
    return [
        text(html.escape(name["text"], quote=False), left - 12, y, size, name.get("colour", look.ink), "right", font)
        for name, y in zip(extra.labels, middles, strict=True)
    ]


def _draw(sheet: Figure, figure: Figure, x_domain: list[float], y_domain: list[float]) -> None:
    """A figure of one pair of axes, with axes of its own in the sheet."""
    layout = sheet["layout"]
    x, y = (1 + sum(key.startswith(f"{axis}axis") for key in layout) for axis in "xy")
    layout[f"xaxis{x}"] = figure["layout"]["xaxis"] | {"domain": x_domain, "anchor": f"y{y}", "matches": "x"}
    layout[f"yaxis{y}"] = figure["layout"]["yaxis"] | {"domain": y_domain, "anchor": f"x{x}"}
    sheet["data"] += [trace | {"xaxis": f"x{x}", "yaxis": f"y{y}"} for trace in figure["data"]]
