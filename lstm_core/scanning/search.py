"""Where else in a corpus are the units of a pattern on together?

Every step of every text is looked at. Which units are on is one bit a unit: a search for the first time with some
threshold reads the numbers, and from then on these bits. Hits are ranked as in LSTMVis: by how many of the pattern's
units are on throughout, by how few units are in the union of those that are on throughout and the pattern's, by length;
equal hits are in the order of the texts.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from cachetools import LRUCache

from lstm_core.scanning.pattern import Pattern
from lstm_core.scanning.store import Store

STEPS_AT_ONCE = 1 << 20
"""Texts are searched in blocks of about so many steps."""
Bits = LRUCache[Any, np.ndarray]
"""Which units are on at each step of a block (word, step), by what was searched and where."""


def best_hits(stores: Sequence[Store], known: Bits, wanted: Pattern, length: int, limit: int) -> np.ndarray:
    """The best hits of a pattern, (hit, 5): text, first, last, shared, union."""
    best, text = np.zeros((0, 5), np.int64), 0
    for number, store in enumerate(stores):
        kept, first = np.flatnonzero(store.lengths), 0
        begins, ends = store.begins[kept], (store.begins + store.lengths)[kept]
        while first < len(kept):
            last = max(first + 1, int(np.searchsorted(ends, begins[first] + STEPS_AT_ONCE, side="right")))
            bits = _bits(number, store, known, wanted, int(begins[first]), int(ends[last - 1]))
            found = hits_in(bits, begins[first:last] - begins[first], wanted.units, length)
            found[:, 0] = kept[first:last][found[:, 0]] + text
            best, first = ranked(np.concatenate([best, found]), limit), last
        text += len(store.lengths)
    return best


def _bits(number: int, store: Store, known: Bits, wanted: Pattern, begin: int, end: int) -> np.ndarray:
    """Which units are on at each step of a block of a store, (word, step); kept for the next search."""
    place = wanted.quantity, wanted.layer, wanted.direction
    key = number, *place, wanted.threshold, wanted.sign, begin
    store.check()
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
    """The best hits (hit, 5), the best first."""
    text, first, last, shared, union = hits.T
    if len(hits) > limit:
        # Shared, union and length as one number; only the best and those equal to the last of them are sorted.
        keys = (-shared << 48) + (union << 34) - (last - first)
        kept = keys <= np.partition(keys, limit - 1)[limit - 1]
        text, first, last, shared, union = (hits := hits[kept]).T
    return hits[np.lexsort((first, text, first - last, union, -shared))[:limit]]
