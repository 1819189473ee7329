"""How are two readings drawn, one beside the other, and what differs?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lstm_core.plots.labels import label
from lstm_core.plots.page_figure import LIGHT
from lstm_core.plots.paper_figure import PaperStack, paper_figure, reach_of
from lstm_core.plots.strips import fine_scale, strips_of
from lstm_core.plots.time_axis import Steps

if TYPE_CHECKING:
    from plotly.graph_objects import Figure as PlotlyFigure

    from lstm_core.analysis.compare import Comparison

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
    end, fine = reach_of([a, b]), fine_scale(difference.values())
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
