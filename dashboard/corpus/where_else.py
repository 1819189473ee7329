"""Where else in the corpus are the units on together that are on in a stretch of the visitor's text?"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

import lstm_core
from gatescope.corpus.model import model_to_scan
from gatescope.corpus.read_again import Passage, bytes_of, ends_of, passage, read_again
from gatescope.corpus.scanned import Scanned, name_of_scan, parts
from gatescope.corpus.texts import TextPiece
from gatescope.corpus.view import Corpus
from gatescope.reading.read import Reading, read
from gatescope.store.budgets import Budget
from gatescope.store.remembered import remembered
from lstm_core import LstmCoreError
from lstm_core.arrays import as_numpy
from lstm_core.progress import Progress
from lstm_core.scanning.pattern import Pattern

SHOWN = 20
"""The most hits that are shown."""
LENGTH = 2
"""The fewest steps of a hit."""


class Hits(NamedTuple):
    """The best hits of a pattern, and around each how many of the pattern's units are on."""

    table: pd.DataFrame
    """A row a hit: text first last shared union, the best first."""
    passages: list[Passage]


def brushed(asked: Corpus) -> tuple[Reading, Pattern]:
    """The reading of the visitor's text, and the units that are on throughout its brushed stretch.

    Raises LstmCoreError when nothing is brushed, or the text, layer or direction has no such steps.
    """
    reading = read(asked.source)
    if reading.trace is None or asked.brush is None:
        raise LstmCoreError("Expected a stretch of a text, got none. Select words on the page Memory.")
    first, last = asked.brush
    layer, direction, _ = asked.side
    wanted = lstm_core.pattern(reading.trace, first, last, threshold=asked.threshold, layer=layer, direction=direction)
    return reading, wanted


def _what_is_searched(asked: Corpus, _found: Scanned, wanted: Pattern, *_: object, **_p: object) -> tuple[object, ...]:
    return *name_of_scan(asked), wanted


def _bytes(hits: Hits) -> int:
    return bytes_of(hits.passages) + int(hits.table.memory_usage(deep=True).sum())


@remembered(Budget.HITS, key=_what_is_searched, bytes_of=_bytes, is_heavy=lambda *_, **__: True)
def hits(asked: Corpus, found: Scanned, wanted: Pattern, progress: Progress | None = None) -> Hits:
    """The best hits of a pattern in the scan's texts, which are read again."""
    model, texts = model_to_scan(asked.source), found.texts
    tables = []
    for first, last in parts(texts.steps, progress):
        some = [piece.text for piece in texts.pieces[first:last]]
        part = found.scan.search(wanted, LENGTH, SHOWN, texts=some, model=model)
        tables.append(part.assign(text=part["text"] + first))
    table = ranked(_once(pd.concat(tables), texts.pieces))
    if table.empty:
        return Hits(table, [])
    places: list[list[int]] = table[["text", "first", "last", "shared"]].to_numpy().tolist()
    again = read_again(model, texts, ends_of([(text, last) for text, _, last, _ in places]))
    values = as_numpy(again.trace.c[wanted.layer, wanted.direction][:, :, list(wanted.units)])
    on = wanted.on(np.nan_to_num(values, nan=-np.inf)).sum(-1).astype(np.float32)
    found_at = [
        passage(again, text, first, last, on[:, again.row[text]], shared) for text, first, last, shared in places
    ]
    return Hits(table, found_at)


def _once(table: pd.DataFrame, pieces: Sequence[TextPiece]) -> pd.DataFrame:
    """The hits without those in a paragraph that was there before."""
    first: dict[object, int] = {}
    same = {n: first.setdefault(piece.text, n) for n, piece in enumerate(pieces) if isinstance(piece.text, str)}
    of = table.assign(text=[same.get(text, text) for text in table["text"]])
    return table[~of.duplicated(["text", "first", "last"]).to_numpy()]


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """The best of the best hits of all parts, in the order of `Scan.search`."""
    long = table["first"] - table["last"]
    order = np.lexsort((table["first"], table["text"], long, table["union"], -table["shared"]))
    return table.iloc[order[:SHOWN]].drop(columns=["before", "match", "after"]).reset_index(drop=True)
