"""Which tokens stand around the steps that a scan shows?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_core.scanning.shards import Shard
from lstm_core.scanning.sums import NOWHERE, Sums, moved

BEFORE, AFTER = 40, 20
"""How many tokens before and after a step are kept."""


def spans_around(first: int, last: int) -> tuple[tuple[int, int], ...]:
    """From which step to which the tokens before, of and after a stretch stand in its text."""
    return (max(0, first - BEFORE), first), (first, last + 1), (last + 1, last + 1 + AFTER)


@dataclass
class Contexts:
    """The tokens around some steps."""

    places: np.ndarray
    """(step, 2): text and time, in order."""
    around: np.ndarray
    """(step, 61) int32: the numbers of the tokens in `vocabulary`; -1 before the start and after the end of a text."""
    vocabulary: list[str]

    @classmethod
    def empty(cls) -> Contexts:
        return cls(np.zeros((0, 2), np.int64), np.zeros((0, BEFORE + 1 + AFTER), np.int32), [])

    def at(self, places: np.ndarray) -> list[tuple[list[str], str, list[str]]]:
        """The tokens before, at and after each of some places (step, 2)."""
        found = self.around[np.searchsorted(_keys(self.places), _keys(places))] if len(places) else self.around[:0]
        return [
            (self._tokens(row[:BEFORE]), self._tokens(row[BEFORE : BEFORE + 1])[0], self._tokens(row[BEFORE + 1 :]))
            for row in found
        ]

    def _tokens(self, numbers: np.ndarray) -> list[str]:
        return [self.vocabulary[number] for number in numbers.tolist() if number >= 0]


def shown_places(sums: Sums) -> np.ndarray:
    """The places (step, 2) that a scan shows, each once and in order: the best of each unit, and the sample."""
    best = [state.best_at.reshape(-1, 2) for state in sums.states.values()]
    places = np.concatenate([*best, sums.sampled_at])
    keys = np.unique(_keys(places[places[:, 0] != NOWHERE]))
    return np.stack([keys >> 32, keys & (2**32 - 1)], axis=1)


def contexts_of(sums: Sums, known: Contexts, shard: Shard) -> Contexts:
    """The contexts of all places that are shown: those that are known, and those of the shard that was read last."""
    places = shown_places(sums)
    is_new = places[:, 0] >= shard.first
    old = known.around[np.searchsorted(_keys(known.places), _keys(places[~is_new]))]
    numbers = {token: number for number, token in enumerate(known.vocabulary)}
    of_shard = np.array([*(numbers.setdefault(token, len(numbers)) for token in shard.vocabulary), -1], np.int32)
    texts, times = (places[is_new] - [shard.first, 0]).T
    around = times[:, None] + np.arange(-BEFORE, AFTER + 1)
    is_there = (around >= 0) & (around < shard.lengths[texts][:, None])
    # Of a place that is not there the last step's token is read.
    new = np.where(is_there, of_shard[shard.ids[np.where(is_there, shard.begins[texts][:, None] + around, -1)]], -1)
    for row in np.flatnonzero([shard.texts[text].ids is None for text in texts]):
        inside = np.flatnonzero(is_there[row])
        tokens = shard.tokens(texts[row], around[row, inside[0]], around[row, inside[-1]] + 1)
        new[row, inside] = [numbers.setdefault(token, len(numbers)) for token in tokens]
    return _used(places, np.concatenate([old, new]), list(numbers))


def joined_contexts(sums: Sums, a: Contexts, b: Contexts, texts: int) -> Contexts:
    """The contexts of the places that are shown, from those of two scans; `texts`: how many texts the first has."""
    places = shown_places(sums)
    vocabulary = list(dict.fromkeys([*a.vocabulary, *b.vocabulary]))
    number = {token: n for n, token in enumerate(vocabulary)}
    to = np.array([*(number[token] for token in b.vocabulary), -1], np.int32)
    keys = np.concatenate([_keys(a.places), _keys(moved(b.places, texts))])
    around = np.concatenate([a.around, to[b.around]])
    return _used(places, around[np.searchsorted(keys, _keys(places))], vocabulary)


def _used(places: np.ndarray, around: np.ndarray, vocabulary: list[str]) -> Contexts:
    """Contexts without the tokens that stand in none of them."""
    used = np.unique(around[around >= 0])
    to = np.full(len(vocabulary) + 1, -1, np.int32)
    to[used] = np.arange(len(used))
    return Contexts(places, to[around], [vocabulary[number] for number in used.tolist()])


def _keys(places: np.ndarray) -> np.ndarray:
    """Each place as one number, in the order of text and time; a text has fewer than 2^32 steps."""
    keys: np.ndarray = (places[:, 0] << 32) + places[:, 1]
    return keys
