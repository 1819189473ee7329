"""What differs? Two readings side by side on the same scales, and their difference."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import torch

from dashboard import figures
from dashboard.columns import fit, round_up
from dashboard.figures import STRIPS, Figure, Strip, label
from dashboard.palette import Look
from lstm_core import Comparison, Quantity, SequenceModel, Trace

# Pixels that each picture of three is taken to have: numbers stand in the cells while these have room.
THIRD = 360
# A label's row, and how many labels are told apart.
LABEL, MOST_LABELS = 22, 12
# A second word above a column.
SECOND_LINE = 18
# The most that labels left of a picture take.
LEFT_MOST = 90
# Columns of a longer text hold several steps each, and show the one that is farthest from their mean.
MOST_COLUMNS = 1_000
ZERO = np.zeros(1)
Place = tuple[int, int]
"""Layer and direction."""


def three(comparison: Comparison, at_a: Place, at_b: Place, quantities: Sequence[str], look: Look) -> list[Figure]:
    """One layer and direction of each on one scale, and the difference on its own.

    Of a comparison that was narrowed to one of each, these say which.
    """
    narrowed = comparison.a["c"].shape[:2] == (1, 1)
    runs: list[Mapping[Any, np.ndarray]] = [comparison.a, comparison.b, comparison.differences]
    a, b, difference = (
        {
            quantity: run[cast(Quantity, quantity)][(0, 0) if narrowed else at_a].T
            for quantity in (strip.quantity for strip in STRIPS)
            if quantity in quantities
        }
        for run in runs
    )
    words_a, words_b, words = words_of(comparison)
    reach = scale_of([a.get("c", ZERO), b.get("c", ZERO)])
    apart = fine_scale(difference.values())
    return level(
        [
            strips(a, words_a, look, at_a, reach),
            strips(b, words_b, look, at_b, reach),
            strips(difference, words, look, at_a, apart, differ=True),
        ]
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
        scales = [(-reach, reach)] * 3
    else:
        scales = [(0.0, 1.0), (0.0, 1.0), (-1.0, 1.0)]
    pictures = zip((a, b, b - a), (words_a, words_b, words), scales, strict=True)
    return level([said(values, names, tokens, look, scale) for values, tokens, scale in pictures])


Words = list[tuple[str, ...]]


def words_of(comparison: Comparison) -> tuple[Words, Words, Words]:
    """The words over the columns: of the one, of the other, and both one above the other where they differ."""
    pairs = comparison.tokens or [(f"{a}", f"{b}") for a, b in comparison.pairs]
    both: Words = [(a, b) if a and b and a != b else (a or b or "",) for a, b in pairs]
    return [(a or "",) for a, _ in pairs], [(b or "",) for _, b in pairs], both


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
    cells: Mapping[Any, np.ndarray],
    tokens: Words,
    look: Look,
    at: Place,
    reach: float,
    differ: bool = False,
    of: Sequence[Strip] = STRIPS,
) -> Figure:
    """Some quantities (unit, step) of one layer and direction as heatmaps, on the scales of the main page; of
    differences, all on one diverging scale that reaches as far. `of`: how each quantity there may be is drawn."""
    shown = [strip for strip in of if strip.quantity in cells]
    if differ:
        shown = [strip._replace(scale="states") for strip in shown]
    figure = _over_words(cells, tokens, look, at, gap=24, strips=shown, reach=reach)
    if differ:
        for trace in figure["data"]:
            trace |= {"zmin": -reach, "zmax": reach}
            if "texttemplate" in trace:
                trace |= {"texttemplate": "%{text}", "text": _differences(trace["z"], 3 if reach < 1 else 2)}
    for strip, trace in zip(shown, figure["data"], strict=True):
        trace |= {
            "hoverongaps": False,
            "hovertemplate": f"unit %{{y}}, step %{{x}}: {strip.quantity} = %{{z:.4f}}<extra></extra>",
        }
    name_above(figure, [_with_scale(strip, trace) for strip, trace in zip(shown, figure["data"], strict=True)], look)
    return _stretched(figure)


def _differences(values: np.ndarray, places: int) -> list[list[str]]:
    """Differences as text: a plain 0 where there is none to that many places, nothing where there is no partner."""
    least = 0.5 * 10.0**-places
    return [
        ["" if np.isnan(value) else "0" if abs(value) < least else f"{value:+.{places}f}" for value in row]
        for row in values.tolist()
    ]


def said(values: np.ndarray, labels: Sequence[str], tokens: Words, look: Look, scale: tuple[float, float]) -> Figure:
    """What a model makes of each step (label, step), on a scale that diverges where it begins below 0."""
    strip = Strip("h", "", "", "", "states" if scale[0] < 0 else "gates", 1)
    figure = _over_words({"h": values}, tokens, look, strips=[strip])
    names = [html.escape(label(name), quote=False) for name in labels]
    figure["data"][0] |= {
        "name": "said",
        "meta": {},
        "zmin": scale[0],
        "zmax": scale[1],
        "hoverongaps": False,
        "customdata": [[name] * figure["data"][0]["z"].shape[1] for name in names],
        "hovertemplate": "%{customdata}: %{z:.3f}<extra></extra>",
    }
    figure["layout"]["yaxis"] |= {
        "showticklabels": True,
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": names,
    }
    figure["layout"]["height"] = figure["layout"]["margin"]["t"] + max(48, LABEL * len(names)) + 4
    figure["layout"]["yaxis"]["domain"] = [0, 1]
    return _stretched(figure)


def _over_words(
    cells: Mapping[Any, np.ndarray], tokens: Words, look: Look, at: Place = (0, 0), **options: Any
) -> Figure:
    """`figures.memory` over columns of one word, or of two, one above the other."""
    longest = [max(words, key=figures.width_of) for words in tokens]
    columns = fit(len(tokens), MOST_COLUMNS, sum(len(values) for values in cells.values()), None)
    if columns.per > 1:
        cells = {name: columns.take(torch.from_numpy(values.T)).extreme for name, values in cells.items()}
    figure, _ = figures.memory(cells, longest, look, THIRD, layer=at[0], direction=at[1], columns=columns, **options)
    layout = figure["layout"]
    if len(layout["xaxis"]["tickvals"]) == len(tokens) and any(len(words) > 1 for words in tokens):
        lines = [[html.escape(label(word), quote=False) for word in words] for words in tokens]
        layout["xaxis"]["ticktext"] = ["<br>".join(words) for words in lines]
        layout["margin"]["t"] += SECOND_LINE
        layout["height"] += SECOND_LINE
    return figure


def indent(pictures: Sequence[Figure], under: Sequence[Figure]) -> None:
    """Pictures that stand one under the other begin at one place on the left: where the labels of `under` end."""
    names = [name for figure in under for name in figure["layout"]["yaxis"].get("ticktext", ())]
    left = 10 + min(LEFT_MOST, max((figures.width_of(name) for name in names), default=-10))
    for figure in (*pictures, *under):
        figure["layout"]["margin"]["l"] = round(left)


def frame(pictures: Sequence[Figure], quantity: str, unit: int, pair: int, look: Look) -> None:
    """A frame around one cell, in each picture that shows its quantity."""
    for figure in pictures:
        for trace in figure["data"]:
            if trace["name"] == quantity:
                figure["layout"].setdefault("shapes", []).append(
                    {
                        "type": "rect",
                        "xref": "x",
                        "yref": trace["yaxis"],
                        "x0": pair - 0.5,
                        "x1": pair + 0.5,
                        "y0": unit - 0.5,
                        "y1": unit + 0.5,
                        "line": {"color": look.ink, "width": 2},
                    }
                )


def name_above(figure: Figure, names: Sequence[str], look: Look) -> None:
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


def _with_scale(strip: Strip, trace: Figure) -> str:
    low, high = (f"{trace[end]:g}".replace("-", "−") for end in ("zmin", "zmax"))
    return f"{strip.title} <i>{strip.quantity}</i>, {low} to {high}"


def _stretched(figure: Figure) -> Figure:
    """As wide as its column of the page, whose width is known only there."""
    layout = figure["layout"]
    del layout["width"]
    layout["hovermode"] = "closest"
    # Slanted words reach beyond their columns.
    layout["margin"]["r"] = 0 if layout["xaxis"]["tickangle"] == 0 else 28
    for name in layout:
        if name.startswith(("xaxis", "yaxis")):
            layout[name]["fixedrange"] = True
    return figure


def level(beside: list[Figure]) -> list[Figure]:
    """Figures that stand side by side begin at one height, and slant their words if one of them has to."""
    layouts = [figure["layout"] for figure in beside]
    top, right = (max(layout["margin"][side] for layout in layouts) for side in "tr")
    slanted = any(layout["xaxis"]["tickangle"] for layout in layouts)
    for layout in layouts:
        layout["height"] += top - layout["margin"]["t"]
        layout["margin"] |= {"t": top, "r": right}
        layout["xaxis"]["tickangle"] = -60 if slanted else 0
    return beside


def apart(
    trace_a: Trace, at_a: Place, trace_b: Trace, at_b: Place, quantities: Sequence[str], look: Look
) -> list[Figure]:
    """Two readings whose units are not each other's, each over its own words, on the same scales."""
    a, b = (
        {strip.quantity: trace.cells(strip.quantity, *at) for strip in STRIPS if strip.quantity in quantities}
        for trace, at in ((trace_a, at_a), (trace_b, at_b))
    )
    words_a, words_b = (_single(trace) for trace in (trace_a, trace_b))
    reach = scale_of([a.get("c", ZERO), b.get("c", ZERO)])
    return level([strips(a, words_a, look, at_a, reach), strips(b, words_b, look, at_b, reach)])


def _single(trace: Trace) -> Words:
    return [(token,) for token in (trace.tokens or [[]])[0]]
