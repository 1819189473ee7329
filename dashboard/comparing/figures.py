"""What differs? What a model says of two readings, and readings whose units do not match."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_core import SequenceModel, Trace
from lstm_core.analysis import Comparison
from lstm_core.plots.compared_strips import words_of
from lstm_core.plots.labels import width_of
from lstm_core.plots.page_figure import Figure
from lstm_core.plots.palette import Look
from lstm_core.plots.side_by_side_strips import (
    MOST_LABELS,
    ZERO,
    At,
    Words,
    fine_scale,
    level,
    said,
    scale_of,
    strips,
)
from lstm_core.plots.strips import STRIPS

# The most pixels for the labels at the left of a picture.
LEFT_MOST = 90


def three_said(
    both: tuple[np.ndarray, np.ndarray] | None,
    model: SequenceModel | None,
    comparison: Comparison | None,
    look: Look,
) -> list[Figure]:
    """A model's answers at each step: of A, of B, and the difference, for the labels that are likely in A or B."""
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


def indent(pictures: Sequence[Figure], under: Sequence[Figure]) -> None:
    """Give pictures in one column an equal left margin, as wide as the labels of `under`."""
    names = [name for figure in under for name in figure["layout"]["yaxis"].get("ticktext", ())]
    left = 16 + min(LEFT_MOST, max((width_of(name) for name in names), default=-16))
    for figure in (*pictures, *under):
        figure["layout"]["margin"]["l"] = round(left)


def frame(pictures: Sequence[Figure], quantity: str, unit: int, pair: int, look: Look) -> None:
    """Frame one cell, in each picture that shows its quantity."""
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


def apart(trace_a: Trace, at_a: At, trace_b: Trace, at_b: At, quantities: Sequence[str], look: Look) -> list[Figure]:
    """Two readings whose units do not match, each over its own words, on equal scales."""
    a, b = (
        {strip.quantity: trace.cells(strip.quantity, *at) for strip in STRIPS if strip.quantity in quantities}
        for trace, at in ((trace_a, at_a), (trace_b, at_b))
    )
    words_a, words_b = (_single(trace) for trace in (trace_a, trace_b))
    reach = scale_of([a.get("c", ZERO), b.get("c", ZERO)])
    return level([strips(a, words_a, look, at_a, reach), strips(b, words_b, look, at_b, reach)])


def _single(trace: Trace) -> Words:
    return [(token,) for token in (trace.tokens or [[]])[0]]
