"""Where do some words or characters stand in the texts of a scan?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lstm_core.errors import LstmCoreError, check_from_1
from lstm_core.scanning.contexts import spans_around
from lstm_core.scanning.sources import Texts
from lstm_core.scanning.texts_again import texts_of

if TYPE_CHECKING:
    import pandas

    from lstm_core.scanning.result import Scan

COLUMNS = ["text", "first", "last", "before", "match", "after"]


def find_text(scan: Scan, words: str, limit: int, texts: Texts | None) -> pandas.DataFrame:
    """The first `limit` places in the order of the texts, one row each, as `Scan.find_text` describes them."""
    import pandas as pd

    if not isinstance(words, str) or not words:
        raise LstmCoreError(f"Expected words or characters to look for, got {words!r}.")
    check_from_1(limit=limit)
    joins, rows = scan.origin.joins, list[tuple[int, int, int, str, str, str]]()
    for number, tokens in enumerate(texts_of(scan, texts)):
        if isinstance(tokens, np.ndarray):
            raise LstmCoreError("Expected texts of tokens, got rows of numbers. Use search or nearest for numbers.")
        for first, last in _places(tokens, joins, words):
            before, match, after = (joins.join(tokens[a:b]) for a, b in spans_around(first, last))
            rows.append((number, first, last, before, match, after))
            if len(rows) == limit:
                return pd.DataFrame(rows, columns=COLUMNS)
    return pd.DataFrame(rows, columns=COLUMNS)


def _places(tokens: Sequence[str], joins: str, words: str) -> Iterator[tuple[int, int]]:
    """The first and the last token of each place; places may overlap."""
    text = joins.join(tokens)
    at = text.find(words)
    if at < 0:
        return
    # Where each token begins; what joins two tokens belongs to the first of them.
    begins = np.cumsum([0, *(len(token) + len(joins) for token in tokens[:-1])])
    while at >= 0:
        first, last = np.searchsorted(begins, [at, at + len(words) - 1], side="right") - 1
        yield int(first), int(last)
        at = text.find(words, at + 1)
