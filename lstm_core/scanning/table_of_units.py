"""How was each unit in a whole corpus: its range, its gates, the leak of its memory?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lstm_core.scanning.sums import HIGH, LOW, MEAN, SQUARES, CellSizes, Sums

if TYPE_CHECKING:
    import pandas


def table_of_units(sums: Sums, sizes: CellSizes) -> pandas.DataFrame:
    """One row a (layer, direction, unit), as in `Scan.units`."""
    import pandas as pd

    steps = sums.steps[..., None]
    shape = (*sums.steps.shape, sizes.units)
    layer, direction, unit = np.indices(shape).reshape(3, -1)
    columns = {"layer": layer, "direction": direction, "unit": unit, "count": np.broadcast_to(steps, shape)}
    with np.errstate(invalid="ignore", divide="ignore"):
        for letter, state in sums.states.items():
            columns |= _described(letter, state.moments, steps, shape)
        for gate, name in enumerate(sizes.cell.gates):
            columns |= {f"{name}_left": sums.shut[gate] / steps, f"{name}_right": sums.opened[gate] / steps}
        if sizes.cell.keeps is not None:
            leak = np.log(2) / np.abs(sums.log_f / steps)
            columns |= {"leak": leak, "half_life": leak}
    return pd.DataFrame({name: np.ravel(values) for name, values in columns.items()})


def _described(letter: str, moments: np.ndarray, steps: np.ndarray, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Mean, standard deviation, smallest and largest value of each unit, NaN where there is no such unit."""
    found = {
        "mean": np.where(steps > 0, moments[:, :, MEAN], np.nan),
        "std": np.sqrt(moments[:, :, SQUARES] / steps),
        "min": np.where(steps > 0, moments[:, :, LOW], np.nan),
        "max": np.where(steps > 0, moments[:, :, HIGH], np.nan),
    }
    columns = {}
    for name, values in found.items():
        columns[f"{letter}_{name}"] = np.full(shape, np.nan)
        columns[f"{letter}_{name}"][..., : values.shape[-1]] = values
    return columns
