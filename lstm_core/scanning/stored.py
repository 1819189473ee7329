"""What is in the store of a scan, and how is it searched in a blink?

Which units are on at each step is one bit a unit. A search for the first time with some threshold reads the store and
keeps these bits in memory; from then on it reads no state.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from cachetools import LRUCache

from lstm_core.errors import LstmCoreError
from lstm_core.scanning import state_files
from lstm_core.scanning.contexts import spans_around
from lstm_core.scanning.open_store import (
    STATES,
    checked_states,
    part_of_each_text,
    parts_of,
    states_file,
    words_of_part,
)
from lstm_core.scanning.pattern import Pattern
from lstm_core.scanning.search import LAST, hits_in, ranked, table_of

if TYPE_CHECKING:
    import pandas

    from lstm_core.scanning.result import Scan

MOST_BYTES = 1 << 30
"""The most memory for the bits of one store."""
STEPS_AT_ONCE = 1 << 20
"""Texts are searched in blocks of about so many steps."""
_PARTS = 128
"""The most columns of tokens and answers in memory."""


class WordColumn(NamedTuple):
    """A word a step: the number of each in a list of different words."""

    numbers: np.ndarray
    names: list[str]

    def words(self, first: int, last: int) -> list[str]:
        """The words of the steps [first, last)."""
        return [self.names[number] for number in self.numbers[first:last].tolist()]


class Store:
    """The states of a corpus on disk."""

    def __init__(self, scan: Scan) -> None:
        assert scan.store is not None
        self._parts, self._scan = parts_of(scan.store, scan.store_id), scan
        sizes = scan.sizes
        shape = sizes.layers, sizes.directions, sizes.units, scan.steps
        self._states = checked_states(self._parts, scan.origin, scan.store_id, shape)
        self._bits: LRUCache[Any, np.ndarray] = LRUCache(MOST_BYTES, getsizeof=lambda bits: bits.nbytes)
        self._columns: LRUCache[tuple[str, int], WordColumn] = LRUCache(_PARTS)

    @cached_property
    def texts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The number, first step, length and part of each text that is not empty."""
        lengths = self._scan.sums.lengths.astype(np.int64)
        part = part_of_each_text(self._parts, lengths, self._scan.store_id)
        kept = np.flatnonzero(lengths)
        return kept, (np.cumsum(lengths) - lengths)[kept], lengths[kept], part[kept]

    def search(self, wanted: Pattern, length: int, limit: int) -> pandas.DataFrame:
        """The best hits of a pattern, as `Scan.search` gives them."""
        if wanted.quantity != (state := self._scan.sizes.cell.state):
            raise LstmCoreError(
                f"Expected a pattern of {state}, which is in the store, got one of {wanted.quantity}. Give texts= to "
                "read them again."
            )
        texts, begins, _, _ = self.texts
        best = np.zeros((0, 5), np.int64)
        for first, last, start, end in self._blocks():
            bits = self._bits_of(wanted, start, end)
            found = hits_in(bits, begins[first:last] - start, texts[first:last], wanted, length)
            best = ranked(np.concatenate([best, found]), limit)
        places = best[:, : LAST + 1].tolist()
        return table_of(best, [self._words(*hit) for hit in places], [self._answer(t, last) for t, _, last in places])

    def nearest(self, text: int, time: int, layer: int, direction: int, limit: int) -> pandas.DataFrame:
        """The steps whose c is nearest to that of one step, in the distance over all units, the nearest first."""
        import pandas as pd

        at, steps = self._step_of(text, time), self._states.shape[-1]
        [(_, here)] = self._states_of(layer, direction, at, at + 1)
        here = here.astype(np.float32)
        distance = np.empty(steps, np.float32)
        for start, states in self._states_of(layer, direction, 0, steps):
            values = states.astype(np.float32)
            values -= here
            np.einsum("us,us->s", values, values, out=distance[start : start + values.shape[1]])
        distance[np.isnan(distance)] = np.inf
        texts, begins = self.texts[:2]
        distance[at] = np.inf
        near = np.argpartition(distance, min(limit, steps - 1))[:limit]
        near = near[np.lexsort((near, distance[near]))]
        near = near[np.isfinite(distance[near])]
        found = np.searchsorted(begins, near, side="right") - 1
        words = [
            self._words(int(texts[n]), int(s - begins[n]), int(s - begins[n])) for n, s in zip(found, near, strict=True)
        ]
        before, token, after = zip(*words, strict=True) if words else ((), (), ())
        columns = {"text": texts[found], "time": near - begins[found], "distance": np.sqrt(distance[near])}
        return pd.DataFrame(columns | {"token": token, "before": before, "after": after})

    def _blocks(self) -> Any:
        """(first text, last text, first step, last step) of each block of whole texts."""
        _, begins, lengths, _ = self.texts
        ends, first = begins + lengths, 0
        while first < len(begins):
            last = max(first + 1, int(np.searchsorted(ends, begins[first] + STEPS_AT_ONCE, side="right")))
            yield first, last, int(begins[first]), int(ends[last - 1])
            first = last

    def _bits_of(self, wanted: Pattern, start: int, end: int) -> np.ndarray:
        """Which units are on at each step of a block, (step, word)."""
        key = (wanted.threshold, wanted.sign, wanted.layer, wanted.direction, start)
        if key not in self._bits:
            bits = self._read_bits(wanted, start, end)
            if bits.nbytes > self._bits.maxsize:
                return bits
            self._bits[key] = bits
        return self._bits[key]

    def _read_bits(self, wanted: Pattern, start: int, end: int) -> np.ndarray:
        words = -(-self._states.shape[2] // 64)
        bits = np.zeros((end - start, words * 8), np.uint8)
        bound = wanted.bound
        for first, states in self._states_of(wanted.layer, wanted.direction, start, end):
            few = _packed_units(_is_on(states, bound, wanted.sign))
            bits[first - start : first - start + states.shape[1], : len(few)] = few.T
        return bits.view("<u8").astype(np.uint64, copy=False)

    def _states_of(self, layer: int, direction: int, begin: int, end: int) -> Iterator[tuple[int, np.ndarray]]:
        """c (unit, step) float16 of the steps from `begin` to `end`, file by file, each after its first step there."""
        array, steps = self._states, state_files.STEPS_A_FILE
        folder = self._parts / STATES / self._scan.sizes.cell.state
        for number in range(begin // steps, -(-end // steps)):
            start = number * steps
            first, last = max(begin, start), min(end, start + steps)
            file = folder / array.metadata.encode_chunk_key((layer, direction, 0, number))
            yield first, states_file(file, array.shape[2], steps)[:, first - start : last - start]

    def _step_of(self, text: int, time: int) -> int:
        texts, begins, lengths, _ = self.texts
        place = int(np.searchsorted(texts, text))
        if place == len(texts) or texts[place] != text or not 0 <= time < lengths[place]:
            raise LstmCoreError(f"Expected a step of the corpus, got text {text}, time {time}.")
        return int(begins[place]) + time

    def _words(self, text: int, first: int, last: int) -> tuple[str, ...]:
        part, offset, length = self._in_part(text)
        tokens, spans = self._column("token", part), spans_around(first, last)
        words = (tokens.words(offset + a, offset + min(length, b)) for a, b in spans)
        return tuple(map(self._scan.origin.joins.join, words))

    def _answer(self, text: int, time: int) -> str:
        part, offset, _ = self._in_part(text)
        [answer] = self._column("answer", part).words(offset + time, offset + time + 1)
        return answer

    def text(self, number: int) -> list[str]:
        """All tokens of a text."""
        part, offset, length = self._in_part(number)
        return self._column("token", part).words(offset, offset + length)

    def _in_part(self, text: int) -> tuple[int, int, int]:
        """In which part a text is, from which step of it, and how many steps the text has."""
        texts, begins, lengths, parts = self.texts
        place = int(np.searchsorted(texts, text))
        part = int(parts[place])
        return part, int(begins[place]) - int(begins[np.searchsorted(parts, part)]), int(lengths[place])

    def _column(self, name: str, part: int) -> WordColumn:
        if (name, part) not in self._columns:
            _, _, lengths, parts = self.texts
            steps = int(lengths[parts == part].sum())
            for column, found in words_of_part(self._parts, part, steps, self._scan.store_id).items():
                self._columns[column, part] = WordColumn(*found)
        return self._columns[name, part]


def _packed_units(on: np.ndarray) -> np.ndarray:
    """Which units are on (unit, step) as the bits of bytes (byte, step): unit u is bit u % 8 of byte u // 8.

    `np.packbits` along the first axis gives the same, ten times slower.
    """
    packed = np.zeros((-(-len(on) // 8), on.shape[1]), np.uint8)
    for bit in range(8):
        units = on[bit::8].view(np.uint8)
        packed[: len(units)] |= units << bit
    return packed


def _is_on(values: np.ndarray, bound: np.float32, sign: int) -> np.ndarray:
    """Where sign · value ≥ bound, for values in float16.

    The bits of positive float16 are in the order of the numbers, so that integers can be compared, which is many times
    faster.
    """
    if not 0 < bound < np.inf:
        return sign * values.astype(np.float32) >= bound
    half = np.float16(bound)
    if np.float32(half) < bound:
        half = np.nextafter(half, np.float16(np.inf))
    least, infinite = half.view(np.int16), np.float16(np.inf).view(np.int16)
    bits = values.view(np.int16)
    if sign < 0:
        # Without the bit of the sign, which is set; a number without it becomes negative.
        bits = bits ^ np.int16(-0x8000)
    return (bits >= least) & (bits <= infinite)
