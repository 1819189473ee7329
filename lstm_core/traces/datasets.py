"""How does a trace become rows, or an xarray Dataset that it comes back from?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.quantities import TITLES
from lstm_core.traces.save import built, digest, dtypes_and_lacks
from lstm_core.traces.summary import UNKNOWN

if TYPE_CHECKING:
    import pandas
    import xarray

    from lstm_core.traces.recorded import Recorded

    Kind = TypeVar("Kind", bound=Recorded)

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


# How does a trace become a Dataset, and how does it come back?

_REST = "trace"
"""The attribute that holds, as JSON, what no variable does."""


def dataset(trace: Recorded, labels: Mapping[str, Iterable[Any] | None]) -> xarray.Dataset:
    """A Dataset of copies: each tensor over its dims, tokens over (batch, time), and all else in its attributes.
    `labels`: what stands along a dim in place of its numbers.

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
    given = {dim: _labels(dim, each, trace.sizes[dim]) for dim, each in labels.items() if each is not None}
    coords |= given
    if "h" in vars(trace) and "h_unit" in trace.dims_of("h"):
        coords["h_unit"] = np.arange(trace.h.shape[-1])
    dtypes, lacks = dtypes_and_lacks(trace)
    rest: dict[str, Any] = {
        "config": dict(trace.config),
        "cut": list(trace.numbers),
        "dtypes": dtypes,
        "lacks": lacks,
        "proof": trace.proof,
        "labelled": {dim: list(trace.numbers[dim]) for dim in given if dim in trace.numbers},
    }
    told = json.dumps([rest, trace.max_error, trace.resets])
    rest["digest"] = digest(told, trace.tensors())
    attributes = {"name": trace.name, "max_error": trace.max_error, _REST: json.dumps(rest)}
    found = xr.Dataset(values, coords, attributes)
    for quantity in trace.kept:
        found[quantity].attrs["long_name"] = TITLES[quantity]
    return found


def from_dataset(kind: type[Kind], given: xarray.Dataset) -> Kind:
    """The trace in a Dataset that `to_xarray` made, also after a way through a netCDF or zarr file; without its proof
    where its numbers are others by now.

    Raises LstmCoreError if the Dataset holds something else.
    """
    try:
        rest, max_error = json.loads(given.attrs[_REST]), float(given.attrs["max_error"])
        was = rest.pop("digest", None)
        tensors = {name: _tensor(given[name].values, dtype) for name, dtype in rest["dtypes"].items()}
        values: dict[str, Any] = dict.fromkeys(rest["lacks"]) | tensors
        resets = tuple(given["reset"].values.tolist()) if "reset" in given else ()
        own = rest.get("labelled", {})
        numbers = {dim: tuple(own.get(dim) or given[dim].values.tolist()) for dim in rest["cut"]}
        same = was == digest(json.dumps([rest, max_error, resets]), tensors)
        proved = {"max_error": max_error, "proof": rest.get("proof")} if same else UNKNOWN
        said = {"name": str(given.attrs["name"]), "config": rest["config"], "resets": resets, "numbers": numbers}
        trace = built(kind, values | proved | said)
        if "token" not in given:
            return trace
        rows = zip(given["token"].values, trace.lengths_or_time(), strict=True)
        return trace.with_values(tokens=[list(map(str, row[:length])) for row, length in rows])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # LstmCoreError is a ValueError: the sentence of `built` comes along.
        raise LstmCoreError(
            f"Expected the Dataset of {kind.module}, as {kind.__name__}.to_xarray gives it, got one with "
            f"{sorted(map(str, given.variables))[:20]}: {str(error)[:300]}"
        ) from error


def _tensor(values: np.ndarray, dtype: str) -> Tensor:
    tensor = torch.from_numpy(np.array(values)).to(getattr(torch, dtype))
    # Which bits a NaN gets on its way to bfloat16 depends on how many are moved at once.
    return tensor.masked_fill(tensor.isnan(), torch.nan) if tensor.dtype == torch.bfloat16 else tensor


def _labels(dim: str, given: Iterable[Any], size: int) -> pandas.Index[Any]:
    import pandas

    labels: pandas.Index[Any] = pandas.Index(list(given))
    if len(labels) != size:
        raise LstmCoreError(f"Expected {size} labels for {dim}, one for each, got {len(labels)}.")
    return labels
