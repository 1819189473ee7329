"""Which order of a heatmap's rows tells the most?"""

import warnings
from typing import Literal, get_args

import numpy as np

from lstm_core.analysis.units import leak
from lstm_core.errors import LstmCoreError
from lstm_core.traces.several_traces import by_sequence, check_memory, places_of
from lstm_core.traces.trace import CellTrace, Trace

Order = Literal["index", "leak", "similarity", "activity"]


def order_units(
    trace: Trace | CellTrace, by: Order | Literal["half-life"] = "index", layer: int = 0, direction: int = 0
) -> list[int]:
    """The units of one layer and direction, in the order in which to draw them.

    `index`: the LSTM's own order. `leak`: the slowest leak of c first (`units`). `activity`: the most varied c first,
    by its standard deviation. `similarity`: units with correlated c side by side.

    Raises LstmCoreError when the order, layer or direction is unknown.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(50, 1, 4))
    >>> sorted(order_units(trace, by="similarity"))
    [0, 1, 2]
    """
    if by == "half-life":
        warnings.warn("The order 'half-life' is called 'leak'.", DeprecationWarning, 2)
        by = "leak"
    if by not in get_args(Order):
        raise LstmCoreError(f"Expected an order of {', '.join(get_args(Order))}, got {by!r}.")
    check_memory(trace)
    layer, direction = places_of(trace, layer=layer, direction=direction)
    if by == "index":
        return list(range(trace.c.shape[-1]))
    values = trace.f if by == "leak" else trace.c
    steps = np.concatenate([steps[:, layer, direction] for steps in by_sequence(trace, values)])
    if by == "similarity":
        return seriate(steps)
    key = leak(steps) if by == "leak" else steps.std(0)
    return [int(unit) for unit in np.argsort(-key, kind="stable")]


def seriate(c: np.ndarray) -> list[int]:
    """The columns of (step, unit), in an order that puts correlated columns side by side.

    Sorted by the Fiedler vector of the graph with edges (1 + correlation) / 2: it places strongly tied units close
    together on a line (Atkins, Boman & Hendrickson 1998). The vector has two directions; we take the one where the
    first unit comes before the last. A unit that never changes has correlation 0 with every other.
    """
    moved = c - c.mean(0)
    length = np.linalg.norm(moved, axis=0)
    # The mean of a constant may round: the difference that remains counts as 0.
    still = length <= 1e-12 * np.linalg.norm(c, axis=0)
    unit_length = np.where(still, 0.0, moved / np.where(still, 1.0, length))
    ties = (1 + unit_length.T @ unit_length) / 2
    laplacian = np.diag(ties.sum(0)) - ties
    # Move the constant vector (eigenvalue 0) to the other end of the spectrum.
    _, vectors = np.linalg.eigh(laplacian + 1.0)
    order: list[int] = np.argsort(vectors[:, 0], kind="stable").tolist()
    return order if order.index(0) <= order.index(len(order) - 1) else order[::-1]
