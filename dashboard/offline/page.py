"""How is a view one page: what was recorded, the scripts that draw them, and Plotly inside?

The scripts are compressed, and the same in every page.
"""

import html
import json
from functools import cache
from typing import TypedDict

from gatescope import assets
from gatescope.assets import built
from gatescope.offline.carried import CarriedModel, carried, zipped
from gatescope.question.holds import NONE
from gatescope.question.view import View
from gatescope.reading.held import HeldReading
from gatescope.reading.recorded import first_sequence, reading_of, shown_of, which_sequence
from gatescope.recording.colours import Colours, colours
from gatescope.recording.recording import as_bytes, message_of
from gatescope.recording.told import Words, told
from gatescope.recording.wire_format import NAN, in_a_script
from lstm_core import SequenceModel
from lstm_core.plots.columns import Zoom
from lstm_core.plots.page_figure import THEMES, Theme, look
from lstm_core.traces.load import AnyTrace

# A wide window has room for so many columns; a narrow one has them too.
ROOM = 972
STYLES = ("frame", "live", "alone")


class SightOnPage(TypedDict):
    """The part in sight: the first and the last step, and row; None for all."""

    steps: Zoom
    units: Zoom


class Told(TypedDict):
    """What a page without a server has beside its recording."""

    nan: int
    """What stands for NaN among whole numbers."""
    colours: Colours
    title: str
    words: Words
    says: str
    """What is said below the picture, before how it was made."""
    zoom: SightOnPage
    carried: CarriedModel | None
    """With what the page computes others, if it does."""


def drawn(found: HeldReading, view: View, zoom: Zoom = None) -> bytes:
    """What a page without a server has of a view: one recording, which it lays out for its window and theme. `zoom`:
    the steps in sight; None for all."""
    message = message_of(found, view, [], ROOM, zoom)
    message["about"]["examples"] = {}
    if message["recorded"] and zoom is not None:
        # Of a part there is no more than this part.
        message["recorded"]["overview"] = None
    return as_bytes(message)


def page(
    recording: bytes,
    title: str,
    says: str,
    carried: CarriedModel | None,
    steps: Zoom = None,
    rows: Zoom = None,
) -> bytes:
    """A page with the live view of a packed recording, zoomed to these steps and rows (None: all); `says` stands below
    it, before how it was made; `carried` (`offline/carried.py`): with what it computes others, if it does."""
    sight = SightOnPage(steps=steps, units=rows)
    words = told()["words"]
    about = Told(nan=NAN, colours=colours(), title=title, words=words, says=says, zoom=sight, carried=carried)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>body {{ margin: 0 }}</style><body>{_scripts()}"
        f'<script type="module">{{\n{built("offline_start.js")}\nawait gatescope.ready()\n}}\n'
        f'gatescope.mount(document.body, "{zipped(recording)}", {in_a_script(about)})</script></body></html>'
    ).encode("utf-8", "replace")


@cache
def _scripts() -> str:
    """What every page needs: styles, Plotly and the live view, as an element that runs nothing."""
    colours = "".join(f":root[data-theme={theme}] {{ {paper_and_ink(theme)} }}\n" for theme in THEMES)
    styles = colours + styled("offline")
    parts = json.dumps([styles, asset("vendor/plotly-cartesian.min.js"), built("offline.js")])
    return f'<script id="gs-scripts" type="text/plain">{zipped(parts.encode())}</script>'


def paper_and_ink(theme: Theme) -> str:
    """What Streamlit gives its own pages: the colours of paper and ink."""
    ink = look("teal", theme)
    return f"color-scheme: {theme}; --st-background-color: {ink.paper}; --st-text-color: {ink.ink}"


def styled(page: str) -> str:
    """The styles of the live view, alone, and of a kind of page."""
    return "".join(asset(f"browser/{name}.css") for name in (*STYLES, page))


def asset(path: str) -> str:
    return (assets.FOLDER / path).read_text(encoding="utf-8")


# How is a trace that nobody looks at on the page a page of its own?


def trace_page(whole: AnyTrace, title: str, model: SequenceModel | None = None) -> bytes:
    """A page with the live view of a trace's first sequence; with the model's answers, and computing other texts, if
    its model is given.

    Raises LstmCoreError for a trace that can't be drawn (`reading/recorded.py`).
    """
    trace = first_sequence(whole)
    reading = reading_of(trace, model)
    found, view = HeldReading(reading, NONE, None), View(shown=shown_of(trace, model))
    return page(drawn(found, view), title, which_sequence(whole), carried(found, trace, view))
