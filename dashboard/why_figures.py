"""The pictures of the page Why?: what a memory and a score are made of, and what a hold changes."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dashboard import figures
from dashboard.columns import round_up
from dashboard.figures import BARE_AXIS, FAMILY, FONT, STRIPS, Figure, Strip, label
from dashboard.palette import LINES, Look, Theme
from dashboard.sources import Sources
from dashboard.why_view import Cell
from lstm_core import Comparison, Quantity, SequenceModel

CHART = {
    "displaylogo": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "svg", "filename": "gatescope"},
}
# Pixels: the row of coloured words, bars, the curve of a memory, a label's row.
WORDS, BARS, CURVE, BETWEEN, LABEL = 26, 190, 120, 34, 22
ZERO = np.zeros(1)
# As wide as a picture is taken to be, in steps that wear their words: the page stretches it.
MOST_WORDS = 60
# Of several pictures side by side, each; numbers stand in the cells while these pixels have room.
THIRD = 400
# Steps: of a slider that names each, and of the triangle of all.
MOST_SLIDER, MOST_TRIANGLE = 500, 400
# Labels that are told apart.
MOST_LABELS = 12


class Three(NamedTuple):
    """Two runs and their difference, and how far the scale of the difference goes to both sides of 0."""

    figures: tuple[Figure, Figure, Figure]
    reach: float


def memory_sources(sources: Sources, curve: np.ndarray, cell: Cell, look: Look, theme: Theme) -> Figure:
    """Words coloured by their share in one unit's c, the same as bars, and that c over the steps (step,)."""
    figure = shares(sources, cell, look, f"share in c of unit {cell.unit}")
    figure["layout"]["yaxis3"] = _value_axis(look, curve) | {"title": _title(f"c of unit {cell.unit}", look)}
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
                "size": [11 if step == cell.step else 6 for step in seen],
                "color": LINES[theme]["c"],
                "line": {"width": 2, "color": look.paper},
            },
            "hovertemplate": "c = %{y:.4f}<extra></extra>",
            **_calm(),
        }
    )
    _stack(figure, [("yaxis", WORDS), ("yaxis2", BARS), ("yaxis3", CURVE)])
    return figure


def score_sources(sources: Sources, cell: Cell, look: Look, name: str) -> Figure:
    """Words coloured by their share in one class's score, and the same as bars."""
    figure = shares(sources, cell, look, f"share in the score of {label(name)}")
    _stack(figure, [("yaxis", WORDS), ("yaxis2", BARS)])
    return figure


def shares(sources: Sources, cell: Cell, look: Look, title: str) -> Figure:
    """A row of words that wear the colour of their share, over bars of the same shares."""
    reach = float(np.abs(sources.shares).max()) or 1.0
    names = [html.escape(label(name), quote=False) for name in sources.names]
    common: Figure = {"type": "bar", "x": sources.x, "customdata": sources.steps, "hovertext": names, **_calm()}
    colours: Figure = {
        "color": sources.shares.tolist(),
        "colorscale": look.states,
        "cmin": -reach,
        "cmax": reach,
        "showscale": False,
    }
    row = common | {
        "name": "words",
        "y": [1] * len(names),
        "width": 0.96,
        "marker": colours | {"line": {"width": 0}},
        "hovertemplate": "%{hovertext}: %{marker.color:+.4f}<extra></extra>",
    }
    bars = common | {
        "name": "shares",
        "y": sources.shares.tolist(),
        "yaxis": "y2",
        "width": 0.72,
        "marker": colours | {"line": {"width": 1, "color": look.faint}},
        "hovertemplate": "%{hovertext}: %{y:+.4f}<extra></extra>",
    }
    if len(names) <= 24:
        bars |= {
            "text": [f"{share:+.2f}" for share in sources.shares],
            "textposition": "outside",
            "cliponaxis": False,
            "textfont": {"size": 11, "color": look.faint},
        }
    first, last = min(sources.x) - 0.5, max(sources.x) + 0.5
    return {
        "data": [row, bars],
        "layout": _layout(look)
        | {
            "bargap": 0,
            "barmode": "overlay",
            "xaxis": {"range": [first, last], "fixedrange": True, **_words(sources), **BARE_AXIS},
            "yaxis": {"range": [0, 1], "showticklabels": False, "fixedrange": True, **BARE_AXIS},
            "yaxis2": _value_axis(look, sources.shares) | {"title": _title(title, look)},
            "shapes": [_now(cell.step, look)] if cell.step in sources.steps else [],
        },
    }


