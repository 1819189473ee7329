"""What does a notebook show of a recording that runs no script? Still pictures, words under them, and the proof.

The pictures are in the page itself, a pixel a cell, and the browser scales them: no script and no request. Where a
notebook is not trusted, its viewer takes the style away, and the text stands instead, as in xarray's displays.
"""

import html
from collections.abc import Mapping, Sequence

import numpy as np

from lstm_core.plots import pictures
from lstm_core.plots.columns import Columns
from lstm_core.plots.labels import label
from lstm_core.plots.palette import GATES, INK, STATES
from lstm_core.plots.side_by_side_strips import scale_of
from lstm_core.plots.strips import LIMITS, Strip

# The most columns and rows of a picture: with them a page stays below 100 kB whatever its numbers.
MOST_COLUMNS, MOST_ROWS = 120, 32
# The most columns whose words are level, and that have words at all; a column's largest width in pixels.
LEVEL, WORDED, COLUMN = 14, 40, 56
# Pixels of a unit's row.
ROW = (3, 16)

_STYLE = """<style>
.gs-text{display:none}.gs-page{display:block!important;font-size:12px;line-height:1.35;max-width:960px}
.gs-page table{border-collapse:collapse;margin:6px 0;width:auto;font-size:12px}
.gs-page td{border:0;padding:1px 8px 1px 0;text-align:left;vertical-align:middle;background:none}
.gs-page img{display:block;image-rendering:pixelated;
max-width:none;margin:0}.gs-words{display:flex}.gs-words span{overflow:hidden;text-align:center;white-space:nowrap;
text-overflow:ellipsis;flex:0 0 auto}.gs-down span{writing-mode:vertical-rl;text-align:left;max-height:90px}
.gs-faint{opacity:.65}
</style>"""


def page(
    heading: str,
    proof: str,
    text: str,
    strips: Sequence[Strip],
    cells: Mapping[str, np.ndarray],
    words: Sequence[str],
    columns: Columns,
    note: str,
) -> str:
    """A page of HTML: each strip's cells (unit, column) over the words; `text` for who sees no style."""
    wide = max(1, min(COLUMN, 760 // columns.number))
    rows = "".join(_row(strip, drawn, wide) for strip, drawn in zip(strips, drawn_strips(strips, cells), strict=True))
    axis = f"<tr><td></td><td>{_words(words, columns, wide)}</td></tr>"
    body = f"<div><strong>{html.escape(heading)}</strong><br>{html.escape(proof)}</div><table>{rows}{axis}</table>"
    return (
        f"<div>{_STYLE}<pre class='gs-text'>{html.escape(text)}</pre>"
        f"<div class='gs-page' style='display:none'>{body}<div class='gs-faint'>{html.escape(note)}</div></div></div>"
    )


def drawn_strips(strips: Sequence[Strip], cells: Mapping[str, np.ndarray]) -> list[pictures.Strip]:
    """Each quantity on its scale, in the colours of the app."""
    drawn = []
    for strip in strips:
        low, high = LIMITS[strip.scale]
        if strip.scale == "states" and strip.quantity != "g":
            high = scale_of([cells[strip.quantity]])
            low = -high
        colours = (GATES if strip.scale == "gates" else STATES)["teal", "light"]
        drawn.append(pictures.Strip(strip.quantity, cells[strip.quantity], low, high, colours))
    return drawn


def sheet(strips: Sequence[Strip], cells: Mapping[str, np.ndarray], words: Sequence[str], columns: Columns) -> bytes:
    """All strips in one PNG, with the words under them if they fit."""
    ink, _, paper = INK["light"]
    shown = [label(word) for word in words] if columns.per == 1 else []
    return pictures.as_png(pictures.sheet(drawn_strips(strips, cells), shown, ink, paper))


def _row(strip: Strip, drawn: pictures.Strip, wide: int) -> str:
    height, width = drawn.values.shape
    tall = int(min(ROW[1], max(ROW[0], 110 // height))) * height
    ends = f"{drawn.low:g} to {drawn.high:g}".replace("-", "−")
    there = drawn.values[~np.isnan(drawn.values)]
    said = f", {there.min():.2f} to {there.max():.2f}" if there.size else ""
    alt = html.escape(f"{strip.title} {strip.quantity}: {height} units by {width} columns{said}")
    source = pictures.as_source(pictures.as_png(pictures.cells(drawn)))
    picture = f"<img alt='{alt}' title='{alt}' src='{source}' style='width:{wide * width}px;height:{tall}px'>"
    name = f"{html.escape(strip.title)} <i>{strip.quantity}</i><br><span class='gs-faint'>{ends}</span>"
    return f"<tr><td>{name}</td><td>{picture}</td></tr>"


def _words(words: Sequence[str], columns: Columns, wide: int) -> str:
    """The words under their columns; for many columns the step of some of them."""
    if columns.per == 1 and words and columns.number <= WORDED:
        spans = [(html.escape(label(word)), wide) for word in words]
        down = "" if columns.number <= LEVEL else " gs-down"
        each = "".join(f"<span style='width:{width}px' title='{word}'>{word}</span>" for word, width in spans)
        return f"<div class='gs-words{down}'>{each}</div>"
    every = max(1, -(-columns.number // 8))
    firsts = range(0, columns.number, every)
    spans = [(f"{columns.first + n * columns.per:,}", wide * min(every, columns.number - n)) for n in firsts]
    each = "".join(f"<span style='width:{width}px;text-align:left'>{step}</span>" for step, width in spans)
    return f"<div class='gs-words gs-faint'>{each}</div>"
