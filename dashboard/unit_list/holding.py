"""For how long does a unit keep what it holds?"""

from collections.abc import Sequence

import numpy as np

from lstm_core import Trace
from lstm_core.arrays import as_numpy
from lstm_core.quantities import RIGHT


def typical_keep(traces: Sequence[Trace], layer: int, direction: int, unit: int) -> int:
    """The typical length of a hold, in steps: half of the steps at which f is above 0.9 lie in runs of such steps that
    are at least so long. 0 if f never is."""
    forget = [as_numpy(trace.f[layer, direction, :, 0, unit]) for trace in traces]
    lengths = [end - first for f in forget for first, end in runs(f > RIGHT)]
    if not lengths:
        return 0
    ordered = np.sort(lengths)[::-1]
    return int(ordered[np.searchsorted(ordered.cumsum(), ordered.sum() / 2)])


def runs(kept: np.ndarray) -> list[tuple[int, int]]:
    """The stretches in which something is true: the first step of each, and the one after its last.

    >>> runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(int), [0]]))).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
