"""For how long does a unit keep what it holds?"""

from collections.abc import Sequence

import numpy as np

from lstm_core import Trace
from lstm_core.arrays import as_numpy
from lstm_core.saturated import RIGHT


def typical_keep(traces: Sequence[Trace], layer: int, direction: int, unit: int) -> int:
    """The typical length of a hold, in steps: half of the steps at which f is above 0.9 lie in runs of such steps that
    are at least so long. 0 if f never is."""
    lengths = [length for trace in traces for length in runs(_forget(trace, layer, direction, unit) > RIGHT)]
    if not lengths:
        return 0
    ordered = np.sort(lengths)[::-1]
    return int(ordered[np.searchsorted(ordered.cumsum(), ordered.sum() / 2)])


def runs(kept: np.ndarray) -> list[int]:
    """The lengths of the stretches in which something is true.

    >>> runs(np.array([True, True, False, True]))
    [2, 1]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], kept.astype(int), [0]])))
    found: list[int] = (edges[1::2] - edges[::2]).tolist()
    return found


def _forget(trace: Trace, layer: int, direction: int, unit: int) -> np.ndarray:
    return as_numpy(trace.f[layer, direction, :, 0, unit])
