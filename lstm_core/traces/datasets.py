"""How does a trace become an xarray Dataset, and how does it come back?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.quantities import TITLES
from lstm_core.traces.save import check_agreement, digest, dtypes_and_lacks
from lstm_core.traces.summary import UNKNOWN

if TYPE_CHECKING:
    import pandas
    import xarray

    from lstm_core.traces.recorded import Recorded

    Kind = TypeVar("Kind", bound=Recorded)

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
        tensors = {
            name: torch.from_numpy(np.array(given[name].values)).to(getattr(torch, dtype))
            for name, dtype in rest["dtypes"].items()
        }
        values: dict[str, Any] = dict.fromkeys(kind.required()) | tensors
        resets = tuple(given["reset"].values.tolist()) if "reset" in given else ()
        own = rest.get("labelled", {})
        numbers = {dim: tuple(own.get(dim) or given[dim].values.tolist()) for dim in rest["cut"]}
        same = was == digest(json.dumps([rest, max_error, resets]), tensors)
        proved = {"max_error": max_error, "proof": rest.get("proof")} if same else UNKNOWN
        header = {"resets": resets, "numbers": numbers, "config": rest["config"]}
        header |= {"lacks": rest["lacks"], "proof": rest.get("proof")}
        check_agreement(kind, {name: tuple(tensor.shape) for name, tensor in tensors.items()}, header)
        trace = kind(
            **values,
            resets=resets,
            **proved,
            name=str(given.attrs["name"]),
            config=rest["config"],
            numbers=numbers,
        )
        if "token" not in given:
            return trace
        rows = zip(given["token"].values, trace.lengths_or_time(), strict=True)
        return trace.with_values(tokens=[list(map(str, row[:length])) for row, length in rows])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # LstmCoreError is a ValueError: check_agreement's sentence comes along.
        raise LstmCoreError(
            f"Expected the Dataset of {kind.module}, as {kind.__name__}.to_xarray gives it, got one with "
            f"{sorted(map(str, given.variables))[:20]}: {str(error)[:300]}"
        ) from error


def _labels(dim: str, given: Iterable[Any], size: int) -> pandas.Index[Any]:
    import pandas

    labels: pandas.Index[Any] = pandas.Index(list(given))
    if len(labels) != size:
        raise LstmCoreError(f"Expected {size} labels for {dim}, one for each, got {len(labels)}.")
    return labels
