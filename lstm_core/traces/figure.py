"""How is a trace drawn as a Plotly figure?"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.plots.as_plotly import LIGHT, as_plotly
from lstm_core.plots.gate_strips import stack_name
from lstm_core.plots.side_by_side_strips import Words, scale_of, strips
from lstm_core.plots.strips import strips_of

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from lstm_core.traces.recorded import Recorded


def figure(trace: Recorded, layer: int, direction: int, batch: int, quantities: Sequence[str]) -> Figure:
    """Each quantity (unit, step) of one sequence, one layer and direction, over the words."""
    sizes, asked = trace.sizes, {"layer": layer, "direction": direction, "batch": batch}
    for dim, number in asked.items():
        if not -sizes[dim] <= number < sizes[dim]:
            raise LstmCoreError(f"Expected a {dim} from {-sizes[dim]} to {sizes[dim] - 1}, got {number}.")
    strange = [quantity for quantity in quantities if quantity not in trace.kept]
    if strange or not quantities:
        raise LstmCoreError(f"Expected some of {', '.join(trace.kept)} to draw, got {', '.join(strange) or 'none'}.")
    steps = trace.lengths_or_time()[batch]
    if steps == 0:
        raise LstmCoreError(f"Expected a sequence with a step to draw, got none in sequence {batch}.")
    cells: dict[str, np.ndarray] = {
        quantity: as_numpy(getattr(trace, quantity)[layer, direction, :steps, batch]).T for quantity in quantities
    }
    numbers = trace.coords["time"][:steps]
    words: Words = (
        [(token,) for token in trace.tokens[batch]] if trace.tokens is not None else [(f"{n}",) for n in numbers]
    )
    at = trace.coords["layer"][layer], trace.coords["direction"][direction]
    reach = scale_of([cells.get("c", np.zeros(1))])
    drawn = strips(cells, words, LIGHT, at, reach, of=strips_of(trace.kept))
    if "unit" in trace.numbers:
        for heatmap in drawn["data"]:
            heatmap["customdata"] = np.repeat(np.array(trace.numbers["unit"])[:, None], heatmap["z"].shape[1], axis=1)
            heatmap["hovertemplate"] = heatmap["hovertemplate"].replace("%{y}", "%{customdata}")
    name = stack_name(max(sizes["direction"], at[1] + 1), *at)
    return as_plotly(drawn, f"{html.escape(trace.name or trace.module, quote=False)}, {name}")
