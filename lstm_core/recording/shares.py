"""On how many threads does the kernel fill a layer, and which part is each one's?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from lstm_core.recording.call import Weights
from lstm_core.recording.threads import openmp

# Threads pay for themselves with so many products in a run: PyTorch's own, and new ones.
MANY_PRODUCTS, MANY_PRODUCTS_ANEW = 1 << 26, 1 << 28
# And each with so many sequences or units of its own.
SEQUENCES_A_THREAD, UNITS_A_THREAD = 8, 64

Span = tuple[int, int]
"""From the first to before the last."""


class Shares(NamedTuple):
    """How a layer is shared among threads: by sequences, that know nothing of each other, or by units, that wait for
    each other at every step.

    `jobs` (job, what) as `kernel.run` takes them: direction, units, sequences, and the jobs of the same sequences, each
    first and before the last. `threads`: one, or all that PyTorch has, even where there are fewer jobs: when a team is
    smaller than the last, OpenMP ends the others, and the next of PyTorch's functions has to start them anew.
    """

    threads: int
    jobs: npt.NDArray[np.int64]


def shares_of(weights: Sequence[Sequence[Weights]], time: int, batch: int) -> Shares:
    """How a run shares each of its layers; one thread has all of a short one."""
    threads, directions, units = torch.get_num_threads(), len(weights[0]), weights[0][0].hh.shape[1]
    products = time * batch * sum(w.ih.numel() + w.hh.numel() for layer in weights for w in layer)
    if threads > 1 and products >= (MANY_PRODUCTS if openmp() else MANY_PRODUCTS_ANEW):
        by_sequences = spans(batch, max(1, min(threads, batch // SEQUENCES_A_THREAD)), 4)
        # All that wait for each other must run at once.
        alone = len(by_sequences) > 1
        by_units = spans(units, 1 if alone else max(1, min(threads // directions, units // UNITS_A_THREAD)), 16)
        return _shares(threads, directions, by_units, by_sequences)
    return _shares(1, directions, ((0, units),), ((0, batch),))


@lru_cache
def _shares(threads: int, directions: int, by_units: tuple[Span, ...], by_sequences: tuple[Span, ...]) -> Shares:
    jobs: list[tuple[int, ...]] = []
    for direction in range(directions):
        for sequences in by_sequences:
            together = len(jobs), len(jobs) + len(by_units)
            jobs += [(direction, *units, *sequences, *together) for units in by_units]
    return Shares(threads, np.array(jobs, np.int64))


def spans(total: int, count: int, of: int) -> tuple[Span, ...]:
    """A range in at most so many parts, each but the last as long and a multiple of `of`."""
    size = -(-total // (of * count)) * of
    return tuple((first, min(first + size, total)) for first in range(0, total, size))
