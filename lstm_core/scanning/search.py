"""Where else in a corpus are the units of a pattern on together?

Every step of every text is looked at. Hits are ranked as in LSTMVis: by how many of the pattern's units are on
throughout, by how few units are in the union of those that are on throughout and the pattern's, by length; equal hits
are in the order of the texts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import nn

from lstm_core.arrays import as_numpy
from lstm_core.errors import LstmCoreError
from lstm_core.scanning.answers import Answers, answers_in_words, answers_named
from lstm_core.scanning.by_hand import reader
from lstm_core.scanning.contexts import spans_around
from lstm_core.scanning.engine import in_order, pool
from lstm_core.scanning.origin import Origin, lstm_of, reads_numbers, sizes_of
from lstm_core.scanning.pattern import Pattern
from lstm_core.scanning.read_shard import traces
from lstm_core.scanning.shards import Shard, shards
from lstm_core.scanning.sources import Texts, source_of
from lstm_core.scanning.sums import CellSizes
from lstm_core.scanning.tally import fastest_loops

if TYPE_CHECKING:
    import pandas

TEXT, FIRST, LAST, SHARED, UNION, ANSWER = range(6)


def search_again(
    model: nn.Module, texts: Texts, wanted: Pattern, *, length: int, limit: int, origin: Origin, client: Any
) -> pandas.DataFrame:
    """The best hits in texts that the model reads again."""
    model, every = reader(model, source_of(texts, reads_numbers(model)).texts)
    check_pattern(wanted, sizes_of(lstm_of(model)))
    task = partial(_task, wanted=wanted, length=length, limit=limit, lanes=origin.lanes)
    best, words = np.zeros((0, 6), np.int64), dict[tuple[int, int], tuple[str, ...]]()
    with pool(model, task, client) as workers:
        for shard, hits in in_order(shards(model, every, 0), workers):
            hits[:, TEXT] += shard.first
            best = ranked(np.concatenate([best, hits]), limit)
            for text, first, last in best[best[:, TEXT] >= shard.first, :SHARED].tolist():
                spans = (shard.tokens(text - shard.first, *span) for span in spans_around(first, last))
                words[text, first] = tuple(map(origin.joins.join, spans))
    answers = answers_named(model, best[:, ANSWER].tolist())
    return table_of(best, [words[text, first] for text, first in best[:, :LAST].tolist()], answers)


def check_pattern(wanted: Pattern, sizes: CellSizes) -> None:
    """Raise LstmCoreError if a pattern has units that the model lacks."""
    if wanted.quantity not in sizes.cell.quantities:
        there = ", ".join(sizes.cell.quantities)
        raise LstmCoreError(
            f"Expected a pattern of {there}, which the scanned model has, got one of {wanted.quantity}."
        )
    units = sizes.hidden if wanted.quantity == "h" else sizes.units
    if wanted.layer >= sizes.layers or wanted.direction >= sizes.directions or max(wanted.units, default=0) >= units:
        raise LstmCoreError(
            f"Expected a pattern of the scanned model, with {sizes.layers} layers, {sizes.directions} directions and "
            f"{units} units, got {wanted}."
        )


def _task(
    model: nn.Module,
    shard: Shard,
    must_stop: Callable[[], bool],
    *,
    wanted: Pattern,
    length: int,
    limit: int,
    lanes: int,
) -> np.ndarray:
    """The best hits of a shard, (hit, 6), texts numbered in the shard, with the model's answer after each."""
    answers = Answers(model, shard)
    bits: np.ndarray | None = None
    for trace, pieces in traces(model, shard, lanes):
        values = as_numpy(getattr(trace, wanted.quantity)[wanted.layer, wanted.direction])
        on = wanted.on(values)
        if bits is None:
            bits = np.zeros((shard.steps, -(-on.shape[-1] // 64)), np.uint64)
        steps = shard.numbers(pieces)
        bits[steps[steps >= 0]] = packed(on[steps >= 0])
        if answers_in_words(model):
            answers.add(model.scores(trace).cpu(), steps)  # type: ignore[operator]
        if must_stop():
            break
    if bits is None:
        return np.zeros((0, 6), np.int64)
    best = ranked(hits_in(bits, shard.begins[shard.lengths > 0], np.flatnonzero(shard.lengths), wanted, length), limit)
    return np.column_stack([best, answers.at(best[:, TEXT], best[:, LAST])])


def packed(on: np.ndarray) -> np.ndarray:
    """Which units are on (step, unit) as the bits of words (step, word): unit u is bit u % 64 of word u // 64."""
    few = np.packbits(on, axis=1, bitorder="little")
    whole = np.zeros((len(on), -(-on.shape[1] // 64) * 8), np.uint8)
    whole[:, : few.shape[1]] = few
    return whole.view("<u8").astype(np.uint64, copy=False)


def hits_in(bits: np.ndarray, begins: np.ndarray, texts: np.ndarray, wanted: Pattern, length: int) -> np.ndarray:
    """All hits, (hit, 5): text, first, last, shared, union.

    `bits` (step, word): which units are on, one text after the other; `begins` (text,): each text's first step there;
    `texts`: their numbers. No text is empty.
    """
    chosen = np.zeros((1, 64 * bits.shape[1]), bool)
    chosen[0, list(wanted.units)] = True
    starts = np.zeros(len(bits), bool)
    starts[begins] = True
    room = np.empty((len(bits) // max(1, length) + 1, 4), np.int64)
    runs = room[: fastest_loops().find_runs(bits, starts, packed(chosen)[0], max(1, length), room)]
    at = np.searchsorted(begins, runs[:, 0], side="right") - 1
    return np.column_stack([texts[at], runs[:, :2] - begins[at, None], runs[:, 2:]])


def ranked(hits: np.ndarray, limit: int) -> np.ndarray:
    """The best hits, the best first."""
    long = hits[:, LAST] - hits[:, FIRST] + 1
    if len(hits) > limit:
        # Shared, union and length as one number; only the best and those equal to the last of them are sorted.
        keys = (-hits[:, SHARED] << 48) + (hits[:, UNION] << 34) - long
        kept = keys <= np.partition(keys, limit - 1)[limit - 1]
        hits, long = hits[kept], long[kept]
    order = np.lexsort((hits[:, FIRST], hits[:, TEXT], -long, hits[:, UNION], -hits[:, SHARED]))
    return hits[order[:limit]]


def table_of(hits: np.ndarray, words: list[tuple[str, ...]], answers: list[str]) -> pandas.DataFrame:
    """Hits with their words and the model's answers, one row each."""
    import pandas as pd

    columns = dict(zip(("text", "first", "last", "shared", "union"), hits.T[: UNION + 1], strict=True))
    columns |= {name: [row[n] for row in words] for n, name in enumerate(("before", "match", "after"))}
    return pd.DataFrame(columns | {"answer": answers})
