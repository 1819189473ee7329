"""How does a trace become rows?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.arrays import as_numpy

if TYPE_CHECKING:
    import pandas

    from lstm_core.traces.recorded import Recorded


def rows(trace: Recorded, quantities: Sequence[str]) -> pandas.DataFrame:
    """One row a (batch, time, token, layer, direction, unit), and a column for each of some quantities.

    Steps past a packed sequence's end have no row, and without tokens there is no such column. With `proj_size`, h is a
    projection of all units and has fewer: the row of unit k has number k of it, and NaN beyond.
    """
    import pandas as pd

    steps = [(batch, time) for batch, length in enumerate(trace.lengths_or_time()) for time in range(length)]
    batch, time = np.array(steps, dtype=np.int32).reshape(-1, 2).T
    # Nobody has so many layers that a product with their number would not fit into 16 bits.
    small = {"layer": np.int16, "direction": np.int16}
    coords = {dim: np.array(numbers, dtype=small.get(dim, np.int32)) for dim, numbers in trace.coords.items()}
    inner = tuple(trace.sizes[dim] for dim in ("layer", "direction", "unit"))
    each = np.prod(inner, dtype=int)
    columns: dict[str, object] = {
        "batch": np.repeat(coords["batch"][batch], each),
        "time": np.repeat(coords["time"][time], each),
    }
    if trace.tokens is not None:
        tokens = [token for row in trace.tokens for token in row]
        # As categories: one small number a row.
        words = pd.Index(list(dict.fromkeys(tokens)), dtype=object)
        columns["token"] = pd.Categorical(tokens, categories=words).repeat(int(each))
    for axis, dim in enumerate(("layer", "direction", "unit")):
        place = [each // np.prod(inner[: axis + 1], dtype=int), len(steps) * np.prod(inner[:axis], dtype=int)]
        columns[dim] = np.tile(np.repeat(coords[dim], place[0]), place[1])
    for quantity in quantities:
        values: np.ndarray = as_numpy(getattr(trace, quantity)).transpose(3, 2, 0, 1, 4)[batch, time]
        if (missing := trace.sizes["unit"] - values.shape[-1]) > 0:
            values = np.pad(values, [(0, 0)] * 3 + [(0, missing)], constant_values=np.nan)
        columns[quantity] = values.ravel()
    return pd.DataFrame(columns, copy=False)
