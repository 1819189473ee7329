"""How are the states of a window added to the sums of a shard?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np
import torch

from lstm_core.arrays import as_numpy
from lstm_core.scanning import plain_loops
from lstm_core.scanning.shards import Shard
from lstm_core.scanning.sums import MEAN, CellSizes, Sums, smallest
from lstm_core.scanning.windows import Piece
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.summary import worst

BLOCK = 64
"""Units of a block of products: the products of two blocks are computed once, not twice."""


@cache
def fastest_loops() -> ModuleType:
    """The compiled loops, if Numba is installed (extra: gatescope[fast])."""
    try:
        from lstm_core.scanning import loops
    except ImportError:
        return plain_loops
    return loops


class CountedRows(NamedTuple):
    """The steps of a window that count, as rows of (time * batch)."""

    rows: np.ndarray
    before: np.ndarray
    """The row of the step before, or -1 - b where the state of sequence b before its first step stands."""
    places: np.ndarray
    """(row, 2): text and time."""
    slots: np.ndarray
    """The row of the sums of token types."""

    def only(self, kept: np.ndarray) -> CountedRows:
        return CountedRows(*(column[kept] for column in self))


class Tally:
    """The sums of one shard, window by window."""

    def __init__(self, shard: Shard, sizes: CellSizes, top: int, samples: int) -> None:
        self._sizes, self._shard = sizes, shard
        self._loops = fastest_loops()
        counted = {token: slot for slot, token in enumerate(shard.counted)}
        # The last one is of a step without a token, whose number is -1.
        self._slots = np.array([*(counted.get(token, len(counted)) for token in shard.vocabulary), len(counted)])
        self._has_types = bool(shard.vocabulary)
        self.sums = Sums.empty(sizes, top, shard.counted, len(shard.texts))
        self.sums.lengths[:] = shard.lengths
        self._shift: dict[tuple[int, int], np.ndarray] = {}
        self._pool = _Pool(shard, sizes.cell.trace.states, samples)

    def add(self, trace: Recorded, pieces: Sequence[Piece]) -> None:
        """Add the steps of a window, whose sequences are the pieces of a shard's texts."""
        sums = self.sums
        sums.max_error = float(np.maximum(sums.max_error, trace.max_error))
        sums.proof = worst([sums.proof, trace.proof])
        everywhere: np.ndarray | None = None
        every = [self._rows(pieces, direction) for direction in range(self._sizes.directions)]
        for layer, direction in np.ndindex(self._sizes.layers, self._sizes.directions):
            rows = every[direction]
            cell = self._sizes.cell
            flat = {name: _flat(trace, name, layer, direction) for name in (*cell.trace.states, *cell.gates)}
            finite = _finite([flat[state] for state in sums.states], rows.rows, pieces, direction)
            if finite is not None:
                rows = rows.only(finite)
                everywhere = finite if everywhere is None else everywhere & finite
            self._add_side(trace, (layer, direction), flat, rows)
        self._pool.add(trace, every[0] if everywhere is None else every[0].only(everywhere))

    def finished(self) -> Sums:
        """The sums, once all windows are added."""
        sums = self.sums
        for side, shift in self._shift.items():
            off = sums.states[self._sizes.cell.state].moments[side][MEAN] - shift
            sums.comoments[side] -= sums.steps[side] * np.outer(off, off)
        sums.sampled, sums.sampled_at, samples = self._pool.finished()
        for state, values in samples.items():
            sums.states[state].sample = values
        return sums

    def _add_side(self, trace: Recorded, side: tuple[int, int], flat: dict[str, np.ndarray], rows: CountedRows) -> None:
        sums, loops, cell = self.sums, self._loops, self._sizes.cell
        if not len(rows.rows):
            return
        self._add_products(side, flat[cell.state], rows.rows)
        for name, state in sums.states.items():
            loops.add_states(
                flat[name],
                np.ascontiguousarray(as_numpy(getattr(trace, f"{name}0")[side]), np.float32),
                *rows,
                int(sums.steps[side]),
                state.moments[side],
                (state.exponents[side], state.counts[side]),
                state.best[side],
                state.best_at[side],
                state.by_type[side] if self._has_types else state.by_type[side][:0],
            )
        for gate, name in enumerate(cell.gates):
            loops.add_gate(flat[name], rows.rows, sums.shut[gate][side], sums.opened[gate][side])
        if cell.keeps is not None:
            loops.add_logarithms(flat[cell.keeps], rows.rows, sums.log_f[side])
        sums.steps[side] += len(rows.rows)
        if self._has_types:
            sums.type_steps[side] += np.bincount(rows.slots, minlength=sums.type_steps.shape[-1])

    def _add_products(self, side: tuple[int, int], c: np.ndarray, rows: np.ndarray) -> None:
        """Add the products of all pairs of units, around the mean of the first window so that few bits are lost."""
        read = torch.from_numpy(c if len(rows) == len(c) else c[rows])
        if side not in self._shift:
            self._shift[side] = as_numpy(read.mean(0)).astype(np.float64)
        read = read - torch.from_numpy(self._shift[side].astype(np.float32))
        total = self.sums.comoments[side]
        units = range(0, read.shape[1], BLOCK)
        for first in units:
            ours = read[:, first : first + BLOCK].T
            product = (ours @ read[:, first:]).numpy()
            total[first : first + BLOCK, first:] += product
            total[first + BLOCK :, first : first + BLOCK] += product[:, BLOCK:].T

    def _rows(self, pieces: Sequence[Piece], direction: int) -> CountedRows:
        """The rows of a window's pieces, which are sorted by length, the longest first."""
        numbers, lanes = self._shard.numbers(pieces), len(pieces)
        rows = np.flatnonzero(numbers >= 0)
        steps, batch = numbers.ravel()[rows], rows % lanes
        texts = np.array([piece.text for piece in pieces])[batch]
        if direction == 0:
            before, starts = rows - lanes, rows < lanes
        else:
            before, starts = rows + lanes, rows // lanes == np.array([piece.length - 1 for piece in pieces])[batch]
        places = np.stack([texts, steps - self._shard.begins[texts]], axis=1)
        slots = self._slots[self._shard.ids[steps]]
        return CountedRows(rows, np.where(starts, -1 - batch, before), places, slots)


