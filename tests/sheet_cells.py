"""Where is a cell in an exported sheet, and which colour has it?"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np


def places(figure: dict[str, Any]) -> list[tuple[int, int, float, float, tuple[int, ...]]]:
    """Every cell of every strip: its direction, its step, its pixel (x, y), and its colour (r, g, b).

    The pixel is near the cell's left end: in its middle may be a number.
    """
    layout = figure["layout"]
    found = []
    for heatmap in figure["data"]:
        if heatmap["type"] != "heatmap" or heatmap["name"] == "score":
            continue
        left, right, first, last = pixels(layout, heatmap["xaxis"], layout["width"])
        bottom, top, low, high = pixels(layout, heatmap["yaxis"], -layout["height"])
        for unit, row in enumerate(numbers(heatmap["z"])):
            for position, value in zip(numbers(heatmap["x"]), row, strict=True):
                if not first < position < last:
                    continue
                x = left + (right - left) * (position - 0.4 - first) / (last - first)
                y = layout["height"] + bottom + (top - bottom) * (unit - low) / (high - low)
                found.append((heatmap["meta"]["direction"], position, x, y, colour(heatmap, float(value))))
    return found


def numbers(packed: Any) -> np.ndarray:
    """The numbers of a figure that was sent: a list, or packed in base64."""
    if not isinstance(packed, dict):
        return np.asarray(packed)
    unpacked = np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])
    return unpacked.reshape([int(side) for side in packed.get("shape", f"{len(unpacked)}").split(",")])


def pixels(layout: dict[str, Any], name: str, side: int) -> tuple[float, float, float, float]:
    """Both ends of an axis in pixels, and what they stand for."""
    axis = layout[name[0] + "axis" + name[1:]]
    return axis["domain"][0] * side, axis["domain"][1] * side, *axis["range"]


def colour(heatmap: dict[str, Any], value: float) -> tuple[int, ...]:
    """The colour of a value: between the two nearest colours of the scale."""
    share = np.clip((value - heatmap["zmin"]) / (heatmap["zmax"] - heatmap["zmin"]), 0, 1)
    stops = [stop for stop, _ in heatmap["colorscale"]]
    channels = np.array([rgb(one) for _, one in heatmap["colorscale"]])
    return tuple(round(float(np.interp(share, stops, channels[:, k]))) for k in range(3))


def rgb(colour: str) -> tuple[int, ...]:
    """The channels of a colour, "#rrggbb"."""
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def check_frames(figure: dict[str, Any], frames: list[np.ndarray], far: int) -> None:
    """As many frames (height, width, 3) as steps, and the hold; a cell that is read has its colour, every other one is
    blank. `far`: how far a channel may be off."""
    paper, found = rgb(figure["layout"]["paper_bgcolor"]), places(figure)
    steps = sorted({step for _, step, *_ in found})
    assert len(frames) == len(steps) + 1
    assert len(found) >= 6 * len(steps)
    assert len({wanted for *_, wanted in found}) > len(steps), "else one colour could stand for all"
    for number, frame in enumerate(frames):
        assert frame.shape == (720, 1280, 3)
        for direction, step, x, y, wanted in found:
            order = steps.index(step) if direction == 0 else len(steps) - 1 - steps.index(step)
            seen = frame[round(y), round(x)].astype(int)
            off = np.abs(seen - (wanted if order <= number else paper)).max()
            assert off <= far, (number, direction, step, seen, wanted)
