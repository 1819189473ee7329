"""How does each unit remember?"""

from __future__ import annotations

from operator import attrgetter, methodcaller
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.traces.several import Traces, all_steps, as_traces

if TYPE_CHECKING:
    import pandas

LEFT, RIGHT = 0.1, 0.9
"""A gate below LEFT is shut, above RIGHT open: saturated, as Karpathy, Johnson & Fei-Fei 2015 count it."""
WRITE = 0.1
"""A step writes when |i ⊙ g| is at least this: a tenth of the most that one can write, for i and |g| stay below 1."""


def units(traces: Traces) -> pandas.DataFrame:
    """One row a (layer, direction, unit), over all steps of one or several traces of the same LSTM.

    `i_mean i_std` and so on for i f g o: mean and standard deviation.
    `i_left i_right` and so on for i f o: the share of steps at which the gate is below 0.1, above 0.9.
    `half_life`: after how many steps half of a memory is left, ln 2 / -mean(ln f); inf where f is always 1.
    `c_min c_max`: the range of c. `c_sign_changes`: how many steps took c from one side of 0 to the other.
    `writes`: the share of steps that write, |i ⊙ g| ≥ 0.1.
    Steps past a sequence's end count for nothing; a state put in between two steps is no sign change.

    Raises LstmCoreError when the traces are not of one LSTM.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3, num_layers=2), torch.randn(50, 1, 4))
    >>> units(trace)[["layer", "direction", "unit"]].values.tolist()
    [[0, 0, 0], [0, 0, 1], [0, 0, 2], [1, 0, 0], [1, 0, 1], [1, 0, 2]]
    """
    import pandas as pd

    several = as_traces(traces)
    i, f, g, o, c = (all_steps(several, attrgetter(quantity)) for quantity in "ifgoc")
    c_before = all_steps(several, methodcaller("before", "c"))
    layer, direction, unit = np.indices(c.shape[1:]).reshape(3, -1)
    columns = {"layer": layer, "direction": direction, "unit": unit}
    for name, gate in zip("ifgo", (i, f, g, o), strict=True):
        columns |= {f"{name}_mean": gate.mean(0), f"{name}_std": gate.std(0)}
    for name, gate in zip("ifo", (i, f, o), strict=True):
        columns |= {f"{name}_left": (gate < LEFT).mean(0), f"{name}_right": (gate > RIGHT).mean(0)}
    columns["half_life"] = half_life(f)
    columns |= {"c_min": c.min(0), "c_max": c.max(0), "c_sign_changes": (c * c_before < 0).sum(0)}
    columns["writes"] = (np.abs(i * g) >= WRITE).mean(0)
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()})


def half_life(f: np.ndarray) -> np.ndarray:
    """Steps until half is left, ln 2 / -mean(ln f), of forget gates (step, ...); 0 where one was quite shut."""
    with np.errstate(divide="ignore"):
        steps: np.ndarray = np.log(2) / np.abs(np.log(f).mean(0))
    return steps
