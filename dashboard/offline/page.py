"""How is a view one page: its numbers, the scripts that draw them, and Plotly inside?

The scripts are compressed, and the same in every page: of a notebook's many views a few bring them for all.
"""

import hashlib
import html
import json
from functools import cache
from typing import TypedDict

from gatescope import assets
from gatescope.assets import built
from gatescope.offline.carried import CarriedModel, zipped
from gatescope.picture.colours import Colours
from gatescope.picture.wire_format import NAN, in_a_script
from lstm_core.plots.columns import Zoom
from lstm_core.plots.palette import COLOURS_FILE, THEMES, Theme, look

STYLES = ("frame", "live", "plotly", "alone")


class SightOnPage(TypedDict):
    """The part in sight: the first and the last step, and row; None for all."""

    steps: Zoom
    units: Zoom


class Told(TypedDict):
    """What a page without a server has beside its numbers."""

    nan: int
    """What stands for NaN among whole numbers."""
    colours: Colours
    title: str
    says: str
    """How the picture was made."""
    zoom: SightOnPage
    carried: CarriedModel | None
    """With what the page computes others, if it does."""


def page(
    numbers: bytes,
    title: str,
    says: str,
    carried: CarriedModel | None,
    steps: Zoom = None,
    rows: Zoom = None,
) -> bytes:
    """A page with the live view of packed numbers (`offline/numbers.py`), zoomed to these steps and rows (None: all);
    `says`, below it, is how they were made; `carried` (`offline/carried.py`): with what it computes others, if it
    does."""
    colours = json.loads(COLOURS_FILE.read_text(encoding="utf-8"))
    sight = SightOnPage(steps=steps, units=rows)
    told = Told(nan=NAN, colours=colours, title=title, says=says, zoom=sight, carried=carried)
    scripts = _scripts()
    key = hashlib.sha256(scripts).hexdigest()[:16]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>body {{ margin: 0 }}</style><body>{scripts.decode()}"
        f'<script type="module">{{\n{built("offline_start.js")}\nawait gatescope.ready("{key}")\n}}\n'
        f'gatescope.mount(document.body, "{zipped(numbers)}", {in_a_script(told)})</script></body></html>'
    ).encode("utf-8", "replace")


def without_scripts(page: bytes) -> bytes:
    """A page that takes its scripts from one beside it, in the same notebook."""
    return page.replace(_scripts(), b"", 1)


@cache
def _scripts() -> bytes:
    """What every page needs: styles, Plotly and the live view, as an element that runs nothing."""
    colours = "".join(f":root[data-theme={theme}] {{ {paper_and_ink(theme)} }}\n" for theme in THEMES)
    styles = colours + styled("offline")
    parts = json.dumps([styles, asset("vendor/plotly-cartesian.min.js"), built("offline.js")])
    return f'<script id="gs-scripts" type="text/plain">{zipped(parts.encode())}</script>'.encode()


def paper_and_ink(theme: Theme) -> str:
    """What Streamlit gives its own pages: the colours of paper and ink."""
    ink = look("teal", theme)
    return f"color-scheme: {theme}; --st-background-color: {ink.paper}; --st-text-color: {ink.ink}"


def styled(page: str) -> str:
    """The styles of the live view, alone, and of a kind of page."""
    return "".join(asset(f"browser/{name}.css") for name in (*STYLES, page))


def asset(path: str) -> str:
    return (assets.FOLDER / path).read_text(encoding="utf-8")
