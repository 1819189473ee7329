"""In which order, and on how many threads, does the kernel fill layers, directions, sequences and steps?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import torch

from lstm_core.recording.lanes import Array, Layer, Span

# Threads pay for themselves with so many products in a run, each with so many sequences of its own.
MANY_PRODUCTS, SEQUENCES_A_THREAD = 1 << 29, 8

# In so many pieces of the time a layer can run beside the one below it, a piece behind.
PIECES = 16


def fill(layers: list[Layer], x: Array) -> Iterator[float]:
    """Run every layer and direction; yields how far the h that gates rebuild is from h, at most."""
    threads = torch.get_num_threads()
    if threads > 1 and sum(lane.products for layer in layers for lane in layer.lanes) > MANY_PRODUCTS:
        yield from _fill_on(threads, layers, x)
        return
    for layer in layers:
        for lane in layer.lanes:
            yield lane.run(x, (0, x.shape[0]), (0, x.shape[1]))
        x = layer.shown


class Job(NamedTuple):
    """What a thread fills at a time: a piece of the steps of a part of the sequences, by number."""

    layer: int
    direction: int
    piece: int
    part: int


def _fill_on(threads: int, layers: list[Layer], x: Array) -> Iterator[float]:
    parts = spans(x.shape[1], min(threads, max(1, x.shape[1] // SEQUENCES_A_THREAD)))
    # What two directions give is whole only when both have read everything.
    alone = len(parts) == threads or len(layers) == 1 or len(layers[0].lanes) == 2
    pieces = spans(x.shape[0], 1 if alone else PIECES)
    done: dict[Job, Future[float]] = {}

    def run(job: Job) -> float:
        # Those it waits for were taken up before it, so a waiting thread keeps none of them from running.
        for other in _waits_for(job):
            if other in done:
                done[other].result()
        below = layers[job.layer - 1].shown if job.layer else x
        return layers[job.layer].lanes[job.direction].run(below, pieces[job.piece], parts[job.part])

    with ThreadPoolExecutor(threads) as pool:
        for job in _jobs(layers, len(pieces), len(parts)):
            done[job] = pool.submit(run, job)
    return (future.result() for future in done.values())


def _jobs(layers: list[Layer], pieces: int, parts: int) -> Iterator[Job]:
    """Each after those that it waits for: wave by wave, each layer a piece behind the one below."""
    for wave in range(pieces + len(layers) - 1):
        for number, layer in enumerate(layers):
            if 0 <= wave - number < pieces:
                for lane in layer.lanes:
                    yield from (Job(number, lane.direction, wave - number, part) for part in range(parts))


def _waits_for(job: Job) -> list[Job]:
    """The layer below in the same piece, and the piece before in its own."""
    below = [job._replace(layer=job.layer - 1, direction=direction) for direction in (0, 1)]
    return [*below, job._replace(piece=job.piece - 1)]


def spans(total: int, count: int) -> list[Span]:
    """A range in at most so many parts, each but the last as long and a multiple of four."""
    size = -(-total // (4 * count)) * 4
    return [(first, min(first + size, total)) for first in range(0, total, size)]
