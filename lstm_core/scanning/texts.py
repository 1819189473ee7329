"""What does a scan keep of its texts, as traces, and where do some words stand in them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lstm_core.errors import LstmCoreError, check_from_1
from lstm_core.scanning.model import JOINS
from lstm_core.scanning.windows import draws
from lstm_core.traces.recorded import Recorded

if TYPE_CHECKING:
    import pandas

    from lstm_core.scanning.result import Scan

MOST_NUMBERS = 1 << 25
"""The most numbers of c and h in the traces of one scan: 256 MiB as float64."""


def traces(scan: Scan) -> Iterator[Recorded]:
    """A trace a text, one after the other, of what is stored of its steps: for `find_units(scan, …)` and all else that
    takes traces. Of a large corpus, texts are drawn at random until c and h have 33 million numbers; the same scan
    always gives the same ones.

    The texts have their tokens. Rows of more than four numbers have none: whole copies of such a text are known to be
    copies, by a digest in `config`, but not windows of one series, for which there is `groups`.
    """
    for number, steps in sorted(_drawn(scan).items()):
        yield _trace(scan, number, steps)


def _drawn(scan: Scan) -> dict[int, int]:
    """How many steps of which texts."""
    left, chosen = max(1, MOST_NUMBERS // scan.sizes.numbers(scan.sizes.cell.trace.states)), dict[int, int]()
    for number in np.argsort(draws(np.zeros(scan.texts, np.uint64), np.arange(scan.texts)), kind="stable").tolist():
        if steps := min(int(scan.lengths[number]), left):
            chosen[number] = steps
            left -= steps
    return chosen


def _trace(scan: Scan, number: int, steps: int) -> Recorded:
    kind, sizes, tokens = scan.sizes.cell.trace, scan.sizes, scan.tokens_of(number, 0, steps)
    sides = list(np.ndindex(sizes.layers, sizes.directions))
    values: dict[str, Any] = dict.fromkeys(kind.required())
    for quantity in scan.quantities:
        each = np.stack([scan.states(number, 0, steps, quantity, *side).T for side in sides])
        values[quantity] = torch.from_numpy(each.reshape(sizes.layers, sizes.directions, steps, 1, -1))
    for state in set(kind.states) & set(scan.quantities):
        start = torch.from_numpy(scan.arrays.table[f"{state}_start"]).float()
        values[f"{state}0"] = start.reshape(sizes.layers, sizes.directions, 1, -1)
    said: dict[str, Any] = {"max_error": scan.max_error, "proof": scan.proof, "name": scan.origin.model}
    roles = dict.fromkeys(scan.quantities, "kept by a scan")
    config = {"proj_size": sizes.hidden if sizes.hidden != sizes.units else 0, "roles": roles}
    if scan.origin.joins == JOINS["numbers"] and not any(tokens):
        return kind(**values, **said, config=config | {"digest": f"{scan.arrays.digests[number]:016x}"})
    return kind(**values, **said, config=config, tokens=[tokens])


_COLUMNS = ["text", "first", "last", "before", "match", "after"]


def find_text(scan: Scan, words: str, limit: int = 50) -> pandas.DataFrame:
    """Where some words or characters stand in the texts, in the order of the texts, `limit` at most.

    Columns: text first last before match after, as of `search`; the match is whole tokens.

    Raises LstmCoreError for texts of numbers.
    """
    import pandas as pd

    if not isinstance(words, str) or not words:
        raise LstmCoreError(f"Expected words or characters to look for, got {words!r}.")
    check_from_1(limit=limit)
    joins, rows = scan.origin.joins, list[tuple[int, int, int, str, str, str]]()
    if joins == JOINS["numbers"]:
        raise LstmCoreError("Expected texts of tokens, got rows of numbers. Use search or nearest for numbers.")
    for number in range(scan.texts):
        for first, last in _places(scan.tokens_of(number), joins, words):
            rows.append((number, first, last, *scan.words(number, first, last)))
            if len(rows) == limit:
                return pd.DataFrame(rows, columns=_COLUMNS)
    return pd.DataFrame(rows, columns=_COLUMNS)


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
