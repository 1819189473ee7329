"""What is a property's number at each step of these traces?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from lstm_core.analysis.properties import Property, property_named
from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.traces.recorded import Recorded

Values = Any
"""Numbers, one a step: a list a sequence over all traces in turn, an array (time, batch) or (batch, time), a DataFrame
or Series of pandas, a DataArray or Dataset of xarray; or a dict of several by name."""
UNNAMED = "given values"
"""The name of numbers that came without one."""
HOW = "Give a list of numbers for each sequence, over all traces in turn."


def properties_at_steps(traces: Sequence[Recorded], property: str | Property | Values) -> dict[str, list[np.ndarray]]:
    """Each property at each step by its name, an array a sequence; NaN where it is not known."""
    lengths = [length for trace in traces for length in trace.lengths_or_time()]
    if isinstance(property, str):
        return {property: _one(traces, property, lengths)}
    if hasattr(property, "columns") and hasattr(property, "index"):
        return _of_table(property, lengths)
    if hasattr(property, "data_vars"):
        return {str(name): _of_named_array(array, lengths) for name, array in property.data_vars.items()}
    if isinstance(property, Mapping):
        return {str(name): _one(traces, values, lengths) for name, values in property.items()}
    name = getattr(property, "__name__", None) or getattr(property, "name", None) or UNNAMED
    return {str(name): _one(traces, property, lengths)}


def _one(traces: Sequence[Recorded], property: str | Property | Values, lengths: Sequence[int]) -> list[np.ndarray]:
    if isinstance(property, str) or callable(property):
        of = property_named(property) if isinstance(property, str) else property
        return _checked([_numbers(of(tokens)) for trace in traces for tokens in _tokens(trace)], lengths)
    if hasattr(property, "dims") and hasattr(property, "coords"):
        return _of_named_array(property, lengths)
    if hasattr(property, "to_frame") and hasattr(property, "index"):
        [values] = _of_table(property.to_frame("values"), lengths).values()
        return values
    if isinstance(property, torch.Tensor | np.ndarray):
        return _of_array(as_numpy(property) if isinstance(property, torch.Tensor) else property, lengths)
    given = list(property)
    if len(lengths) == 1 and (not given or np.ndim(given[0]) == 0):
        given = [given]
    return _checked([_numbers(sequence) for sequence in given], lengths)


def _of_array(values: np.ndarray, lengths: Sequence[int]) -> list[np.ndarray]:
    """An array of one sequence, or with a row or a column a sequence."""
    if values.ndim == 1 and len(lengths) == 1:
        return _checked([_numbers(values)], lengths)
    time, batch = max(lengths), len(lengths)
    if values.ndim == 2 and time == batch > 1:
        raise LstmCoreError(
            f"Expected an array whose dims can be told apart, got {values.shape} for {batch} sequences of {time} "
            f"steps: is it (batch, time) or (time, batch)? {HOW}"
        )
    if values.shape not in ((batch, time), (time, batch)):
        raise LstmCoreError(
            f"Expected an array (time, batch) = {(time, batch)} or (batch, time) = {(batch, time)}, got "
            f"{values.shape}. {HOW}"
        )
    by_sequence = values if values.shape == (batch, time) else values.T
    return _checked([_numbers(row[:length]) for row, length in zip(by_sequence, lengths, strict=True)], lengths)


def _of_named_array(array: Any, lengths: Sequence[int]) -> list[np.ndarray]:
    """An xarray with the dims time and batch; batch may be left out where there is one sequence."""
    dims = set(map(str, array.dims))
    wanted = {"time"} if len(lengths) == 1 else {"time", "batch"}
    if not wanted <= dims <= {"time", "batch"}:
        raise LstmCoreError(
            f"Expected dims time and batch, got {', '.join(sorted(dims)) or 'none'} for {len(lengths)} sequences. "
            "Rename them, e.g. array.rename(date='time', basin='batch')."
        )
    rows = array.transpose("batch", "time").values if "batch" in dims else array.values[None]
    if rows.shape != (len(lengths), max(lengths)):
        raise LstmCoreError(
            f"Expected {len(lengths)} sequences of {max(lengths)} steps, got (batch, time) = {rows.shape}. "
            "Select those that the LSTM read."
        )
    return _checked([_numbers(row[:length]) for row, length in zip(rows, lengths, strict=True)], lengths)


def _of_table(table: Any, lengths: Sequence[int]) -> dict[str, list[np.ndarray]]:
    """A DataFrame with a column a property: its rows the steps of one sequence, or named by batch and time."""
    named = [name for name in ("batch", "time") if name in table.index.names]
    flat = table.reset_index(level=named) if named else table
    names = [str(name) for name in flat.columns if name not in ("batch", "time")]
    if "batch" in flat.columns and "time" in flat.columns:
        if flat.duplicated(["batch", "time"]).any():
            raise LstmCoreError("Expected one row a (batch, time), got several. Drop or average the doubles.")
        of_batch = dict(list(flat.sort_values("time", kind="stable").groupby("batch")))
        if list(of_batch) != list(range(len(lengths))):
            raise LstmCoreError(
                f"Expected batch to number the {len(lengths)} sequences from 0, got {list(of_batch)[:5]}. Number them "
                "in the order in which the LSTM read them."
            )
        parts = [of_batch[number] for number in range(len(lengths))]
    elif len(lengths) == 1 and "batch" not in flat.columns:
        parts = [flat.sort_values("time", kind="stable") if "time" in flat.columns else flat]
    else:
        raise LstmCoreError(
            f"Expected a table of {len(lengths)} sequences with columns or index levels named batch and time, got "
            f"columns {', '.join(map(str, flat.columns[:8]))}{', …' * (len(flat.columns) > 8)}. Which row belongs to "
            "which sequence can't be told."
        )
    return {name: _checked([_numbers(part[name]) for part in parts], lengths) for name in names}


def _numbers(values: Any) -> np.ndarray:
    try:
        return np.asarray(values, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise LstmCoreError(f"Expected numbers, got {type(values).__name__} with {error}. {HOW}") from error


def _checked(values: list[np.ndarray], lengths: Sequence[int]) -> list[np.ndarray]:
    if [len(sequence) for sequence in values] != list(lengths):
        raise LstmCoreError(
            f"Expected a number a step, {list(lengths)} a sequence, got {[len(sequence) for sequence in values]}. {HOW}"
        )
    if any(np.isinf(sequence).any() for sequence in values):
        raise LstmCoreError("Expected finite numbers, or NaN where a property is not known, got infinity.")
    return values


def _tokens(trace: Recorded) -> list[list[str]]:
    if trace.tokens is None:
        raise LstmCoreError(
            f"Expected a trace with tokens, got one of {len(trace.x)} steps without. Give them to lstm_core.run, or "
            "give the property as numbers."
        )
    return trace.tokens
