"""On how many threads does the kernel fill the layers, and which part does each of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import NamedTuple

import torch

from lstm_core.recording.call import Weights
from lstm_core.recording.lanes import Array, Lane, Layer, Span, spans

# Threads pay for themselves with so many products in a run, each with so many sequences or units of its own.
MANY_PRODUCTS, SEQUENCES_A_THREAD, UNITS_A_THREAD = 1 << 28, 8, 64


class Shares(NamedTuple):
    """How a layer is shared among threads: by sequences, that know nothing of each other, or by units, that wait for
    each other at every step."""

    threads: int
    units: int
    sequences: list[Span]


def shares_of(weights: Sequence[Sequence[Weights]], time: int, batch: int) -> Shares:
    """How a run shares each of its layers; one thread has all of a short one."""
    threads, directions, units = torch.get_num_threads(), len(weights[0]), weights[0][0].hh.shape[1]
    products = time * batch * sum(w.ih.numel() + w.hh.numel() for layer in weights for w in layer)
    if threads == 1 or products < MANY_PRODUCTS:
        return Shares(1, 1, [(0, batch)])
    sequences = spans(batch, max(1, min(threads, batch // SEQUENCES_A_THREAD)))
    # All that wait for each other must run at once.
    by_units = min(threads // directions, units // UNITS_A_THREAD) if len(sequences) == 1 else 1
    return Shares(threads, max(1, by_units), sequences)


def fill(layers: list[Layer], x: Array, shares: Shares) -> Iterator[float]:
    """Run layer by layer; yields how far the h that gates rebuild is from h, at most."""
    with ThreadPoolExecutor(shares.threads) if shares.threads > 1 else nullcontext() as pool:
        for layer in layers:
            jobs = [(lane, sequences) for lane in layer.lanes for sequences in shares.sequences]
            if pool is None:
                yield from (lane.run(x, sequences) for lane, sequences in jobs)
            else:
                yield from _side_by_side(pool, jobs, x)
            x = layer.shown


def _side_by_side(pool: ThreadPoolExecutor, jobs: list[tuple[Lane, Span]], x: Array) -> list[float]:
    try:
        running = [pool.submit(lane.run, x, sequences) for lane, sequences in jobs]
    except BaseException:
        # A thread less than there should be: those that have begun would wait for it for ever.
        for lane, _ in jobs:
            lane.let_go()
        raise
    return [each.result() for each in running]