def triangle(values: np.ndarray, tokens: Sequence[str], cell: Cell, look: Look) -> Figure:
    """One unit's c after every step, each in a row, by source (target, source): the start, then the words."""
    reach = float(np.abs(values).max()) or 1.0
    steps = len(tokens)
    axis, top = figures.step_axis(["start", *tokens], 620, -1.5, steps - 0.5)
    axis |= {"tickvals": [value - 1 for value in axis["tickvals"]], "tickangle": None, "automargin": True}
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
        "layout": _layout(look)
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


def three(comparison: Comparison, at: tuple[int, int], quantities: Sequence[str], look: Look) -> Three:
    """Before and after on one scale, and the difference on its own."""
    a, b, difference = (
        {strip.quantity: run[strip.quantity][at].T for strip in STRIPS if strip.quantity in quantities}
        for run in (comparison.a, comparison.b, comparison.differences)
    )
    words_a, words_b, words = words_of(comparison)
    reach = scale_of([a.get("c", ZERO), b.get("c", ZERO)])
    apart = fine_scale(difference.values())
    return Three(
        (
            strips(a, words_a, look, at, reach),
            strips(b, words_b, look, at, reach),
            strips(difference, words, look, at, apart, differ=True),
        ),
        apart,
    )


def three_said(
    both: tuple[np.ndarray, np.ndarray] | None, model: SequenceModel | None, comparison: Comparison, look: Look
) -> list[Figure]:
    """What a model makes of each step, before, after, and the difference; the labels that count in either."""
    if both is None or model is None:
        return []
    a, b = both
    most = np.nanmax(np.maximum(np.nan_to_num(np.abs(a)), np.nan_to_num(np.abs(b))), axis=1)
    rows = sorted(np.argsort(-most, kind="stable")[:MOST_LABELS].tolist())
    names = [model.labels[row] for row in rows]
    words_a, words_b, words = words_of(comparison)
    a, b = a[rows], b[rows]
    if model.gives == "value":
        reach = fine_scale([a, b])
        return [
            said(a, names, words_a, look, reach, -reach),
            said(b, names, words_b, look, reach, -reach),
            said(b - a, names, words, look, reach, -reach),
        ]
    return [said(a, names, words_a, look), said(b, names, words_b, look), said(b - a, names, words, look, 1.0, -1.0)]


def words_of(comparison: Comparison) -> tuple[list[str], list[str], list[str]]:
    """The words over the columns: of the one, of the other, and of both where they differ."""
    pairs = comparison.tokens or [(f"{a}", f"{b}") for a, b in comparison.pairs]
    both = [f"{label(a)} → {label(b)}" if a and b and a != b else a or b or "" for a, b in pairs]
    return [a or "" for a, _ in pairs], [b or "" for _, b in pairs], both


def scale_of(values: Iterable[np.ndarray]) -> float:
    """How far the scale of c goes: 1, or as far as a count needs."""
    largest = max(float(np.abs(np.nan_to_num(value)).max()) for value in values)
    return 1.0 if largest <= 1 else float(round_up(largest))


def fine_scale(values: Iterable[np.ndarray]) -> float:
    """A round number as large as the largest of differences, be they ever so small."""
    largest = max(float(np.abs(np.nan_to_num(value)).max()) for value in values)
    if largest < 1e-6:
        return 1.0
    power = 10.0 ** (np.floor(np.log10(largest)))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= largest * (1 - 1e-9)))


def strips(
    cells: Mapping[Quantity, np.ndarray],
    tokens: Sequence[str],
    look: Look,
    at: tuple[int, int],
    reach: float,
    differ: bool = False,
) -> Figure:
    """Some quantities (unit, step) of one layer and direction as heatmaps, on the scales of the main page; of
    differences, all on one diverging scale that reaches as far."""
    shown = [strip for strip in STRIPS if strip.quantity in cells]
    if differ:
        shown = [strip._replace(scale="states") for strip in shown]
    figure, _ = figures.memory(cells, tokens, look, THIRD, *at, gap=24, strips=shown, reach=reach)
    if differ:
        for trace in figure["data"]:
            trace |= {"zmin": -reach, "zmax": reach}
    for strip, trace in zip(shown, figure["data"], strict=True):
        trace |= {
            "hoverongaps": False,
            "hovertemplate": f"unit %{{y}}, step %{{x}}: {strip.quantity} = %{{z:.4f}}<extra></extra>",
        }
    _name(figure, [strip.title + f" <i>{strip.quantity}</i>" for strip in shown], look)
    return _stretched(figure)