class _Pool:
    """A random sample of steps: those with the smallest draws, which depend only on the text and the time.

    Two copies of a text have equal draws; the sample then has both or, at its end, the first.
    """

    def __init__(self, shard: Shard, states: Sequence[str], most: int) -> None:
        self._digests = np.array([text.digest for text in shard.texts], np.uint64)
        self._most = most
        self._drawn: list[np.ndarray] = []
        self._places: list[np.ndarray] = []
        self._values: dict[str, list[np.ndarray]] = {state: [] for state in states}
        self._bound = np.uint64(2**64 - 1)

    def add(self, trace: Recorded, rows: CountedRows) -> None:
        drawn = draws(self._digests[rows.places[:, 0]], rows.places[:, 1])
        kept = np.flatnonzero(drawn <= self._bound)
        kept = kept[smallest(drawn[kept], rows.places[kept], self._most)]
        self._drawn.append(drawn[kept])
        self._places.append(rows.places[kept])
        for state, values in self._values.items():
            # (layer, direction, time * batch, unit) to (sample, layer, direction, unit)
            found = getattr(trace, state).flatten(2, 3)[:, :, torch.from_numpy(rows.rows[kept])]
            values.append(as_numpy(found).astype(np.float32, copy=False).transpose(2, 0, 1, 3))
        if sum(map(len, self._drawn)) > 2 * self._most:
            self._cut()

    def finished(self) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        if not self._drawn:
            return np.zeros(0, np.uint64), np.zeros((0, 2), np.int64), {}
        self._cut()
        return self._drawn[0], self._places[0], {state: values[0] for state, values in self._values.items()}

    def _cut(self) -> None:
        drawn, places = np.concatenate(self._drawn), np.concatenate(self._places)
        kept = smallest(drawn, places, self._most)
        self._drawn, self._places = [drawn[kept]], [places[kept]]
        self._values = {state: [np.concatenate(values)[kept]] for state, values in self._values.items()}
        if len(kept) == self._most:
            self._bound = self._drawn[0][-1]


def draws(digests: np.ndarray, times: np.ndarray) -> np.ndarray:
    """A random number of 64 bits for each step (SplitMix64; Steele, Lea & Flood 2014)."""
    mixed = digests + (times.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    drawn: np.ndarray = mixed ^ (mixed >> np.uint64(31))
    return drawn


def _flat(trace: Recorded, name: str, layer: int, direction: int) -> np.ndarray:
    """One quantity as (time * batch, unit) in float32."""
    values = as_numpy(getattr(trace, name)[layer, direction].flatten(0, 1))
    return np.ascontiguousarray(values, np.float32)


def _finite(
    states: Sequence[np.ndarray], rows: np.ndarray, pieces: Sequence[Piece], direction: int
) -> np.ndarray | None:
    """Which rows have only finite values of all states; None if all have."""
    # A value that is not finite stays in the memory to the last step that a sequence reads.
    last = np.array([piece.length - 1 if direction == 0 else 0 for piece in pieces])
    ends = last * len(pieces) + np.arange(len(pieces))
    if all(np.isfinite(state[ends]).all() for state in states):
        return None
    kept: np.ndarray = np.all([np.isfinite(state[rows]).all(1) for state in states], axis=0)
    return kept
