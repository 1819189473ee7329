"""What is counted of each unit, and how do the counts of two corpora become those of both?

Counts and ranges of two parts together are exactly those of the whole; means and squares are equal to rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lstm_core.analysis.units import Table
from lstm_core.quantities import LEFT, RIGHT
from lstm_core.scanning.model import CellQuantities, CellSizes

if TYPE_CHECKING:
    import pandas


def table_of(flat: Mapping[str, Tensor], starts: Mapping[str, np.ndarray], cell: CellQuantities) -> Table:
    """What is counted of the units of one layer and direction; `flat` (step, unit) has their states and gates."""
    count = len(next(iter(flat.values())))
    table: Table = {"count": np.array([count])}
    for state, start in starts.items():
        values = flat[state]
        mean = values.mean(0)
        apart = values - mean
        found = {"mean": mean, "squares": apart.mul_(apart).sum(0), "min": values.amin(0), "max": values.amax(0)}
        table |= {f"{state}_{name}": numbers.double().numpy() for name, numbers in found.items()}
        table[f"{state}_start"] = start.astype(np.float64)
    for gate in cell.gates:
        shares = flat[gate].numpy()
        table[f"{gate}_left"] = _count(shares < np.float32(LEFT))
        table[f"{gate}_right"] = _count(shares > np.float32(RIGHT))
    if cell.keeps is not None:
        table["log"] = flat[cell.keeps].abs().log_().sum(0, dtype=torch.float64).numpy()
    return table


def _count(found: np.ndarray) -> np.ndarray:
    """How often each column (step, column) is true. Sums of bytes are many times faster than those of numbers."""
    rows = found.view(np.uint8)
    blocks = [rows[first : first + 255].sum(0, dtype=np.uint8) for first in range(0, len(rows), 255)]
    counts: np.ndarray = np.stack(blocks).sum(0, dtype=np.int64)
    return counts


def empty_table(sizes: CellSizes) -> Table:
    """The table of the units of one layer and direction before the first step."""
    table: Table = {"count": np.zeros(1, np.int64)}
    for state in sizes.cell.trace.states:
        first = {"mean": 0.0, "squares": 0.0, "min": np.inf, "max": -np.inf, "start": 0.0}
        table |= {f"{state}_{name}": np.full(sizes.shape(state)[-1], value) for name, value in first.items()}
    for gate in sizes.cell.gates:
        table |= {f"{gate}_{end}": np.zeros(sizes.units, np.int64) for end in ("left", "right")}
    return table | ({} if sizes.cell.keeps is None else {"log": np.zeros(sizes.units)})


def units_of(table: Table, sizes: CellSizes) -> pandas.DataFrame:
    """One row a (layer, direction, unit), as in `Scan.units`."""
    import pandas as pd

    shape, cell = sizes.shape("c"), sizes.cell
    layer, direction, unit = np.indices(shape).reshape(3, -1)
    count = table["count"]
    columns = {"layer": layer, "direction": direction, "unit": unit, "count": np.broadcast_to(count, shape)}
    with np.errstate(invalid="ignore", divide="ignore"):
        for state in cell.trace.states:
            of_state = {name: table[f"{state}_{name}"] for name in ("mean", "squares", "min", "max")}
            of_state["std"] = np.sqrt(of_state["squares"] / count)
            for name in ("mean", "std", "min", "max"):
                columns[f"{state}_{name}"] = np.full(shape, np.nan)
                found = np.where(count > 0, of_state[name], np.nan)
                columns[f"{state}_{name}"][..., : found.shape[-1]] = found
        for gate in cell.gates:
            columns |= {f"{gate}_{end}": table[f"{gate}_{end}"] / count for end in ("left", "right")}
        if cell.keeps is not None:
            leak = np.log(2) / np.abs(table["log"] / count)
            columns |= {"leak": leak, "half_life": leak}
    return pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})
