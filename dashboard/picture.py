"""The answer to one move: what a view shows, as the bytes its browser draws.

    4 bytes: length of the header · the header, JSON padded to 4 bytes · float32 numbers

Where the header has {"at": a, "shape": [r, c]} in place of a z, its r * c numbers begin at number a.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from dashboard import figures, palette
from dashboard.reading import read
from dashboard.sentences import proof, python_code, shapes
from dashboard.view import View, read_query
from lstm_core import QUANTITIES, LstmCoreError, Trace, anatomy

# Pixels: the column of the strips' names on a wide page, and the least that a stack of six strips takes.
NAMES, STACK_LEAST, BETWEEN = 168, 230, 28
# Servers refuse an address of more than 64 KB.
LONGEST_LINK = 30_000
# Below this width the names stand above their strips.
NARROW = 620


def answer(query: Mapping[str, str], width: float, theme: palette.Theme, zoom: tuple[float, float] | None) -> bytes:
    """The picture of the view that a link asks for, `width` pixels wide."""
    view, notices = read_query(query)
    reading = read(view)
    link, too_long = view.query(), []
    if len(link) > LONGEST_LINK:
        link, too_long = "", ["This text is too long for a link: sharing or reloading the page starts with another."]
    header: dict[str, Any] = {
        "view": asdict(view),
        "link": link,
        "notices": notices + reading.notices + too_long,
        "labels": [figures.label(token) for token in reading.tokens],
        "shapes": shapes(view, reading),
        "proof": "",
        "stacks": [],
        "strips": [strip._asdict() | {"line": palette.LINES[theme][strip.quantity]} for strip in figures.STRIPS],
        "legend": legend(view, theme),
    }
    numbers: list[np.ndarray] = []
    if reading.trace is not None:
        header["notices"] += missing_pin(view, reading.trace)
        header["code"] = python_code(view, reading)
        header["proof"] = proof(reading.trace)
        header |= arranged(reading.trace, reading.tokens, view, width, theme, zoom)
        for stack in header["stacks"]:
            _take_numbers(stack["figure"], numbers)
    return _packed(header, numbers)


def missing_pin(view: View, trace: Trace) -> list[str]:
    """A sentence when the view pins a cell that its trace has not."""
    pinned, (layers, _, steps, _, units) = view.pinned(), trace.c.shape
    if pinned is None or all(at < size for at, size in zip(pinned, (layers, units, steps), strict=True)):
        return []
    return [f"There is no cell {view.pin} (layer.unit.step) in {layers} × {units} × {steps}: none is pinned."]


def legend(view: View, theme: palette.Theme) -> list[dict[str, Any]]:
    """One entry a scale: what it is for, its ends, its colours."""
    look = palette.look(view.colours, theme)
    return [
        {"name": "gates f i o", "low": "0", "high": "1", "colours": [c for _, c in look.gates]},
        {"name": "states g c h", "low": "−1", "high": "+1", "colours": [c for _, c in look.states]},
    ]


def arranged(
    trace: Trace,
    tokens: list[str],
    view: View,
    width: float,
    theme: palette.Theme,
    zoom: tuple[float, float] | None,
) -> dict[str, Any]:
    """A stack of strips a layer: side by side while there is room, else one under the other."""
    layers = trace.c.shape[0]
    narrow = width < NARROW
    room = width if narrow else width - NAMES
    wanted = max(STACK_LEAST, min(len(tokens), 8) * 30)
    across = max(1, min(layers, int((room + BETWEEN) // (wanted + BETWEEN))))
    each = (room - (across - 1) * BETWEEN) / across
    look = palette.look(view.colours, theme)
    stacks = []
    for layer in range(layers):
        cells = {q: trace.cells(q, layer) for q in QUANTITIES}
        gap = 30 if narrow else figures.GAP
        figure, places = figures.memory(cells, tokens, look, each, layer, gap=gap, shown=zoom)
        stacks.append({"layer": layer, "direction": 0, "figure": figure, "places": [p._asdict() for p in places]})
    return {"stacks": stacks, "across": across, "narrow": narrow}


def _take_numbers(figure: figures.Figure, numbers: list[np.ndarray]) -> None:
    """Move every z out of a figure and leave where it went."""
    for trace in figure["data"]:
        z = trace["z"]
        trace["z"] = {"at": sum(array.size for array in numbers), "shape": z.shape}
        numbers.append(z)


def _packed(header: dict[str, Any], numbers: list[np.ndarray]) -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + b"".join(array.tobytes() for array in numbers)


def apart(query: Mapping[str, str], cell: Mapping[str, int]) -> dict[str, Any]:
    """One cell of a view's trace, every term of it."""
    reading = read(read_query(query)[0])
    if reading.trace is None:
        raise LstmCoreError("There is no cell to take apart yet: type a sentence.")
    return asdict(anatomy(reading.lstm, reading.trace, **cell))