def said(
    values: np.ndarray, labels: Sequence[str], tokens: Sequence[str], look: Look, reach: float = 1.0, low: float = 0.0
) -> Figure:
    """What a model makes of each step (label, step), from `low` to `reach`; diverging where low is below 0."""
    strip = Strip("h", "", "", "", "states" if low < 0 else "gates", 1)
    figure, _ = figures.memory({"h": values}, tokens, look, THIRD, strips=[strip])
    names = [html.escape(label(name), quote=False) for name in labels]
    figure["data"][0] |= {
        "name": "said",
        "meta": {},
        "zmin": low,
        "zmax": reach,
        "hoverongaps": False,
        "customdata": [[name] * len(tokens) for name in names],
        "hovertemplate": "%{customdata}: %{z:.3f}<extra></extra>",
    }
    figure["layout"]["yaxis"] |= {
        "showticklabels": True,
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "automargin": True,
    }
    figure["layout"]["height"] = figure["layout"]["margin"]["t"] + max(48, LABEL * len(names)) + 4
    figure["layout"]["yaxis"]["domain"] = [0, 1]
    return _stretched(figure)


def _name(figure: Figure, names: Sequence[str], look: Look) -> None:
    """Each strip's name above it, at its left; under the words for the first, so that one stands higher."""
    layout = figure["layout"]
    layout["margin"]["t"] += 20
    layout["height"] += 20
    layout["xaxis"]["ticklabelstandoff"] = figures.RIBBON + 18
    layout["annotations"] = [
        {
            "text": name,
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": layout[f"yaxis{'' if number == 0 else number + 1}"]["domain"][1],
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
            "font": {"size": 12, "color": look.faint},
        }
        for number, name in enumerate(names)
    ]


def _stretched(figure: Figure) -> Figure:
    """As wide as its column of the page, whose width is not known here: Plotly slants the words where it must."""
    layout = figure["layout"]
    del layout["width"]
    layout["xaxis"] |= {"tickangle": None, "automargin": True, "fixedrange": True}
    layout["hovermode"] = "closest"
    for name in layout:
        if name.startswith("yaxis"):
            layout[name]["fixedrange"] = True
    return figure


def _stack(figure: Figure, rows: Sequence[tuple[str, float]]) -> None:
    """Rows one under the other, in pixels, and the height they take together."""
    inside = sum(height for _, height in rows) + BETWEEN * (len(rows) - 1) - BETWEEN + 10
    top = 0.0
    for number, (axis, height) in enumerate(rows):
        figure["layout"][axis]["domain"] = [max(0.0, 1 - (top + height) / inside), 1 - top / inside]
        top += height + (10 if number == 0 else BETWEEN)
    figure["layout"]["height"] = round(inside + figure["layout"]["margin"]["t"] + figure["layout"]["margin"]["b"])


def _words(sources: Sources) -> Figure:
    """The words over their columns while they fit, else round positions; what is no word always."""
    many = len(sources.names) > MOST_WORDS
    every = round_up(len(sources.names) / 20)
    shown = [
        (x, label(name) if step < 0 or not many else f"{step:,}")
        for x, step, name in zip(sources.x, sources.steps, sources.names, strict=True)
        if not many or step < 0 or step % every == 0
    ]
    return {
        "side": "top",
        "tickmode": "array",
        "tickvals": [x for x, _ in shown],
        "ticktext": [html.escape(text, quote=False) for _, text in shown],
        "tickfont": {"size": FONT},
        "automargin": True,
        "anchor": "y",
    }


def _layout(look: Look) -> Figure:
    return {
        "margin": {"l": 56, "r": 8, "t": 30, "b": 8},
        "font": {"color": look.ink, "size": FONT, "family": FAMILY},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
    }


def _value_axis(look: Look, values: np.ndarray) -> Figure:
    """From the least value to the largest, 0 among them, with room for a bar's number."""
    low, high = min(0.0, float(np.nanmin(values))), max(0.0, float(np.nanmax(values)))
    room = 0.16 * (high - low or 1.0)
    return {
        "range": [low - room, high + room],
        "zeroline": True,
        "zerolinecolor": look.faint,
        "zerolinewidth": 1,
        "showgrid": False,
        "tickfont": {"size": 11, "color": look.faint},
        "nticks": 5,
        "fixedrange": True,
    }


def _title(text: str, look: Look) -> Figure:
    return {"text": html.escape(text, quote=False), "font": {"size": 12, "color": look.faint}, "standoff": 6}


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
