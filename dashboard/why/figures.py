"""Where did it come from? What a memory and a score are made of, as pictures."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np
from plotly.colors import sample_colorscale

from dashboard import figures, quiet
from dashboard.columns import round_up
from dashboard.figures import BARE_AXIS, FONT, Figure, label
from dashboard.palette import LINES, Look, Theme
from dashboard.sentences import signed
from dashboard.why.sources import Sources
from dashboard.why.view import Cell

# Pixels: the row of coloured words, bars, the curve of a memory, what lies between.
WORDS, BARS, CURVE, BETWEEN = 26, 190, 120, 34
TOP = [("yaxis", WORDS, 0.0), ("yaxis2", BARS, 10.0)]
MARGIN: dict[str, float] = {"l": 56, "r": 8, "t": 30, "b": 8}
# What a bar's number takes, as a share of the axis.
ROOM = 0.16
# As wide as a picture is taken to be, in steps that wear their words: the page stretches it.
MOST_WORDS = 60
# Steps: of a slider that names each, and of the triangle of all.
MOST_SLIDER, MOST_TRIANGLE = 500, 400


def memory_sources(sources: Sources, curve: np.ndarray, cell: Cell, look: Look, theme: Theme) -> Figure:
    """Words coloured by their share in one unit's c, the same as bars, and that c over the steps (step,)."""
    figure = shares(sources, cell, look, f"share in c of unit {cell.unit}")
    title = quiet.title(f"c of unit {cell.unit}", look)
    figure["layout"]["yaxis3"] = quiet.value_axis(look, curve, ROOM, ROOM) | {"title": title}
    seen = [step for step in sources.steps if step >= 0]
    values = curve[seen]
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "c",
            "x": seen,
            "y": np.asarray(values, dtype=np.float64).tolist(),
            "yaxis": "y3",
            "customdata": seen,
            "line": {"color": LINES[theme]["c"], "width": 1.6},
            "marker": {
                "size": [12 if step == cell.step else 8 if len(seen) <= MOST_WORDS else 4 for step in seen],
                "color": LINES[theme]["c"],
                "line": {"width": 1, "color": look.paper},
            },
            "hovertemplate": "c = %{y:.4f}<extra></extra>",
            **_calm(),
        }
    )
    quiet.rows(figure["layout"], [*TOP, ("yaxis3", CURVE, BETWEEN)], MARGIN)
    return figure


def score_sources(sources: Sources, cell: Cell, look: Look, name: str) -> Figure:
    """Words coloured by their share in one class's score, and the same as bars."""
    figure = shares(sources, cell, look, f"share in the score of {label(name)}")
    quiet.rows(figure["layout"], TOP, MARGIN)
    return figure


def shares(sources: Sources, cell: Cell, look: Look, title: str) -> Figure:
    """A row of words that wear the colour of their share, over bars of the same shares."""
    reach = float(np.abs(sources.shares).max()) or 1.0
    names = [html.escape(label(name), quote=False) for name in sources.names]
    common: Figure = {
        "type": "bar",
        "x": sources.x,
        "customdata": list(zip(sources.steps, sources.shares.tolist(), strict=True)),
        "hovertext": names,
        "hovertemplate": "%{hovertext}: %{customdata[1]:+.4f}<extra></extra>",
        **_calm(),
    }
    # Given numbers and a scale, plotly.js takes longer over the colours than over all else.
    colours = sample_colorscale(look.states, (sources.shares / reach + 1) / 2)
    row = common | {
        "name": "words",
        "y": [1] * len(names),
        "width": 0.96,
        "marker": {"color": colours, "line": {"width": 0}},
    }
    bars = common | {
        "name": "shares",
        "y": sources.shares.tolist(),
        "yaxis": "y2",
        "width": 0.72,
        "marker": {"color": colours, "line": {"width": 1, "color": look.faint}},
    }
    if len(names) <= 24:
        bars |= {
            "text": [signed(share) if abs(share) >= 0.005 * reach else "" for share in sources.shares],
            "textposition": "outside",
            "cliponaxis": False,
            "textfont": {"size": 11, "color": look.faint},
        }
    first, last = min(sources.x) - 0.5, max(sources.x) + 0.5
    return {
        "data": [row, bars],
        "layout": quiet.layout(look)
        | {
            "bargap": 0,
            "barmode": "overlay",
            "xaxis": {"range": [first, last], "fixedrange": True, **_words(sources), **BARE_AXIS},
            "yaxis": {"range": [0, 1], "showticklabels": False, "fixedrange": True, **BARE_AXIS},
            "yaxis2": quiet.value_axis(look, sources.shares, ROOM, ROOM) | {"title": quiet.title(title, look)},
            "shapes": [_now(cell.step, look)] if cell.step in sources.steps else [],
        },
    }


