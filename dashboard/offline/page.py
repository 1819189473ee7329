"""How is a view one page: its pictures, the scripts that show them, and Plotly inside?"""

from __future__ import annotations

import base64
import gzip
import html
import json

from dashboard import assets
from dashboard.offline.one_script import one_script
from dashboard.picture.wire_format import NAN
from lstm_core.plots.columns import Zoom
from lstm_core.plots.palette import THEMES, look

STYLES = ("frame", "live", "plotly", "offline")


def page(pictures: bytes, title: str, says: str, steps: Zoom = None, rows: Zoom = None) -> bytes:
    """A page with the live view of packed pictures (`offline/pictures.py`), zoomed to these steps and rows (None: all);
    `says`, below it, is how they were made."""
    # The time would make two pages of one view differ.
    numbers = base64.b64encode(gzip.compress(pictures, mtime=0)).decode()
    told = {"nan": NAN, "title": title, "says": says, "zoom": {"steps": steps, "units": rows}}
    # A text that ends the script would be markup.
    about = json.dumps(told).replace("<", "\\u003c")
    styles = "".join(_asset(f"browser/{name}.css") for name in STYLES)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_colours()}{styles}</style>"
        f"<body><script>{_asset('vendor/plotly-cartesian.min.js')}</script>"
        f'<script type="module">{one_script("offline.js")}\n'
        f'entry.mount(document.body, "{numbers}", {about})</script></body></html>'
    ).encode("utf-8", "replace")


def _colours() -> str:
    """What Streamlit gives its own pages: the colours of paper and ink, by theme."""
    inks = [(theme, look("teal", theme)) for theme in THEMES]
    return "".join(
        f":root[data-theme={theme}] {{ color-scheme: {theme}; --st-background-color: {ink.paper}; "
        f"--st-text-color: {ink.ink} }}\n"
        for theme, ink in inks
    )


def _asset(path: str) -> str:
    return (assets.FOLDER / path).read_text(encoding="utf-8")
