"""How are the sources of a memory and of a score drawn?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.question.cell import Cell
from dashboard.why.sources import Score
from lstm_core.plots import quiet_axes, step_axis
from lstm_core.plots.labels import label, signed
from lstm_core.plots.page_figure import BARE_AXIS, FONT, Figure
from lstm_core.plots.palette import LINES, Look, Theme
from lstm_core.plots.share_bars import BETWEEN, MARGIN, MOST_WORDS, ROOM, ROWS, calm, shares
from lstm_core.plots.sources import Sources

# Pixels: the curve of a memory.
CURVE = 120
# The legend below two bars a word, its room in pixels, and the most words whose two bars have numbers.
LEGEND = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "xanchor": "left"}
LEGEND_ROOM, MOST_TWO = 34, 12
# The second bar of a word: the opacity of its colour, in hexadecimal.
PALE = "73"
# The most steps of a slider that names each step, and of the triangle.
MOST_SLIDER, MOST_TRIANGLE = 500, 400


def memory_sources(sources: Sources, curve: np.ndarray, cell: Cell, look: Look, theme: Theme) -> Figure:
    """Words coloured by their share in one unit's c, the shares as bars, and c over the steps (step,)."""
    figure = shares(sources, cell.step, look, f"share in c of unit {cell.unit}")
    title = quiet_axes.title(f"c of unit {cell.unit}", look)
    figure["layout"]["yaxis3"] = quiet_axes.value_axis(look, curve, ROOM, ROOM) | {"title": title}
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
            **calm(),
        }
    )
    quiet_axes.rows(figure["layout"], [*ROWS, ("yaxis3", CURVE, BETWEEN)], MARGIN)
    return figure


def score_sources(score: Score, without: np.ndarray | None, erasing_first: bool, cell: Cell, look: Look) -> Figure:
    """Words coloured by what they do for a class's lead, over two bars a word: its share of the lead, and how much of
    the lead goes without the word. `without` (source,): the lead without each word, None if that is not known."""
    name = f"score of {label(score.label)}" if score.rival is None else f"lead of {label(score.label)}"
    if without is None:
        figure = shares(score.sources, cell.step, look, f"share in the {name}")
    else:
        gone = score.sources.total - without
        leading = score.sources._replace(shares=np.nan_to_num(gone)) if erasing_first else score.sources
        seen = np.concatenate([score.sources.shares, np.nan_to_num(gone)])
        # One scale for both bars of a word: a word that does little is pale, also where no other one does more.
        figure = shares(leading, cell.step, look, f"part of the {name}", reach=float(np.abs(seen).max()))
        words, bars = figure["data"]
        # A word's two numbers are those of its bars.
        words |= {"showlegend": False, "hovertemplate": "%{hovertext}<extra></extra>"}
        figure["data"] = [words, *_side_by_side(bars, score.sources, without, erasing_first, look)]
        axis = quiet_axes.value_axis(look, seen, ROOM, ROOM)
        figure["layout"]["yaxis2"] |= {"range": axis["range"]}
        figure["layout"] |= {"showlegend": True, "legend": LEGEND | {"font": {"color": look.faint, "size": FONT}}}
    quiet_axes.rows(figure["layout"], ROWS, MARGIN if without is None else MARGIN | {"b": LEGEND_ROOM})
    return figure


