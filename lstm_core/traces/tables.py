"""The same numbers as rows."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import DIMS, Recorded, as_numpy

if TYPE_CHECKING:
    import pandas
    import xarray

TITLES = {
    "i": "input gate",
    "f": "forget gate",
    "g": "candidate",
    "o": "output gate",
    "c": "cell state",
    "h": "hidden state",
    "r": "reset gate",
    "z": "update gate",
    "n": "candidate",
}


_KEYS = ("sequence", "step", "token", "layer", "direction", "unit")


def rows(trace: Recorded) -> pandas.DataFrame:
    """One row a (sequence, step, token, layer, direction, unit), and a column a quantity.

    Steps past a packed sequence's end have no row. `token` is None where the trace has no tokens; with
    `proj_size`, h has fewer units than c and is NaN for the rest.
    """
    import pandas as pd

    sequences = [_sequence_rows(trace, sequence) for sequence in range(trace.x.shape[1])]
    return pd.concat(sequences, ignore_index=True) if sequences else pd.DataFrame(columns=[*_KEYS, *trace.quantities])


def _sequence_rows(trace: Recorded, sequence: int) -> pandas.DataFrame:
    import pandas as pd

    steps = trace.lengths_or_time()[sequence]
    sizes = trace.sizes
    step, layer, direction, unit = np.indices((steps, sizes["layer"], sizes["direction"], sizes["unit"])).reshape(4, -1)
    tokens = None if trace.tokens is None else np.array([*trace.tokens[sequence], None], dtype=object)[step]
    values = {q: _by_step(trace, q, sequence, steps).ravel() for q in trace.quantities}
    return pd.DataFrame(
        {"sequence": sequence, "step": step, "token": tokens, "layer": layer, "direction": direction}
        | {"unit": unit}
        | values
    )


def _by_step(trace: Recorded, quantity: str, sequence: int, steps: int) -> np.ndarray:
    """(step, layer, direction, unit) of one sequence, filled up to the module's units with NaN."""
    values = as_numpy(getattr(trace, quantity)[:, :, :steps, sequence]).transpose(2, 0, 1, 3)
    missing = trace.sizes["unit"] - values.shape[-1]
    return np.pad(values, [(0, 0)] * 3 + [(0, missing)], constant_values=np.nan) if missing else values


def dataset(trace: Recorded) -> xarray.Dataset:
    """A Dataset of a trace's quantities over (layer, direction, time, batch, unit), x and the start states."""
    try:
        import xarray as xr
    except ModuleNotFoundError as error:
        raise LstmCoreError("to_xarray needs xarray: pip install 'gatescope[xarray]'.") from error
    h_unit = "h_unit" if trace.h.shape[-1] != trace.sizes["unit"] else "unit"
    dims: dict[str, tuple[str, ...]] = dict.fromkeys(trace.quantities, DIMS)
    dims |= {f"{state}0": ("layer", "direction", "batch", "unit") for state in trace.states}
    dims |= {
        "h": (*DIMS[:-1], h_unit),
        "h0": ("layer", "direction", "batch", h_unit),
        "x": ("time", "batch", "feature"),
    }
    values = {name: (names, as_numpy(getattr(trace, name))) for name, names in dims.items()}
    sizes = trace.sizes | {"feature": trace.x.shape[-1], h_unit: trace.h.shape[-1]}
    attributes = {"name": trace.name, "max_error": trace.max_error, "resets": list(trace.resets)}
    return xr.Dataset(values, {name: np.arange(size) for name, size in sizes.items()}, attributes)


def summary(trace: Recorded) -> str:
    """What a terminal prints: dims, proof, a line a quantity."""
    sizes = ", ".join(f"{dim} {size}" for dim, size in trace.sizes.items())
    lines = [
        f"{type(trace).__name__} of {trace.name or trace.module}: {sizes}",
        f"{_proof(trace)} to {trace.max_error:.0e}",
        f"{'':<16}{'mean':>8}{'min':>8}{'max':>8}",
    ]
    lines += [
        f"{letter} {title:<14}" + "".join(f"{number:>8.3f}" for number in numbers)
        for letter, title, numbers in _quantity_lines(trace)
    ]
    if trace.resets:
        lines.append(f"memory was reset before {len(trace.resets)} steps, first before step {trace.resets[0]}")
    return "\n".join(lines)


def _proof(trace: Recorded) -> str:
    if trace.config.get("path") == "kernel":
        return "PyTorch's own steps, taken by samples, agree with the gates"
    return "the gates rebuild PyTorch's own output"


def summary_html(trace: Recorded) -> str:
    """The summary as a notebook shows it."""
    first, second, *_ = summary(trace).split("\n")
    body = "".join(
        f"<tr><td>{letter}</td><td>{title}</td>" + "".join(f"<td>{number:.3f}</td>" for number in numbers) + "</tr>"
        for letter, title, numbers in _quantity_lines(trace)
    )
    head = "<tr><th></th><th></th><th>mean</th><th>min</th><th>max</th></tr>"
    return f"<p>{html.escape(first)}<br>{html.escape(second)}</p><table>{head}{body}</table>"


def _quantity_lines(trace: Recorded) -> list[tuple[str, str, list[float]]]:
    """Letter, name, and [mean, smallest, largest] of each quantity, past ends left out."""
    lines = []
    for quantity in trace.quantities:
        values = getattr(trace, quantity).double()
        values = values[~values.isnan()]
        found = [values.mean(), values.min(), values.max()] if values.numel() else []
        lines.append((quantity, TITLES[quantity], [number.item() for number in found] or [float("nan")] * 3))
    return lines
