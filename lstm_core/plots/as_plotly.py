"""How does a figure become one that a notebook shows? On a page of its own, with a title in lines above it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from lstm_core.plots.labels import LETTER
from lstm_core.plots.page_figure import FONT, Figure
from lstm_core.plots.palette import look

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

LIGHT = look("teal", "light")
# Pixels of a title above a figure, of each line more, of the longest line where a figure has no width of its own, and
# to the left of a line.
TITLE, LINE, WIDTH, LEFT = 40, 20, 650, 12


def as_plotly(figure: Figure | PlotlyFigure, title: str = "") -> PlotlyFigure:
    """A Plotly figure on a white page, whatever the notebook's theme, with a title above it."""
    import plotly.graph_objects as go

    drawn = go.Figure(figure)
    drawn.update_layout(paper_bgcolor=LIGHT.paper, plot_bgcolor=LIGHT.paper)
    size = drawn.layout.font.size + 2
    if lines := title_lines(title, drawn.layout.width, size):
        above = title_height(lines)
        drawn.update_layout(margin_t=drawn.layout.margin.t + above, height=drawn.layout.height + above)
        # Plotly puts the top of a line there, and of several lines the foot of the first.
        pad = {"t": 10 if len(lines) == 1 else 10 + 0.7 * size}
        place = {"x": 0, "xref": "paper", "yref": "container", "y": 1, "yanchor": "top", "pad": pad}
        drawn.layout.title = {"text": "<br>".join(lines), "font": {"size": size}, "automargin": False, **place}
    return drawn


def title_lines(title: str, width: float | None, size: int) -> list[str]:
    """A title in lines that a figure of this width has room for; `size`: of its letters."""
    # East Asian letters are twice as wide.
    wide = sum(letter >= "⺀" for letter in title) / max(1, len(title))
    letters = ((width or WIDTH) - LEFT) / (LETTER * size / FONT * (1 + wide))
    return textwrap.wrap(title, max(8, int(letters)), break_on_hyphens=False)


def title_height(lines: list[str]) -> int:
    """The pixels that a title's lines take."""
    return TITLE + LINE * (len(lines) - 1) if lines else 0
