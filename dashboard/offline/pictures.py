"""Which pictures of a trace does a page without a server need? One for each width of a window and each theme."""

from __future__ import annotations

from dashboard.live.answer import add_picture, without_picture
from dashboard.live.header import Header
from dashboard.live.wire_format import packed
from dashboard.question.shown import Shown
from dashboard.question.view import View
from dashboard.reading.read import Reading
from lstm_core import Trace
from lstm_core.plots.palette import THEMES, Theme

# The widths of the picture alone, in pixels: a phone, a column of a notebook, a window. The browser takes the widest
# one that has room.
WIDTHS = (340, 440, 540, 640, 740, 840, 940, 1040, 1140)
# As high as a notebook's window has room for; a phone is scrolled.
HEIGHT = 560


def pictures(reading: Reading, trace: Trace, shown: Shown) -> bytes:
    """The pictures, which share their numbers."""
    made = {(theme, width): _picture(reading, trace, shown, theme, width) for theme in THEMES for width in WIDTHS}
    named = [{"theme": theme, "width": width, "picture": picture} for (theme, width), picture in made.items()]
    return packed({"pictures": named}, exact=any(picture["columns"]["per"] == 1 for picture in made.values()))


def _picture(reading: Reading, trace: Trace, shown: Shown, theme: Theme, width: int) -> Header:
    view = View(shown=shown)
    header = without_picture(view, reading, theme, [])
    add_picture(header, view, reading, trace, width, theme, None, HEIGHT)
    # Nothing else of the page's own view belongs to the trace.
    return {**header, "view": {}, "link": "", "examples": {}}
