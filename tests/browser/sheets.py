"""What does an exported sheet hold? Its texts, and every cell: where it is, and in which colour."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lstm_core.plots.page_figure import look
from lstm_core.plots.strips import LIMITS, STRIPS

SVG = "{http://www.w3.org/2000/svg}"
SCALES = {strip.quantity: strip.scale for strip in STRIPS}
Colour = tuple[int, ...]


class Cell(NamedTuple):
    """A cell: its place in pixels, and its colour."""

    left: float
    top: float
    width: float
    height: float
    colour: Colour


class Sheet:
    """An exported SVG."""

    def __init__(self, path: Path) -> None:
        self.root = ET.parse(path).getroot()
        self.size = float(self.root.get("width", "")), float(self.root.get("height", ""))
        self.strips = {
            _name(part): _grid(part, *at) for part, *at in _placed(self.root) if "data-quantity" in part.attrib
        }
        """By (layer, direction, quantity): the cells, a list of steps for each unit."""

    @property
    def texts(self) -> list[str]:
        """All texts."""
        return ["".join(text.itertext()) for text in self.root.iter(f"{SVG}text")]

    @property
    def answers(self) -> list[tuple[int, str, str]]:
        """Of each answer the step, the label, and what is written."""
        said = [part for part in self.root.iter(f"{SVG}g") if "data-answer" in part.attrib]
        return [(int(one.get("data-step", "")), one.get("data-answer", ""), "".join(one.itertext())) for one in said]

    def feet(self, words: Collection[str]) -> list[float]:
        """Where the letters of each of these words end below, in pixels."""
        return [y + scale * float(part.get("y", "")) for part, _, y, scale in _placed(self.root) if part.text in words]

    @property
    def letters(self) -> list[float]:
        """The size of each text in pixels."""
        texts = [(part, scale) for part, _, _, scale in _placed(self.root) if part.tag == f"{SVG}text"]
        return [scale * _letters(part) for part, scale in texts]

    @property
    def pins(self) -> list[tuple[float, float]]:
        """The middle of each frame of the pinned cell."""
        return [_middle(part, *at) for part, *at in _placed(self.root) if part.get("stroke") == "rgb(224,138,0)"]

    def shows(self, values: np.ndarray, layer: int, direction: int, quantity: str, reach: float = 1) -> None:
        """Assert that a strip has these values (unit, step), by their colours."""
        low, high = (-reach, reach) if quantity == "c" else LIMITS[SCALES[quantity]]
        cells = self.strips[layer, direction, quantity]
        assert (len(cells), len(cells[0])) == values.shape
        seen = np.array([[cell.colour for cell in row] for row in cells])
        wanted = np.array([[colour_of(value, SCALES[quantity], low, high) for value in row] for row in values])
        assert np.abs(seen - wanted).max() <= 3, (layer, direction, quantity)


def colour_of(value: float, scale: str, low: float, high: float) -> Colour:
    """The colour of a value between the ends of a scale."""
    shades: Any = getattr(look("teal", "light"), scale)
    share = np.clip((value - low) / (high - low), 0, 1)
    channels = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for _, colour in shades])
    stops = [stop for stop, _ in shades]
    return tuple(round(float(np.interp(share, stops, channels[:, k]))) for k in range(3))


def check_frames(sheet: Sheet, frames: list[np.ndarray], far: int) -> None:
    """As many frames (height, width, 3) as steps, and the hold; a cell that is read has its colour, every other one is
    blank. `far`: how far a channel may be off."""
    steps = len(next(iter(sheet.strips.values()))[0])
    assert len(frames) == steps + 1
    assert len({cell.colour for strip in sheet.strips.values() for row in strip for cell in row}) > steps
    for number, frame in enumerate(frames):
        assert frame.shape == (720, 1280, 3)
        for (_, direction, _), strip in sheet.strips.items():
            for step, cell in ((step, cell) for row in strip for step, cell in enumerate(row)):
                order = step if direction == 0 else steps - 1 - step
                # In its middle may be a number.
                seen = frame[round(cell.top + cell.height / 2), round(cell.left + 0.1 * cell.width)].astype(int)
                off = np.abs(seen - (cell.colour if order <= number else (255, 255, 255))).max()
                assert off <= far, (number, direction, step, seen, cell)


def _placed(
    part: ET.Element, x: float = 0, y: float = 0, scale: float = 1
) -> Iterator[tuple[ET.Element, float, float, float]]:
    """All parts, with what moves and enlarges them."""
    moved = re.search(r"translate\((\S+) (\S+)\)", part.get("transform", ""))
    x, y = (x + scale * float(moved[1]), y + scale * float(moved[2])) if moved else (x, y)
    grown = re.search(r"scale\((\S+)\)", part.get("transform", ""))
    scale *= float(grown[1]) if grown else 1
    if part.tag == f"{SVG}svg" and "viewBox" not in part.attrib:
        x, y = x + scale * float(part.get("x", "0")), y + scale * float(part.get("y", "0"))
    yield part, x, y, scale
    for child in part:
        yield from _placed(child, x, y, scale)


def _name(part: ET.Element) -> tuple[int, int, str]:
    return int(part.get("data-layer", "")), int(part.get("data-direction", "")), part.get("data-quantity", "")


def _grid(part: ET.Element, x: float, y: float, scale: float) -> list[list[Cell]]:
    """The cells of a strip, row by row."""
    cells = []
    for path in part:
        colour = tuple(int(channel) for channel in re.findall(r"\d+", path.get("fill", "")))
        for found in re.findall(r"M(\S+) (\S+?)h(\S+?)v(\S+?)h\S+?z", path.get("d", "")):
            left, top, width, height = (scale * float(number) for number in found)
            cells.append(Cell(x + left, y + top, width, height, colour))
    tops = sorted({cell.top for cell in cells})
    return [sorted(cell for cell in cells if cell.top == top) for top in tops]


def _letters(text: ET.Element) -> float:
    """The size of a text's letters."""
    [size] = re.findall(r"font-size: ([\d.]+)px", text.get("style", "")) or [text.get("font-size", "")[:-2]]
    return float(size)


def _middle(frame: ET.Element, x: float, y: float, scale: float) -> tuple[float, float]:
    """The middle of a rectangle, or of two lines at the sides of a cell."""
    if "d" in frame.attrib:
        left, top, bottom, right, *_ = (float(number) for number in re.findall(r"[\d.]+", frame.get("d", "")))
    else:
        left, top, width, height = (float(frame.get(name, "")) for name in ("x", "y", "width", "height"))
        right, bottom = left + width, top + height
    return x + scale * (left + right) / 2, y + scale * (top + bottom) / 2
