"""How does a notebook show a trace as the page does, so that it plays? `trace.show()`"""

from __future__ import annotations

import html
from pathlib import Path

from dashboard.export.html_page import html_page
from dashboard.export.sheet_geometry import SIZES
from dashboard.export.trace_sheet import sheet_of
from dashboard.question.link import shortened
from lstm_core import Trace
from lstm_core.files.write_whole import write_bytes

# As wide as a notebook's column.
SIZE = "column"
LONGEST = 70
"""Letters of a title."""
PLAYER = 60
"""Pixels of the player above the picture."""


class NotebookView:
    """A page with a trace's first sequence, which plays and needs no server; at the end of a notebook's cell it is
    shown there."""

    def __init__(self, trace: Trace) -> None:
        words = trace.tokens[0] if trace.tokens else [trace.name or "an LSTM"]
        self.title = shortened((" " if any(len(word) > 1 for word in words) else "").join(words), LONGEST)
        self.page = html_page(sheet_of(trace, self.title, size=SIZE), self.title)

    def save(self, path: str | Path) -> None:
        """Write the page to a .html file."""
        write_bytes(Path(path), self.page)

    def __repr__(self) -> str:
        return f"{self.title}: a page that plays. End a notebook's cell with it, or save it as a .html file."

    def _repr_html_(self) -> str:
        page, title = html.escape(self.page.decode()), html.escape(self.title)
        style = f"border: 0; width: 100%; height: {SIZES[SIZE].height + PLAYER}px"
        return f'<iframe srcdoc="{page}" title="{title}" style="{style}"></iframe>'
