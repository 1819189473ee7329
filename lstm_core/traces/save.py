"""How does a trace become rows, and a file, bit for bit? And do the tensors of a file fit each other?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from lstm_core.arrays import DIMS, as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.files.outside import MOST_COUNT, read_json
from lstm_core.files.write_whole import written_whole
from lstm_core.traces.summary import checked_proof

if TYPE_CHECKING:
    import pandas

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


# How is a trace written to a file, bit for bit?

KINDS = ".npz or .safetensors"
MOST_MARKS = 5_000_000
"""The most brackets, commas and colons in the header: about four million tokens."""


def save(trace: Recorded, path: str | Path) -> None:
    """Write a whole trace to a .npz or .safetensors file."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    path = Path(path)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in trace.tensors().items()}
    if path.suffix not in (".npz", ".safetensors"):
        raise LstmCoreError(f"Expected a file name that ends in {KINDS}, got {path.name!r}.")
    header = _header(trace)
    if len(header) > MOST_MARKS:
        # Refuse to save what `load` would refuse to open.
        read_json(header, MOST_MARKS)
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
    dtypes, lacks = dtypes_and_lacks(trace)
    rest |= {"kind": type(trace).__name__, "lacks": lacks}
    rest |= {"config": dict(trace.config), "numbers": {dim: list(each) for dim, each in trace.numbers.items()}}
    return json.dumps(rest | {"dtypes": dtypes})


def dtypes_and_lacks(trace: Recorded) -> tuple[dict[str, str], list[str]]:
    """The dtype of each tensor by its name, and the names of those that a whole trace has besides."""
    dtypes = {name: str(tensor.dtype).removeprefix("torch.") for name, tensor in trace.tensors().items()}
    return dtypes, [name for name in trace.required() if name not in dtypes]


# Do the tensors of a trace that comes from a file fit each other?

Shape = tuple[int, ...]


def check_agreement(kind: type[Recorded], shapes: Mapping[str, Shape], header: Mapping[str, Any]) -> None:
    """Raise LstmCoreError if the shapes and the header's resets and numbers contradict each other.

    `header["lacks"]`: the tensors that the trace does not keep.
    """
    checked_proof(header.get("proof"))
    _check_words(header, [name for name in kind.quantities if name in shapes] if hasattr(kind, "roles") else [])
    for name, shape in shapes.items():
        if not all(isinstance(size, int) and 0 <= size <= MOST_COUNT for size in shape):
            raise LstmCoreError(f"Expected whole numbers as the shape of {name}, got something else.")
    for name in kind.required():
        if name not in shapes and name not in header.get("lacks", ()):
            raise LstmCoreError(f"Expected {name} in a trace of {kind.module}, got none.")
    expected = _expected(kind, shapes, header.get("resets", ()))
    sizes = dict(zip(DIMS, expected[kind.quantities[0]], strict=True))
    start = shapes.get(f"{kind.states[0]}0")
    _check_numbers(header.get("numbers", {}), sizes | {"unit": start[-1] if start else sizes["unit"]})
    for name, shape in shapes.items():
        if shape != expected.get(name):
            raise LstmCoreError(
                f"Expected {name} of shape {expected.get(name, 'none')}, as the other tensors say, got {shape[:8]}."
            )


def _check_words(header: Mapping[str, Any], found: Collection[str]) -> None:
    """Raise LstmCoreError for a name, an error, tokens or a configuration of another type than `Trace.save` writes.

    `found`: the quantities of which it must say how they were found.
    """
    tokens, config = header.get("tokens"), header.get("config", {})
    words = [] if tokens is None else [token for sequence in tokens for token in sequence]
    roles, shown = config.get("roles", {}), config.get("shown", "" if not found else None)
    is_number, held = isinstance(header.get("max_error", 0.0), int | float), config.get("c_held", {})
    numbers = [number for what in ("steps", "units") for number in held.get(what, ())]
    if (
        not is_number
        or not all(type(number) is int for number in numbers)
        or not all(isinstance(text, str) for text in (header.get("name", ""), shown, *words, *roles.values()))
    ):
        raise LstmCoreError("Expected a name, tokens and settings as Trace.save writes them, got something else.")
    if lacking := [quantity for quantity in found if quantity not in roles]:
        raise LstmCoreError(f"Expected how each quantity was found, got nothing about {', '.join(lacking)}.")


def _check_numbers(numbers: Mapping[str, Sequence[int]], sizes: Mapping[str, int]) -> None:
    for dim, of_dim in numbers.items():
        whole = isinstance(of_dim, list | tuple) and all(type(number) is int and number >= 0 for number in of_dim)
        if dim not in sizes or not whole or len(set(of_dim)) != sizes[dim] or len(of_dim) != sizes[dim]:
            raise LstmCoreError(f"Expected a number for each {str(dim)[:20]} of the trace, each once, got others.")


def _expected(kind: type[Recorded], shapes: Mapping[str, Shape], resets: Sequence[int]) -> dict[str, Shape]:
    """The shape that each tensor must have, given the shapes of h, a gate and x, as far as they are there."""
    kept = [shapes[quantity] for quantity in kind.quantities if quantity in shapes]
    if not kept:
        raise LstmCoreError(f"Expected some of {', '.join(kind.quantities)} in a trace of {kind.module}, got none.")
    hidden, gate = shapes.get("h", kept[0]), kept[0]
    x = shapes.get("x", (*hidden[2:4], 0))
    if len(hidden) != len(DIMS) or len(gate) != len(DIMS) or len(x) != 3:
        raise LstmCoreError(f"Expected quantities with the dims {', '.join(DIMS)}, got {hidden[:8]} and {x[:8]}.")
    *_, time, batch, _ = hidden
    if not all(isinstance(step, int) and 0 < step < time for step in resets):
        raise LstmCoreError(f"Expected resets between the steps 0 and {time:,}, got resets at other steps.")
    expected = dict.fromkeys(kind.quantities, (*hidden[:4], gate[4]))
    expected |= {"h": hidden, "h_read": hidden, "x": (time, batch, x[2]), "lengths": (batch,)}
    for state in kind.states:
        # Without h nobody can tell how many units a projection has.
        start = shapes.get(f"{state}0", ()) if state not in shapes else (*hidden[:2], batch, expected[state][4])
        expected |= {f"{state}_read": expected[state], f"{state}0": start, f"reset_{state}": (len(resets), *start)}
    return expected
