"""How does a trace become rows, a Dataset, or a file, and do the parts of one that comes from a file fit each other?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, refuse_unknown
from lstm_core.files.write_whole import written_whole
from lstm_core.quantities import TITLES
from lstm_core.traces.summary import checked_proof

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


# How is a trace written to a file, bit for bit?

KINDS = ".npz or .safetensors"


def save(trace: Recorded, path: str | Path) -> None:
    """Write a whole trace to a .npz or .safetensors file."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    path = Path(path)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in trace.tensors().items()}
    if path.suffix not in (".npz", ".safetensors"):
        raise LstmCoreError(f"Expected a file name that ends in {KINDS}, got {path.name!r}.")
    header = _header(trace)
    with written_whole(path) as place:
        if path.suffix == ".npz":
            # NumPy lacks bfloat16, of which integers have the bits.
            bits = {name: t.view(torch.int16) if t.dtype == torch.bfloat16 else t for name, t in tensors.items()}
            arrays = {name: tensor.numpy() for name, tensor in bits.items()}
            np.savez(place, allow_pickle=False, trace=np.array(header), **arrays)
        else:
            try:
                save_file(tensors, place, metadata={"trace": header, "digest": digest(header, tensors)})
            except SafetensorError as error:
                # safetensors reports a full disk with an error of its own.
                raise OSError(str(error)) from error


def digest(header: str, tensors: Mapping[str, Tensor]) -> str:
    """The SHA-256 of a trace's numbers and of what is said of them, so that no other numbers get their proof. A .npz
    file needs none: a zip archive has checksums."""
    found = hashlib.sha256(header.encode())
    for name, tensor in sorted(tensors.items()):
        found.update(f"{name} {tuple(tensor.shape)} ".encode())
        found.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return found.hexdigest()


def _header(trace: Recorded) -> str:
    """Everything in a trace except its tensors, as JSON."""
    keys = ("tokens", "resets", "max_error", "proof", "name")
    rest: dict[str, Any] = {key: getattr(trace, key) for key in keys}
    dtypes = {name: str(tensor.dtype).removeprefix("torch.") for name, tensor in trace.tensors().items()}
    lacks = [name for name in trace.required() if name not in dtypes]
    rest |= {"kind": type(trace).__name__, "lacks": lacks}
    rest |= {"config": dict(trace.config), "numbers": {dim: list(each) for dim, each in trace.numbers.items()}}
    return json.dumps(rest | {"dtypes": dtypes})


# Do the parts of a trace that comes from a file fit each other?


def built(kind: type[Kind], values: Mapping[str, Any]) -> Kind:
    """The trace with these values, which come from outside; a tensor that it lacks is None.

    Raises LstmCoreError if its tensors, words, numbers or resets contradict each other.
    """
    refuse_unknown(values, [field.name for field in fields(kind)])
    if missing := [name for name in kind.required() if name not in values]:
        raise LstmCoreError(f"Expected {missing[0]} in a trace of {kind.module}, got none.")
    trace = kind(**{**values, "proof": checked_proof(values.get("proof"))})
    sizes, config = {"reset": len(trace.resets)}, trace.config
    for name, tensor in trace.tensors().items():
        # With a projection h has units of its own.
        own = "h_unit" if name.removeprefix("reset_").startswith("h") else "unit"
        dims = [own if dim in ("unit", "h_unit") else dim for dim in trace.dims_of(name)]
        if tensor.is_floating_point() == (name == "lengths") or tensor.dim() != len(dims):
            raise LstmCoreError(f"Expected {name} over {', '.join(dims)}, got {tensor.dtype} of {tuple(tensor.shape)}.")
        for dim, size in zip(dims, tensor.shape, strict=True):
            if sizes.setdefault(dim, size) != size:
                raise LstmCoreError(
                    f"Expected {name} of {sizes[dim]:,} in {dim}, as the other tensors say, got {tuple(tensor.shape)}."
                )
    words = [trace.name, config.get("shown", ""), *config.get("roles", {}).values(), *chain(*(trace.tokens or []))]
    unfound = hasattr(trace, "roles") and not {*trace.kept} <= {*config.get("roles", {})}
    if unfound or not isinstance(trace.max_error, int | float) or not all(isinstance(word, str) for word in words):
        raise LstmCoreError("Expected a name, tokens and settings as Trace.save writes them, got something else.")
    held, time = config.get("c_held", {}), trace.sizes["time"]
    numbers = chain(*trace.numbers.values(), *(held.get(what, ()) for what in ("steps", "units")), trace.resets)
    if not (
        all(type(number) is int and number >= 0 for number in numbers)
        and all(len(set(of_dim)) == len(of_dim) == trace.sizes[dim] for dim, of_dim in trace.numbers.items())
        and all(0 < step < time for step in trace.resets)
        and all(0 <= length <= time for length in trace.lengths_or_time())
    ):
        raise LstmCoreError(f"Expected numbers of units and of steps within {time:,}, each once, got others.")
    return trace
