"""What differs? Two readings side by side on the same scales, and their difference."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dashboard import figures
from dashboard.columns import round_up
from dashboard.figures import STRIPS, Figure, Strip, label
from dashboard.palette import Look
from lstm_core import Comparison, Quantity, SequenceModel, Trace

# Pixels that each picture of three is taken to have: numbers stand in the cells while these have room.
THIRD = 400
# A label's row, and how many labels are told apart.
LABEL, MOST_LABELS = 22, 12
ZERO = np.zeros(1)
Place = tuple[int, int]
"""Layer and direction."""


class Three(NamedTuple):
    """Two runs and their difference, and how far the scale of the difference goes to both sides of 0."""

    figures: tuple[Figure, Figure, Figure]
    reach: float


def three(comparison: Comparison, at_a: Place, at_b: Place, quantities: Sequence[str], look: Look) -> Three:
    """One layer and direction of each on one scale, and the difference on its own.

    Of a comparison that was narrowed to one of each, these say which.
    """
    narrowed = comparison.a["c"].shape[:2] == (1, 1)
    a, b, difference = (
        {
            strip.quantity: run[strip.quantity][(0, 0) if narrowed else at_a].T
            for strip in STRIPS
            if strip.quantity in quantities
        }
        for run in (comparison.a, comparison.b, comparison.differences)
    )
    words_a, words_b, words = words_of(comparison)
    reach = scale_of([a.get("c", ZERO), b.get("c", ZERO)])
    apart = fine_scale(difference.values())
    return Three(
        (
            strips(a, words_a, look, at_a, reach),
            strips(b, words_b, look, at_b, reach),
            strips(difference, words, look, at_a, apart, differ=True),
        ),
        apart,
    )


def three_said(
    both: tuple[np.ndarray, np.ndarray] | None,
    model: SequenceModel | None,
    comparison: Comparison | None,
    look: Look,
) -> list[Figure]:
    """What a model makes of each step, before, after, and the difference; the labels that count in either."""
    if both is None or model is None or comparison is None:
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
    at: Place,
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


def apart(
    trace_a: Trace, at_a: Place, trace_b: Trace, at_b: Place, quantities: Sequence[str], look: Look
) -> tuple[Figure, Figure]:
    """Two readings whose units are not each other's, each over its own words, on the same scales."""
    a, b = (
        {strip.quantity: trace.cells(strip.quantity, *at) for strip in STRIPS if strip.quantity in quantities}
        for trace, at in ((trace_a, at_a), (trace_b, at_b))
    )
    words_a, words_b = (trace.tokens[0] if trace.tokens else [""] * len(trace.x) for trace in (trace_a, trace_b))
    reach = scale_of([a.get("c", ZERO), b.get("c", ZERO)])
    return strips(a, words_a, look, at_a, reach), strips(b, words_b, look, at_b, reach)
