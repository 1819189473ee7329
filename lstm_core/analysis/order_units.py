"""In which order do a heatmap's rows tell the most?"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from lstm_core.analysis.units import half_life
from lstm_core.errors import LstmCoreError
from lstm_core.traces.place import check_place
from lstm_core.traces.several import by_sequence
from lstm_core.traces.trace import Trace

Order = Literal["index", "half-life", "similarity", "activity"]


def order_units(trace: Trace, by: Order = "index", layer: int = 0, direction: int = 0) -> list[int]:
    """The units of one layer and direction in an order to draw them in.

    `index`: as the LSTM has them. `half-life`: the longest memory first. `activity`: the most lively c first, by its
    standard deviation. `similarity`: units whose c go together lie together.

    Raises LstmCoreError when the order or the place is unknown.

    >>> import torch, lstm_core
    >>> trace = lstm_core.run(torch.nn.LSTM(4, 3), torch.randn(50, 1, 4))
    >>> sorted(order_units(trace, by="similarity"))
    [0, 1, 2]
    """
    if by not in get_args(Order):
        raise LstmCoreError(f"Expected an order of {', '.join(get_args(Order))}, got {by!r}.")
    check_place(trace, layer=layer, direction=direction)
    if by == "index":
        return list(range(trace.c.shape[-1]))
    f, c = (
        np.concatenate([steps[:, layer, direction] for steps in by_sequence(trace, values)])
        for values in (trace.f, trace.c)
    )
    if by == "similarity":
        return seriate(c)
    key = half_life(f) if by == "half-life" else c.std(0)
    return [int(unit) for unit in np.argsort(-key, kind="stable")]


def seriate(c: np.ndarray) -> list[int]:
    """Columns of (step, unit) in an order in which the correlated lie together.

    Sorted by the Fiedler vector of the graph whose edges are (1 + correlation) / 2: the line on which units that are
    strongly tied lie close (Atkins, Boman & Hendrickson 1998). Of its two directions it takes the one in which the
    first unit comes before the last. A unit that never moves is correlated with none.
    """
    moved = c - c.mean(0)
    length = np.linalg.norm(moved, axis=0)
    # A constant's mean may round: what is left of it is no movement.
    still = length <= 1e-12 * np.linalg.norm(c, axis=0)
    unit_length = np.where(still, 0.0, moved / np.where(still, 1.0, length))
    ties = (1 + unit_length.T @ unit_length) / 2
    laplacian = np.diag(ties.sum(0)) - ties
    # The constant vector, of eigenvalue 0, goes to the other end of the spectrum.
    _, vectors = np.linalg.eigh(laplacian + 1.0)
    order: list[int] = np.argsort(vectors[:, 0], kind="stable").tolist()
    return order if order.index(0) <= order.index(len(order) - 1) else order[::-1]
