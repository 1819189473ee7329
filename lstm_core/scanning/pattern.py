"""Which units stay on through a stretch of a text, and are off around it? Where else in a corpus are they on together?

Strobelt, Gehrmann, Pfister & Rush 2018 (LSTMVis) choose units in this way.

Every step of every text is looked at. Which units are on is one bit a unit: a search for the first time with some
threshold reads the numbers, and from then on these bits. Hits are ranked as in LSTMVis: by how many of the pattern's
units are on throughout, by how few units are in the union of those that are on throughout and the pattern's, by length;
equal hits are in the order of the texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from cachetools import LRUCache

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError, check_kind
from lstm_core.scanning.store import Store
from lstm_core.traces.cut import units_of
from lstm_core.traces.recorded import Recorded
from lstm_core.traces.several_traces import places_of


@dataclass(frozen=True)
class Pattern:
    """Units that are on together; `Scan.search` finds where else they are."""

    units: tuple[int, ...]
    quantity: str
    threshold: float
    layer: int
    direction: int
    sign: int

    @property
    def bound(self) -> np.float32:
        """A unit is on where sign · c (or the quantity) is at least this float32: so no tanh need be computed."""
        if self.quantity != "c":
            return np.float32(self.threshold)
        with np.errstate(divide="ignore"):
            return np.float32(np.arctanh(np.clip(self.threshold, -1.0, 1.0)))

    def on(self, values: np.ndarray) -> np.ndarray:
        """Whether each value of the quantity is on."""
        signed = np.asarray(values, np.float32) * np.float32(self.sign)
        return signed >= self.bound


def pattern(
    trace: Recorded,
    first: int,
    last: int,
    *,
    quantity: str | None = None,
    threshold: float = 0.3,
    layer: int = 0,
    direction: int = 0,
    batch: int | None = None,
    sign: int = 1,
    before: int = 1,
    after: int = 0,
) -> Pattern:
    """The units that are on at every step first ≤ t ≤ last of a sequence, and off at the `before` steps before and the
    `after` steps after.

    A unit is on where sign · value ≥ threshold; the value is tanh(c) for quantity "c", as in LSTMVis, which is taken if
    no other is named; of a GRU or an RNN it is h. Steps before the start and after the end of the text ask for nothing.

    Raises LstmCoreError for steps, a layer, direction, batch or quantity that is not there.

    >>> import lstm_core
    >>> model = lstm_core.load_model("counter")
    >>> trace = lstm_core.run(model.lstm, model.vectors(list("aaabbb")))
    >>> pattern(trace, 2, 2, threshold=-1).units, pattern(trace, 2, 2, threshold=-1, before=0).units
    ((), (0, 1, 2, 3))
    """
    check_kind(trace, Recorded, "a trace", "Give recording.only or lstm_core.run(…).")
    quantity = trace.states[0] if quantity is None else quantity
    if quantity not in trace.whole or sign not in (1, -1):
        raise LstmCoreError(
            f"Expected a quantity of {', '.join(trace.whole)} and sign 1 or -1, got {quantity}, {sign}."
        )
    at_layer, at_direction, at_batch = places_of(trace, layer=layer, direction=direction, batch=batch)
    steps = trace.lengths_or_time()[at_batch]
    if not 0 <= first <= last < steps or before < 0 or after < 0:
        raise LstmCoreError(
            f"Expected 0 ≤ first ≤ last < {steps} steps, and before and after from 0, got first {first}, last {last}, "
            f"before {before}, after {after}."
        )
    wanted = Pattern((), quantity, threshold, layer, direction, sign)
    on = wanted.on(as_numpy(getattr(trace, quantity)[at_layer, at_direction, :steps, at_batch]))
    around = on[max(0, first - before) : first].any(0) | on[last + 1 : last + 1 + after].any(0)
    there = units_of(trace, quantity)
    units = tuple(there[unit] for unit in np.flatnonzero(on[first : last + 1].all(0) & ~around).tolist())
    return Pattern(units, quantity, threshold, layer, direction, sign)


# Where else are they on together?

# Texts are searched in blocks of about so many steps.
STEPS_AT_ONCE = 1 << 20
# What was computed once: which units are on at each step of a block (word, step), by what was searched and where.
Known = LRUCache[Any, np.ndarray]


def best_hits(store: Store, known: Known, wanted: Pattern, length: int, limit: int) -> np.ndarray:
    """The best hits of a pattern, (hit, 5): text, first, last, shared, union."""
    store.check()
    texts = np.flatnonzero(store.lengths)
    begins, ends = store.begins[texts], (store.begins + store.lengths)[texts]
    best, first = np.zeros((0, 5), np.int64), 0
    while first < len(texts):
        last = max(first + 1, int(np.searchsorted(ends, begins[first] + STEPS_AT_ONCE, side="right")))
        bits = _bits(store, known, wanted, int(begins[first]), int(ends[last - 1]))
        found = hits_in(bits, begins[first:last] - begins[first], wanted.units, length)
        found[:, 0] = texts[first:last][found[:, 0]]
        best, first = ranked(np.concatenate([best, found]), limit), last
    return best


def _bits(store: Store, known: Known, wanted: Pattern, begin: int, end: int) -> np.ndarray:
    """Which units are on at each step of a block, (word, step); kept for the next search."""
    place = wanted.quantity, wanted.layer, wanted.direction
    key = *place, wanted.threshold, wanted.sign, begin
    if key not in known:
        bits = np.concatenate([packed_units(wanted, values) for _, values in store.blocks(*place, begin, end)], axis=1)
        if bits.nbytes > known.maxsize:
            return bits
        known[key] = bits
    return known[key]


def packed_units(wanted: Pattern, values: np.ndarray) -> np.ndarray:
    """Which units (unit, step) are on, as the bits of words (word, step): unit u is bit u % 64 of word u // 64."""
    # Bytes first: `np.packbits` along the first axis gives the same, ten times slower.
    packed = np.zeros((-(-len(values) // 64), values.shape[1], 8), np.uint8)
    for unit, steps in enumerate(values):
        packed[unit // 64, :, unit % 64 // 8] |= wanted.on(steps).view(np.uint8) << (unit % 8)
    return packed.view("<u8")[..., 0].astype(np.uint64, copy=False)


def hits_in(bits: np.ndarray, begins: np.ndarray, units: Sequence[int], length: int) -> np.ndarray:
    """All hits, (hit, 5): text, first, last, shared, union.

    `bits` (word, step): which units are on, one text after the other; `begins` (text,): each text's first step there;
    texts are numbered in this order. No text is empty.
    """
    chosen = np.zeros(len(bits), np.uint64)
    for unit in units:
        chosen[unit // 64] |= np.uint64(1) << np.uint64(unit % 64)
    count = np.zeros(bits.shape[1], np.uint16)
    for word in np.flatnonzero(chosen):
        count += np.bitwise_count(bits[word] & chosen[word])
    changes = np.ones(len(count), bool)
    changes[1:] = count[1:] != count[:-1]
    changes[begins] = True
    firsts = np.flatnonzero(changes)
    ends = np.append(firsts[1:], len(count))
    long = (count[firsts] > 0) & (ends - firsts >= length)
    shared, union = np.zeros(long.sum(), np.int64), np.zeros(long.sum(), np.int64)
    for word, own in zip(bits, chosen, strict=True):
        throughout = np.bitwise_and.reduceat(word, firsts)[long]
        shared += np.bitwise_count(throughout & own)
        union += np.bitwise_count(throughout | own)
    firsts, ends = firsts[long], ends[long]
    texts = np.searchsorted(begins, firsts, side="right") - 1
    return np.column_stack([texts, firsts - begins[texts], ends - 1 - begins[texts], shared, union])


def ranked(hits: np.ndarray, limit: int) -> np.ndarray:
    """The best hits (hit, 5), the best first; equal ones in the order in which they come."""
    _, first, last, shared, union = hits.T
    # Shared, union and length as one number; only the best and those equal to the last of them are sorted.
    keys = (-shared << 48) + (union << 34) - (last - first)
    best = np.flatnonzero(keys <= np.partition(keys, limit - 1)[limit - 1]) if len(keys) > limit else slice(None)
    return hits[best][np.argsort(keys[best], kind="stable")[:limit]]
