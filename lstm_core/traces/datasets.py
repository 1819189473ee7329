"""How does a trace become rows, or an xarray Dataset?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.quantities import TITLES

if TYPE_CHECKING:
    import pandas
    import xarray

    from lstm_core.traces.recorded import Recorded

# How does a trace become rows?


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


# How does a trace become a Dataset?


def dataset(trace: Recorded, labels: Mapping[str, Iterable[Any] | None]) -> xarray.Dataset:
    """A Dataset of copies: each tensor over its dims, tokens over (batch, time). `labels`: what stands along a dim in
    place of its numbers.

    Only attributes of plain text and numbers are used, so that netCDF and zarr files hold all of it.
    """
    try:
        import xarray as xr
    except ModuleNotFoundError as error:
        raise LstmCoreError("to_xarray needs xarray: pip install 'gatescope[xarray]'.") from error
    values: dict[str, Any] = {
        name: (trace.dims_of(name), as_numpy(tensor).copy()) for name, tensor in trace.tensors().items()
    }
    if trace.tokens is not None:
        # Empty past a sequence's end; of any length, because zarr has no fixed one.
        rows = [[*row, *[""] * (trace.sizes["time"] - len(row))] for row in trace.tokens]
        table = np.array(rows, dtype=object).reshape(len(rows), trace.sizes["time"])
        values["token"] = (("batch", "time"), table)
    if trace.resets:
        values["reset"] = (("reset",), np.array(trace.resets))
    coords: dict[str, Any] = {dim: np.array(numbers) for dim, numbers in trace.coords.items()}
    coords |= {dim: _labels(dim, each, trace.sizes[dim]) for dim, each in labels.items() if each is not None}
    if "h" in vars(trace) and "h_unit" in trace.dims_of("h"):
        coords["h_unit"] = np.arange(trace.h.shape[-1])
    found = xr.Dataset(values, coords, {"name": trace.name, "max_error": trace.max_error})
    for quantity in trace.kept:
        found[quantity].attrs["long_name"] = TITLES[quantity]
    return found


def _labels(dim: str, given: Iterable[Any], size: int) -> pandas.Index[Any]:
    import pandas

    labels: pandas.Index[Any] = pandas.Index(list(given))
    if len(labels) != size:
        raise LstmCoreError(f"Expected {size} labels for {dim}, one for each, got {len(labels)}.")
    return labels
