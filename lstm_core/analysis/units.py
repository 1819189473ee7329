"""How does each unit remember?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_core.analysis.unit_sums import UnitSums, sums_of
from lstm_core.traces.several_traces import Traces, each_trace, numbers_of_units

if TYPE_CHECKING:
    import pandas


def units(traces: Traces) -> pandas.DataFrame:
    """One row a (layer, direction, unit), over all steps of one or several traces of the same LSTM, GRU or RNN.

    `traces` may be an iterator, over the batches of a DataLoader for example: only sums are kept of each.

    `i_mean i_std` and so on for i f g o: mean and standard deviation (r z n of a GRU; an RNN has none).
    `i_left i_right` and so on for i f o (r z): the share of steps at which the gate is below 0.1, above 0.9.
    `leak`: how fast c (h of a GRU) leaks, not how long the network remembers (`horizon` says that), because h writes c
    again: by the gates alone half of it is left after ln 2 / -mean(ln f) steps, z in the place of f in a GRU; inf where
    f is always 1. An RNN has no gate that keeps, so no leak.
    `c_min c_max`: the range of c (h). `c_sign_changes`: how many steps took c (h) from one side of 0 to the other.
    `writes`: the share of steps that write, |i ⊙ g| ≥ 0.1 (|(1 - z) ⊙ n|).
    Steps past a sequence's end count for nothing; a state put in between two steps is no sign change. All is NaN of a
    unit that is NaN at some step.
    Of a `Scan` it is the table that the scan has, `Scan.units`, with other columns: no text is read again.

    Raises LstmCoreError when the traces are not of one LSTM.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3, num_layers=2), torch.randn(50, 1, 4))
    >>> units(trace)[["layer", "direction", "unit"]].values.tolist()
    [[0, 0, 0], [0, 0, 1], [0, 0, 2], [1, 0, 0], [1, 0, 1], [1, 0, 2]]
    """
    from lstm_core.analysis.unit_table import UnitTable

    if hasattr(traces, "units"):
        return UnitTable(traces.units)
    sums: UnitSums | None = None
    numbers: dict[str, np.ndarray] = {}
    for trace in each_trace(traces):
        numbers = numbers or numbers_of_units(trace, trace.states[0])
        sums = sums_of(trace) if sums is None else sums.with_more(sums_of(trace))
    # `each_trace` refuses an empty list.
    assert sums is not None
    columns = numbers | _columns(sums, trace.states[0])
    return UnitTable({name: values.ravel() for name, values in columns.items()})


def _columns(sums: UnitSums, memory: str) -> dict[str, Any]:
    """What is said of each unit, (layer, direction, unit), by column."""
    steps = max(sums.steps, 1)
    columns: dict[str, Any] = {}
    for name, moments in sums.gates.items():
        columns |= {f"{name}_mean": moments.mean, f"{name}_std": np.sqrt(moments.squares / steps)}
    shares = {name: count / steps for name, count in sums.counts.items()}
    columns |= {name: share for name, share in shares.items() if name.endswith(("_left", "_right"))}
    if "log_kept" in shares:
        columns["leak"] = _steps_to_half(shares["log_kept"])
    columns |= {f"{memory}_min": sums.low, f"{memory}_max": sums.high}
    columns[f"{memory}_sign_changes"] = sums.counts["sign_changes"]
    if "writes" in shares:
        columns["writes"] = shares["writes"]
    return columns


def leak(f: np.ndarray) -> np.ndarray:
    """Steps until half of c is left, ln 2 / -mean(ln f), by forget gates (step, ...) alone; 0 where one was quite shut.

    It says how fast c leaks, not how long the network remembers: see `lstm_core.horizon`.
    """
    with np.errstate(divide="ignore"):
        return _steps_to_half(np.log(f).mean(0))


def _steps_to_half(mean_log: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        steps: np.ndarray = np.log(2) / np.abs(mean_log)
    return steps
