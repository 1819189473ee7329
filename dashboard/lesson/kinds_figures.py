"""How are three kinds of cell drawn? h of each on one scale, and curves of what is kept."""

from collections.abc import Mapping, Sequence

import numpy as np

from gatescope.lesson.cell import NAMES
from gatescope.lesson.kinds import GAPS, ByGap, Three
from gatescope.lesson.kinds_sentences import name_of
from lstm_core.plots import quiet_axes
from lstm_core.plots.page_figure import BARE_AXIS, Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.side_by_side_strips import Words, level, strips
from lstm_core.plots.step_axis import past_the_end, step_axis
from lstm_core.plots.strips import RNN_STRIPS
from lstm_core.training.copying import SYMBOLS, Copy

HIDDEN = RNN_STRIPS[-1]._replace(share=1.0)
DASHES = {"lstm": "solid", "gru": "dash", "rnn": "dot", "rnn10": "dashdot"}
CURVE, TOP = 130, 34
ONE, UNITS = (0, 0), Copy.sizes.hidden_size


def hidden(read: Three, look: Look) -> list[Figure]:
    """h of each cell over the words, from -1 to 1."""
    words = _words(read)
    cells = ({"h": kind.trace.cells("h")} for kind in read.kinds)
    return level([strips(h, words, look, ONE, 1.0, of=[HIDDEN]) for h in cells])


def left(read: Three, look: Look, lines: Mapping[str, str]) -> Figure:
    """How far h still is from that of another first step, after each step; a line for each kind of cell."""
    highest = max(float(np.nanmax(kind.left, initial=1.0)) for kind in read.kinds)
    axis, top = step_axis(read.tokens, 760, -0.5, len(read.tokens) - 0.5)
    curves = [
        _line(kind.cell, NAMES[kind.cell], list(range(len(read.tokens))), kind.left.tolist(), lines, ".2f")
        for kind in read.kinds
    ]
    layout = _layout(look, top + CURVE) | {
        "xaxis": axis | {"range": [-0.5, len(read.tokens) - 0.5], "fixedrange": True, **BARE_AXIS},
        "yaxis": _shares(look, highest, ".1f"),
        "hovermode": "x unified",
    }
    past = past_the_end(axis, 760, -0.5, len(read.tokens) - 0.5)
    layout["margin"] |= {"t": top, "b": 30, "r": max(8, past)}
    layout["legend"] |= {"y": 0, "yanchor": "top"}
    return {"data": curves, "layout": layout}


def by_gap(found: Sequence[ByGap], look: Look, lines: Mapping[str, str]) -> Figure:
    """The share of first symbols recalled, by gap length, a line for each kind of cell; the dotted line is chance."""
    places = list(range(len(GAPS)))
    chance = 1 / len(SYMBOLS)
    guessing = quiet_axes.note("guessing", 0, chance, look, xref="paper", xanchor="left", yanchor="top")
    layout = _layout(look, CURVE + 80) | {
        "xaxis": {
            "tickmode": "array",
            "tickvals": places,
            "ticktext": [str(gap) for gap in GAPS],
            "range": [-0.3, len(GAPS) - 0.7],
            "title": quiet_axes.title("dots in between", look) | {"standoff": 4},
            "fixedrange": True,
            **BARE_AXIS,
        },
        "yaxis": _shares(look, 1.0, ".0%"),
        "shapes": [quiet_axes.line(0, 1, chance, chance, look) | {"xref": "paper", "layer": "above"}],
        "annotations": [guessing],
        "hovermode": "x unified",
    }
    # Where the page is narrow the names need two lines.
    layout["margin"] |= {"t": 50, "b": 44}
    return {
        "data": [
            _line(f"{one.cell}{one.units if one.units != UNITS else ''}", name_of(one), places, one.right, lines, ".0%")
            for one in found
        ],
        "layout": layout,
    }


def _words(read: Three) -> Words:
    return [(token,) for token in read.tokens]


def _line(kind: str, name: str, x: list[int], y: list[float], lines: Mapping[str, str], written: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(x) <= 12 else "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": lines[kind], "width": 2.5, "dash": DASHES[kind]},
        "marker": {"size": 6},
        "hovertemplate": f"%{{y:{written}}}",
    }


def _shares(look: Look, highest: float, tickformat: str) -> Figure:
    grid = {"showgrid": True, "gridcolor": look.gates[1][1], "tickformat": tickformat}
    return quiet_axes.value_axis(look, np.array([highest]), 0.04, 0.06) | grid


def _layout(look: Look, height: int) -> Figure:
    return quiet_axes.layout(look) | {
        "height": height,
        "margin": {"l": 48, "r": 8, "t": TOP, "b": 28},
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"},
        "hoverlabel": {"bgcolor": look.paper, "font": {"color": look.ink}},
    }
