"""What is drawn of a model that was opened from a file: its answers, and the states of its last layer?

Rows over steps, in the form of `assets/browser/picture/rows.js`, which draws those of Compare and of the lesson too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gatescope.recording.wire_format import rounded
from lstm_core import Trace
from lstm_core.plots.labels import label
from lstm_core.plots.strips import Strip, scale_of, strips_of

Rows = dict[str, Any]
MOST_UNITS, MOST_LABELS = 64, 12
# Pixels of a row that has its numbers, and of a row of answers.
ROW, ANSWERS = 21, 18


def memory(cells: Mapping[Any, np.ndarray], tokens: Sequence[str], reach: float) -> Rows:
    """Quantities (unit, step), a strip each; the memory on a scale from -reach to reach, the others on their own."""
    strips = [strip_of(one, cells, reach) for one in strips_of(cells)]
    return {"tokens": steps_of(tokens, strips), "strips": strips, "high": ROW}


def strip_of(one: Strip, cells: Mapping[Any, np.ndarray], reach: float) -> Rows:
    # The h of a GRU or RNN is its memory.
    far = {"reach": reach} if one.quantity == ("c" if "c" in cells else "h") else {}
    return {"quantity": one.quantity, "scale": one.scale, "z": sent(cells[one.quantity])} | far


def sent(values: np.ndarray) -> list[list[float | None]]:
    """Numbers as the console has them: seven digits are those of a float32."""
    return [rounded(row, 7) for row in values]


def steps_of(tokens: Sequence[str], strips: Sequence[Rows]) -> list[str]:
    """What stands over the columns: the tokens, or of numbers which step it is."""
    return list(tokens) or [str(step) for step in range(len(strips[0]["z"][0]))]


# What does a newly opened model show first? Its answers at each step, and the states of its last layer.


def likely(probabilities: np.ndarray, tokens: Sequence[str], labels: Sequence[str]) -> Rows:
    """The probabilities (step, label) of the labels that are likely at some step, in the model's order."""
    rows = sorted(np.argsort(-probabilities.max(0), kind="stable")[:MOST_LABELS].tolist())
    named, values = [label(labels[row]) for row in rows], sent(probabilities.T[rows])
    strips = [{"quantity": "h", "name": "probability", "scale": "gates", "rows": named, "z": values}]
    return {"tokens": steps_of(tokens, strips), "strips": strips, "high": ANSWERS}


def states(trace: Trace) -> tuple[str, Rows]:
    """The states (unit, step) of the last layer, c and h or h alone; and a sentence on what they are."""
    layers, directions, units = (trace.sizes[dim] for dim in ("layer", "direction", "unit"))
    kinds = [one for one in strips_of(trace.quantities) if one.is_state]
    cells = {one.quantity: trace.cells(one.quantity, layers - 1)[:MOST_UNITS] for one in kinds}
    # As on the page Memory.
    reach = scale_of([cells[kinds[0].quantity]])
    ends = [f"−{reach:,g} to {reach:,g}", "−1 to 1"]
    named = [f"{one.title} {one.quantity} ({far})" for one, far in zip(kinds, ends, strict=False)]
    said = " and ".join(named).capitalize()
    layer = f" of layer {layers - 1}" if layers > 1 else ""
    way = ", reading from the left" if directions == 2 else ""
    some = f", the first {MOST_UNITS} of {units:,} units" if units > MOST_UNITS else ""
    says = f"{said}{layer}{way}{some}: blue is negative, red is positive."
    return says, memory(cells, trace.tokens[0] if trace.tokens else [], reach)
