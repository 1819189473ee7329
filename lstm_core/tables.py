"""The same numbers as rows."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.errors import LstmCoreError
from lstm_core.trace import DIMS, QUANTITIES, Quantity, Trace, as_numpy

if TYPE_CHECKING:
    import pandas
    import xarray

TITLES: dict[Quantity, str] = {
    "i": "input gate",
    "f": "forget gate",
    "g": "candidate",
    "o": "output gate",
    "c": "cell state",
    "h": "hidden state",
}


def rows(trace: Trace) -> pandas.DataFrame:
    """One row a (sequence, step, token, layer, direction, unit), columns i f g o c h.

    Steps past a packed sequence's end have no row. `token` is None where the trace has no tokens; with
    `proj_size`, h has fewer units than c and is NaN for the rest.
    """
    import pandas as pd

    sequences = [_sequence_rows(trace, sequence) for sequence in range(trace.x.shape[1])]
    return pd.concat(sequences, ignore_index=True) if sequences else pd.DataFrame(columns=list(_columns()))


def _columns() -> tuple[str, ...]:
    return ("sequence", "step", "token", "layer", "direction", "unit", *QUANTITIES)


def _sequence_rows(trace: Trace, sequence: int) -> pandas.DataFrame:
    import pandas as pd

    steps = trace.lengths_or_time()[sequence]
    layers, directions, _, _, units = trace.c.shape
    step, layer, direction, unit = np.indices((steps, layers, directions, units)).reshape(4, -1)
    tokens = None if trace.tokens is None else np.array([*trace.tokens[sequence], None], dtype=object)[step]
    values = {q: _by_step(trace, q, sequence, steps).ravel() for q in QUANTITIES}
    return pd.DataFrame(
        {"sequence": sequence, "step": step, "token": tokens, "layer": layer, "direction": direction}
        | {"unit": unit}
        | values
    )


def _by_step(trace: Trace, quantity: Quantity, sequence: int, steps: int) -> np.ndarray:
    """(step, layer, direction, unit) of one sequence, filled up to c's units with NaN."""
    values = as_numpy(getattr(trace, quantity)[:, :, :steps, sequence]).transpose(2, 0, 1, 3)
    missing = trace.c.shape[-1] - values.shape[-1]
    return np.pad(values, [(0, 0)] * 3 + [(0, missing)], constant_values=np.nan) if missing else values


def dataset(trace: Trace) -> xarray.Dataset:
    """A Dataset of i f g o c h over (layer, direction, time, batch, unit), x and the start states."""
    try:
        import xarray as xr
    except ModuleNotFoundError as error:
        raise LstmCoreError("to_xarray needs xarray: pip install 'gatescope[xarray]'.") from error
    h_unit = "h_unit" if trace.h.shape[-1] != trace.c.shape[-1] else "unit"
    dims = dict.fromkeys(QUANTITIES, DIMS) | {"h": (*DIMS[:-1], h_unit), "x": ("time", "batch", "feature")}
    dims |= {"c0": ("layer", "direction", "batch", "unit"), "h0": ("layer", "direction", "batch", h_unit)}
    values = {name: (names, as_numpy(getattr(trace, name))) for name, names in dims.items()}
    sizes = dict(zip(DIMS, trace.c.shape, strict=True)) | {"feature": trace.x.shape[-1], h_unit: trace.h.shape[-1]}
    attributes = {"name": trace.name, "max_error": trace.max_error, "resets": list(trace.resets)}
    return xr.Dataset(values, {name: np.arange(size) for name, size in sizes.items()}, attributes)


def summary(trace: Trace) -> str:
    """What a terminal prints: dims, proof, a line a quantity."""
    sizes = ", ".join(f"{dim} {size}" for dim, size in zip(DIMS, trace.c.shape, strict=True))
    lines = [
        f"Trace of {trace.name or 'an LSTM'}: {sizes}",
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


def _proof(trace: Trace) -> str:
    if trace.config.get("path") == "kernel":
        return "PyTorch's own steps, taken by samples, agree with the gates"
    return "the gates rebuild PyTorch's own output"


def summary_html(trace: Trace) -> str:
    """The summary as a notebook shows it."""
    first, second, *_ = summary(trace).split("\n")
    body = "".join(
        f"<tr><td>{letter}</td><td>{title}</td>" + "".join(f"<td>{number:.3f}</td>" for number in numbers) + "</tr>"
        for letter, title, numbers in _quantity_lines(trace)
    )
    head = "<tr><th></th><th></th><th>mean</th><th>min</th><th>max</th></tr>"
    return f"<p>{html.escape(first)}<br>{html.escape(second)}</p><table>{head}{body}</table>"


def _quantity_lines(trace: Trace) -> list[tuple[Quantity, str, list[float]]]:
    """Letter, name, and [mean, smallest, largest] of each quantity, past ends left out."""
    lines = []
    for quantity, title in TITLES.items():
        values = getattr(trace, quantity).double()
        values = values[~values.isnan()]
        found = [values.mean(), values.min(), values.max()] if values.numel() else []
        lines.append((quantity, title, [number.item() for number in found] or [float("nan")] * 3))
    return lines
