"""How is a trace one page: the live view with its numbers, its scripts and Plotly inside?"""

from __future__ import annotations

import base64
import gzip
import html
import json

from dashboard import assets
from dashboard.live.wire_format import NAN
from dashboard.offline.one_script import one_script
from dashboard.offline.pictures import pictures
from dashboard.reading.recorded import first_sequence, reading_of, shown_of, which_sequence
from lstm_core import SequenceModel, Trace
from lstm_core.plots.palette import THEMES, look

STYLES = ("frame", "live", "plotly", "offline")


def page(whole: Trace, title: str, model: SequenceModel | None = None) -> bytes:
    """A page with the live view of a trace's first sequence; with the model's answers, if its model is given.

    Raises LstmCoreError for a trace that can't be drawn (`reading/recorded.py`).
    """
    trace = first_sequence(whole)
    made = pictures(reading_of(trace, model), trace, shown_of(trace, model))
    # The time would make two pages of one trace differ.
    numbers = base64.b64encode(gzip.compress(made, mtime=0)).decode()
    about = json.dumps({"nan": NAN, "says": which_sequence(whole).strip()}).replace("<", "\\u003c")
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
