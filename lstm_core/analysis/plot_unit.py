"""How does one unit go along with a property of the text?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lstm_core.analysis.properties import Property
from lstm_core.analysis.property_values import Values, properties_at_steps
from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.traces.check_place import places_of
from lstm_core.traces.recorded import Recorded

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def plot_unit(
    trace: Recorded,
    unit: int,
    property: str | Property | Values,
    *,
    quantity: str | None = None,
    layer: int = 0,
    direction: int = 0,
    batch: int = 0,
) -> Figure:
    """A Plotly figure of one unit over one sequence, with a property of the text over it and, fitted, behind it.

    `property`: as in `find_units`. `quantity`: c, or h of a trace without c, unless named.

    Raises LstmCoreError when the trace has no such unit, or the property has no number for its steps.
    """
    from lstm_core.plots.as_plotly import LIGHT, as_plotly
    from lstm_core.plots.tracking_figures import Curve, tracked

    part = trace.sel(batch=batch)
    shown = quantity or part.states[0]
    if shown not in part.kept:
        raise LstmCoreError(f"Expected a quantity of {', '.join(part.kept)}, got {shown}.")
    at_layer, _, at_unit = places_of(trace, layer=layer, direction=direction, unit=unit)
    steps = part.lengths_or_time()[0]
    values = as_numpy(getattr(part, shown)[at_layer, direction, :steps, 0, at_unit])
    [(name, [numbers])] = properties_at_steps([part], property).items()
    words = part.tokens[0] if part.tokens is not None else [f"{n}" for n in part.coords["time"][:steps]]
    curve = Curve(f"{shown} of unit {unit}", shown, values)
    return as_plotly(tracked([curve], np.nan_to_num(numbers), name, words, [0], LIGHT, "light"))