def triangle(values: np.ndarray, tokens: Sequence[str], cell: Cell, look: Look) -> Figure:
    """One unit's c after every step, each in a row, by source (target, source): the start, then the words."""
    reach = float(np.abs(values).max()) or 1.0
    steps = len(tokens)
    axis, top = figures.step_axis(["start", *tokens], 620, -0.5, steps + 0.5)
    axis |= {
        "tickvals": [value - 1 for value in axis["tickvals"]],
        "tickangle": None,
        "autotickangles": [0, -60],
        "automargin": True,
    }
    side, _ = figures.step_axis(tokens, 620, -0.5, steps - 0.5)
    height = min(520, max(180, 26 * steps))
    seen = np.where(values == 0, np.nan, values)
    return {
        "data": [
            {
                "type": "heatmap",
                "name": "triangle",
                "meta": {"layer": cell.layer, "direction": cell.direction},
                "z": np.ascontiguousarray(seen, dtype=np.float32),
                "x": list(range(-1, steps)),
                "y": list(range(steps)),
                "zmin": -reach,
                "zmax": reach,
                "colorscale": look.states,
                "showscale": False,
                "xgap": 1 if steps <= 60 else 0,
                "ygap": 1 if steps <= 60 else 0,
                "hoverongaps": False,
                "hovertemplate": "after step %{y}, from step %{x}: %{z:+.4f}<extra></extra>",
                **({"texttemplate": "%{z:+.2f}", "textfont": {"size": 11}} if steps <= 10 else {}),
            }
        ],
        "layout": quiet.layout(look)
        | {
            "height": top + height + 8,
            "margin": {"l": 8, "r": 8, "t": top, "b": 8},
            "xaxis": axis | {"range": [-1.5, steps - 0.5], "fixedrange": True, **BARE_AXIS},
            "yaxis": {
                "range": [steps - 0.5, -0.5],
                "tickmode": "array",
                "tickvals": side["tickvals"],
                "ticktext": side["ticktext"],
                "automargin": True,
                "fixedrange": True,
                **BARE_AXIS,
            },
            "shapes": [
                {
                    "type": "rect",
                    "x0": -1.5,
                    "x1": steps - 0.5,
                    "y0": cell.step - 0.5,
                    "y1": cell.step + 0.5,
                    "line": {"color": look.ink, "width": 1.5},
                }
            ],
        },
    }


def labels_of(sources: Sources) -> int:
    """How many labels a row of sources wears."""
    return len(_labelled(sources))


def _labelled(sources: Sources) -> list[tuple[int, str]]:
    """The words over their columns while they fit, else round positions; what is no word always."""
    many = len(sources.names) > MOST_WORDS
    every = round_up(len(sources.names) / 20)
    return [
        (x, label(name) if step < 0 or not many else f"{step:,}")
        for x, step, name in zip(sources.x, sources.steps, sources.names, strict=True)
        if not many or step < 0 or step % every == 0
    ]


def _words(sources: Sources) -> Figure:
    shown = _labelled(sources)
    return {
        "side": "top",
        "tickmode": "array",
        "tickvals": [x for x, _ in shown],
        "ticktext": [html.escape(text, quote=False) for _, text in shown],
        "tickfont": {"size": FONT if len(shown) <= 24 else FONT - 2},
        # Only the page's width decides whether they lie level.
        "autotickangles": [0, -60],
        "ticklabeloverflow": "allow",
        "automargin": True,
        "anchor": "y",
    }


def _now(step: int, look: Look) -> Figure:
    """A frame around the column of the step that is looked at."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": step - 0.5,
        "x1": step + 0.5,
        "y0": 0,
        "y1": 1,
        "line": {"color": look.ink, "width": 1},
        "fillcolor": "rgba(128,128,128,0.07)",
        "layer": "below",
    }


def _calm() -> Figure:
    """A click chooses a step and must not make the others pale."""
    same = {"marker": {"opacity": 1}}
    return {"selected": same, "unselected": same}