def _side_by_side(bars: Figure, sources: Sources, without: np.ndarray, erasing_first: bool, look: Look) -> list[Figure]:
    """The bars of the shares and of what goes without each word, the leading ones at the left and in colour."""
    steps, total = sources.steps, sources.total
    # A source that is no word, and the word that is read here, can't be erased.
    gone = [None if np.isnan(value) else float(total - value) for value in without]
    # The legend leaves the bars' opacity out, but not that of their colour.
    pale = {"color": look.faint + PALE, "line": {"width": 0}}
    both = [
        ("shares", "share, all gates as they were", sources.shares.tolist(), "share %{y:+.4f}"),
        ("erased", "what goes without the word", gone, "without it %{customdata[1]:+.4f} is left"),
    ]
    if erasing_first:
        both.reverse()
    left = [float(total) if np.isnan(value) else float(value) for value in without]
    drawn = []
    for n, (meta, name, y, said) in enumerate(both):
        bar = {key: value for key, value in bars.items() if key not in ("text", "textposition")}
        texts = [signed(value) if value is not None and bars.get("text") and abs(value) >= 0.005 else "" for value in y]
        drawn.append(
            bar
            | {"name": name, "meta": meta, "y": y, "width": 0.36, "offset": (-0.38, 0.02)[n]}
            | {
                "customdata": list(zip(steps, left, strict=True)),
                "hovertemplate": f"%{{hovertext}}: {said}<extra></extra>",
            }
            | {"marker": pale if n else _seen_in_legend(bar["marker"], y, look)}
            | ({"text": texts, "textposition": "outside"} if len(steps) <= MOST_TWO else {})
            | {"showlegend": True}
        )
    return drawn


def _seen_in_legend(marker: Figure, y: Sequence[float | None], look: Look) -> Figure:
    """A marker whose legend has a colour: the legend takes that of the first bar, which may have no height."""
    if y[0] is not None:
        return marker
    return marker | {"color": [look.states[-1][1], *marker["color"][1:]]}


def triangle(values: np.ndarray, tokens: Sequence[str], cell: Cell, look: Look) -> Figure:
    """One unit's c by source (target, source), a row for each step; the sources are the start, then the words."""
    steps = len(tokens)
    sources, top = _source_axis(tokens)
    height = min(520, max(180, 26 * steps))
    return {
        "data": [_shares(values, steps, cell, look)],
        "layout": quiet_axes.layout(look)
        | {
            "height": top + height + 8,
            "margin": {"l": 8, "r": 8, "t": top, "b": 8},
            "xaxis": sources,
            "yaxis": _target_axis(tokens),
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


def _shares(values: np.ndarray, steps: int, cell: Cell, look: Look) -> Figure:
    """The heatmap (target, source) of a triangle; a source after its target stays blank."""
    reach = float(np.abs(values).max()) or 1.0
    gap = 1 if steps <= 60 else 0
    return {
        "type": "heatmap",
        "name": "triangle",
        "meta": {"layer": cell.layer, "direction": cell.direction},
        "z": np.ascontiguousarray(np.where(values == 0, np.nan, values), dtype=np.float32),
        "x": list(range(-1, steps)),
        "y": list(range(steps)),
        "zmin": -reach,
        "zmax": reach,
        "colorscale": look.states,
        "showscale": False,
        "xgap": gap,
        "ygap": gap,
        "hoverongaps": False,
        "hovertemplate": "after step %{y}, from step %{x}: %{z:+.4f}<extra></extra>",
        **({"texttemplate": "%{z:+.2f}", "textfont": {"size": 11}} if steps <= 10 else {}),
    }


def _source_axis(tokens: Sequence[str]) -> tuple[Figure, int]:
    """The axis with the start and the words above a triangle, and its height in pixels."""
    steps = len(tokens)
    axis, top = step_axis.step_axis(["start", *tokens], 620, -0.5, steps + 0.5)
    axis |= {
        # The start is at -1, so that each word is at its step.
        "tickvals": [value - 1 for value in axis["tickvals"]],
        "tickangle": None,
        "autotickangles": [0, -60],
        "automargin": True,
        "range": [-1.5, steps - 0.5],
        "fixedrange": True,
    }
    return axis | BARE_AXIS, top


def _target_axis(tokens: Sequence[str]) -> Figure:
    """The axis with the words at the left of a triangle, the first on top."""
    steps = len(tokens)
    words, _ = step_axis.step_axis(tokens, 620, -0.5, steps - 0.5)
    return {
        "range": [steps - 0.5, -0.5],
        "tickmode": "array",
        "tickvals": words["tickvals"],
        "ticktext": words["ticktext"],
        "automargin": True,
        "fixedrange": True,
        **BARE_AXIS,
    }
