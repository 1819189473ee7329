"""How are pictures drawn side by side: two readings and what differs, or a unit that is a map, step by step?"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.errors import LstmCoreError
from lstm_core.plots.columns import Steps
from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import BARE_AXIS, FONT, LIGHT, Look, on_the_page
from lstm_core.plots.paper_figure import PaperStack, add_bar, bars_of, paper_figure, reach_of
from lstm_core.plots.strips import Strip, edges, heatmap, scale_of, strips_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

    from lstm_core.analysis.compare import Comparison


# How are two readings drawn, one beside the other, and what differs?

WIDTH = 1_000
# The letters of a word that shares its column with another.
LONGEST = 9


def compared_figure(
    comparison: Comparison, layer: int, direction: int, quantities: Sequence[str], title: str
) -> PlotlyFigure:
    """One layer and direction of each reading on one scale, and the difference on a scale of its own."""
    strips = [strip for strip in strips_of(comparison.a) if strip.quantity in quantities]
    a, b, difference = (
        {strip.quantity: run[strip.quantity][layer, direction].T for strip in strips}
        for run in (comparison.a, comparison.b, comparison.differences)
    )
    units = {name: comparison.numbers.get(name, range(len(values))) for name, values in a.items()}
    end, fine = reach_of([a, b]), scale_of(difference.values(), least=0.0)
    signed = [strip._replace(scale="states") for strip in strips]
    at, words = (layer, direction), _words(comparison)
    return paper_figure(
        [
            PaperStack(*at, "a", a, units, words[0], strips, end),
            PaperStack(*at, "b", b, units, words[1], strips, end),
            PaperStack(*at, "b − a", difference, units, words[2], signed, dict.fromkeys(a, fine), differs=True),
        ],
        title,
        LIGHT,
        WIDTH,
    )


def _words(comparison: Comparison) -> list[Steps]:
    """What stands under the steps of a, of b, and of the difference: both words where they differ."""
    pairs = [["" if one is None else str(one) for one in pair] for pair in comparison.tokens or comparison.pairs]
    both = [a if a == b else "\n".join(label(one, LONGEST) for one in (a, b) if one) for a, b in pairs]
    names = [a for a, _ in pairs], [b for _, b in pairs], both
    return [Steps(range(len(pairs)), each, "" if comparison.tokens else "step") for each in names]


# How is a unit drawn that is a map, as in a ConvLSTM? A small picture a step, a row of them for each quantity.

# Pixels: left for the letters, above for the steps, between rows, below for the colours; and the narrowest map.
LEFT, TOP, GAP, BELOW, NARROWEST = 24, 24, 8, 64, 12


def map_strips(
    maps: Mapping[str, np.ndarray],
    names: Sequence[str],
    strips: Sequence[Strip],
    reach: Mapping[str, float],
    look: Look,
    width: int,
) -> PlotlyFigure:
    """Rows of maps: by quantity (step, row, column), over the names of the steps. `reach`: the ends of
    the scales of c and h.

    Raises LstmCoreError where the maps have no room in this width.
    """
    from plotly.subplots import make_subplots

    steps, rows, columns = next(iter(maps.values())).shape
    wide = steps * (columns + 1) - 1
    each = (width - LEFT) / wide
    if columns * each < NARROWEST:
        most = int((width - LEFT) * columns / NARROWEST + 1) // (columns + 1)
        raise LstmCoreError(
            f"Expected at most {most} steps in a width of {width} pixels, got {steps:,}. Give fewer, "
            f"trace.sel(time=slice(0, {most})), or a larger width."
        )
    inside = len(strips) * (round(rows * each) + GAP) - GAP
    figure = make_subplots(len(strips), 1, vertical_spacing=GAP / inside if len(strips) > 1 else None)
    margin = {"l": LEFT, "r": 0, "t": TOP, "b": BELOW}
    figure.update_layout(on_the_page(look) | {"width": width, "height": TOP + inside + BELOW, "margin": margin})
    figure.update_xaxes(BARE_AXIS | edges(wide) | {"range": [-0.5, wide - 0.5], "showticklabels": False}, matches="x")
    middles = [step * (columns + 1) + (columns - 1) / 2 for step in range(steps)]
    shown = {"tickvals": middles, "ticktext": [html.escape(name, quote=False) for name in names]}
    figure.update_xaxes(shown, side="top", showticklabels=True, row=1)
    for number, strip in enumerate(strips, 1):
        # An empty column between two maps.
        spaced = np.full((rows, steps, columns + 1), np.nan)
        spaced[:, :, :columns] = maps[strip.quantity].transpose(1, 0, 2)
        row = heatmap(strip, spaced.reshape(rows, -1)[:, :-1], look, 0, 0, (0, 0))
        row |= {"x": list(range(wide)), "hoverongaps": False}
        if end := reach.get(strip.quantity):
            row |= {"zmin": -end, "zmax": end}
        row["customdata"] = np.broadcast_to(np.arange(wide) % (columns + 1), (rows, wide))
        row["hovertemplate"] = f"row %{{y}}, column %{{customdata}}: {strip.quantity} = %{{z:.4f}}<extra></extra>"
        figure.add_trace(row, number, 1)
        letter = {"tickvals": [(rows - 1) / 2], "ticktext": [f"<i>{strip.quantity}</i>"], "ticklabelstandoff": 4}
        figure.update_yaxes(BARE_AXIS | edges(rows) | {"range": [rows - 0.5, -0.5]} | letter, row=number)
    bars = bars_of(strips, reach)
    for number, bar in enumerate(bars):
        place = {"orientation": "h", "x": number / len(bars), "xanchor": "left", "y": 0, "yanchor": "top", "ypad": 6}
        add_bar(figure, bar, place | {"thickness": 8, "len": 0.8 / len(bars)}, FONT - 2, look)
    return figure
