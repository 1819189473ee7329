"""How is a Plotly figure of heatmaps drawn without Plotly? As SVG: what `paper_figure` puts into it, and no more."""

import base64
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from lstm_core.plots import pictures

# A line of text, and the middle and the top of a letter above its foot, as shares of its size.
LINE, MIDDLE, TOP = 1.3, 0.35, 0.7
TAG = re.compile(r"</?i>")
Figure = Mapping[str, Any]
Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


def can_draw(figure: Figure) -> bool:
    """Whether everything in a figure is drawn here."""
    sized = {"width", "height"} <= figure["layout"].keys()
    return sized and all(trace["type"] == "heatmap" for trace in figure["data"])


def still_drawing(figure: Figure) -> str:
    """The figure as an SVG, with no script and no request."""
    layout = figure["layout"]
    margin, font = layout["margin"], layout["font"]
    width, height = layout["width"], layout["height"]
    inside = margin["l"], margin["t"], width - margin["l"] - margin["r"], height - margin["t"] - margin["b"]
    family = html.escape(font["family"])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto" font-family="{family}" font-size="{font["size"]}" fill="{font["color"]}">',
        f'<rect width="{width}" height="{height}" fill="{layout["paper_bgcolor"]}"/>',
    ]
    if title := layout.get("title", {}).get("text"):
        at = layout["title"]
        lines = title.count("<br>")
        top = (1 - at["y"]) * height + (0 if lines else TOP * at["font"]["size"])
        parts.append(_text(title, at["x"] * width, top, at["font"]["size"]))
    for trace in figure["data"]:
        x, y = (layout[f"{trace[axis][0]}axis{trace[axis][1:]}"] for axis in ("xaxis", "yaxis"))
        box = _box(inside, x["domain"], y["domain"])
        parts += [*_heatmap(trace, box, x["range"]), *_units(y, box)]
        if x["anchor"] == trace["yaxis"]:
            parts += _time(x, box, height)
        if trace.get("colorbar"):
            parts += _bar(trace, inside)
    parts += [_note(note, inside) for note in layout.get("annotations", ())]
    return "".join([*parts, "</svg>"])


def _box(inside: Box, across: Sequence[float], up: Sequence[float]) -> Box:
    """Where two axes are that reach from share to share of what the margins leave."""
    left, top, width, height = inside
    (begin, end), (low, high) = across, up
    return left + begin * width, top + (1 - high) * height, (end - begin) * width, (high - low) * height


def _text(text: str, x: float, foot: float, size: float, anchor: str = "start", turn: str = "") -> str:
    """A text of lines, as Plotly's HTML, the foot of its first line at (x, foot)."""
    spans = []
    for number, line in enumerate(text.split("<br>")):
        shown = TAG.sub(lambda tag: "</tspan>" if "/" in tag[0] else '<tspan font-style="italic">', line)
        spans.append(f'<tspan x="{x:.1f}" y="{foot + LINE * size * number:.1f}">{shown}</tspan>')
    return f'<text font-size="{size}" text-anchor="{anchor}"{turn}>{"".join(spans)}</text>'


def _heatmap(trace: Figure, box: Box, steps: Any) -> Iterator[str]:
    """The cells as a picture, a pixel a cell, and the numbers in them."""
    left, top, width, height = box
    values = _numbers(trace["z"])
    colours = [colour for _, colour in trace["colorscale"]]
    cells = pictures.cells(pictures.Strip("", values, trace["zmin"], trace["zmax"], colours))
    # The last column of a long text may hold fewer steps: it is as wide as the others, and ends outside.
    per = trace["x"][1] - trace["x"][0] if len(trace["x"]) > 1 else steps[1] - steps[0]
    column, row = width * per / (steps[1] - steps[0]), height / len(values)
    source = pictures.as_source(pictures.as_png(cells))
    yield (
        f'<svg x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"><image href="{source}" '
        f'width="{column * values.shape[1]:.1f}" height="{height:.1f}" preserveAspectRatio="none" '
        'style="image-rendering:pixelated"/></svg>'
    )
    rgb, size = np.asarray(cells.convert("RGB")), trace.get("textfont", {}).get("size")
    for unit, texts in enumerate(trace.get("text") or ()):
        for step, text in enumerate(texts):
            x, foot = left + (step + 0.5) * column, top + (unit + 0.5) * row + MIDDLE * size
            dark = rgb[unit, step] @ (0.299, 0.587, 0.114) < 128
            colour = ' fill="#fff"' if dark else ""
            yield f'<text font-size="{size}" text-anchor="middle"{colour} x="{x:.1f}" y="{foot:.1f}">{text}</text>'


