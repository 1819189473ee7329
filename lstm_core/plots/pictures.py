"""How does an array become a still picture, for a notebook that runs no script?"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_core.plots.palette import channels

if TYPE_CHECKING:
    from PIL.Image import Image

# Shades of a scale; one more is for cells without a value, which stay transparent.
SHADES = 64
# Pixels: the letter at the left, the words below, the space between two strips, and the whole width.
LETTER, WORDS, GAP, WIDTH = 22, 20, 6, 900
# The most pixels of a cell's width, and of a strip's rows together.
CELL_MOST, STRIP_MOST = 72, 120


class Strip(NamedTuple):
    """One quantity (unit, column) with its letter, the ends of its scale and the colours between them."""

    letter: str
    values: np.ndarray
    low: float
    high: float
    colours: Sequence[str]


def as_png(image: Image) -> bytes:
    """A picture as a PNG file; cells without a value are transparent."""
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def as_source(png: bytes) -> str:
    """A PNG as the source of an `<img>`, which needs no request."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def cells(strip: Strip) -> Image:
    """One pixel a cell, the first unit on top."""
    from PIL import Image

    share = (strip.values - strip.low) / (strip.high - strip.low)
    shades = np.where(np.isnan(share), SHADES, np.clip(np.nan_to_num(share), 0, 1) * (SHADES - 1)).round()
    image = Image.frombytes("P", shades.shape[::-1], shades.astype(np.uint8).tobytes())
    image.putpalette([*_palette(strip.colours), 255, 255, 255])
    image.info["transparency"] = SHADES
    return image


def _palette(colours: Sequence[str]) -> list[int]:
    """The shades between evenly spaced colours, as red, green, blue, red, …"""
    stops = np.array([channels(colour) for colour in colours])
    place = np.linspace(0, len(colours) - 1, SHADES)
    rgb = [np.interp(place, range(len(colours)), channel) for channel in stops.T]
    return np.stack(rgb, axis=-1).round().astype(int).ravel().tolist()


def sheet(strips: Sequence[Strip], words: Sequence[str], ink: str, paper: str) -> Image:
    """All strips one under the other, each with its letter, and the words under them if they fit."""
    from PIL import Image, ImageDraw

    columns = strips[0].values.shape[1]
    wide = max(1, min(CELL_MOST, (WIDTH - LETTER) // columns))
    heights = [len(strip.values) * max(1, min(18, STRIP_MOST // len(strip.values))) for strip in strips]
    picture = Image.new("RGB", (LETTER + wide * columns, sum(heights) + GAP * (len(strips) - 1) + WORDS), paper)
    pen, top = ImageDraw.Draw(picture), 0
    for strip, height in zip(strips, heights, strict=True):
        drawn = cells(strip).convert("RGBA").resize((wide * columns, height), Image.Resampling.NEAREST)
        picture.paste(drawn, (LETTER, top), drawn)
        pen.text((4, top + height / 2 - 6), strip.letter, fill=ink)
        top += height + GAP
    fitting = all(pen.textlength(word) <= wide for word in words)
    for column, word in enumerate(words if fitting else ()):
        left = LETTER + wide * (column + 0.5) - pen.textlength(word) / 2
        pen.text((left, top - GAP + 4), word, fill=ink)
    return picture.quantize(dither=Image.Dither.NONE)
