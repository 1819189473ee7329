"""Which colours do figures have, and what else do all share: background and font, thin axes, rows, and a title?

Two scales: gates from 0 (closed, like the page) to 1; states from -1 over 0 (like the page) to +1. All are
colour-blind safe: within a scale lightness tells the amount, and no state scale sets red against green.
"""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from lstm_core.plots.labels import LETTER, label

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure


# Which colours do the figures have?

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


class Look(NamedTuple):
    """The colours of one figure: both scales in Plotly's form, ink and paper."""

    gates: list[list[float | str]]
    states: list[list[float | str]]
    ink: str
    faint: str
    paper: str


# The browser reads the same file: it draws the page Memory.
COLOURS_FILE = Path(__file__).parent / "colours.json"
_COLOURS = json.loads(COLOURS_FILE.read_text(encoding="utf-8"))
INK: dict[str, tuple[str, str, str]] = {theme: tuple(inks.values()) for theme, inks in _COLOURS["ink"].items()}
# From closed to open; from most negative over zero to most positive. In print, grey, the sign must show without colour:
# light is negative, dark positive.
GATES, STATES = (
    {(name, theme): shades for name, themes in _COLOURS[kind].items() for theme, shades in themes.items()}
    for kind in ("gates", "states")
)
# Curves of one unit: the memory and what keeps it stand out; the others are told apart by lightness too.
LINES: dict[str, dict[str, str]] = _COLOURS["lines"]


# Curves of three kinds of cell; dashes tell them apart too.
KINDS: dict[Theme, dict[str, str]] = {
    "light": {"lstm": "#b03320", "gru": "#0f4c63", "rnn": "#7a6200", "rnn10": "#6a51a3"},
    "dark": {"lstm": "#ff9a82", "gru": "#8fd3e6", "rnn": "#e0bb4a", "rnn10": "#b3a2e8"},
}


def look(colours: str, theme: Theme) -> Look:
    """The chosen colours in a theme."""
    return Look(_scale(GATES[colours, theme]), _scale(STATES[colours, theme]), *INK[theme])


def _scale(colours: list[str]) -> list[list[float | str]]:
    return [[position / (len(colours) - 1), colour] for position, colour in enumerate(colours)]


# What do all figures share? The page's background and font, thin axes, rows one under the other, and a title.

LIGHT = look("teal", "light")

Figure = dict[str, Any]
FONT = 13
FAMILY = "'Source Sans', 'Source Sans 3', 'Noto Sans', Arial, sans-serif"


def on_the_page(look: Look) -> Figure:
    """A layout with the page's background and font."""
    return {
        "font": {"color": look.ink, "size": FONT, "family": FAMILY},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
    }


BARE_AXIS = {"showgrid": False, "zeroline": False, "ticks": "", "showline": False}
# A colour bar without a frame, that stands where it is placed.
BARE_BAR = {"outlinewidth": 0, "xpad": 0, "ypad": 0}

# What do figures of bars, dots and lines share?

SMALL = {"size": 11}


def chart(look: Look, rows: Sequence[float], between: float = 0, titles: Sequence[str] = (), **margin: float) -> Any:
    """A Plotly figure without data: rows of these heights in pixels, `between` pixels apart, each under its title."""
    from plotly.subplots import make_subplots

    inside = sum(rows) + between * (len(rows) - 1)
    spacing = between / inside if len(rows) > 1 else None
    figure = make_subplots(
        len(rows), 1, row_heights=list(rows), vertical_spacing=spacing, subplot_titles=titles or None
    )
    margin = {"l": 64, "r": 14, "t": 30 if titles else 12, "b": 56} | margin
    figure.update_layout(
        on_the_page(look) | {"hovermode": "closest", "dragmode": False},
        margin=margin,
        height=round(inside + margin["t"] + margin["b"]),
    )
    figure.update_annotations(x=0, xanchor="left", font={"size": FONT, "color": look.ink}, yshift=4)
    quiet: Figure = {"showgrid": False, "zeroline": False, "fixedrange": True, "showline": False}
    quiet |= {"tickfont": SMALL | {"color": look.faint}}
    quiet |= {"linecolor": look.faint, "zerolinecolor": look.faint, "zerolinewidth": 1, "automargin": True}
    named = {"font": {"size": 12, "color": look.faint}, "standoff": 6}
    figure.update_xaxes(quiet, title=named, showline=True)
    figure.update_yaxes(quiet, title=named, nticks=5)
    return figure


def as_text(names: Iterable[str]) -> list[str]:
    """Names as labels, of which none is read as HTML."""
    return [html.escape(label(name), quote=False) for name in names]


def dotted(look: Look) -> Figure:
    """A thin dotted line."""
    return {"color": look.faint, "width": 1, "dash": "dot"}


def value_range(values: np.ndarray, below: float, above: float) -> list[float]:
    """From the smallest to the largest value, 0 included, with room below and above as shares of that range."""
    low, high = min(0.0, float(np.nanmin(values, initial=0.0))), max(0.0, float(np.nanmax(values, initial=0.0)))
    room = high - low or 1.0
    return [low - below * room, high + above * room]


# How does a figure get its title, in lines above it, and a white page whatever the notebook's theme?

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
