"""What does a page without a server have of a view? One answer; the page lays it out for its window and theme."""

from typing import cast

from gatescope.picture.answer import add_numbers, terms_in, without_numbers
from gatescope.picture.header import Header
from gatescope.picture.held import held_in
from gatescope.picture.wire_format import packed
from gatescope.question.view import View
from gatescope.reading.held import HeldReading
from lstm_core import Trace
from lstm_core.plots.columns import Zoom

# A wide window has room for so many columns; a narrow one has them too.
ROOM = 972


def numbers(found: HeldReading, trace: Trace, view: View, zoom: Zoom = None) -> bytes:
    """The numbers and words of a view. `zoom`: the steps in sight; None for all."""
    reading, shown = found.reading, view.shown
    header = without_numbers(view, reading, [])
    add_numbers(header, shown, reading, trace, ROOM, zoom)
    # Of the view the picture needs only this, and of the server's answer nothing that asks the server again.
    header["view"] = {"pin": f"{shown.pin or ''}", "holds": f"{view.holds}", "colours": shown.colours}
    own = {"link": "", "lasts": "", "examples": {}}
    # Of a part there is no more than this part.
    overview = header["overview"] if zoom is None else None
    held, cell = held_in(found, header["columns"]), terms_in(found, trace, shown.pin)
    header.update(cast("Header", {**own, "overview": overview, "held": held, "cell": cell}))
    return packed(header, exact=header["columns"].per == 1)
