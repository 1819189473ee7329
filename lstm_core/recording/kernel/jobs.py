"""How many threads share a layer in the kernel, and which units does each compute?"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from lstm_core.recording.call import Weights
from lstm_core.recording.kernel.signals import can_wait

# New threads pay for themselves with so many products in a run, and each with so many units of its own.
MANY_PRODUCTS, UNITS_A_THREAD = 1 << 28, 64


class Jobs(NamedTuple):
    """The jobs of a layer, each some units of one direction; jobs of one direction wait for each other at every step.

    `at_once`: whether each has a thread of its own; if not, there is one job a direction. `directions` (job,);
    `together` (job, 2): the jobs of one direction; `spans` (job, 2): the units of a job; both as [first, end).
    """

    at_once: bool
    directions: list[int]
    together: npt.NDArray[np.int64]
    spans: npt.NDArray[np.int64]


def jobs_of(weights: Sequence[Sequence[Weights]], time: int, batch: int) -> Jobs:
    """The jobs of each layer of a run; in a short run one job has all units of a direction."""
    directions, units = len(weights[0]), weights[0][0].hh.shape[1]
    products = time * batch * sum(w.ih.numel() + w.hh.numel() for layer in weights for w in layer)
    threads = torch.get_num_threads() if products >= MANY_PRODUCTS and can_wait() else 1
    return _jobs(threads > 1, directions, units, max(1, min(threads // directions, units // UNITS_A_THREAD)))


@lru_cache
def _jobs(at_once: bool, directions: int, units: int, count: int) -> Jobs:
    # A multiple of the numbers in a cache line, so that no two threads write to one line.
    size = -(-units // (16 * count)) * 16
    spans = [(first, min(first + size, units)) for first in range(0, units, size)]
    together = [(direction * len(spans), (direction + 1) * len(spans)) for direction in range(directions)]
    return Jobs(
        at_once,
        [direction for direction in range(directions) for _ in spans],
        np.array([each for each in together for _ in spans], np.int64),
        np.array(spans * directions, np.int64),
    )
