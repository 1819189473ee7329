"""Which sequences are windows of one series?

A window that was cut from a series again, a few steps on, begins with rows of input that another one ends with. Such
windows say the same thing several times over, so what shuffles them must keep them together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_core.arrays import as_numpy
from lstm_core.traces.recorded import Recorded

ROWS, TOKENS = 3, 8
"""Different rows that two windows must share, of numbers and of tokens: sentences share a few words by chance."""


def windows(traces: Sequence[Recorded]) -> list[int]:
    """A label for each sequence of all traces in turn: those of one series have the same."""
    rows = [
        row[:length]
        for trace in traces
        for row, length in zip(as_numpy(trace.x).swapaxes(0, 1), trace.lengths_or_time(), strict=True)
    ]
    needed = TOKENS if any(trace.tokens is not None for trace in traces) else ROWS
    labels = list(range(len(rows)))
    if sum(len(row) >= needed for row in rows) < 2:
        return labels
    _, numbers = np.unique(np.concatenate(rows), axis=0, return_inverse=True)
    ids = np.split(numbers.ravel(), np.cumsum([len(row) for row in rows])[:-1])

    def root(sequence: int) -> int:
        while labels[sequence] != sequence:
            sequence = labels[sequence]
        return sequence

    for earlier, later in _overlaps(ids, needed):
        labels[max(root(earlier), root(later))] = min(root(earlier), root(later))
    return [root(sequence) for sequence in range(len(rows))]


def _overlaps(ids: Sequence[np.ndarray], needed: int) -> list[tuple[int, int]]:
    """Pairs of sequences of which one ends as the other begins."""
    found = []
    starts, where = [], []
    for sequence, rows in enumerate(ids):
        if len(rows) > needed:
            runs = _runs(rows, needed)[1:]
            starts.append(runs)
            where.append(np.stack([np.full(len(runs), sequence), np.arange(1, len(runs) + 1)], axis=1))
    if not starts:
        return []
    hashes, places = np.concatenate(starts), np.concatenate(where)
    order = np.argsort(hashes, kind="stable")
    hashes, places = hashes[order], places[order]
    for later, rows in enumerate(ids):
        if len(rows) < needed:
            continue
        begins = _runs(rows, needed)[0]
        for earlier, step in places[np.searchsorted(hashes, begins) : np.searchsorted(hashes, begins, "right")]:
            shared = min(len(ids[earlier]) - step, len(rows))
            same = np.array_equal(ids[earlier][step : step + shared], rows[:shared])
            if earlier != later and same and len(np.unique(rows[:shared])) >= needed:
                found.append((int(earlier), later))
    return found


def _runs(rows: np.ndarray, length: int) -> np.ndarray:
    """A number for each run of so many rows; equal runs have equal ones."""
    numbers = np.zeros(len(rows) - length + 1, np.uint64)
    for step in range(length):
        numbers = numbers * np.uint64(1_000_003) + rows[step : step + len(numbers)].astype(np.uint64)
    return numbers