def _numbers(given: Any) -> np.ndarray:
    if not isinstance(given, Mapping):
        return np.asarray(given, np.float32)
    shape = [int(size) for size in given["shape"].split(",")]
    return np.frombuffer(base64.b64decode(given["bdata"]), given["dtype"]).reshape(shape).astype(np.float32)


def _units(axis: Figure, box: Box) -> Iterator[str]:
    left, top, _, height = box
    if not axis.get("showticklabels"):
        return
    size, count = axis["tickfont"]["size"], axis["range"][0] + 0.5
    for row, name in zip(axis["tickvals"], axis["ticktext"], strict=True):
        y = top + (row + 0.5) * height / count
        yield _line(left - axis["ticklen"], y, left, y, axis["tickcolor"])
        yield _text(name, left - axis["ticklen"] - 3, y + MIDDLE * size, size, "end")


def _time(axis: Figure, box: Box, end: float) -> Iterator[str]:
    """The names of the steps below, and what they are; `end`: where the figure ends."""
    left, top, width, height = box
    size, (first, last), bottom = axis["tickfont"]["size"], axis["range"], top + height
    under = bottom + axis["ticklen"] + 3
    for step, name in zip(axis["tickvals"], axis["ticktext"], strict=True):
        x = left + (step - first) * width / (last - first)
        yield _line(x, bottom, x, bottom + axis["ticklen"], axis["tickcolor"])
        if axis["tickangle"]:
            x += MIDDLE * size
            yield _text(name, x, under, size, "end", f' transform="rotate(-90 {x:.1f} {under:.1f})"')
        else:
            yield _text(name, x, under + TOP * size, size, "middle")
    letters = axis["title"]["font"]["size"]
    yield _text(axis["title"]["text"], left + width / 2, end - 0.7 * letters, letters, "middle")


def _line(x0: float, y0: float, x1: float, y1: float, colour: str) -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}"/>'


def _bar(trace: Figure, inside: Box) -> Iterator[str]:
    bar, low, high = trace["colorbar"], trace["zmin"], trace["zmax"]
    left, top = inside[0] + bar["x"] * inside[2], inside[1] + (1 - bar["y"]) * inside[3]
    width, height, size = bar["thickness"], bar["len"], bar["tickfont"]["size"]
    colours = [colour for _, colour in trace["colorscale"]]
    shades = pictures.cells(pictures.Strip("", np.linspace(1, 0, pictures.SHADES)[:, None], 0, 1, colours))
    source = pictures.as_source(pictures.as_png(shades))
    place = f'x="{left:.1f}" y="{top:.1f}" width="{width}" height="{height:.1f}"'
    yield f'<image href="{source}" {place} preserveAspectRatio="none"/>'
    for value, name in zip(bar["tickvals"], bar["ticktext"], strict=True):
        y = top + (high - value) / (high - low) * height
        yield _line(left + width, y, left + width + bar["ticklen"], y, bar["tickcolor"])
        yield _text(name, left + width + bar["ticklen"] + 3, y + MIDDLE * size, size)


def _note(note: Figure, inside: Box) -> str:
    """A text at a place, which its last line stands on; or one that is turned, around its middle."""
    x, y = inside[0] + note["x"] * inside[2], inside[1] + (1 - note["y"]) * inside[3]
    size, lines = note["font"]["size"], note["text"].count("<br>")
    if note.get("textangle"):
        return _text(note["text"], x, y + MIDDLE * size, size, "middle", f' transform="rotate(-90 {x:.1f} {y:.1f})"')
    colour = f' fill="{note["font"]["color"]}"'
    return _text(note["text"], x, y - (LINE * lines + 0.35) * size, size, "start", colour)
