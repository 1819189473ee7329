"""What does a notebook show of a trace? One sequence of its last layer, as still pictures."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.plots import notebook_page
from lstm_core.plots.columns import Columns, round_up
from lstm_core.plots.strips import Strip, strips_of
from lstm_core.traces.summary import heading, proof, summary

if TYPE_CHECKING:
    from lstm_core.traces.recorded import Recorded


def in_html(trace: Recorded) -> str:
    """Six pictures over the words, or the summary's text without a step."""
    text, seen = summary(trace), _seen(trace)
    if seen is None:
        return f"<pre>{html.escape(text)}</pre>"
    return notebook_page.page(heading(trace), proof(trace), text, *seen)


def in_png(trace: Recorded) -> bytes | None:
    """The pictures as one PNG; None without a step."""
    seen = _seen(trace)
    return None if seen is None else notebook_page.sheet(*seen[:-1])


def _seen(trace: Recorded) -> tuple[tuple[Strip, ...], dict[str, np.ndarray], list[str], Columns, str] | None:
    """Strips, their cells (unit, column) by quantity, words, columns and a note: what `notebook_page` draws."""
    steps = trace.lengths_or_time()[0] if trace.sizes["batch"] else 0
    if steps == 0 or trace.sizes["unit"] == 0:
        return None
    per = 1 if steps <= notebook_page.MOST_COLUMNS else int(round_up(steps / notebook_page.MOST_COLUMNS))
    columns = Columns(0, per, -(-steps // per), steps)
    strips = strips_of(trace.kept)
    values = {strip.quantity: getattr(trace, strip.quantity).detach()[-1, 0, :steps, 0] for strip in strips}
    # As many units as a picture has rows for, those that move most, in their own order.
    shown = values["h" if "h" in values else strips[0].quantity]
    spread = (shown.amax(0) - shown.amin(0)).nan_to_num()
    units = sorted(spread.argsort(descending=True, stable=True)[: notebook_page.MOST_ROWS].tolist())
    # A projection's h has fewer units than all else, so each quantity has those of h.
    cells = {quantity: columns.take(each[:, units]).extreme for quantity, each in values.items()}
    words = trace.tokens[0] if trace.tokens is not None else []
    return strips, cells, words, columns, _note(trace, columns, len(units))


def _note(trace: Recorded, columns: Columns, units: int) -> str:
    """Which part of the trace is drawn, and where the rest is."""
    sizes, coords = trace.sizes, trace.coords
    said = [f"layer {coords['layer'][-1]}"]
    if sizes["direction"] > 1 or coords["direction"][0]:
        said.append("reads from the right" if coords["direction"][0] else "reads from the left")
    if sizes["batch"] > 1:
        said.append(f"sequence {coords['batch'][0]}, the first of {sizes['batch']:,}")
    if units < sizes["unit"]:
        said.append(f"the {units} of {sizes['unit']:,} units that move most")
    if columns.per > 1:
        said.append(f"a column is {columns.per:,} steps and shows the value farthest from their mean")
    return " · ".join([*said, "trace.plot() draws a figure to zoom into"])
