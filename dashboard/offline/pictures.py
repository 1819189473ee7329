"""Which pictures of a view does a page without a server need? One for each width of a window and each theme."""

from __future__ import annotations

from typing import cast

from dashboard.picture.answer import add_picture, terms_in, without_picture
from dashboard.picture.header import Header, Range
from dashboard.picture.held import held_in
from dashboard.picture.layout import laid_out, numbers_for
from dashboard.picture.wire_format import packed
from dashboard.question.view import View
from dashboard.reading.held import HeldReading
from lstm_core import Trace
from lstm_core.plots.columns import Zoom
from lstm_core.plots.palette import THEMES, Theme

# The widths of the picture alone, in pixels: a phone, a column of a notebook, a window. The browser takes the widest
# one that has room.
WIDTHS = (340, 440, 540, 640, 740, 840, 940, 1040, 1140)
# As high as a notebook's window has room for; a phone is scrolled.
HEIGHT = 560


def pictures(found: HeldReading, trace: Trace, view: View, zoom: Zoom = None) -> bytes:
    """The pictures, which share their numbers. `zoom`: the steps in sight; None for all."""
    reading, shown = found.reading, view.shown
    # A narrow window has less room for them, but they are in the page anyway.
    numbers = numbers_for(reading, trace, shown, WIDTHS[-1], zoom, HEIGHT)
    columns = numbers.columns
    held = held_in(found, Range(first=columns.first, per=columns.per, number=columns.number, steps=columns.steps))
    cell = terms_in(found, trace, shown.pin)

    def picture(theme: Theme, width: int) -> Header:
        header = without_picture(view, reading, theme, [])
        drawn = laid_out(numbers, reading, trace, shown, width, theme, zoom, HEIGHT)
        add_picture(header, view, reading, trace, theme, zoom, drawn)
        # Of the view the browser needs only this, and of the server's answer nothing that asks the server again.
        kept = {"pin": f"{shown.pin or ''}", "holds": f"{view.holds}"}
        # Of a part there is no more than this part.
        overview = header["overview"] if zoom is None else None
        own = {"view": kept, "link": "", "lasts": "", "examples": {}, "overview": overview, "held": held, "cell": cell}
        return cast("Header", {**header, **own})

    made = {(theme, width): picture(theme, width) for theme in THEMES for width in WIDTHS}
    named = [{"theme": theme, "width": width, "picture": picture} for (theme, width), picture in made.items()]
    return packed({"pictures": named}, exact=columns.per == 1)
