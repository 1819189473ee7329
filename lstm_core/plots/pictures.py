"""How does an array become a still picture, for a notebook that runs no script?

The picture is in the page itself, a pixel a cell and some larger: no script and no request.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import GATES, INK, STATES
from lstm_core.plots.strips import LIMITS, scale_of
from lstm_core.plots.strips import Strip as Kind

if TYPE_CHECKING:
    from PIL.Image import Image

# The most columns and rows of a strip.
MOST_COLUMNS, MOST_ROWS = 120, 32
# Shades of a scale; one more is for cells without a value, which stay transparent.
SHADES = 64
# Pixels: the name at the left, the words below, the space between two strips, and the whole width.
NAME, WORDS, GAP, WIDTH = 112, 20, 6, 900
# The most pixels of a cell's width, and of a strip's rows together; the least of these; the height of letters.
CELL_MOST, STRIP_MOST, STRIP_LEAST, LETTERS = 72, 120, 32, 12


class Strip(NamedTuple):
    """One quantity (unit, column) with its name, the ends of its scale and the colours between them."""

    name: str
    values: np.ndarray
    low: float
    high: float
    colours: Sequence[str]


def page(text: str, png: bytes, note: str) -> str:
    """A text, a picture and a note below it as HTML."""
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    text, note = (html.escape(each) for each in (text, note))
    return f"<div><pre>{text}</pre><img alt='{note}' src='{source}'><div>{note}</div></div>"


def drawn(kinds: Sequence[Kind], cells: Mapping[str, np.ndarray], words: Sequence[str]) -> bytes:
    """Some quantities (unit, column), each on its scale in the colours of the app, over words if they fit: a PNG."""
    strips = []
    for kind in kinds:
        low, high = LIMITS[kind.scale]
        if kind.scale == "states" and kind.quantity != "g":
            high = scale_of([cells[kind.quantity]])
            low = -high
        colours = (GATES if kind.scale == "gates" else STATES)["teal", "light"]
        strips.append(Strip(f"{kind.title} {kind.quantity}", cells[kind.quantity], low, high, colours))
    # The font has the letters of Western languages.
    shown = [label(word).replace("␣", "_") for word in words]
    return as_png(sheet(strips, shown if all(map(is_western, shown)) else ()))


def is_western(text: str) -> bool:
    """Whether a picture can show a text."""
    return all(ord(letter) < 256 for letter in text)


def as_png(image: Image) -> bytes:
    """A picture as a PNG file; cells without a value are transparent."""
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


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
    from PIL.ImageColor import getrgb

    stops = np.array([getrgb(colour) for colour in colours])
    place = np.linspace(0, len(colours) - 1, SHADES)
    rgb = [np.interp(place, range(len(colours)), channel) for channel in stops.T]
    return np.stack(rgb, axis=-1).round().astype(int).ravel().tolist()


def sheet(strips: Sequence[Strip], words: Sequence[str]) -> Image:
    """All strips one under the other, each with its name and scale, and the words under them if they fit."""
    from PIL import Image, ImageDraw, ImageFont

    (ink, faint, paper), font = INK["light"], ImageFont.load_default(LETTERS)
    columns = strips[0].values.shape[1]
    wide = max(1, min(CELL_MOST, (WIDTH - NAME) // columns))
    each = [len(strip.values) for strip in strips]
    heights = [rows * max(-(-STRIP_LEAST // rows), min(18, STRIP_MOST // rows)) for rows in each]
    picture = Image.new("RGB", (NAME + wide * columns, sum(heights) + GAP * (len(strips) - 1) + WORDS), paper)
    pen, top = ImageDraw.Draw(picture), 0
    for strip, height in zip(strips, heights, strict=True):
        shown = cells(strip).convert("RGBA").resize((wide * columns, height), Image.Resampling.NEAREST)
        picture.paste(shown, (NAME, top), shown)
        middle = top + height / 2
        pen.text((4, middle - 15), strip.name, ink, font)
        pen.text((4, middle), f"{strip.low:g} to {strip.high:g}", faint, font)
        top += height + GAP
    fitting = all(pen.textlength(word, font) <= wide for word in words)
    for column, word in enumerate(words if fitting else ()):
        left = NAME + wide * (column + 0.5) - pen.textlength(word, font) / 2
        pen.text((left, top - GAP + 2), word, ink, font)
    return picture.quantize(dither=Image.Dither.NONE)
